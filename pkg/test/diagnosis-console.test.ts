import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { format } from 'node:util';
import { newClient } from '../src/client.js';
import { print } from '../src/diagnosis-console.js';
import type { ClientConfig, Diagnosis } from '../src/index.js';
import { loadOnce } from '../src/module.js';
import type { CoreModule, DiagnosisModule, Failure, Host } from '../src/wire.js';
import { AMBIGUOUS, DIAGNOSIS, JAPANESE } from './diagnoses.js';

/** What a console shows, the group's own lines indented. */
function listen() {
  const lines: string[] = [];
  const say = (prefix: string) => (...args: unknown[]) => lines.push(prefix + format(...args));
  for (const method of ['log', 'info', 'warn', 'error', 'debug', 'table'] as const) mock.method(console, method, say('  '));
  mock.method(console, 'group', say(''));
  mock.method(console, 'groupCollapsed', say(''));
  mock.method(console, 'groupEnd', () => lines.push('end'));
  return lines;
}

const nodeEnv = process.env['NODE_ENV'];
afterEach(() => {
  mock.restoreAll();
  if (nodeEnv === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = nodeEnv;
});

/** A diagnosis of its own: each is printed once. */
const fresh = (diagnosis: Diagnosis): Diagnosis => ({ ...diagnosis });

test('a diagnosis is one group: the headline, the evidence, the fixes as they are pasted, the docs', () => {
  const lines = listen();
  print(fresh(DIAGNOSIS));
  assert.deepEqual(lines, [
    'gatepass The API does not allow http://localhost:5173.',
    '  GET https://api.example.com/items\nCertain · API Gateway · origin-not-allowed\n\nIts CORS configuration lists other origins, 100% of them.',
    '  What was tried, and what came back\n✓ The browser is online.\n✗ A plain GET was blocked.\n• A GET with Authorization could be read, status 401.\nErrors above with gatepass-probe in their URL are of these tries.',
    'How to mend it: SAM',
    "  AllowOrigins:\n  - 'http://localhost:5173'",
    'end',
    'How to mend it: AWS CLI',
    '  aws apigatewayv2 update-api --api-id abc123',
    'end',
    '  More\nnode_modules/gatepass/docs/diagnosis.md#origin-not-allowed',
    'end',
  ]);
});

test('one of several is not told as a fact', () => {
  const lines = listen();
  print(fresh(AMBIGUOUS));
  assert.equal(lines[0], 'gatepass One of several: The API does not allow http://localhost:5173.');
  assert.ok(lines.includes('  It could also be\n• The API has no CORS configuration.'));
});

test('a Japanese diagnosis has Japanese headings', () => {
  const lines = listen();
  print(fresh(JAPANESE));
  assert.equal(lines[0], 'gatepass API が http://localhost:5173 を許可していません。');
  assert.ok(lines.some((line) => line === '直し方: SAM'));
  assert.ok(lines.some((line) => line.startsWith('  試したことと、その結果\n')));
});

test('calls that share a diagnosis print it once', () => {
  const lines = listen();
  const shared = fresh(DIAGNOSIS);
  print(shared);
  print(shared);
  assert.equal(lines.filter((line) => line.startsWith('gatepass ')).length, 1);
});

test('a group that was opened is closed, whatever happens in it', () => {
  const lines = listen();
  mock.method(console, 'log', () => {
    throw new Error('a console that somebody broke');
  });
  assert.throws(() => {
    print(fresh(DIAGNOSIS));
  }, /broke/);
  assert.equal(lines.at(-1), 'end');
});

/** What a client with this configuration prints of a diagnosis that it emits. */
async function printedBy(choice: NonNullable<ClientConfig['diagnosis']>['console'], environment: string | undefined) {
  if (environment === undefined) delete process.env['NODE_ENV'];
  else process.env['NODE_ENV'] = environment;
  const { host } = await open({ diagnosis: choice && { console: choice } });
  const lines = listen();
  host.emit({ type: 'diagnosis', diagnosis: fresh(DIAGNOSIS) });
  await settled();
  mock.restoreAll();
  return lines.length > 0;
}

/** Until what was imported in the meantime has been run. */
async function settled() {
  await import('../src/diagnosis-console.js');
  await new Promise(setImmediate);
}

async function open(config: ClientConfig, module: Partial<DiagnosisModule> = {}) {
  let host: Host | undefined;
  function FakeClient(_config: string, given: Host) {
    host = given;
    return { session: () => Promise.resolve(null) };
  }
  const core = () => Promise.resolve({ Client: FakeClient } as unknown as CoreModule);
  const client = newClient(config, loadOnce(core, () => () => Promise.resolve(module as DiagnosisModule)));
  await client.session();
  return { client, host: host ?? assert.fail('no host') };
}

test('while developing a diagnosis is printed; in production only when asked', async () => {
  assert.equal(await printedBy(undefined, 'development'), true);
  assert.equal(await printedBy('auto', undefined), true);
  assert.equal(await printedBy('auto', 'production'), false);
  assert.equal(await printedBy('on', 'production'), true);
  assert.equal(await printedBy('off', 'development'), false);
});

test('nothing is printed where nobody says that this is development, as in a browser without a bundler', async () => {
  const { process } = globalThis;
  const { host } = await open({});
  const lines = listen();
  Object.defineProperty(globalThis, 'process', { value: undefined, configurable: true });
  try {
    host.emit({ type: 'diagnosis', diagnosis: fresh(DIAGNOSIS) });
  } finally {
    Object.defineProperty(globalThis, 'process', { value: process, configurable: true });
  }
  await settled();
  assert.deepEqual(lines, []);
});

test('a console that throws disturbs neither the listeners nor the call', async () => {
  const { client, host } = await open({ diagnosis: { console: 'on' } });
  mock.method(console, 'groupCollapsed', () => {
    throw new Error('a console that somebody broke');
  });
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on('unhandledRejection', note);
  const heard: unknown[] = [];
  client.subscribe((event) => heard.push(event.type));
  host.emit({ type: 'diagnosis', diagnosis: fresh(DIAGNOSIS) });
  await settled();
  process.off('unhandledRejection', note);
  assert.deepEqual([heard, rejections], [['diagnosis'], []]);
});

test('the diagnosis is told what it may cost, and where a helper is', async () => {
  const asked: object[] = [];
  const module = { diagnose: (failure: object) => (asked.push(failure), Promise.resolve(DIAGNOSIS)) };
  const { host } = await open({ diagnosis: { maxRequests: 3, timeout: 500 } }, module);
  const failure = { request: { method: 'GET', url: 'https://api.example.com/' }, locale: 'en' };
  const diagnose = async () => (await host.diagnosis()).diagnose(failure);
  const limits = { requests: 3, milliseconds: 500 };
  await diagnose();
  assert.deepEqual(asked, [{ ...failure, anew: true, limits, helper: undefined }]);

  const HELPER = Symbol.for('gatepass.helper');
  Object.assign(globalThis, { [HELPER]: '/__gatepass/diagnose' });
  try {
    await diagnose();
  } finally {
    Reflect.deleteProperty(globalThis, HELPER);
  }
  assert.deepEqual(asked[1], { ...failure, anew: false, limits, helper: '/__gatepass/diagnose' });
});

test('the diagnosis hears whether a call was answered since it failed', async () => {
  const asked: unknown[] = [];
  const module = { diagnose: ({ anew }: Failure) => (asked.push(anew), Promise.resolve(DIAGNOSIS)) };
  const { host } = await open({}, module);
  const diagnosis = await host.diagnosis();
  const request = (method: string, path: string) => new Request(`https://api.example.com${path}`, { method });
  const fails = (...call: Parameters<typeof request>) => diagnosis.diagnose({ request: request(...call) });
  const answered = (...call: Parameters<typeof request>) => {
    host.answered(new Response(), request(...call), 0);
  };
  await fails('GET', '/a');
  await fails('GET', '/a?page=2');
  answered('GET', '/b');
  answered('DELETE', '/a');
  await fails('GET', '/a#3');
  assert.deepEqual(asked, [true, false, false], 'another call tells nothing of this one');
  answered('GET', '/a?page=3');
  await fails('GET', '/a');
  assert.deepEqual(asked.slice(3), [true]);
});

test('what a response answers is kept for its explanation, and nothing else is', async () => {
  const { host } = await open({});
  const [response, request] = [new Response(), new Request('https://api.example.com/')];
  host.answered(response, request, 1, 'GET\n/');
  assert.deepEqual(host.question(response), { request, route: 1, canonicalRequest: 'GET\n/' });
  for (const other of [new Response(), undefined, null, 'text']) assert.equal(host.question(other), undefined);
});
