/** The adapter in the oldest axios that it claims and in the newest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import newest, { isAxiosError, isCancel, type AxiosStatic } from 'axios';
import oldest from 'axios-1.12';
import { answerOf } from '../src/answers.js';
import { withGatepass } from '../src/axios.js';
import { GatepassFailure } from '../src/errors.js';
import { diagnosisOf, isGatepassError } from '../src/index.js';

const VERSIONS: [string, AxiosStatic][] = [
  ['1.12', oldest as unknown as AxiosStatic],
  ['newest', newest],
];

for (const [version, axios] of VERSIONS) {
  const api = (fetch: typeof globalThis.fetch) => withGatepass(axios.create({ baseURL: 'https://api.example.com' }), { fetch });
  const rejection = (call: Promise<unknown>): Promise<Error & { cause?: unknown }> =>
    call.then(() => assert.fail('it resolved'), (error: unknown) => error as Error);

  test(`axios ${version}: requests go through the client's fetch`, async () => {
    const seen: Request[] = [];
    const instance = api((input) => {
      assert.ok(input instanceof Request);
      seen.push(input.clone());
      return Promise.resolve(Response.json({ id: 7 }, { status: 201 }));
    });
    const { status, data } = await instance.post<unknown>('/items', { name: 'tea' }, { params: { q: 'ü' }, headers: { 'X-One': '1' } });
    assert.deepEqual([status, data], [201, { id: 7 }]);
    const [request] = seen;
    assert.ok(request);
    assert.deepEqual([request.method, request.url, await request.text()], ['POST', 'https://api.example.com/items?q=%C3%BC', '{"name":"tea"}']);
    assert.equal(request.headers.get('x-one'), '1');
    assert.equal(request.headers.get('user-agent'), null, 'it would have to be asked for in a preflight');
  });

  test(`axios ${version}: only a mode that the app sets is there`, async () => {
    const modes: RequestCredentials[] = [];
    const instance = api((input) => {
      modes.push((input as Request).credentials);
      return Promise.resolve(new Response());
    });
    await instance.get('/');
    await instance.get('/', { withCredentials: true });
    await instance.get('/', { withCredentials: false });
    // A Request without a mode has `same-origin`: so the route's own mode holds.
    assert.deepEqual(modes, [new Request('https://api.example.com/').credentials, 'include', 'omit']);
  });

  test(`axios ${version}: the diagnosis of a network failure can be had`, async () => {
    const native = new TypeError('Failed to fetch');
    for (const message of ['Failed to fetch (…)', 'NetworkError when attempting to fetch resource. (…)', 'Load failed (…)']) {
      const diagnosed = Object.assign(new TypeError(message, { cause: native }), { diagnosis: { verdict: 'certain' } });
      const error = await rejection(api(() => Promise.reject(diagnosed)).get('/'));
      assert.ok(isAxiosError(error));
      assert.deepEqual([error.message, error.code], ['Network Error', 'ERR_NETWORK']);
      assert.equal(error.cause, diagnosed);
      assert.equal(diagnosisOf(error), diagnosed.diagnosis);
    }
  });

  test(`axios ${version}: an error of the SDK is one, and its cause`, async () => {
    const failure = new GatepassFailure('not-signed-in', 'Nobody is signed in.', 'Call signIn first.');
    const error = await rejection(api(() => Promise.reject(failure)).get('/'));
    assert.ok(isAxiosError(error));
    assert.ok(isGatepassError(error));
    assert.deepEqual([error.message, error.code, error.help, error.retryable], ['Nobody is signed in.', 'not-signed-in', 'Call signIn first.', false]);
    assert.equal(error.cause, failure);
  });

  test(`axios ${version}: a refused call can be explained, and its body is still axios'`, async () => {
    const refused = Response.json({ message: 'Forbidden' }, { status: 403 });
    const error = await rejection(api(() => Promise.resolve(refused)).get('/'));
    assert.ok(isAxiosError(error));
    assert.deepEqual(error.response?.data, { message: 'Forbidden' });
    for (const subject of [error, error.response]) {
      assert.equal(answerOf(subject), refused);
    }
    assert.equal(refused.bodyUsed, false);
  });

  test(`axios ${version}: an abort is axios' own`, async () => {
    const controller = new AbortController();
    const instance = api((input) => {
      const { signal } = input as Request;
      const aborted = new Promise<Response>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
      controller.abort();
      return aborted;
    });
    assert.ok(isCancel(await rejection(instance.get('/', { signal: controller.signal }))));
  });

  test(`axios ${version}: what an interceptor of the app rejects with stays as it is`, async () => {
    for (const reason of [undefined, null, 'no']) {
      const instance = api(() => Promise.resolve(new Response()));
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- what an app should not do, and does
      instance.interceptors.request.use(() => Promise.reject(reason));
      assert.equal(await rejection(instance.get('/')), reason);
    }
  });

  test(`axios ${version}: other instances stay as they are`, () => {
    api(() => assert.fail('not called'));
    assert.equal((axios.create().defaults.env as { fetch?: unknown } | undefined)?.fetch, undefined);
  });
}
