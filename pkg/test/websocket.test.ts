/** The WebSocket helper with a socket, a clock and chance of the test's own. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { GatepassFailure, isGatepassError } from '../src/errors.js';
import type { ClientEvent, GatepassErrorCode, PresignOptions, Session, SessionOptions } from '../src/index.js';
import { connectWebSocket, type GatepassWebSocket, type WebSocketClient, type WebSocketOptions } from '../src/websocket.js';
import { FakeClock, FakeSocket, settled } from './web-socket-runtime.js';

const URL_OF_API = 'wss://abc123.execute-api.ap-northeast-1.amazonaws.com/prod';

interface Heard {
  type: string;
  event: Event & { error?: unknown; code?: number; reason?: string; attempt?: number; delay?: number; data?: unknown; wasClean?: boolean };
}

function setUp(options: WebSocketOptions = {}, client: Partial<WebSocketClient> = {}, url = URL_OF_API) {
  FakeSocket.made = [];
  const clock = new FakeClock();
  const presigned: (PresignOptions | undefined)[] = [];
  const refreshed: (SessionOptions | undefined)[] = [];
  let signed = 0;
  const listeners = new Set<(event: ClientEvent) => void>();
  const whole: WebSocketClient = {
    presign: (input, given) => Promise.resolve(`${input as string}?X-Amz-Signature=${presigned.push(given)}`),
    sign: () => Promise.resolve(bearing(`token-${++signed}`)),
    session: (given) => Promise.resolve(refreshed.push(given) as unknown as Session),
    subscribe: (listener) => (listeners.add(listener), () => listeners.delete(listener)),
    ...client,
  };
  const runtime = { WebSocket: FakeSocket as unknown as new () => WebSocket, setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout, random: () => 0.5 };
  const socket = connectWebSocket(whole, url, { ...options, runtime });
  const heard: Heard[] = [];
  for (const type of ['open', 'message', 'reconnecting', 'error', 'close']) {
    socket.addEventListener(type, (event: Event) => heard.push({ type, event }));
  }
  const tell = (type: 'signed-in' | 'signed-out' | 'session-expired' | 'token-refreshed') => {
    for (const listener of listeners) listener({ type });
  };
  return { socket, clock, presigned, refreshed, heard, listeners, tell, types: () => heard.map(({ type }) => type), made: FakeSocket.made };
}

/** A request as `sign` hands it over. */
const bearing = (token: string) => new Request('https://a.example', { headers: { authorization: `Bearer ${token}` } });

const last = (): FakeSocket => FakeSocket.made.at(-1) ?? assert.fail('no socket was made');

async function opened(options?: WebSocketOptions, client?: Partial<WebSocketClient>) {
  const made = setUp(options, client);
  await settled();
  last().open();
  return made;
}

function assertFailure(error: unknown, code: GatepassErrorCode, says = /./) {
  assert.ok(isGatepassError(error), String(error));
  assert.equal(error.code, code);
  assert.match(error.message + error.help, says);
  return error;
}

const globals = globalThis as { document?: unknown; addEventListener?: unknown };
afterEach(() => {
  setOnline(true);
  delete globals.document;
  delete globals.addEventListener;
});

function setOnline(onLine: boolean) {
  Object.defineProperty(globalThis, 'navigator', { value: { onLine }, configurable: true });
}

function page(): EventTarget {
  const target = new EventTarget();
  globals.addEventListener = target.addEventListener.bind(target);
  return target;
}

test('it is a WebSocket to look at', async () => {
  const { socket, heard } = setUp({ protocols: 'mqtt' });
  assert.deepEqual([socket.CONNECTING, socket.OPEN, socket.CLOSING, socket.CLOSED], [0, 1, 2, 3]);
  assert.deepEqual([socket.readyState, socket.url, socket.protocol, socket.extensions, socket.bufferedAmount], [0, URL_OF_API, '', '', 0]);
  const called: string[] = [];
  socket.onopen = () => called.push('open');
  socket.onmessage = ({ data }) => called.push(String(data));
  socket.onclose = ({ code }) => called.push(`close ${code}`);
  socket.binaryType = 'arraybuffer';
  await settled();
  const { url, protocols, binaryType } = last();
  assert.deepEqual([url, protocols, binaryType], [`${URL_OF_API}?X-Amz-Signature=1`, ['mqtt'], 'arraybuffer']);
  last().open('mqtt');
  assert.deepEqual([socket.readyState, socket.protocol, socket.url], [1, 'mqtt', URL_OF_API]);
  socket.binaryType = 'blob';
  assert.equal(last().binaryType, 'blob');
  last().message('hello');
  socket.send('there');
  assert.deepEqual(last().sent, ['there']);
  socket.close(4000, 'enough');
  assert.deepEqual([socket.readyState, last().closed], [2, [4000, 'enough']]);
  last().end(4000, 'enough');
  assert.equal(socket.readyState, 3);
  assert.deepEqual(called, ['open', 'hello', 'close 4000']);
  const { code, reason, wasClean } = heard.at(-1)?.event ?? {};
  assert.deepEqual([code, reason, wasClean], [4000, 'enough', true]);
});

test('each connection has a signature of its own', async () => {
  const { clock, presigned, types, made } = await opened();
  last().end(1001);
  await clock.pass(500);
  last().open();
  assert.deepEqual(made.map(({ url }) => url), [`${URL_OF_API}?X-Amz-Signature=1`, `${URL_OF_API}?X-Amz-Signature=2`]);
  assert.deepEqual(types(), ['open', 'reconnecting', 'open'], 'in silence: no error, no close');
  assert.deepEqual(presigned, [{ expiresIn: 300, forceRefresh: false }, { expiresIn: 300, forceRefresh: false }]);
});

test('a token goes where the authorizer looks for it, fresh each time', async () => {
  const inQuery = setUp({ token: { query: 'token' } }, {}, `${URL_OF_API}?room=1&token=old`);
  await settled();
  assert.equal(last().url, `${URL_OF_API}?room=1&token=token-1`);
  last().open();
  last().end(1006);
  await inQuery.clock.pass(500);
  assert.equal(last().url, `${URL_OF_API}?room=1&token=token-2`);
  assert.equal(inQuery.socket.url, `${URL_OF_API}?room=1&token=old`);
  setUp({ protocols: ['chat'], token: { protocol: (token) => [`bearer-${token}`] } });
  await settled();
  assert.deepEqual([last().url, last().protocols], [URL_OF_API, ['chat', 'bearer-token-1']]);
});

test('a token goes nowhere but where a route sends one', async () => {
  const none = new GatepassFailure('invalid-argument', 'No route matches this URL.', 'Add a route.');
  const scheme = { authorization: 'AWS4-HMAC-SHA256 Credential=AKIA/20260101' };
  for (const [sign, says] of [
    [() => Promise.reject(none), /No route/],
    [() => Promise.resolve(new Request('https://a.example')), /sends no token/],
    [() => Promise.resolve(new Request('https://a.example', { headers: scheme })), /sends no token/],
  ] as const) {
    for (const token of [{ query: 'token' }, { protocol: String }]) {
      const { types, heard, made } = setUp({ token }, { sign });
      await settled();
      assert.deepEqual([types(), made.length], [['error', 'close'], 0]);
      assertFailure(heard[0]?.event.error, 'invalid-argument', says);
    }
  }
});

test('neither a token nor a signature goes out in the clear', async () => {
  for (const options of [{ token: { query: 'token' } }, {}]) {
    for (const host of ['a.example', 'localhost.a.example', '127.0.0.1.a.example', '10.0.0.1', '[::2]']) {
      const { types, heard, made } = setUp(options, {}, `ws://${host}/prod`);
      await settled();
      assert.deepEqual([types(), made.length], [['error', 'close'], 0], host);
      assertFailure(heard[0]?.event.error, 'invalid-argument', /wss:/);
    }
    for (const host of ['localhost:8080', 'api.localhost', '127.0.0.1:3001', '127.1.2.3', '[::1]:80']) {
      const { made } = setUp(options, {}, `ws://${host}/prod`);
      await settled();
      assert.equal(made.length, 1, host);
    }
  }
  const { made } = setUp({ authorize: () => ({}) }, {}, 'ws://a.example/prod');
  await settled();
  assert.equal(made.length, 1, "what the app's own callback does, it does");
});

test('another way to authorize', async () => {
  const given: unknown[] = [];
  const { clock } = setUp({
    protocols: 'chat',
    authorize: (handshake) => {
      given.push(handshake);
      return given.length === 1 ? { url: `${URL_OF_API}?ticket=1` } : { protocols: ['ticket-2'] };
    },
  });
  await settled();
  assert.deepEqual([last().url, last().protocols], [`${URL_OF_API}?ticket=1`, ['chat']]);
  last().end(1006);
  await clock.pass(500);
  assert.deepEqual([last().url, last().protocols], [URL_OF_API, ['ticket-2']]);
  assert.deepEqual(given, [{ url: URL_OF_API, renew: false }, { url: URL_OF_API, renew: true }]);
});

test('attempts wait longer and longer, with full jitter and a cap, and start anew after a stable connection', async () => {
  const { clock, heard } = await opened({ reconnect: { firstDelay: 1000, maxDelay: 5000, stableAfter: 10_000 } });
  const delays = () => heard.filter(({ type }) => type === 'reconnecting').map(({ event }) => [event.attempt, event.delay]);
  last().end(1006);
  for (const wait of [500, 1000, 2000, 2500, 2500]) {
    const before = FakeSocket.made.length;
    await clock.pass(wait - 1);
    assert.equal(FakeSocket.made.length, before, 'not before its time');
    await clock.pass(1);
    assert.equal(FakeSocket.made.length, before + 1);
    last().end(1006);
  }
  assert.deepEqual(delays(), [[1, 500], [2, 1000], [3, 2000], [4, 2500], [5, 2500], [6, 2500]]);
  await clock.pass(2500);
  last().open();
  await clock.pass(9999);
  last().end(1006);
  assert.deepEqual(delays().at(-1), [7, 2500], 'not stable yet');
  await clock.pass(2500);
  last().open();
  await clock.pass(10_000);
  last().end(1006);
  assert.deepEqual(delays().at(-1), [1, 500]);
});

test('the app says when it is over', async () => {
  const named = await opened({ reconnect: { exceptCodes: [1000, 4001] } });
  last().end(4001, 'kicked');
  assert.deepEqual(named.types(), ['open', 'close']);
  assert.deepEqual([named.heard[1]?.event.code, named.heard[1]?.event.reason], [4001, 'kicked']);

  const off = await opened({ reconnect: 'off' });
  last().end(1001);
  assert.deepEqual(off.types(), ['open', 'close']);

  const few = await opened({ reconnect: { attempts: 2 } });
  last().end(1006);
  await few.clock.pass(500);
  last().end(1006);
  await few.clock.pass(1000);
  last().end(1006);
  assert.deepEqual(few.types(), ['open', 'reconnecting', 'error', 'reconnecting', 'error', 'close']);

  const closed = await opened();
  closed.socket.close();
  last().end(1005);
  assert.deepEqual(closed.types(), ['open', 'close']);
  for (const { clock, listeners, socket } of [named, off, few, closed]) {
    assert.deepEqual([clock.waiting, listeners.size, socket.readyState], [0, 0, 3], 'nothing is left');
  }
});

test('it can be closed at any time', async () => {
  const signing = setUp();
  signing.socket.close();
  assert.equal(signing.socket.readyState, 2);
  await settled();
  assert.deepEqual([signing.made.length, signing.types(), signing.heard[0]?.event.code], [0, ['close'], 1006]);

  const shaking = setUp();
  await settled();
  shaking.socket.close();
  await settled();
  assert.deepEqual([last().closed, shaking.types()], [[], ['close']]);
  last().open();
  last().end(1006);
  assert.deepEqual(shaking.types(), ['close'], 'a late word of the browser');

  const waiting = await opened();
  last().end(1006);
  waiting.socket.close();
  await waiting.clock.pass(60_000);
  assert.deepEqual([waiting.made.length, waiting.types()], [1, ['open', 'reconnecting', 'close']]);

  const listener = await opened();
  listener.socket.onreconnecting = () => { listener.socket.close(); };
  last().end(1006);
  await listener.clock.pass(60_000);
  assert.deepEqual([listener.made.length, listener.types()], [1, ['open', 'reconnecting', 'close']]);
  listener.socket.close();
  listener.socket.send('into the void');

  const wrong = await opened();
  assert.throws(() => { wrong.socket.close(1); }, { name: 'InvalidAccessError' });
  assert.equal(wrong.socket.readyState, 1);
});

test('an abort closes it', async () => {
  const controller = new AbortController();
  const { socket, types } = await opened({ signal: controller.signal });
  controller.abort();
  assert.deepEqual([socket.readyState, last().closed], [2, [undefined, undefined]]);
  last().end(1005);
  assert.deepEqual(types(), ['open', 'close']);
  const reason = { mine: true };
  assert.throws(() => setUp({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
});

test('what is sent meanwhile waits, as it was, in its order, and has a bound', async () => {
  const { socket, clock } = setUp({ queue: 3 });
  const bytes = new Uint8Array([1, 2, 3]);
  socket.send('ü');
  socket.send(bytes);
  bytes.fill(9);
  assert.equal(socket.bufferedAmount, 5);
  socket.send('third');
  assert.throws(() => { socket.send('fourth'); }, (error) => !!assertFailure(error, 'not-connected', /3 messages wait.*'queue'/));
  await settled();
  const atOpen: unknown[] = [];
  socket.onopen = () => atOpen.push(...last().sent);
  last().open();
  assert.deepEqual([atOpen[0], atOpen[2]], ['ü', 'third'], 'they go before what the app sends when it is open');
  assert.deepEqual([...new Uint8Array(await (last().sent[1] as Blob).arrayBuffer())], [1, 2, 3]);
  assert.equal(socket.bufferedAmount, 0);
  last().end(1006);
  socket.send('later');
  await clock.pass(500);
  last().open();
  assert.deepEqual(last().sent, ['later'], 'what was handed over is not sent twice');

  const strict = setUp({ queue: 0 });
  assert.throws(() => { strict.socket.send('x'); }, (error) => !!assertFailure(error, 'not-connected'));
});

test('a refused handshake is explained once, and new credentials are taken once', async () => {
  const { clock, heard, types, presigned } = setUp();
  for (const wait of [500, 1000, 2000]) {
    await settled();
    last().end(1006);
    await clock.pass(wait);
  }
  assert.deepEqual(types(), ['error', 'reconnecting', 'reconnecting', 'reconnecting']);
  const error = assertFailure(heard[0]?.event.error, 'handshake-refused', /execute-api:Invoke.*\$connect.*stage/);
  assert.ok(error.retryable);
  assert.equal(heard[1]?.event.error, error);
  assert.deepEqual(presigned.map((options) => options?.forceRefresh), [false, true, false, false]);
  last().open();
  last().end(1006);
  await clock.pass(30_000);
  last().end(1006);
  assert.deepEqual(types().slice(4), ['open', 'reconnecting', 'error', 'reconnecting'], 'and again after it was open');

  const token = setUp({ token: { query: 'auth' } });
  await settled();
  last().end(1006);
  await token.clock.pass(500);
  assertFailure(token.heard[0]?.event.error, 'handshake-refused', /query parameter 'auth' and takes the token that the route's 'token' names/);
  assert.deepEqual(token.refreshed, [{ refresh: true }], 'once');
});

test('a handshake that nobody answers is given up', async () => {
  const { clock, heard } = setUp({ handshakeTimeout: 5000 });
  await settled();
  const first = last();
  await clock.pass(5000);
  assertFailure(heard[0]?.event.error, 'handshake-refused', /in 5000 ms/);
  assert.deepEqual(first.closed, []);
  await clock.pass(500);
  assert.notEqual(last(), first);
  first.open();
  assert.equal(heard.at(-1)?.type, 'reconnecting', 'it is too late');
});

test('a failure to sign is told; one that passes is waited for', async () => {
  const failures = [new GatepassFailure('network', 'No network.', 'Wait.', true), new GatepassFailure('throttled', 'Slow down.', 'Wait.', true)];
  const { clock, heard, types } = setUp({}, {
    presign: () => {
      const failure = failures.shift();
      return failure ? Promise.reject(failure) : Promise.resolve(URL_OF_API);
    },
  });
  await settled();
  await clock.pass(500 + 1000);
  last().open();
  assert.deepEqual(types(), ['error', 'reconnecting', 'reconnecting', 'open']);
  assertFailure(heard[0]?.event.error, 'network');
  assertFailure(heard[2]?.event.error, 'throttled');

  const refused = new GatepassFailure('identity-refused', 'No.', 'Change the role.');
  const final = setUp({}, { presign: () => Promise.reject(refused) });
  await settled();
  await final.clock.pass(60_000);
  assert.deepEqual([final.types(), final.heard[0]?.event.error, final.made.length], [['error', 'close'], refused, 0]);

  const own = setUp({ authorize: () => { throw new TypeError('Failed to fetch'); } });
  await settled();
  assert.deepEqual([own.types(), String(own.heard[0]?.event.error)], [['error', 'reconnecting'], 'TypeError: Failed to fetch']);
});

test('what the browser itself refuses ends it, without a word of the token', async () => {
  const { types, heard } = setUp({ token: { query: 'refused-by-browser' } });
  await settled();
  assert.deepEqual(types(), ['error', 'close']);
  const error = assertFailure(heard[0]?.event.error, 'invalid-argument', /SyntaxError/);
  assert.doesNotMatch(JSON.stringify([error, String(error.cause), error.stack]), /token-1/);
});

test('a sign-out ends it, and nothing of the user is sent afterwards', async () => {
  let user = true;
  const nobody = new GatepassFailure('not-signed-in', 'Nobody is signed in', 'Call signIn.');
  const sign = () => (user ? Promise.resolve(bearing('id')) : Promise.reject(nobody));
  const { socket, clock, tell, types, heard, made } = await opened({ token: { query: 'token' } }, { sign });
  tell('token-refreshed');
  assert.equal(socket.readyState, 1);
  user = false;
  tell('signed-out');
  assert.deepEqual(made[0]?.closed, [], 'at once');
  await settled();
  await clock.pass(600_000);
  assert.deepEqual(types(), ['open', 'error', 'close']);
  assertFailure(heard[1]?.event.error, 'not-signed-in');
  assert.equal(made.length, 1);
});

test('another user gets another connection, without what the former wanted to send', async () => {
  const { socket, tell, made, types } = await opened();
  tell('signed-in');
  assert.deepEqual([socket.readyState, made[0]?.closed], [0, []]);
  await settled();
  last().open();
  assert.deepEqual([made.length, types()], [2, ['open', 'reconnecting', 'open']]);
  last().end(1006);
  socket.send('mine');
  tell('signed-in');
  await settled();
  last().open();
  assert.deepEqual(last().sent, []);

  const off = await opened({ reconnect: 'off' });
  off.tell('signed-out');
  assert.deepEqual(off.types(), ['open', 'close']);
});

test('offline it waits, and once online or looked at again it does not', async () => {
  const window = page();
  const { clock, made } = await opened();
  setOnline(false);
  last().end(1006);
  await clock.pass(600_000);
  assert.equal(made.length, 1);
  window.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(made.length, 1);
  setOnline(true);
  window.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(made.length, 2);
  last().open();
  window.dispatchEvent(new Event('online'));
  await settled();
  assert.equal(made.length, 2, 'it is connected');
  last().end(1006);
  globals.document = { visibilityState: 'hidden' };
  window.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(made.length, 2, 'the page was left');
  globals.document = { visibilityState: 'visible' };
  window.dispatchEvent(new Event('visibilitychange'));
  await settled();
  assert.equal(made.length, 3);
});

test('a message is sent again and again, only while it is open', async () => {
  const { clock } = await opened({ keepAlive: { message: 'ping', every: 60_000 } });
  await clock.pass(180_000);
  assert.deepEqual(last().sent, ['ping', 'ping', 'ping']);
  const [first] = FakeSocket.made;
  last().end(1006);
  await clock.pass(120_000);
  assert.equal(first?.sent.length, 3);
  const unsaid = await opened({ keepAlive: { message: 'ping' } });
  await unsaid.clock.pass(599_999);
  assert.deepEqual(last().sent, ['ping'], 'well within ten minutes');
});

test('only a URL of a WebSocket is taken', async () => {
  for (const wrong of ['ftp://a.example', '/prod', '', 'wss://']) {
    assert.throws(() => setUp({}, {}, wrong), (error) => !!assertFailure(error, 'invalid-argument', /wss:/));
  }
  const socket: GatepassWebSocket = setUp({}, {}, 'https://a.example/prod?x=1#y').socket;
  assert.equal(socket.url, 'wss://a.example/prod?x=1');
  await settled();
});
