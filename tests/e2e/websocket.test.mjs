// A WebSocket that is signed, or given its token, with every connection: in Chromium, against real handshakes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { startLocalAws } from './local-aws.mjs';

const fixture = makeFixture();

describe('WebSocket', () => {
  let aws, browser, outputs, page;
  const socketUrl = (door, path) => outputs.doors[door].origin.replace('http', 'ws') + path;

  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    outputs = await aws.control.outputs();
    const { region } = outputs.doors['web-socket-iam'];
    const context = await browser.newContext();
    page = await openWithClient(context, aws.control, {
      routes: [
        { match: socketUrl('web-socket-iam', '/prod'), auth: 'iam', region },
        { match: socketUrl('web-socket-token', '/prod'), auth: 'bearer' },
        { match: socketUrl('iot', '/mqtt'), auth: 'iam', region, service: 'iotdevicegateway' },
      ],
    });
    await signIn('admin');
  });
  after(async () => {
    await browser.close();
    await aws.stop();
    fixture.remove();
  });

  const signIn = (as) => {
    const { username, password } = outputs.users.find(({ role }) => role === as);
    return page.evaluate(async (user) => void (await globalThis.gp.signIn(user)), { username, password });
  };

  /** Connects in the page; what it hears stands in `heard`. */
  const connect = (url, options = {}) =>
    page.evaluate(
      ([to, given]) => {
        globalThis.socket?.close();
        const heard = [];
        const socket = globalThis.connectWebSocket(globalThis.gp, to, {
          ...given,
          // A signature holds the second.
          reconnect: { firstDelay: 1100 },
          runtime: { random: () => 1 },
        });
        for (const type of ['open', 'message', 'reconnecting', 'error', 'close']) {
          socket.addEventListener(type, (event) => {
            const { data, code, attempt, error } = event;
            const said = error && { code: error.code, message: error.message, help: error.help };
            heard.push({ type, code, attempt, error: said, data: data && JSON.parse(data) });
          });
        }
        Object.assign(globalThis, { socket, heard });
      },
      [url, options],
    );

  /** What was heard, once there are so many of a type. */
  const heard = async (type, count = 1) => {
    const enough = ([wanted, number]) => globalThis.heard.filter((event) => event.type === wanted).length >= number;
    await page.waitForFunction(enough, [type, count]);
    return page.evaluate(() => globalThis.heard);
  };
  const types = (events) => events.map(({ type }) => type);
  const send = (text) => page.evaluate((message) => void globalThis.socket.send(message), text);

  /** The handshakes at a door after a request: status and query. */
  const handshakes = async (door, since) =>
    (await aws.control.requests(since))
      .filter((entry) => entry.door === door)
      .map(({ status, path }) => ({ status, query: new URL(path, 'http://door').searchParams }));

  it('connects to an IAM-protected API, and after it is closed with another signature', async () => {
    const since = await aws.control.lastRequest();
    await connect(socketUrl('web-socket-iam', '/prod?room=a+b'));
    await send('before it is open');
    const [, first] = await heard('message');
    assert.equal(first.data.body, 'before it is open');
    assert.match(first.data.identity.userArn, /assumed-role\/admin\//);
    assert.equal(await page.evaluate(() => globalThis.socket.url.includes('X-Amz')), false);

    assert.equal(await aws.control.closeConnections('web-socket-iam'), 1);
    const events = await heard('open', 2);
    assert.deepEqual(types(events), ['open', 'message', 'reconnecting', 'open']);
    assert.equal(events[2].code, 1001);
    await send('again');
    assert.equal((await heard('message', 2)).at(-1).data.body, 'again');

    const made = await handshakes('web-socket-iam', since);
    assert.deepEqual(made.map(({ status }) => status), [101, 101]);
    const signatures = made.map(({ query }) => query.get('X-Amz-Signature'));
    assert.match(signatures[0], /^[0-9a-f]{64}$/);
    assert.notEqual(signatures[0], signatures[1]);
    assert.deepEqual(made.map(({ query }) => [query.get('room'), query.get('X-Amz-Expires')]), [['a b', '300'], ['a b', '300']]);
  });

  it('is closed by a route of the API, and comes back', async () => {
    await send(JSON.stringify({ action: 'close' }));
    const events = await heard('open', 3);
    assert.deepEqual([events.at(-2).type, events.at(-2).code], ['reconnecting', 1000]);
  });

  it('takes new credentials when those at hand are refused', async () => {
    const since = await aws.control.lastRequest();
    await connect(socketUrl('web-socket-iam', '/prod'));
    await heard('open');
    await aws.control.expireCredentials();
    await aws.control.closeConnections('web-socket-iam');
    const events = await heard('open', 2);
    assert.deepEqual(types(events), ['open', 'reconnecting', 'error', 'reconnecting', 'open']);
    assert.equal(events[2].error.code, 'handshake-refused');
    assert.match(events[2].error.help, /execute-api:Invoke/);
    const made = await handshakes('web-socket-iam', since);
    assert.deepEqual(made.map(({ status }) => status), [101, 403, 101]);
    const keys = made.map(({ query }) => query.get('X-Amz-Credential').split('/')[0]);
    assert.equal(keys[0], keys[1]);
    assert.notEqual(keys[1], keys[2]);
  });

  it('gives a token to the authorizer, the one of that moment', async () => {
    const since = await aws.control.lastRequest();
    await connect(socketUrl('web-socket-token', '/prod'), { token: { query: 'token' } });
    await heard('open');
    await send('hello');
    const { data } = (await heard('message')).at(-1);
    assert.equal(data.claims.token_use, 'id');
    await page.evaluate(async () => void (await globalThis.gp.session({ refresh: true })));
    await aws.control.closeConnections('web-socket-token');
    assert.deepEqual(types(await heard('open', 2)), ['open', 'message', 'reconnecting', 'open']);
    const [one, other] = (await handshakes('web-socket-token', since)).map(({ query }) => query.get('token'));
    assert.notEqual(one, other);
    assert.equal(other, await page.evaluate(async () => (await globalThis.gp.session()).idToken));
  });

  it('gives a token to no URL without a route that sends one', async () => {
    const since = await aws.control.lastRequest();
    for (const [door, path] of [['web-socket-token', '/other'], ['web-socket-iam', '/prod']]) {
      await connect(socketUrl(door, path), { token: { query: 'token' } });
      const events = await heard('close');
      assert.deepEqual(types(events), ['error', 'close']);
      assert.equal(events[0].error.code, 'invalid-argument');
      assert.deepEqual(await handshakes(door, since), []);
    }
  });

  it("speaks MQTT's subprotocol with AWS IoT, the token behind the signature", async () => {
    const since = await aws.control.lastRequest();
    await connect(socketUrl('iot', '/mqtt'), { protocols: 'mqtt' });
    await heard('open');
    assert.equal(await page.evaluate(() => globalThis.socket.protocol), 'mqtt');
    const [{ status, query }] = await handshakes('iot', since);
    assert.equal(status, 101);
    assert.equal([...query.keys()].at(-1), 'X-Amz-Security-Token');
  });

  it('presigned for a library that makes its own WebSocket', async () => {
    const { value } = await settle(
      page,
      async (url) => {
        const socket = new WebSocket(await globalThis.gp.presign(url, { expiresIn: 60 }), 'mqtt');
        return new Promise((resolve) => {
          socket.onopen = () => resolve('open');
          socket.onclose = ({ code }) => resolve(code);
        });
      },
      socketUrl('iot', '/mqtt'),
    );
    assert.equal(value, 'open');
  });

  it('ends with the session: the connection too, and without another attempt', async () => {
    await connect(socketUrl('web-socket-iam', '/prod'));
    await heard('open');
    const since = await aws.control.lastRequest();
    await page.evaluate(() => globalThis.gp.signOut());
    const events = await heard('close');
    assert.deepEqual(types(events), ['open', 'error', 'close']);
    assert.equal(events[1].error.code, 'not-signed-in');
    assert.equal(await page.evaluate(() => globalThis.socket.readyState), 3);
    assert.deepEqual(await handshakes('web-socket-iam', since), []);
  });

  it('says what a refusal can be, once', async () => {
    await signIn('general');
    const since = await aws.control.lastRequest();
    await connect(socketUrl('web-socket-iam', '/prod'));
    const events = await heard('reconnecting', 2);
    assert.deepEqual(types(events), ['error', 'reconnecting', 'reconnecting']);
    const { code, help } = events[0].error;
    assert.equal(code, 'handshake-refused');
    assert.match(help, /execute-api:Invoke.*stage/);
    assert.ok((await handshakes('web-socket-iam', since)).every(({ status }) => status === 403));
    await page.evaluate(() => globalThis.socket.close());
    assert.deepEqual(types(await heard('close')).at(-1), 'close');
  });
});
