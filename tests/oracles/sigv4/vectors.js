// The test suite for Signature Version 4 that the aws-sigv4 crate ships, as requests for `gatepass/sigv4`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The two cases that are older than the rest have no context: their paths are encoded twice, as these services want it. */
const OLDER = {
  'double-url-encode': { region: 'us-east-2', service: 'lambda' },
  'double-encode-path': { region: 'us-east-1', service: 'execute-api' },
};
const OLDER_CREDENTIALS = { access_key_id: 'AKIDEXAMPLE', secret_access_key: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const OLDER_DATE = '2021-05-11T15:40:45Z';

/** What both forms are held against, as far as a case has it. */
const STAGES = { canonicalRequest: 'canonical-request', stringToSign: 'string-to-sign', signature: 'signature' };

/** Each case in each of its forms: plain data, so that a page can be given it. */
export function readVectors() {
  const suite = join(dirname(sourceOf('aws-sigv4')), 'aws-signing-test-suite/v4');
  return readdirSync(suite).sort().flatMap((name) => ['header', 'query'].flatMap((form) => vector(suite, name, form)));
}

function vector(suite, name, form) {
  const read = (file) => {
    const path = join(suite, name, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  };
  const expected = Object.fromEntries(
    Object.entries(STAGES).map(([stage, file]) => [stage, read(`${form}-${file}.txt`)]).filter(([, text]) => text !== undefined),
  );
  if (Object.keys(expected).length === 0) return [];
  const context = read('context.json') && JSON.parse(read('context.json'));
  const given = parse(read('request.txt'));
  const signed = parse(read(`${form}-signed-request.txt`));
  const options = context ? optionsOf(context, form) : { credentials: credentialsOf(OLDER_CREDENTIALS), date: OLDER_DATE, ...OLDER[name] };
  const hashHeader = form === 'header' && context?.sign_body ? 'send' : 'omit';
  // The older files end with a line break.
  if (expected.stringToSign) expected.stringToSign = expected.stringToSign.trimEnd();
  return [{ name, form, request: requestOf(given, hashHeader), options, expected: { ...expected, ...sentOf(form, given, signed, expected) } }];
}

/** A request file, taken apart. */
function parse(text) {
  const [head, body = ''] = cut(text, '\n\n');
  // A line that begins with a blank belongs to the one before (obs-fold, RFC 9112, 5.2).
  const [requestLine, ...lines] = head.replace(/\n /g, ' ').split('\n').filter((line) => line !== '');
  const [method, target] = cut(requestLine.replace(/ HTTP\/1\.1$/, ''), ' ');
  const headers = lines.map((line) => cut(line, ':'));
  const [, host] = headers.find(([name]) => name === 'Host');
  return { method, target, host: host.trim(), headers: headers.filter(([name]) => name !== 'Host'), body };
}

function optionsOf(context, form) {
  return {
    credentials: credentialsOf(context.credentials),
    region: context.region,
    service: context.service,
    date: context.timestamp,
    normalizePath: context.normalize,
    // The suite's own default; it holds a path that was encoded once (`get-space-normalized`).
    doubleEncode: false,
    sessionToken: context.omit_session_token ? 'appended' : 'signed',
    ...(form === 'query' && { expiresIn: context.expiration_in_seconds }),
  };
}

function credentialsOf({ access_key_id, secret_access_key, token }) {
  return { accessKeyId: access_key_id, secretAccessKey: secret_access_key, ...(token && { sessionToken: token }) };
}

function requestOf({ method, target, host, headers, body }, hashHeader) {
  // A signer that finds this header sets it to the truth.
  const asked = hashHeader === 'send' ? [['x-amz-content-sha256', '']] : [];
  return { method, url: `https://${host}${target}`, headers: [...headers, ...asked], ...(body && { body }) };
}

/** What the signed request holds beside the given one: headers by their names in small letters, or the parameters of its query. */
function sentOf(form, given, signed, expected) {
  if (form === 'query') return { query: queryOf(`?${signed.target.split('?')[1]}`) };
  const had = given.headers.map(([name]) => name.toLowerCase());
  const added = signed.headers.filter(([name]) => !had.includes(name.toLowerCase()));
  // `double-encode-path` shows the signature of another moment.
  return expected.signature === undefined && expected.stringToSign === undefined
    ? {}
    : { headers: Object.fromEntries(added.map(([name, value]) => [name.toLowerCase(), value.trim()])) };
}

/** A URL's query in one order, and as `URL` writes it. */
export const queryOf = (search) => new URL(`https://x/${search}`).search.slice(1).split('&').sort();

function cut(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The manifest of a crate that the workspace is locked to. */
function sourceOf(crate) {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const said = execFileSync('cargo', ['metadata', '--format-version=1', '--locked', '--quiet'], { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return JSON.parse(said).packages.find(({ name }) => name === crate).manifest_path;
}
