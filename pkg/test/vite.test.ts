/** The plugin in a real Vite dev server. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as rawRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runInNewContext } from 'node:vm';
import { createLogger, createServer, type Plugin, type ViteDevServer } from 'vite';
import type { Report } from '../src/exchange-types.js';
import type { GatepassPluginOptions } from '../src/vite.js';
import { pageOf, Refusal } from '../src/vite/guard.js';
import { builtVite } from './built.js';
import { http, rawServer } from './raw-server.js';

const PATH = '/__gatepass/diagnose';

/** A dev server with the plugin in it, and what it wrote to its terminal. */
async function develop(t: TestContext, options: GatepassPluginOptions, others: Plugin[] = []) {
  const root = await mkdtemp(join(tmpdir(), 'gatepass-vite-'));
  await writeFile(join(root, 'index.html'), '<!doctype html><html><head><title>x</title></head><body></body></html>');
  const lines: string[] = [];
  const customLogger = createLogger('silent');
  customLogger.info = (line) => lines.push(`info ${line}`);
  customLogger.warn = (line) => lines.push(`warn ${line}`);
  customLogger.error = (line) => lines.push(`error ${line}`);
  const { gatepass } = await builtVite();
  const server = await createServer({
    root,
    configFile: false,
    customLogger,
    optimizeDeps: { noDiscovery: true },
    server: { host: '127.0.0.1', port: 0, allowedHosts: true, hmr: false, watch: null },
    plugins: [gatepass(options), ...others],
  });
  await server.listen();
  t.after(async () => {
    await server.close();
    await rm(root, { recursive: true });
  });
  const { port } = server.httpServer?.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;

  /** Asks as the page does, save for what the test says. */
  const ask = async (question: unknown, { headers = {}, method = 'POST' }: { headers?: Record<string, string | undefined>; method?: string } = {}) => {
    const given: Record<string, string | undefined> = { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...headers };
    const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = rawRequest(`${origin}${PATH}`, { method, headers: sent, agent: false }, resolve).on('error', reject);
      request.end(typeof question === 'string' ? question : JSON.stringify(question));
    });
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    return { status: response.statusCode, type: response.headers['content-type'], body: JSON.parse(text) as Report & { message?: string } };
  };
  const question = (url: string, request: object = {}) => ({
    request: { origin, url, method: 'GET', headers: [['authorization', 'Bearer secret-token']], credentials: 'omit', mode: 'cors', redirect: 'follow', ...request },
    route: { match: url, auth: 'none' },
    locale: 'en',
  });
  return { origin, ask, question, lines };
}

/** As a browser asks for a page. */
async function navigate(url: string) {
  const [response] = (await once(rawRequest(url, { headers: { accept: 'text/html', 'sec-fetch-dest': 'document' }, agent: false }).end(), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

const ours = (lines: string[]) => lines.filter((line) => line.includes('[gatepass]'));

/** An API that answers the preflight and lets nobody read the answer. */
const without = (t: TestContext) =>
  rawServer(t, (socket, head) =>
    socket.end(
      head.startsWith('OPTIONS')
        ? http('204 No Content', { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization' })
        : http('500 Internal Server Error', { 'apigw-requestid': 'abc' }, '{"message":"Internal Server Error"}'),
    ),
  );

const routesOf = ({ origin }: { origin: string }) => [{ match: `${origin}/*`, auth: 'bearer' as const }];

test('the page is told where the helper is by a script that a policy of its own origin allows', async (t) => {
  const { origin } = await develop(t, {});
  const html = await (await fetch(origin)).text();
  assert.match(html, /<head>\s*<script src="\/__gatepass\/helper\.js"><\/script>/);
  assert.doesNotMatch(html, /gatepass\.helper/);
  const script = await fetch(`${origin}/__gatepass/helper.js`);
  assert.match(script.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.equal(script.headers.get('cross-origin-resource-policy'), 'same-origin');
  assert.equal(runInNewContext(`${await script.text()};globalThis[Symbol.for('gatepass.helper')]`), PATH);
});

test('a framework that writes its pages itself is told once what is missing in them', async (t) => {
  const page = (name: string) => ({
    name,
    configureServer: ({ middlewares }: ViteDevServer) =>
      void middlewares.use('/own', (_, response) => void response.setHeader('content-type', 'text/html; charset=utf-8').end('<p>x')),
  });
  const { origin, lines } = await develop(t, {}, [page('framework')]);
  const load = () => navigate(`${origin}/own`);
  await load();
  assert.deepEqual(ours(lines), []);
  await load();
  await load();
  assert.equal(ours(lines).length, 1);
  assert.match(ours(lines)[0] ?? '', /^warn .*<script src="\/__gatepass\/helper\.js"><\/script>/);
});

test('nothing is said where pages have the script', async (t) => {
  const { origin, lines } = await develop(t, {});
  for (let count = 0; count < 3; count++) await navigate(`${origin}/`);
  assert.deepEqual(ours(lines), []);
});

test('a failed call is diagnosed exactly, and the terminal has a line of it', async (t) => {
  const api = await without(t);
  const { ask, question, lines } = await develop(t, { routes: routesOf(api) });
  const { status, type, body } = await ask(question(`${api.origin}/items`));
  assert.deepEqual([status, type], [200, 'application/json']);
  assert.deepEqual([body.outcome, body.corsError, body.diagnosis.verdict], ['blocked', 'MissingAllowOriginHeader', 'certain']);
  assert.deepEqual(ours(lines), [
    `warn [gatepass] GET ${api.origin}/items: ${body.diagnosis.findings[0].title} (${body.diagnosis.findings[0].code}, MissingAllowOriginHeader)`,
  ]);
});

test('the token goes to the API, and into nothing that the dev server answers or writes', async (t) => {
  const api = await without(t);
  const { ask, question, lines } = await develop(t, { routes: routesOf(api) });
  const { body } = await ask(question(`${api.origin}/items`));
  assert.equal(api.heads.filter((head) => head.includes('secret-token')).length, 1);
  assert.doesNotMatch(JSON.stringify([body, lines]), /secret-token/);
});

test('a redirect carries no header of the call to another origin', async (t) => {
  const other = await rawServer(t, (socket) => socket.end(http('200 OK', { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' })));
  const api = await rawServer(t, (socket, head) =>
    socket.end(
      head.startsWith('OPTIONS')
        ? http('204 No Content', { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'authorization,x-api-key' })
        : http('302 Found', { location: `${other.origin}/login`, 'access-control-allow-origin': '*' }),
    ),
  );
  const { ask, question } = await develop(t, { routes: [...routesOf(api), ...routesOf(other)] });
  const headers = [['authorization', 'Bearer secret-token'], ['x-api-key', 'secret-key']];
  const { body } = await ask(question(`${api.origin}/items`, { headers }));
  assert.ok(body.steps.length > 2);
  assert.ok(other.heads.length > 0);
  assert.doesNotMatch(other.heads.join(''), /secret/);
});

test('a redirect leads to nothing that no route matches, or whose route says no', async (t) => {
  const inside = await rawServer(t, (socket) => socket.end(http('200 OK', { 'access-control-allow-origin': '*', 'x-inside': 'secret' }, 'secret')));
  const api = await rawServer(t, (socket) => socket.end(http('302 Found', { location: `${inside.origin}/latest/meta-data?key=secret`, 'access-control-allow-origin': '*' })));
  const off = { match: `${inside.origin}/*`, auth: 'none' as const, probes: 'off' as const };
  for (const routes of [routesOf(api), [...routesOf(api), off]]) {
    const { ask, question, lines } = await develop(t, { routes });
    const { status, body } = await ask(question(`${api.origin}/items`, { headers: [] }));
    assert.equal(status, 403);
    assert.match(body.message ?? '', /redirected to http:\/\/127\.0\.0\.1:\d+\/latest\/meta-data, .*no route/);
    assert.deepEqual(ours(lines), [`warn [gatepass] GET ${api.origin}/items: ${body.message}`]);
    assert.doesNotMatch(JSON.stringify([body, lines]), /secret/);
  }
  assert.deepEqual(inside.heads, []);
});

test('a preflight that is redirected elsewhere is explained without going there', async (t) => {
  const inside = await rawServer(t, (socket) => socket.end(http('200 OK', { 'access-control-allow-origin': '*' }, 'secret')));
  const api = await rawServer(t, (socket) => socket.end(http('302 Found', { location: `${inside.origin}/`, 'access-control-allow-origin': '*' })));
  const { ask, question } = await develop(t, { routes: routesOf(api) });
  const { status, body } = await ask(question(`${api.origin}/items`));
  assert.deepEqual([status, body.corsError], [200, 'PreflightDisallowedRedirect']);
  assert.deepEqual(inside.heads, []);
});

test('the line in the terminal holds no query', async (t) => {
  const api = await without(t);
  const { ask, question, lines } = await develop(t, { routes: routesOf(api) });
  await ask(question(`${api.origin}/items?token=secret#part`));
  assert.match(ours(lines)[0] ?? '', /GET http:\/\/127\.0\.0\.1:\d+\/items: /);
  assert.doesNotMatch(lines.join(''), /secret|part/);
});

test('a terminal that throws leaves the answer as it is', async (t) => {
  const api = await without(t);
  const { ask, question } = await develop(t, { routes: routesOf(api) }, [
    { name: 'broken', configureServer: ({ config }) => void (config.logger.warn = () => { throw new Error('no terminal'); }) },
  ]);
  const unhandled: unknown[] = [];
  const note = (error: unknown) => unhandled.push(error);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  assert.equal((await ask(question(`${api.origin}/items`))).status, 200);
  assert.equal((await ask(question(`${api.origin}/items`))).status, 200);
  assert.deepEqual(unhandled, []);
});

test('a server that hangs is told within the time that the page waits, and no more than likely', async (t) => {
  const api = await rawServer(t, () => undefined);
  const { ask, question } = await develop(t, { routes: routesOf(api), timeout: 600_000 });
  const { status, body } = await ask({ ...question(`${api.origin}/items`, { headers: [] }), timeout: 400 });
  assert.deepEqual([status, body.outcome, body.corsError], [200, 'blocked', null]);
  assert.notEqual(body.diagnosis.verdict, 'certain');
});

test('a page that goes away leaves nothing under way', async (t) => {
  const events = new EventEmitter();
  const api = await rawServer(t, (socket) => {
    socket.on('close', () => events.emit('closed'));
    events.emit('asked');
  });
  const { origin, question } = await develop(t, { routes: routesOf(api), timeout: 600_000 });
  const [asked, closed] = [once(events, 'asked'), once(events, 'closed')];
  const request = rawRequest(`${origin}${PATH}`, { method: 'POST', headers: { origin, 'content-type': 'application/json' }, agent: false });
  request.on('error', () => undefined).end(JSON.stringify(question(`${api.origin}/items`, { headers: [] })));
  await asked;
  request.destroy();
  await closed;
  assert.equal(api.heads.length, 1);
});

test('behind a proxy that Node does not use, nothing is said of a server that cannot be reached', async (t) => {
  const before = process.env['HTTPS_PROXY'];
  process.env['HTTPS_PROXY'] = 'http://proxy.invalid:3128';
  t.after(() => (before === undefined ? delete process.env['HTTPS_PROXY'] : (process.env['HTTPS_PROXY'] = before)));
  const { ask, question, lines } = await develop(t, { routes: [{ match: 'https://nobody.invalid/*', auth: 'none' }] });
  const { status, body } = await ask(question('https://nobody.invalid/items'));
  assert.equal(status, 502);
  assert.match(body.message ?? '', /HTTPS_PROXY/);
  assert.match(ours(lines).join(''), /HTTPS_PROXY/);
});

test('a call that can change something is asked as a GET, unless the app says otherwise', async (t) => {
  for (const send of ['safe', 'all'] as const) {
    const api = await without(t);
    const { ask, question } = await develop(t, { routes: routesOf(api), send });
    await ask(question(`${api.origin}/items`, { method: 'POST' }));
    const methods = new Set(api.heads.map((head) => head.split(' ')[0]));
    assert.deepEqual([...methods].sort(), ['OPTIONS', send === 'safe' ? 'GET' : 'POST'].sort());
  }
});

test('the body goes along where it is a text; a call whose body is missing is not sent without it', async (t) => {
  for (const [body, sent] of [['{"a":1}', 'POST'], [{}, 'GET'], [undefined, 'GET']] as const) {
    const lengths: string[] = [];
    const api = await rawServer(t, (socket, head) => {
      if (!head.startsWith('OPTIONS')) lengths.push(`${head.split(' ')[0]} ${/content-length: (\d+)/i.exec(head)?.[1] ?? '0'}`);
      socket.end(http('200 OK', { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'content-type' }));
    });
    const { ask, question } = await develop(t, { routes: routesOf(api), send: 'all' });
    await ask(question(`${api.origin}/items`, { method: 'POST', headers: [['content-type', 'application/json']], body }));
    assert.deepEqual(lengths, [`${sent} ${sent === 'POST' ? 7 : 0}`]);
  }
});

test('a whole client configuration will do', async (t) => {
  const api = await without(t);
  const { ask, question } = await develop(t, {
    userPool: { userPoolId: 'ap-northeast-1_AbCdEfGhI', clientId: '1example23456789' },
    storage: 'memory',
    routes: [{ match: `${api.origin}/off/*`, auth: 'none', probes: 'off' }, ...routesOf(api)],
  });
  assert.equal((await ask(question(`${api.origin}/items`))).status, 200);
  assert.equal((await ask(question(`${api.origin}/off/items`))).status, 403);
});

test('what the page of this server did not ask is refused, and nothing is sent', async (t) => {
  const api = await without(t);
  const { ask, question, origin, lines } = await develop(t, { routes: routesOf(api) });
  const good = question(`${api.origin}/items`);
  const { port } = new URL(origin);
  const evil = `http://evil.test:${port}`;
  const refused: [status: number, question: unknown, how?: Parameters<typeof ask>[1]][] = [
    [403, good, { headers: { origin: 'https://evil.test' } }],
    [403, good, { headers: { origin: undefined } }],
    [403, good, { headers: { origin: 'null' } }],
    [403, good, { headers: { origin: `http://127.0.0.1:${Number(port) + 1}` } }],
    [403, good, { headers: { 'sec-fetch-site': 'same-site' } }],
    [403, good, { headers: { 'sec-fetch-site': 'cross-site' } }],
    // DNS rebinding: the page is the attacker's, and its name leads here.
    [403, { ...good, request: { ...good.request, origin: evil } }, { headers: { host: `evil.test:${port}`, origin: evil } }],
    [403, good, { headers: { host: `127.0.0.1.evil.test:${port}`, origin: `http://127.0.0.1.evil.test:${port}` } }],
    [405, '', { method: 'GET' }],
    [405, good, { method: 'PUT' }],
    [415, good, { headers: { 'content-type': 'text/plain' } }],
    [415, good, { headers: { 'content-type': undefined } }],
    [415, good, { headers: { 'content-type': 'text/plain; x=application/json' } }],
    [413, ' '.repeat(70_000) + JSON.stringify(good)],
    [403, question('http://127.0.0.1:1/items')],
    [403, question(api.origin.replace('127.0.0.1', 'localhost') + '/items')],
    [403, question(`${api.origin}@evil.test/items`)],
    [400, question('/items')],
    [400, question(`${api.origin}/items`, { origin: 'https://app.example.com' })],
    [400, question(`${api.origin}/items`, { method: 'GET / HTTP/1.1\r\nx: y' })],
    [400, question(`${api.origin}/items`, { headers: [['x-a', 'b\r\nc: d']] })],
    [400, question(`${api.origin}/items`, { headers: [['x-a']] })],
    [400, question(`${api.origin}/items`, { headers: Array.from({ length: 101 }, () => ['x-a', 'b']) })],
    [400, question(`${api.origin}/items`, { credentials: 'always' })],
    [400, 'not JSON'],
    [400, '[]'],
    [400, { request: null }],
  ];
  for (const [status, asked, how] of refused) {
    const answer = await ask(asked, how);
    assert.equal(answer.status, status, JSON.stringify([asked, how, answer.body]).slice(0, 300));
    assert.equal(typeof answer.body.message, 'string');
  }
  assert.deepEqual([api.heads, ours(lines)], [[], []]);
  assert.equal((await ask(good)).status, 200);
});

test('only clients on this machine', () => {
  const from = (remoteAddress: string | undefined) => () =>
    pageOf({
      method: 'POST',
      headers: { host: 'localhost:5173', origin: 'http://localhost:5173', 'content-type': 'application/json; charset=utf-8' },
      socket: { remoteAddress },
    } as unknown as IncomingMessage);
  for (const address of ['127.0.0.1', '127.0.0.53', '::1', '::ffff:127.0.0.1']) assert.equal(from(address)(), 'http://localhost:5173');
  for (const address of ['192.168.1.7', '::ffff:10.0.0.1', 'fe80::1', '::ffff:1.127.0.0', undefined]) assert.throws(from(address), Refusal);
});

test('a few at a time', async (t) => {
  const release = new EventEmitter();
  let open = 0;
  const api = await rawServer(t, (socket) => {
    const answer = () => socket.end(http('200 OK', { 'access-control-allow-origin': '*' }));
    if (++open > 4) answer();
    else release.once('all', answer);
    if (open === 4) release.emit('four');
  });
  const { ask, question } = await develop(t, { routes: routesOf(api) });
  const plain = question(`${api.origin}/items`, { headers: [] });
  const reached = once(release, 'four');
  const answers = Array.from({ length: 4 }, () => ask(plain));
  await reached;
  assert.equal((await ask(plain)).status, 429);
  release.emit('all');
  for (const answer of await Promise.all(answers)) assert.equal(answer.status, 200);
  assert.equal((await ask(plain)).status, 200);
});

test('a server that hangs, resets or answers garbage is a finding', async (t) => {
  const api = await rawServer(t, (socket, head) => {
    if (head.includes('/reset')) socket.resetAndDestroy();
    if (head.includes('/garbage')) socket.end('\xfe\xfe\r\n\r\n');
  });
  const { ask, question } = await develop(t, { routes: routesOf(api), timeout: 300 });
  for (const path of ['hang', 'reset', 'garbage']) {
    const { status, body } = await ask(question(`${api.origin}/${path}`));
    assert.deepEqual([status, body.outcome], [200, 'blocked'], path);
    assert.ok(body.diagnosis.findings.length > 0);
  }
});

test('a wrong configuration is refused when the plugin is made', async () => {
  const { gatepass } = await builtVite();
  const refuses = (options: unknown, message: RegExp) => {
    assert.throws(() => gatepass(options as GatepassPluginOptions), message);
  };
  refuses({ routes: [{ match: '*', auth: 'none' }] }, /routes\[0\]\.match/);
  refuses({ routes: [{ match: 'https://*.example.com/*', auth: 'none' }] }, /tokens go only to hosts that are named/);
  refuses({ routes: [], send: 'some' }, /send: takes 'safe' or 'all'/);
  refuses({ routes: [], timeout: 0 }, /timeout: takes/);
});

test('a build has no part of it', async () => {
  const { gatepass, default: byDefault } = await builtVite();
  assert.equal(gatepass({}).apply, 'serve');
  assert.equal(byDefault, gatepass);
});
