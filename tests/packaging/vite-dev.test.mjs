// The packed package in pages that Vite's dev server serves, with the plugin: what they are told is exact.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createApi } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { watchFailures } from '../e2e/browser.mjs';
import { appAndBrowser } from './app.mjs';

const there = appAndBrowser();

const SCRIPT = `
  import { createClient, diagnosisOf } from 'gatepass';
  const gp = createClient({ routes: [{ match: API + '/*', auth: 'none' }] });
  const call = gp.fetch(API + '/items', { headers: { 'x-team': 'secret' } });
  const said = await call.then(() => ({}), diagnosisOf);
  document.querySelector('#said').textContent = JSON.stringify(said);
`;
const page = (head = '') => `<!doctype html><html><head>${head}<title>x</title></head><body><p id="said"></p><script type="module" src="/main.js"></script></body></html>`;
/** No script in the page. */
const STRICT = { 'content-security-policy': "script-src 'self' 'wasm-unsafe-eval'" };

/** A framework that writes its pages itself, and leaves them alone. */
const framework = {
  name: 'framework',
  configureServer: ({ middlewares }) => {
    middlewares.use('/own', (_, response) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...STRICT });
      response.end(page('<script src="/__gatepass/helper.js"></script>'));
    });
  },
};

/** A gateway that lets in every origin and no header, and answers only what it is asked for. */
const answer = ({ method }, response) => {
  response.writeHead(method === 'OPTIONS' ? 204 : 200, { 'access-control-allow-origin': '*', 'apigw-requestid': 'abc' });
  response.end();
};

for (const [served, path] of [['by Vite', ''], ['by a framework that names the script', 'own']]) {
  test(`with the plugin every diagnosis is certain, and as the browser has it, in a page served ${served}`, async (t) => {
    const api = createApi(answer).listen(0, '127.0.0.1');
    await once(api, 'listening');
    t.after(() => api.close());
    const origin = `http://127.0.0.1:${api.address().port}`;

    const root = join(there.app.folder, `dev-${path}`);
    mkdirSync(root);
    writeFileSync(join(root, 'index.html'), page());
    writeFileSync(join(root, 'main.js'), SCRIPT.replaceAll('API', JSON.stringify(origin)));
    const load = (name) => import(pathToFileURL(createRequire(join(there.app.folder, 'package.json')).resolve(name)));
    const [{ createServer }, { gatepass }] = await Promise.all([load('vite'), load('gatepass/vite')]);
    const server = await createServer({
      root,
      configFile: false,
      logLevel: 'silent',
      server: { host: '127.0.0.1', port: 0, headers: STRICT },
      plugins: [gatepass({ routes: [{ match: `${origin}/*`, auth: 'none' }] }), framework],
    });
    await server.listen();
    t.after(() => server.close());

    const context = await there.browser.newContext();
    t.after(() => context.close());
    const tab = await context.newPage();
    const truth = await watchFailures(tab);
    await tab.goto(`http://127.0.0.1:${server.httpServer.address().port}/${path}`);
    await tab.waitForFunction(() => document.querySelector('#said').textContent !== '');
    const said = JSON.parse(await tab.locator('#said').innerText());

    const { corsErrorStatus } = truth((url) => url.startsWith(origin));
    assert.equal(said.verdict, 'certain');
    assert.deepEqual([said.findings[0].corsError, said.findings[0].failedParameter], [corsErrorStatus.corsError, corsErrorStatus.failedParameter]);
    assert.equal(said.findings[0].code, 'header-not-allowed');
    assert.doesNotMatch(JSON.stringify(said), /secret/);
  });
}
