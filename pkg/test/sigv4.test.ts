/** `gatepass/sigv4` with the module that is in the package. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { PresignOptions, SignableRequest, SignOptions } from '../src/sigv4-types.js';
import { builtSigv4 } from './built.js';

const { signRequest, presignUrl, isGatepassError } = await builtSigv4();

const API = 'https://abc123.execute-api.ap-northeast-1.amazonaws.com';
const OPTIONS: SignOptions = {
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  service: 'service',
  date: new Date('2015-08-30T12:36:00Z'),
};
const sha256 = (bytes: string | Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const lastLine = (text: string) => text.slice(text.lastIndexOf('\n') + 1);
const bytesOf = async (body: BodyInit | null) => new Uint8Array(await new Response(body).arrayBuffer());
const sign = (request: SignableRequest | Request, options: Partial<SignOptions> = {}) => signRequest(request, { ...OPTIONS, ...options });

test('the suite’s first vector, in each stage', async () => {
  const signed = await sign({ url: 'https://example.amazonaws.com/' });
  assert.equal(signed.signature, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31');
  assert.deepEqual(signed, {
    url: 'https://example.amazonaws.com/',
    method: 'GET',
    headers: {
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signed.signature}`,
    },
    body: null,
    canonicalRequest: `GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n${sha256('')}`,
    stringToSign: `AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n${sha256(signed.canonicalRequest)}`,
    signature: signed.signature,
  });
});

test('what is given back is what fetch takes', async () => {
  const { url, ...init } = await sign({ url: `${API}/items`, method: 'put', headers: { 'X-Api-Key': 'k', Host: 'other.example' }, body: '{}' });
  const request = new Request(url, init);
  assert.deepEqual([request.method, await request.clone().text()], ['PUT', '{}']);
  assert.deepEqual([...request.headers.keys()].sort(), ['authorization', 'content-type', 'x-amz-date', 'x-api-key']);
  assert.match(init.canonicalRequest, /\ncontent-type:text\/plain;charset=UTF-8\nhost:other\.example\n/);
});

test('neither the order nor the case of headers matters, and pairs may repeat a name', async () => {
  const one = await sign({ url: API, headers: { 'X-B': ' two  words ', 'x-a': '1' } });
  const other = await sign({ url: API, headers: new Headers([['x-A', '1'], ['x-b', 'two  words']]) });
  assert.equal(one.signature, other.signature);
  const pairs = await sign({ url: API, headers: [['My', 'b'], ['my', 'a']] });
  const joined = await sign({ url: API, headers: { my: pairs.headers['my'] ?? '' } });
  assert.deepEqual([pairs.headers['my'], pairs.signature], ['b,a', joined.signature]);
});

test('a URL is signed as fetch sends it', async () => {
  const written = `${API}/a/../b//c?q=a+b&é=1#hash`;
  const object = await sign({ url: written }, { service: 's3' });
  assert.equal(object.url, `${API}/b//c?q=a%20b&%C3%A9=1`);
  assert.match(object.canonicalRequest, /^GET\n\/b\/\/c\n%C3%A9=1&q=a%20b\n/);
  const normalized = await sign({ url: `${API}/a/../b//日 本` });
  assert.match(normalized.canonicalRequest, /^GET\n\/b\/%25E6%2597%25A5%2520%25E6%259C%25AC\n/);
  for (const [url, host] of [['https://EXAMPLE.com:443', 'example.com'], ['https://日本.example:8443/', 'xn--wgv71a.example:8443'], ['http://127.1:80', '127.0.0.1']] as const) {
    assert.ok((await sign({ url })).canonicalRequest.includes(`\nhost:${host}\n`), url);
  }
});

test('the options say what a service differs in', async () => {
  const url = `${API}/a//%2F`;
  const line = async (options: Partial<SignOptions>) => (await sign({ url }, options)).canonicalRequest.split('\n')[1];
  assert.equal(await line({}), '/a/%252F');
  assert.equal(await line({ normalizePath: false }), '/a//%252F');
  assert.equal(await line({ doubleEncode: false }), '/a/');
  assert.equal(await line({ service: 's3', normalizePath: true, doubleEncode: true }), '/a/%252F');
  const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
  const appended = await sign({ url }, { credentials, sessionToken: 'appended' });
  assert.deepEqual([appended.headers['x-amz-security-token'], appended.canonicalRequest.includes('token')], ['token', false]);
  const durable = await sign({ url, headers: { accept: '*/*', 'x-amz-meta-a': '1' } }, { signedHeaders: 'durable' });
  assert.match(durable.canonicalRequest, /\nhost;x-amz-date;x-amz-meta-a\n/);
});

test('S3 over https is not told what the bytes are, unless that is wanted', async () => {
  const of = async (url: string, options: Partial<SignOptions> = {}) => {
    const signed = await sign({ url, method: 'PUT', body: 'a' }, { service: 's3', ...options });
    assert.equal(signed.headers['x-amz-content-sha256'], lastLine(signed.canonicalRequest));
    return signed.headers['x-amz-content-sha256'];
  };
  assert.equal(await of('https://bucket.s3.amazonaws.com/a'), 'UNSIGNED-PAYLOAD');
  assert.equal(await of('http://localhost:9000/bucket/a'), sha256('a'));
  assert.equal(await of('https://bucket.s3.amazonaws.com/a', { payload: 'signed' }), sha256('a'));
  assert.equal(await of('https://example.com/a', { service: 'other', payload: 'unsigned' }), 'UNSIGNED-PAYLOAD');
});

test('every kind of body is sent as it was hashed', async () => {
  const memory = new Uint8Array([9, 1, 2, 3, 9]);
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set([1, 2, 3]);
  const form = new FormData();
  form.append('file', new File(['hello'], 'a.txt', { type: 'text/plain' }));
  const big = new Uint8Array(3_000_001).fill(7);
  const bodies: [BodyInit, string | RegExp | undefined][] = [
    ['héllo', 'text/plain;charset=UTF-8'],
    ['x'.repeat(100_000), 'text/plain;charset=UTF-8'],
    [memory.subarray(1, 4), undefined],
    [new DataView(memory.buffer, 1, 3), undefined],
    [memory.buffer, undefined],
    [big, undefined],
    [new Blob([big, 'end'], { type: 'image/png' }), 'image/png'],
    [new File(['a'], 'a'), undefined],
    [form, /^multipart\/form-data; boundary=/],
    [new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
    [new Blob(['streamed']).stream(), undefined],
  ];
  for (const [body, type] of bodies) {
    const given = body instanceof FormData || body instanceof ReadableStream ? undefined : await bytesOf(body);
    const signed = await sign({ url: API, method: 'POST', body });
    const sent = await bytesOf(signed.body);
    assert.equal(lastLine(signed.canonicalRequest), sha256(sent));
    if (given) assert.deepEqual(sent, given);
    if (type instanceof RegExp) assert.match(signed.headers['content-type'] ?? '', type);
    else assert.equal(signed.headers['content-type'], type);
    if (type !== undefined) assert.ok(signed.canonicalRequest.includes(`\ncontent-type:${signed.headers['content-type'] ?? ''}\n`));
  }
  // fetch does not take shared memory, so it is copied.
  const copied = await sign({ url: API, method: 'POST', body: shared as unknown as BodyInit });
  assert.deepEqual([await bytesOf(copied.body), lastLine(copied.canonicalRequest)], [new Uint8Array([1, 2, 3]), sha256(shared)]);
  const own = await sign({ url: API, method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } });
  assert.equal(own.headers['content-type'], 'application/json');
});

test('a Request is signed with its own headers and body, and can still be sent', async () => {
  const request = new Request(`${API}/items`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json', 'x-b': '2' } });
  const signed = await sign(request);
  assert.equal(lastLine(signed.canonicalRequest), sha256('{"a":1}'));
  assert.match(signed.canonicalRequest, /\ncontent-type;host;x-amz-date;x-b\n/);
  const sent = new Request(request, { headers: signed.headers });
  assert.deepEqual([await sent.text(), sent.headers.get('authorization')], ['{"a":1}', signed.headers['authorization']]);
});

test('without WebCrypto the module hashes, piece by piece', async () => {
  const crypto = Object.getOwnPropertyDescriptor(globalThis, 'crypto');
  Object.defineProperty(globalThis, 'crypto', { value: {}, configurable: true });
  try {
    const body = new Uint8Array(5_000_000).map((_, at) => at);
    const [one, other] = await Promise.all([sign({ url: API, body }), sign({ url: API, body: new Blob([body, 'x']) })]);
    assert.equal(lastLine(one.canonicalRequest), sha256(body));
    assert.equal(lastLine(other.canonicalRequest), sha256(Buffer.concat([body, Buffer.from('x')])));
  } finally {
    if (crypto) Object.defineProperty(globalThis, 'crypto', crypto);
  }
});

test('a URL is signed in its query', async () => {
  const presign = (url: string, options: Partial<PresignOptions>) => presignUrl({ url }, { ...OPTIONS, ...options });
  const { url, signature } = await presign('wss://example.amazonaws.com/prod?a=1', { service: 'execute-api', expiresIn: 60 });
  const query = new URL(url).searchParams;
  assert.deepEqual([query.get('X-Amz-Expires'), query.get('X-Amz-SignedHeaders'), query.get('X-Amz-Signature')], ['60', 'host', signature]);
  const object = await presign('https://bucket.s3.amazonaws.com/a', { service: 's3' });
  assert.equal(lastLine(object.canonicalRequest), 'UNSIGNED-PAYLOAD');
  assert.match(object.url, /&X-Amz-Expires=900&/);
  const signedAnyway = await presign('https://bucket.s3.amazonaws.com/a', { service: 's3', payload: 'signed' });
  assert.equal(lastLine(signedAnyway.canonicalRequest), 'UNSIGNED-PAYLOAD');
  const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'to/ken' };
  const iot = await presign('wss://a.iot.us-east-1.amazonaws.com/mqtt', { service: 'iotdevicegateway', credentials });
  assert.ok(iot.url.endsWith('&X-Amz-Security-Token=to%2Fken') && !iot.canonicalRequest.includes('Token'));
});

test('credentials may come from a provider', async () => {
  const { credentials } = OPTIONS;
  assert.ok(typeof credentials === 'object');
  const signed = await sign({ url: API }, { credentials: () => Promise.resolve(credentials) });
  assert.equal(signed.signature, (await sign({ url: API })).signature);
  const failure = new Error('no credentials today');
  await assert.rejects(sign({ url: API }, { credentials: () => Promise.reject(failure) }), failure);
});

test('what cannot be signed is refused with a word on what to do', async () => {
  const read = new Request(API, { method: 'POST', body: 'a' });
  await read.text();
  const locked = new Blob(['a']).stream();
  locked.getReader();
  const secret = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'do not tell' };
  const endless = new ReadableStream({ pull: (controller) => { controller.enqueue(new Uint8Array(1 << 20)); } });
  const cases: [unknown, unknown, RegExp][] = [
    [undefined, {}, /no request/],
    [{ url: API }, undefined, /no options/],
    [{ url: '/items' }, {}, /absolute/],
    [{ url: 'items' }, {}, /absolute/],
    [{ url: 'ftp://example.com/' }, {}, /absolute/],
    [{ url: 7 }, {}, /url is no string/],
    [{ url: 'https://user:word@example.com/' }, {}, /password/],
    [{ url: API, method: 'GET /' }, {}, /method/],
    [{ url: API, headers: { 'x-a': 'a\r\nb: c' } }, {}, /x-a holds a line break/],
    [{ url: API, headers: { 'x-a': 'a\nb' } }, {}, /x-a holds a line break/],
    [{ url: API, headers: { 'x-a': 1 } }, {}, /x-a is no string/],
    [{ url: API, headers: { 'x a': '1' } }, {}, /no proper name/],
    [{ url: API, headers: { 'x-a': 'é' } }, {}, /outside ASCII/],
    [{ url: API, headers: 'x-a: 1' }, {}, /no headers/],
    [{ url: API, body: { a: 1 } }, {}, /nothing that fetch sends/],
    [{ url: API, body: locked }, {}, /being read/],
    [{ url: API, body: endless }, {}, /16 MiB/],
    [read, {}, /has been read/],
    [{ url: API }, { region: '' }, /region/],
    [{ url: API }, { region: undefined }, /region is missing/],
    [{ url: API }, { service: '' }, /service/],
    [{ url: API }, { service: undefined }, /service is missing/],
    [{ url: API }, { credentials: undefined }, /no credentials/],
    [{ url: API }, { credentials: { ...secret, accessKeyId: 'ASIAEXAMPLE' } }, /session token/],
    [{ url: API }, { credentials: { ...secret, secretAccessKey: '' } }, /secret access key/],
    [{ url: API }, { credentials: { ...secret, secretAccessKey: undefined } }, /secretAccessKey is missing/],
    [{ url: API }, { date: new Date(-1) }, /before 1970/],
    [{ url: API }, { date: new Date(NaN) }, /before 1970/],
    [{ url: API }, { date: '2015-08-30' }, /no Date/],
    [{ url: API }, { payload: 'none' }, /payload is "none"/],
    [{ url: API }, { sessionToken: 'token' }, /sessionToken/],
    [{ url: API }, { normalizePath: 'no' }, /normalizePath/],
  ];
  for (const [request, options, message] of cases) {
    const given = options && { ...OPTIONS, ...options };
    await assert.rejects(signRequest(request as Request, given as SignOptions), (error) => {
      assert.ok(isGatepassError(error), String(error));
      assert.deepEqual([error.code, error.retryable], ['invalid-argument', false]);
      assert.match(error.message, message);
      assert.ok(error.help !== '' && !JSON.stringify([error.message, error.help]).includes('do not tell'));
      return true;
    });
  }
  for (const expiresIn of [0, -1, 604_801, 1.5, NaN, Infinity]) {
    await assert.rejects(presignUrl({ url: API }, { ...OPTIONS, expiresIn }), /cannot be good for that long/);
  }
});

test('a policy that forbids WebAssembly is named, as for the core', async () => {
  const code = `
    WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError("violates the following Content Security policy directive"));
    const { signRequest } = await import(${JSON.stringify(new URL('../../../dist/sigv4.js', import.meta.url).href)});
    await signRequest({ url: '${API}' }, {}).catch((error) => console.log(error.code, error.help));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  assert.equal(stdout, "module-blocked Add 'wasm-unsafe-eval' to script-src.\n");
});
