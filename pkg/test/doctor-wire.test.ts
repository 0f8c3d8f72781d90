/** The doctor's transport, before servers of every kind of badness. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { WireAnswer, WireFailure } from '../src/doctor/examination.js';
import { send } from '../src/doctor/wire.js';
import type { WireOutcome, WireRequest } from '../src/exchange-types.js';
import { http, rawServer } from './raw-server.js';

const get = (url: string, rest: Partial<WireRequest> = {}): WireRequest => ({ step: 'request', url, method: 'GET', headers: [], body: 'none', ...rest });
const patience = () => AbortSignal.timeout(20_000);
const ask = (url: string, rest?: Partial<WireRequest>, data?: string) => send(get(url, rest), patience(), data);

function answered(outcome: WireOutcome): WireAnswer {
  assert.ok('status' in outcome, JSON.stringify(outcome));
  return outcome;
}

function fails(outcome: WireOutcome, failure: WireFailure['failure']) {
  assert.ok('failure' in outcome, JSON.stringify(outcome));
  assert.equal(outcome.failure, failure, outcome.message);
  assert.notEqual(outcome.message, '');
}

test('headers come back as they were sent: in order, in their case, each of the duplicates', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.end(http('200 OK', { 'Access-Control-Allow-Origin': ['*', 'https://a.test'], vary: 'Origin' }, '{"ok":true}')));
  assert.deepEqual(answered(await ask(origin)), {
    status: 200,
    headers: [['Access-Control-Allow-Origin', '*'], ['Access-Control-Allow-Origin', 'https://a.test'], ['vary', 'Origin'], ['content-length', '11']],
    body: '{"ok":true}',
  });
});

test('the request is what was asked for: method letter for letter, path and query, repeated headers, body', async (t) => {
  const { origin, heads } = await rawServer(t, (socket) => socket.end(http('204 No Content')));
  await ask(`${origin}/a%20b?q=%2f&x#hash`, { method: 'patch', headers: [['Origin', 'https://app.test'], ['X-A', '1'], ['X-A', '2']], body: 'given' }, 'données');
  const [head = ''] = heads;
  assert.match(head, /^patch \/a%20b\?q=%2f&x HTTP\/1.1\r\n/);
  assert.match(head, /\r\nOrigin: https:\/\/app.test\r\nX-A: 1\r\nX-A: 2\r\n/);
  assert.match(head, /\r\nHost: 127\.0\.0\.1:\d+\r\n/i);
  assert.match(head, /\r\naccept-encoding: identity\r\n/);
  assert.match(head, /\r\nContent-Length: 8\r\n/i);
});

test('a body that is not given is not sent', async (t) => {
  const { origin, heads } = await rawServer(t, (socket) => socket.end(http('200 OK')));
  await ask(origin, { method: 'OPTIONS' }, 'secret');
  assert.doesNotMatch(heads.join(''), /secret|content-length: [1-9]/i);
});

test('redirects are not followed', async (t) => {
  const { origin, heads } = await rawServer(t, (socket) => socket.end(http('302 Found', { location: '/' })));
  assert.equal(answered(await ask(`${origin}/`)).status, 302);
  assert.equal(heads.length, 1);
});

test('five thousand headers are read', async (t) => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`x-${index}`, 'v']));
  const { origin } = await rawServer(t, (socket) => socket.end(http('200 OK', many)));
  assert.equal(answered(await ask(origin)).headers.length, 5_001);
});

test('headers beyond what a browser reads are too large', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.end(http('200 OK', { 'x-large': 'x'.repeat(300_000) })));
  fails(await ask(origin), 'too-large');
});

test('a body is cut, and a character is not', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.end(http('200 OK', {}, 'x' + 'あ'.repeat(100_000))));
  const { body } = answered(await ask(origin));
  assert.equal(body, 'x' + 'あ'.repeat(2730));
});

test('a body is decoded even where the server was asked not to encode it, and so is one that is cut', async (t) => {
  const text = Array.from({ length: 50_000 }, (_, index) => index).join();
  for (const [encoding, bytes] of [['gzip', gzipSync(text)], ['br', brotliCompressSync(text)], ['deflate', deflateSync(text)]] as const) {
    const { origin } = await rawServer(t, (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\n\r\n`);
      socket.end(bytes.subarray(0, bytes.length - 100));
    });
    assert.equal(answered(await ask(origin)).body, text.slice(0, 8192), encoding);
  }
});

test('a body that does not come in time leaves the headers readable', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\nx-a: b\r\n\r\nbegin'));
  const outcome = answered(await ask(origin));
  assert.deepEqual([outcome.status, outcome.body], [200, 'begin']);
});

test('a connection that is lost in the body leaves what had come', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\nbegin'));
  assert.deepEqual(answered(await ask(origin)).body, 'begin');
});

test('an interim answer is not the answer', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.end('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n' + http('200 OK')));
  assert.equal(answered(await ask(origin)).status, 200);
});

test('what browsers forgive is forgiven', async (t) => {
  const { origin } = await rawServer(t, (socket) => socket.end('HTTP/1.1 200 OK\r\nx-a: caf\u0001\xe9\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', 'latin1'));
  assert.deepEqual(answered(await ask(origin)).headers[0], ['x-a', 'caf\u0001é']);
});

test('over IPv6', async (t) => {
  const { origin, heads } = await rawServer(t, (socket) => socket.end(http('200 OK')), '::1');
  assert.equal(answered(await ask(origin)).status, 200);
  assert.match(heads.join(''), /\r\nHost: \[::1\]:\d+\r\n/i);
});

test('a server that hangs', async (t) => {
  const stop = new AbortController();
  const { origin } = await rawServer(t, () => { stop.abort(); });
  const outcome = await send(get(origin), stop.signal);
  fails(outcome, 'timeout');
  // Beside the doctor's own words for it.
  assert.match('message' in outcome ? outcome.message : '', /^gave up after \d+\.\d s$/);
});

test('a server to which no connection was made', async (t) => {
  // It accepts and never speaks TLS.
  const stop = new AbortController();
  const server = createServer(() => { stop.abort(); }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  fails(await send(get(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`), stop.signal), 'connect-timeout');
});

test('a server that drips its headers', async (t) => {
  const stop = new AbortController();
  const { origin } = await rawServer(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-');
    let drops = 0;
    const drip = setInterval(() => {
      socket.write('x');
      if (++drops === 5) stop.abort();
    }, 1);
    socket.on('close', () => { clearInterval(drip); });
  });
  fails(await send(get(origin), stop.signal), 'timeout');
});

test('time that is up before the request', async () => {
  fails(await send(get('http://127.0.0.1:9/'), AbortSignal.abort()), 'connect-timeout');
});

for (const [badness, answer, failure] of [
  ['closes without a word', (socket) => socket.end(), 'reset'],
  ['resets', (socket) => socket.resetAndDestroy(), 'reset'],
  ['ends in the middle of its headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nx-a: b'), 'reset'],
  ['speaks another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n\r\n'), 'not-http'],
  ['answers garbage', (socket) => socket.end(Buffer.alloc(999, 0xfe)), 'not-http'],
  ['has a status that is none', (socket) => socket.end('HTTP/1.1 abc\r\n\r\n'), 'not-http'],
  ['switches to another protocol', (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'), 'not-http'],
] as [string, Parameters<typeof rawServer>[1], WireFailure['failure']][]) {
  test(`a server that ${badness}`, async (t) => {
    const { origin } = await rawServer(t, answer);
    fails(await ask(origin), failure);
  });
}

test('a server without TLS where TLS is asked for', async (t) => {
  const server = createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  fails(await ask(`https://127.0.0.1:${(server.address() as AddressInfo).port}/`), 'tls');
});

test('nobody listens', async (t) => {
  const { origin } = await rawServer(t, () => undefined);
  const closed = Object.assign(new URL(origin), { port: '1' }).href;
  fails(await ask(closed), 'refused');
});

test('a name that does not exist', async () => {
  fails(await ask('http://nobody.invalid/'), 'dns');
});

test('a header that HTTP does not allow', async () => {
  fails(await ask('http://127.0.0.1:9/', { headers: [['x-a', 'a\r\nb']] }), 'other');
});
