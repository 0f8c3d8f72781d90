/** What `gatepass/sigv4` signs is what fetch sends: with the module that is in the package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SignableRequest, SigningCredentials, SignOptions } from '../src/sigv4-types.js';
import { builtSigv4 } from './built.js';

const { signRequest, presignUrl, isGatepassError } = await builtSigv4();

const API = 'https://abc123.execute-api.ap-northeast-1.amazonaws.com';
const OPTIONS: SignOptions = {
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  service: 'execute-api',
  date: new Date('2015-08-30T12:36:00Z'),
};
const sign = (request: SignableRequest | Request, options: Partial<SignOptions> = {}) => signRequest(request, { ...OPTIONS, ...options });
const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(isGatepassError(error), String(error));
  assert.equal(error.code, 'invalid-argument');
  assert.match(error.message, message);
  assert.notEqual(error.help, '');
  return true;
};

test('nothing is signed for a host that is none', async () => {
  for (const url of [
    'https://exa mple.com/',
    'https://exa^m.com/',
    'https://exa%zz.com/',
    'https://a.example:99999/',
    'https://a.example:65536/',
    'https://xn--a/',
    'https://a.example:port/',
    'https://[::1/',
    'https://1.2.3.4.5/',
    'https://',
  ]) {
    assert.equal(URL.canParse(url), false, url);
    await assert.rejects(sign({ url }), refused(/no absolute/), url);
    await assert.rejects(presignUrl({ url }, OPTIONS), refused(/no absolute/), url);
  }
  await assert.rejects(sign({ url: 'https://user:pass word@exa mple.com/' }), (error) => !JSON.stringify(error).includes('pass word'));
  await assert.rejects(sign({ url: new URL('https://user:word@example.com/') }), refused(/password/));
});

test('no NUL cuts the answer apart, and no control character gets through', async () => {
  for (const url of ['https://evil.com\0.execute-api.us-east-1.amazonaws.com/x', `${API}/a\0b`, `${API}/?a=\0`]) {
    await assert.rejects(sign({ url }), refused(/NUL/), JSON.stringify(url));
  }
  await assert.rejects(sign({ url: API, headers: { host: 'a\0b\0c\0d\0authorization\0evil' } }), refused(/NUL/));
  for (const value of ['a\0b', 'a\x01', 'a\x7f']) {
    await assert.rejects(sign({ url: API, headers: { host: value } }), refused(/host/));
    await assert.rejects(sign({ url: API, headers: { 'x-a': value } }), refused(/x-a/));
    const credentials = OPTIONS.credentials as SigningCredentials;
    for (const options of [{ region: value }, { service: value }, { credentials: { ...credentials, accessKeyId: value } }, { credentials: { ...credentials, sessionToken: value } }]) {
      await assert.rejects(sign({ url: API }, options), refused(/./));
    }
  }
  const blob = { [Symbol.toStringTag]: 'Blob', type: 'a\0authorization\0evil', size: 0, arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)) };
  await assert.rejects(sign({ url: API, body: blob as unknown as Blob }), refused(/NUL/));
  // A tab may stand in a header.
  assert.match((await sign({ url: API, headers: { 'x-a': 'a\tb' } })).canonicalRequest, /\nx-a:a b\n/);
});

test('a host of one’s own is a host', async () => {
  for (const host of ['é', 'a b, c', 'a,b', 'a/b', '', 'user@a.example', 'a.example?', 'a.example:', 'a.example:port']) {
    await assert.rejects(sign({ url: API, headers: { host } }), refused(/host/i), host);
  }
  for (const host of ['other.example', 'other.example:8443', '[::1]:9000', '127.0.0.1', 'under_score.example']) {
    assert.match((await sign({ url: API, headers: { Host: host } })).canonicalRequest, /\nhost:([^\n]+)\n/);
  }
});

/** Paths as people write them, and what fetch makes of them. */
const PATHS = [
  '/a//../b', '/a/%2e%2e/b', '/a/.%2e/b', '/a/%2E./b', '/%2e', '/a/../b', '/a/./b', '/a/..', '/a/.', '/..', '/../../a', '/a\\b', '/a\\..\\b', '\\a', '/a//b', '/.hidden/..a/b..',
  '/%2e%2e%2e', '/a%2e%2e/', '/a b ', '/ ', '/é/日本', '/a|b^c`{}[]"<>', '/100%', '/%zz/%2f%2F', '/a;b=c,d:e@f!$&\'()*', '', '?a=/../b', '/?a=\\&b=/%2e/', '/a?b#/../c', '/#', '/\u00a0', '/a\tb\x01\x7f', '/a\t', '/\t.\t./b', '/a\x1f',
];

test('a text, a URL and a Request have one signature: that of what fetch sends', async () => {
  for (const origin of [API, 'https://API.Example.com', 'https://a.example:443', 'http://127.1:80', 'https://日本.example:8443', 'https://a.example:50000', 'https:a.example', ' https://a.example']) {
    for (const path of PATHS) {
      const url = origin + path;
      for (const options of [{}, { service: 's3' }, { service: 's3', normalizePath: false }, { normalizePath: true }, { doubleEncode: false }]) {
        const text = await sign({ url }, options);
        assert.equal(text.signature, (await sign({ url: new URL(url) }, options)).signature, url);
        assert.equal(text.signature, (await sign(new Request(url), options)).signature, url);
        // What is handed over is sent as it is.
        assert.equal(text.signature, (await sign(new Request(text.url), options)).signature, url);
        const presigned = await presignUrl({ url }, { ...OPTIONS, ...options });
        assert.equal(presigned.signature, (await presignUrl(new Request(url), { ...OPTIONS, ...options })).signature, url);
        assert.equal(new URL(new Request(presigned.url).url).pathname, new URL(text.url).pathname);
      }
    }
  }
});

test('who says so has the path as it is written', async () => {
  for (const [path, signed] of [['/a/../b', '/a/../b'], ['/a//./%2e', '/a//./%252e'], ['/a b', '/a%2520b'], ['/..', '/..']] as const) {
    const { url, canonicalRequest } = await sign({ url: `https://EXAMPLE.com:443${path}?q=1#hash` }, { normalizePath: false });
    assert.equal(url, `https://example.com${path.replace(' ', '%20')}?q=1`);
    assert.equal(canonicalRequest.split('\n')[1], signed);
  }
});

test('a signature that the URL has is replaced', async () => {
  const credentials = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'to/ken' };
  const url = 'https://bucket.s3.us-east-1.amazonaws.com/a?b=1&x-id=GetObject&X-Amz-Meta=2';
  const old = await presignUrl({ url }, { ...OPTIONS, service: 's3', credentials, date: new Date('2014-01-01T00:00:00Z'), expiresIn: 60 });
  const fresh = await presignUrl({ url: old.url }, { ...OPTIONS, service: 's3' });
  assert.equal(fresh.url, (await presignUrl({ url }, { ...OPTIONS, service: 's3' })).url);
  assert.deepEqual([...new URL((await sign({ url: old.url })).url).searchParams].sort(), [...new URL(url).searchParams].sort());
  assert.equal((await sign(new Request(old.url))).signature, (await sign({ url })).signature);
});

test('no header is signed that browsers and proxies set or change', async () => {
  const changed = [
    'accept', 'accept-charset', 'accept-encoding', 'accept-language', 'access-control-request-headers', 'access-control-request-method', 'cache-control', 'cloudfront-viewer-country', 'connection',
    'cookie', 'cookie2', 'date', 'dnt', 'expect', 'forwarded', 'if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since', 'keep-alive', 'max-forwards', 'origin',
    'pragma', 'priority', 'proxy-authorization', 'range', 'referer', 'sec-fetch-mode', 'set-cookie', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'user-agent', 'via', 'x-amz-cf-id', 'x-amzn-trace-id',
    'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-port', 'x-forwarded-proto', 'x-real-ip',
  ];
  for (const name of changed) assert.match((await sign({ url: API, headers: { [name]: 'a' } })).canonicalRequest, /\n\nhost;x-amz-date\n/, name);
  const headers = { 'content-type': 'a/b', 'content-length': '0', 'x-api-key': 'k', test: 'a', 'x-amz-meta-a': 'b', 'accepted-by': 'c', iffy: 'd', 'range-unit': 'e' };
  const { canonicalRequest } = await sign({ url: API, headers });
  assert.match(canonicalRequest, new RegExp(`\\n\\n${[...Object.keys(headers), 'host', 'x-amz-date'].sort().join(';')}\\n`));
});

test('what is no number of seconds, no name and no header is refused', async () => {
  for (const expiresIn of ['60', null, true, {}]) {
    await assert.rejects(presignUrl({ url: API }, { ...OPTIONS, expiresIn: expiresIn as number }), refused(/expiresIn is no number/));
  }
  const credentials = OPTIONS.credentials as SigningCredentials;
  await assert.rejects(sign({ url: API }, { region: 'us/x' }), refused(/region/));
  await assert.rejects(sign({ url: API }, { service: 's3/x' }), refused(/service/));
  await assert.rejects(sign({ url: API }, { credentials: { ...credentials, accessKeyId: 'A/B' } }), refused(/access key id/));
  await assert.rejects(sign({ url: API, headers: { 'x-name': 'é' } }), refused(/x-name/));
  await assert.rejects(sign({ url: API, headers: [['__proto__', 'a']] }), refused(/__proto__/));
});

test('a body that cannot be read is an error of the SDK', async () => {
  const buffer = new ArrayBuffer(8);
  const view = new Uint8Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  for (const body of [buffer, view]) await assert.rejects(sign({ url: API, method: 'POST', body }), refused(/body/));
  const failure = new Error('the source of the stream');
  const failing = new ReadableStream({ pull: (controller) => { controller.error(failure); } });
  await assert.rejects(sign({ url: API, method: 'POST', body: failing }), (error) => isGatepassError(error) && (error as Error).cause === failure);
});

/** A stream without an end, and how many bytes were taken of it. */
function endless() {
  const taken = { bytes: 0 };
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    taken.bytes += 1 << 20;
    controller.enqueue(new Uint8Array(1 << 20));
  };
  return { taken, stream: new ReadableStream({ pull }) };
}

test('of a Request, too, no more is held than of a stream', async () => {
  const { taken, stream } = endless();
  const request = new Request(API, { method: 'POST', body: stream, duplex: 'half' } as RequestInit);
  await assert.rejects(sign(request), refused(/16 MiB/));
  assert.ok(taken.bytes < 24 << 20, String(taken.bytes));
  assert.equal(request.bodyUsed, false);
});

test('a Request whose body is not signed hands it on as a Blob', async () => {
  const body = new Blob([new Uint8Array(30 << 20)]);
  const request = new Request('https://bucket.s3.us-east-1.amazonaws.com/a', { method: 'PUT', body });
  const signed = await sign(request, { service: 's3' });
  assert.ok(signed.body instanceof Blob);
  assert.deepEqual([signed.body.size, request.bodyUsed], [30 << 20, false]);
});
