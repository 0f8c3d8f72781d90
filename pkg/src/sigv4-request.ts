import { isGatepassError } from './errors.js';
import { contentOf, contentOfRequest, digest, type Content } from './sigv4-body.js';
import { refusal } from './sigv4-refusal.js';
import type { SignerModule } from './sigv4-module.js';
import type { SignableRequest, SignOptions } from './sigv4-types.js';

/** A request, ready to be signed. */
export interface Prepared {
  /** What the module takes: `Question` in `src/web/sigv4.rs`. */
  question: string;
  id: string;
  secret: string;
  token: string;
  method: string;
  headers: Record<string, string>;
  body: BodyInit | null;
}

/** What signing sets itself. */
const OWN = ['authorization', 'x-amz-date', 'x-amz-security-token'];
/** An object's bytes may be unsigned there, where TLS protects them, and its key is what fetch makes of the path. */
const S3 = /^s3(express|-outposts|-object-lambda)?$/;
/** Not ASCII: with it first, wasm-bindgen's glue does not go through the question character by character. */
const MARK = 'é';
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** Up to a host that `URL` would leave as it is, but for capitals and the scheme's own port. */
const PLAIN = /^(?:http|ws)s?:\/\/(?:[\w-]+\.)*[a-z][\w-]*(?::(?:[1-5]\d{4}|[1-9]\d{0,3}))?(?![^/?#])/i;
/** Where else `URL` may do more than percent-encode, or a signature may be. */
const REWRITTEN = /\/(?:\.|%2e)|[\\\0-\x1f]|[/.]xn--| $|[?&]x-amz-/i;
/** A parameter of a signature. */
const SIGNATURE = /^x-amz-(?:algorithm|credential|date|expires|security-token|signature|signedheaders)(?:=|$)/i;
/** A `Host` header (RFC 9110, 7.2). */
const HOST = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?$/i;

/** Reads what is to be signed. Nothing is waited for but credentials and bodies that are not at hand. */
export async function prepare(request: SignableRequest | Request, options: SignOptions, module: SignerModule): Promise<Prepared> {
  if (!isObject(request)) throw refusal('There is no request.', 'Give { url, method, headers, body }, or a Request.');
  if (!isObject(options)) throw refusal('There are no options.', 'Give { credentials, region, service }.');
  const method = text('request.method', request.method ?? 'GET').toUpperCase();
  if (!TOKEN.test(method)) throw refusal('request.method is no method.', "Give 'GET', 'POST' or the like.");
  const region = text('options.region', options.region);
  const service = text('options.service', options.service);
  const url = absolute(request.url, options.normalizePath === false && !S3.test(service));
  const fields = headerFields(request.headers);

  const given = typeof options.credentials === 'function' ? await options.credentials() : options.credentials;
  if (!isObject(given)) throw refusal('There are no credentials.', 'Give options.credentials: { accessKeyId, secretAccessKey, sessionToken }.');
  const id = text('credentials.accessKeyId', given.accessKeyId);
  const secret = text('credentials.secretAccessKey', given.secretAccessKey);
  const token = text('credentials.sessionToken', given.sessionToken ?? '');

  const unsigned = isUnsigned(options, service, url, fields);
  let choices = choicesOf(options);
  let payload = '';
  let content: Content;
  try {
    const made = 'arrayBuffer' in request ? contentOfRequest(request, unsigned) : contentOf(request.body, unsigned);
    content = made instanceof Promise ? await made : made;
    if (unsigned) choices += 'u';
    else {
      const hash = digest(content.hashed, module);
      if (hash === undefined) payload = content.hashed as string;
      else [choices, payload] = [`${choices}h`, await hash];
    }
  } catch (error) {
    throw isGatepassError(error) ? error : refusal(`request.body cannot be read: ${String(error)}`, 'Give one that can, and sign before it is sent or read.', error);
  }
  if (content.type && !fields.some(([name]) => name === 'content-type')) fields.push(['content-type', text('The type of request.body', content.type)]);

  let question = `${MARK}\n${method}\n${url}\n${region}\n${service}\n${choices}\n`;
  for (const [name, value] of fields) question += `${name}\n${value}\n`;
  question += `\n${payload}`;
  return { question, id, secret, token, method, headers: recordOf(fields), body: content.body };
}

/** Seconds since 1970. */
export function seconds(date: Date | undefined): number {
  if (date === undefined) return Date.now() / 1000;
  if (!(date instanceof Date)) throw refusal('options.date is no Date.', 'Give a Date, or leave it out to sign for now.');
  return date.getTime() / 1000;
}

/** The URL as fetch sends it, without a signature that it has. `isWritten` leaves the path of a text as it is. */
function absolute(given: unknown, isWritten: boolean): string {
  const url = given instanceof URL ? given.href : text('request.url', given);
  if (PLAIN.test(url) && !REWRITTEN.test(url)) return url;
  const { protocol, host, pathname, search, username, password } = URL.canParse(url) ? new URL(url) : NO_URL;
  if (!/^(?:http|ws)s?:$/.test(protocol)) throw refusal('request.url is no absolute http, https, ws or wss URL.', 'Give the whole of it, with https:// and the host.');
  if (username + password !== '') throw refusal('request.url holds a user or a password.', 'Leave them out: fetch takes none.');
  const [, path = pathname] = (isWritten ? /^[a-z]+:\/\/[^/\\?#]*([^?#]*)/i.exec(url.replace(/^[\0- ]+|[\0- ]+$/g, '')) : null) ?? [];
  const query = search.slice(1).split('&').filter((pair) => !SIGNATURE.test(pair)).join('&');
  return `${protocol}//${host}${path}?${query}`;
}

const NO_URL = { protocol: '', host: '', pathname: '', search: '', username: '', password: '' };

type Field = [name: string, value: string];

/** The headers, names in lower case, in the order given. */
function headerFields(headers: HeadersInit | undefined): Field[] {
  if (headers === undefined) return [];
  if (!isObject(headers)) throw refusal('request.headers are no headers.', 'Give a record, a list of pairs, or Headers.');
  const pairs: Iterable<readonly unknown[]> = Symbol.iterator in headers ? (headers as Iterable<readonly unknown[]>) : Object.entries(headers);
  const fields: Field[] = [];
  for (const [name, value] of pairs) {
    const lower = typeof name === 'string' && TOKEN.test(name) ? name.toLowerCase() : '';
    // The one name that a record takes for something else.
    if (lower === '' || lower === '__proto__') throw refusal(`A header has no proper name: ${JSON.stringify(name)}.`, 'Name it with letters, digits and hyphens.');
    const content = text(`The header ${lower}`, value);
    if (lower === 'host' && !HOST.test(content)) throw refusal('The header host names no host.', 'Give the host that the server sees, with its port if it is not the usual one.');
    fields.push([lower, content]);
  }
  return fields;
}

/** As they are to be set. What is repeated is joined as the signature joins it, so that it is signed the same as one line. */
function recordOf(fields: Field[]): Record<string, string> {
  const record: Record<string, string> = {};
  for (const [name, value] of fields) {
    if (name === 'host' || OWN.includes(name)) continue;
    record[name] = Object.hasOwn(record, name) ? `${record[name]},${value}` : value;
  }
  return record;
}

function isUnsigned({ payload }: SignOptions, service: string, url: string, fields: Field[]): boolean {
  if (payload !== undefined) return oneOf('payload', payload, ['signed', 'unsigned']) === 'unsigned';
  if (fields.some(([name, value]) => name === 'x-amz-content-sha256' && value === 'UNSIGNED-PAYLOAD')) return true;
  return S3.test(service) && /^(?:http|ws)s:/i.test(url);
}

/** A letter for each option that is given: `Question::parse` in `src/web/sigv4.rs`. */
function choicesOf({ normalizePath, doubleEncode, sessionToken, signedHeaders }: SignOptions): string {
  let choices = '';
  if (normalizePath !== undefined) choices += oneOf('normalizePath', normalizePath, [true, false]) ? 'n' : 'v';
  if (doubleEncode !== undefined) choices += oneOf('doubleEncode', doubleEncode, [true, false]) ? '2' : '1';
  if (sessionToken !== undefined) choices += oneOf('sessionToken', sessionToken, ['signed', 'appended']) === 'signed' ? 's' : 'a';
  if (signedHeaders !== undefined && oneOf('signedHeaders', signedHeaders, ['all', 'durable']) === 'durable') choices += 'd';
  return choices;
}

function oneOf<T>(name: string, value: T, known: T[]): T {
  if (known.includes(value)) return value;
  throw refusal(`options.${name} is ${JSON.stringify(value)}.`, `Give ${known.map((one) => JSON.stringify(one)).join(' or ')}.`);
}

function text(what: string, value: unknown): string {
  if (typeof value !== 'string') throw refusal(`${what} is ${value === undefined ? 'missing' : 'no string'}.`, 'Give a string.');
  // It would begin another line of the question, another header, or another part of the answer. (A regular expression takes longer.)
  if (value.includes('\n') || value.includes('\r') || value.includes('\0')) throw refusal(`${what} holds a line break or a NUL.`, 'Take it out, or encode it.');
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
