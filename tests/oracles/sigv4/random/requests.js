// Random requests: what is written, and what of it is sent.

const ORIGINS = [
  'https://abc123.execute-api.ap-northeast-1.amazonaws.com',
  'https://API.Example.com',
  'https://api.example.com:443',
  'https://api.example.com:8443',
  'http://localhost:4566',
  'http://127.0.0.1',
  'https://[::1]:9000',
  'https://xn--bcher-kva.example',
];
/** Those that S3's rules hold for twice, so that they are a fifth of all. */
const SERVICES = ['execute-api', 'execute-api', 'lambda', 'appsync', 'sts', 'aoss', 'iotdevicegateway', 'my-service', 's3', 's3', 's3express'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'post'];
const TEXT = ['a', 'B', '0', '-', '_', '.', '~', '%20', '%2F', '%2f', '%25', '%2B', '%41', '%7E', '%E3%81%82', '%e3%81%82'];
const RESERVED = ['!', "'", '(', ')', '*', ':', '@', '$', ',', ';'];
/** What no URL can hold as it is, and a percent sign that begins no escape. */
const RAW = [' ', 'é', '本', '😀', '"', '<', '{', '|', '[', '^', '`', '%-', '%z'];
const NO_UTF8 = '%FF';
const SEGMENT = [...TEXT, ...TEXT, ...RESERVED, '&', '=', '+', ...RAW, NO_UTF8];
const WHOLE_SEGMENTS = ['', '.', '..', '...', '%2e', '.hidden'];
const QUERY = [...TEXT, ...TEXT, ...RESERVED, '/', '?', '+', '%26', '%3D', ...RAW];
const KEYS = ['a', 'a', 'b', 'A', 'a%20', 'B-', '%E3%81%82', 'page'];
const HEADERS = [
  'Content-Type',
  'content-type',
  'X-Amz-Meta-B',
  'x-amz-meta-a',
  'X-AMZ-META-A',
  'x-amz-target',
  'X-Amz-Acl',
  'My-Header',
  'X-Api-Key',
  // What is set or changed on the way.
  'User-Agent',
  'X-Amzn-Trace-Id',
];
const WORD = ['a', 'B', '1', 'a', ' ', '  ', '   ', ',', ';', '"', '=', '/'];
/** A tab is rare: one signer is out of the question where there is one. */
const VALUE = [...WORD, ...WORD, ...WORD, ...WORD, '\t'];
const LAST_MOMENT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A request and how to sign it, as plain data. `optional` holds what it can do without. */
export function randomRequest({ below, of, some, once }) {
  const alphanumeric = (most) => Array.from({ length: 1 + below(most) }, () => of([...'ABCXYZabcxyz0189+/'])).join('');
  const tokens = (list, most) => some(most, () => of(list));
  const method = of(METHODS);
  const given = of(['string', 'string', 'url', 'request']);
  // `fetch` refuses a body there.
  const hasBody = !['GET', 'HEAD'].includes(method) && !once(3);
  const form = of(['header', 'header', 'query']);
  // Nobody can be asked about a signed URL with such a value.
  const values = form === 'header' ? [...QUERY, NO_UTF8] : QUERY;
  return {
    form,
    given,
    method,
    origin: of(ORIGINS),
    path: some(5, () => (once(6) ? [of(WHOLE_SEGMENTS)] : tokens(SEGMENT, 5))),
    query: some(5, () => ({ name: [...tokens(KEYS, 1), ...tokens(QUERY, 2)], value: once(15) ? null : tokens(values, 5) })),
    headers: some(5, () => ({ name: of(HEADERS), value: tokens(VALUE, 8) })),
    service: of(SERVICES),
    region: of(['ap-northeast-1', 'us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1']),
    // No id has a slash, which ends it in the credential scope.
    accessKey: { id: alphanumeric(16).replace(/[+/]/g, '2').toUpperCase(), secret: alphanumeric(40) },
    date: once(2) ? 1_440_938_160_000 + below(1000) : below(LAST_MOMENT),
    optional: {
      ...(once(2) && { sessionToken: `${alphanumeric(200)}==` }),
      ...(hasBody && { body: { type: of(BODIES), content: tokens([...SEGMENT, '\n', '=', '&', '\0'], 40) } }),
      ...(once(8) && { payload: of(['signed', 'unsigned']) }),
      ...(once(12) && { normalizePath: once(2) }),
      ...(once(12) && { doubleEncode: once(2) }),
      ...(once(12) && { sessionTokenMode: of(['signed', 'appended']) }),
      ...(once(8) && { signedHeaders: of(['all', 'durable']) }),
      ...(once(8) && form === 'header' && { contentSha256: 'send' }),
      ...(form === 'query' && once(2) && { expiresIn: 1 + below(604_800) }),
    },
  };
}

const BODIES = ['text', 'array-buffer', 'view', 'blob', 'typed-blob', 'search-params'];

/** The body as an app has it. */
function bodyOf({ optional: { body } }) {
  const content = body?.content.join('');
  const bytes = () => new TextEncoder().encode(content);
  switch (body?.type) {
    case undefined:
      return undefined;
    case 'text':
      return content;
    case 'array-buffer':
      return bytes().buffer;
    case 'view':
      return new DataView(new TextEncoder().encode(`--${content}-`).buffer, 2, bytes().length);
    case 'blob':
      return new Blob([content]);
    case 'typed-blob':
      return new Blob([content], { type: 'application/json' });
    case 'search-params':
      return new URLSearchParams(content);
  }
}

/** Temporary credentials have a token, and show in their id that they need it. */
function credentialsOf({ accessKey: { id, secret }, optional: { sessionToken } }) {
  const accessKeyId = `${sessionToken ? 'ASIA' : 'AKIA'}${id}`;
  return { accessKeyId, secretAccessKey: secret, ...(sessionToken && { sessionToken }) };
}

const written = ({ origin, path, query }) => {
  const segments = path.map((segment) => `/${segment.join('')}`).join('');
  const pairs = query.map(({ name, value }) => name.join('') + (value ? `=${value.join('')}` : ''));
  return origin + segments + (pairs.length ? `${segments ? '' : '/'}?${pairs.join('&')}` : '');
};

const headersOf = ({ headers, optional: { contentSha256 } }) => [
  ...headers.map(({ name, value }) => [name, value.join('')]),
  // A signer that finds this header sets it to the truth.
  ...(contentSha256 ? [['x-amz-content-sha256', '']] : []),
];

/** What `signRequest` and `presignUrl` are given. */
export function toSign(request) {
  const { given, method, region, service, date, optional } = request;
  const { payload, normalizePath, doubleEncode, sessionTokenMode, signedHeaders, expiresIn } = optional;
  const url = written(request);
  const init = { method, headers: headersOf(request), body: bodyOf(request) };
  const credentials = credentialsOf(request);
  const options = {
    credentials: date % 2 ? credentials : async () => credentials,
    region,
    service,
    date: new Date(date),
    ...defined({ payload, normalizePath, doubleEncode, sessionToken: sessionTokenMode, signedHeaders, expiresIn }),
  };
  if (given === 'request') return [new Request(url, init), options];
  return [{ url: given === 'url' ? new URL(url) : url, ...init }, options];
}

const isForS3 = ({ service }) => ['s3', 's3express'].includes(service);

/** Whether the path is not what fetch makes of it: by the documentation of `normalizePath`, for clients that leave dot segments alone. */
export const isAsWritten = (request) => request.given === 'string' && request.optional.normalizePath === false && !isForS3(request);

/** Blanks around a URL are no part of it (URL Standard, basic URL parser, step 1). */
const pathAsWritten = (request) => /^[^?#]*/.exec(written(request).slice(request.origin.length).replace(/ +$/, ''))[0];

/** What other signers are given: the request as it is sent, and each choice made. Plain data. */
export async function asSent(request) {
  const { form, method, region, service, date, optional } = request;
  const { normalizePath, doubleEncode, sessionTokenMode, contentSha256, expiresIn = 900 } = optional;
  const isS3 = isForS3(request);
  const url = new URL(written(request));
  const text = isAsWritten(request) ? url.origin + pathAsWritten(request) + url.search : url.href;
  const { bytes, type } = await extracted(bodyOf(request));
  const isUnsigned = form === 'query' && isS3 ? true : optional.payload ? optional.payload === 'unsigned' : isS3 && url.protocol === 'https:';
  return {
    form,
    method: method.toUpperCase(),
    url: sendable(text),
    headers: signed(sent(request, type), optional.signedHeaders),
    payload: isUnsigned ? null : bytes.toString('base64'),
    credentials: credentialsOf(request),
    sessionToken: sessionTokenMode ?? (service === 'iotdevicegateway' ? 'appended' : 'signed'),
    region,
    service,
    seconds: Math.floor(date / 1000),
    expiresIn,
    normalizePath: normalizePath ?? !isS3,
    doubleEncode: doubleEncode ?? !isS3,
    // A server that is not told computes the hash of what it got; a signed URL has no place for the header.
    contentSha256: form === 'header' && (isS3 || service === 'aoss' || isUnsigned || contentSha256) ? 'send' : 'omit',
  };
}

/** What fetch makes of a body, which is Node's own business. */
async function extracted(body) {
  if (body === undefined) return { bytes: Buffer.alloc(0), type: null };
  const response = new Response(body);
  return { bytes: Buffer.from(await response.arrayBuffer()), type: response.headers.get('content-type') };
}

/** The URL with what RFC 3986 has no place for percent-encoded: what is signed is what any client can send. */
function sendable(url) {
  const [, origin, path, query] = /^([a-z]+:\/\/[^/?]+)([^?]*)(.*)$/su.exec(url);
  const encoded = (text) =>
    text.replace(/%(?![\da-f]{2})|[^\w\-.~!$&'()*+,;=:@/?%]/giu, (character) => encodeURIComponent(character));
  return origin + (encoded(path) || '/') + (query === '?' ? '' : encoded(query));
}

/** The headers that the browser sends for what the app gave. */
function sent(request, contentType) {
  const given = headersOf(request);
  const names = given.map(([name]) => name.toLowerCase());
  const all = contentType && !names.includes('content-type') ? [...given, ['content-type', contentType]] : given;
  return request.given === 'request' ? [...new Headers(all)] : all;
}

/** Those that a signature covers, by what the documentation of `signedHeaders` says; the signers set `x-amz-content-sha256` themselves. */
function signed(headers, selection = 'all') {
  const isSigned = (name) =>
    selection === 'all' ? !['user-agent', 'x-amzn-trace-id'].includes(name) : name === 'content-type' || name.startsWith('x-amz-');
  return headers.filter(([name]) => name.toLowerCase() !== 'x-amz-content-sha256' && isSigned(name.toLowerCase()));
}

const defined = (members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
