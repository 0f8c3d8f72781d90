/** The client with modules of the test's own in the place of WebAssembly. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { newClient } from '../src/client.js';
import { isGatepassError } from '../src/errors.js';
import type { Client, ClientConfig, ClientEvent, GatepassErrorCode } from '../src/index.js';
import { loadOnce } from '../src/module.js';
import type { CoreClient, CoreConfig, CoreModule, DiagnosisModule, Host } from '../src/wire.js';

const CONFIG: ClientConfig = {
  userPool: { userPoolId: 'ap-northeast-1_AbCdEfGhI', clientId: '1example23456789' },
  routes: [
    { match: 'https://api.example.com/public/*', auth: 'none' },
    { match: 'https://api.example.com/*', auth: 'bearer' },
  ],
};

const nativeFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = nativeFetch;
});

/** A core whose calls do what the test says, and a count of what was loaded. */
function setUp(behaviour: Partial<CoreClient> = {}, load?: () => Promise<CoreModule>) {
  const seen = { loads: 0, traps: [] as ((error: unknown) => void)[], hosts: [] as Host[], configs: [] as CoreConfig[], closed: 0 };
  function FakeClient(config: string, host: Host) {
    seen.configs.push(JSON.parse(config) as CoreConfig);
    seen.hosts.push(host);
    return { close: () => seen.closed++, ...behaviour };
  }
  const modules = loadOnce(
    (trapped) => {
      seen.loads++;
      seen.traps.push(trapped);
      return load ? load() : Promise.resolve({ Client: FakeClient } as unknown as CoreModule);
    },
    () => () => Promise.resolve({} as DiagnosisModule),
  );
  return { seen, modules, module: { Client: FakeClient } as unknown as CoreModule };
}

async function rejectsWith(code: GatepassErrorCode, call: Promise<unknown>) {
  const error: unknown = await call.then(
    () => assert.fail('it resolved'),
    (reason: unknown) => reason,
  );
  assert.ok(isGatepassError(error), String(error));
  assert.equal(error.code, code);
  return error;
}

test('making a client loads nothing', () => {
  const { seen, modules } = setUp();
  newClient(CONFIG, modules);
  assert.deepEqual([seen.loads, seen.hosts.length], [0, 0]);
});

test('a URL that no route matches goes to the browser untouched, at once, without the module', async () => {
  const { seen, modules } = setUp();
  const calls: unknown[][] = [];
  const answer = new Response('hello');
  globalThis.fetch = (...args) => {
    calls.push(args);
    return Promise.resolve(answer);
  };
  const { fetch } = newClient(CONFIG, modules);
  const init = { method: 'POST' };
  const request = new Request('https://other.example.com/');
  const pending = [fetch('https://other.example.com/items', init), fetch(request), fetch('http://'), fetch(null as unknown as string)];
  assert.equal(calls.length, 4, 'called before the next line runs');
  assert.equal(calls[0]?.[1], init);
  assert.equal(calls[1]?.[0], request);
  for (const call of pending) assert.equal(await call, answer);
  assert.equal(seen.loads, 0);
});

test('a URL that a route matches goes to the core with the number of the route', async () => {
  const calls: unknown[][] = [];
  const answer = new Response();
  const { modules } = setUp({
    fetch: (...args) => {
      calls.push(args);
      return Promise.resolve(answer);
    },
  });
  globalThis.fetch = () => assert.fail('it went past the core');
  const { fetch } = newClient(CONFIG, modules);
  const request = new Request('https://api.example.com/items');
  assert.equal(await fetch('https://api.example.com/public/x'), answer);
  await fetch(request, { method: 'PUT' });
  assert.deepEqual(calls[0], [0, 'https://api.example.com/public/x', undefined]);
  assert.deepEqual(calls[1], [1, request, { method: 'PUT' }]);
});

test('what is handed over is read at once, not when the module has been loaded', async () => {
  let sent: RequestInit | undefined;
  const { modules } = setUp({
    fetch: (_route, _input, init) => {
      sent = init;
      return Promise.resolve(new Response());
    },
  });
  const init = { method: 'POST', headers: { 'x-one': '1' } };
  const call = newClient(CONFIG, modules).fetch('https://api.example.com/', init);
  init.method = 'DELETE';
  init.headers['x-one'] = '2';
  await call;
  assert.equal(sent?.method, 'POST');
  assert.equal(new Headers(sent.headers).get('x-one'), '1');
});

test('an init with members that are not its own goes on as it is', async () => {
  const inits: (RequestInit | undefined)[] = [];
  const { modules } = setUp({ fetch: (_route, _input, init) => (inits.push(init), Promise.resolve(new Response())) });
  const { fetch } = newClient(CONFIG, modules);
  class Init {
    readonly #method = 'POST';
    get method() {
      return this.#method;
    }
  }
  const given = [new Init(), Object.create({ method: 'POST' }) as RequestInit, new Request('https://a.example', { method: 'POST' })];
  for (const init of given) await fetch('https://api.example.com/', init);
  assert.deepEqual(inits.map((init) => init?.method), ['POST', 'POST', 'POST']);
  const bare = Object.assign(Object.create(null) as RequestInit, { method: 'POST' });
  const call = fetch('https://api.example.com/', bare);
  bare.method = 'PUT';
  await call;
  assert.equal(inits.at(-1)?.method, 'POST');
});

test('a header that HTTP does not allow rejects, and does not throw', async () => {
  const { modules } = setUp();
  await assert.rejects(newClient(CONFIG, modules).fetch('https://api.example.com/', { headers: { 'a b': 'c' } }), TypeError);
});

test('any number of clients and calls load the module once', async () => {
  const { seen, modules } = setUp({ session: () => Promise.resolve(null) });
  const clients = [newClient(CONFIG, modules), newClient({ ...CONFIG, locale: 'ja' }, modules)];
  await Promise.all([...clients, ...clients].map((client) => client.session()));
  assert.equal(seen.loads, 1);
  assert.deepEqual(seen.configs.map(({ locale }) => locale), ['en', 'ja']);
});

test('a load that failed is tried again by the next call', async () => {
  let attempts = 0;
  const { module } = setUp({ session: () => Promise.resolve(null) });
  const { modules } = setUp({}, () => (attempts++ ? Promise.resolve(module) : Promise.reject(new TypeError('Failed to fetch dynamically imported module'))));
  const client = newClient(CONFIG, modules);
  const error = await rejectsWith('network', client.session());
  assert.ok(error.retryable && error.cause instanceof TypeError);
  assert.equal(await client.session(), null);
});

test('a Content Security Policy without WebAssembly is named, in each engine', async () => {
  for (const message of [
    "WebAssembly.compile(): Compiling or instantiating WebAssembly module violates the following Content Security policy directive because neither 'wasm-unsafe-eval' nor 'unsafe-eval' is an allowed source of script",
    'call to WebAssembly.compile() blocked by CSP',
    "Refused to create a WebAssembly object because 'unsafe-eval' or 'wasm-unsafe-eval' is not an allowed source of script in the following Content Security Policy directive: \"script-src 'self'\".",
  ]) {
    const { modules } = setUp({}, () => Promise.reject(new WebAssembly.CompileError(message)));
    const error = await rejectsWith('module-blocked', newClient(CONFIG, modules).session());
    assert.match(error.help, /'wasm-unsafe-eval' to script-src/);
    assert.equal(error.retryable, false);
  }
});

test('an engine that cannot run the module is told so', async () => {
  const { modules } = setUp({}, () => Promise.reject(new WebAssembly.CompileError('invalid opcode')));
  await rejectsWith('module-unsupported', newClient(CONFIG, modules).session());

  const removed = globalThis.WebAssembly;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  try {
    const { help } = await rejectsWith('module-unsupported', newClient(CONFIG, setUp().modules).session());
    assert.match(help, /current browser/);
    assert.doesNotMatch(help, /\d/, 'no version that nobody tried');
  } finally {
    Object.assign(globalThis, { WebAssembly: removed });
  }
});

test('a panic rejects every call under way, and the next call gets a fresh module with the same memory', async () => {
  let healthy = false;
  const { seen, modules } = setUp({
    // A trapped module settles none of its promises.
    session: () => (healthy ? Promise.resolve(null) : new Promise(() => undefined)),
  });
  const [one, two] = [newClient(CONFIG, modules), newClient(CONFIG, modules)];
  const pending = [one.session(), one.session(), two.session()];
  while (seen.hosts.length < 2) await Promise.resolve();
  seen.hosts[0]?.memory.set('session', 'kept');
  seen.traps[0]?.(new WebAssembly.RuntimeError('index out of bounds'));
  for (const call of pending) {
    const error = await rejectsWith('module-crashed', call);
    assert.ok(error.retryable);
    assert.match(error.message, /index out of bounds/);
  }
  healthy = true;
  assert.deepEqual([await one.session(), await two.session(), await one.session()], [null, null, null]);
  assert.deepEqual([seen.loads, seen.hosts.length], [2, 4]);
  assert.equal(seen.hosts[2]?.memory.get('session'), 'kept');
});

test('a late word from a module that is gone does not harm the fresh one', async () => {
  const { seen, modules } = setUp({ session: () => Promise.resolve(null) });
  const client = newClient(CONFIG, modules);
  await client.session();
  seen.traps[0]?.(new WebAssembly.RuntimeError('first'));
  await client.session();
  seen.traps[0]?.(new WebAssembly.RuntimeError('again'));
  await client.session();
  assert.equal(seen.loads, 2);
});

test('a diagnosis module that traps fails the diagnosis, and the next one gets a fresh module', async () => {
  const traps: ((error: unknown) => void)[] = [];
  const { module } = setUp();
  const hosts: Host[] = [];
  const { Client } = module;
  const modules = loadOnce(
    () => Promise.resolve({
      Client: function (config: string, host: Host) {
        hosts.push(host);
        return Object.assign(new Client(config, host), { session: () => Promise.resolve(null) });
      } as unknown as CoreModule['Client'],
    }),
    () => (trapped) => {
      traps.push(trapped);
      return Promise.resolve({ diagnose: () => new Promise(() => undefined) } as unknown as DiagnosisModule);
    },
  );
  await newClient(CONFIG, modules).session();
  const diagnosis = (await hosts[0]?.diagnosis())?.diagnose({ request: { method: 'GET', url: 'https://api.example.com/' } });
  traps[0]?.(new WebAssembly.RuntimeError('unreachable'));
  await rejectsWith('module-crashed', diagnosis ?? assert.fail('no diagnosis'));
  await hosts[0]?.diagnosis();
  assert.equal(traps.length, 2);
});

test('a trap at once gives up the module too', async () => {
  let trap = true;
  const { seen, modules } = setUp({
    session: () => {
      if (trap) throw new WebAssembly.RuntimeError('unreachable');
      return Promise.resolve(null);
    },
  });
  const client = newClient(CONFIG, modules);
  await rejectsWith('module-crashed', client.session());
  trap = false;
  assert.equal(await client.session(), null);
  assert.equal(seen.loads, 2);
});

test("what the core rejects with comes through as it is, the caller's abort reason too", async () => {
  const reason = Symbol('because');
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- an abort reason can be anything
  const { seen, modules } = setUp({ fetch: () => Promise.reject(reason), session: () => Promise.resolve(null) });
  const client = newClient(CONFIG, modules);
  assert.equal(await client.fetch('https://api.example.com/').catch((error: unknown) => error), reason);
  await client.session();
  assert.equal(seen.loads, 1);
});

test('every method can be taken off the client', async () => {
  const { modules } = setUp({
    session: (options) => Promise.resolve(options?.refresh ? null : assert.fail('the options got lost')),
    credentials: () => Promise.resolve({} as never),
    signOut: () => Promise.resolve(),
  });
  const { session, credentials, signOut, close }: Client = newClient(CONFIG, modules);
  assert.equal(await session({ refresh: true }), null);
  assert.deepEqual(await credentials(), {});
  await signOut();
  close();
});

test('sign wants a route', async () => {
  const signed = new Request('https://api.example.com/', { headers: { authorization: 'x' } });
  const { seen, modules } = setUp({ sign: () => Promise.resolve(signed) });
  const client = newClient(CONFIG, modules);
  await rejectsWith('invalid-argument', client.sign('https://other.example.com/'));
  assert.equal(seen.loads, 0);
  assert.equal(await client.sign('https://api.example.com/'), signed);
});

test('explain gives back the diagnosis that an error carries, and asks the core about anything else', async () => {
  const diagnosis = { verdict: 'certain' };
  const other = { verdict: 'likely' };
  const subjects: unknown[] = [];
  const { seen, modules } = setUp({
    explain: (subject) => {
      subjects.push(subject);
      return Promise.resolve(other as never);
    },
  });
  const client = newClient(CONFIG, modules);
  assert.equal(await client.explain(Object.assign(new TypeError(), { diagnosis })), diagnosis);
  assert.equal(seen.loads, 0);
  const response = new Response(null, { status: 403 });
  for (const subject of [response, undefined, null]) assert.equal(await client.explain(subject), other);
  assert.deepEqual(subjects, [response, undefined, null]);
});

test("an error of the SDK's own needs no explanation, and explain says so", async () => {
  const { seen, modules } = setUp();
  const subject = Object.assign(new Error('Nobody is signed in.'), { name: 'GatepassError', code: 'not-signed-in', help: 'Call signIn.' });
  const error = await rejectsWith('invalid-argument', newClient(CONFIG, modules).explain(subject));
  assert.match(error.message, /GatepassError explains itself/);
  assert.match(error.help, /`help`/);
  assert.equal(seen.loads, 0);
});

test('listeners hear of events until they unsubscribe, and cannot hurt each other or the core', async () => {
  const { seen, modules } = setUp({ session: () => Promise.resolve(null) });
  const client = newClient(CONFIG, modules);
  const heard: ClientEvent['type'][] = [];
  client.subscribe(() => {
    throw new Error('a bad listener');
  });
  const stop = client.subscribe(({ type }) => heard.push(type));
  await client.session();

  const tasks: (() => void)[] = [];
  const { queueMicrotask } = globalThis;
  globalThis.queueMicrotask = (task) => tasks.push(task);
  try {
    seen.hosts[0]?.emit({ type: 'signed-in' });
    assert.deepEqual(heard, [], 'not while the core is still at work');
    const [bad, good] = tasks;
    assert.throws(() => bad?.(), /a bad listener/);
    good?.();
    assert.deepEqual(heard, ['signed-in']);

    seen.hosts[0]?.emit({ type: 'signed-out' });
    stop();
    tasks[3]?.();
    client.close();
    tasks[2]?.();
    seen.hosts[0]?.emit({ type: 'signed-out' });
    assert.deepEqual([heard, tasks.length], [['signed-in'], 4]);
  } finally {
    globalThis.queueMicrotask = queueMicrotask;
  }
});

test('a closed client refuses, whether it had begun or not', async () => {
  const { seen, modules } = setUp({ session: () => Promise.resolve(null) });
  const [fresh, used, late] = [newClient(CONFIG, modules), newClient(CONFIG, modules), newClient(CONFIG, modules)];
  await used.session();
  for (const client of [fresh, used]) {
    client.close();
    client.close();
    await rejectsWith('client-closed', client.session());
    await rejectsWith('client-closed', client.fetch('https://api.example.com/'));
  }
  const loading = late.session();
  late.close();
  await rejectsWith('client-closed', loading);
  assert.deepEqual([seen.hosts.length, seen.closed > 0], [1, true]);

  globalThis.fetch = () => Promise.resolve(new Response());
  await used.fetch('https://other.example.com/');
});
