// The packed package in a page that Vite's dev server serves, with the plugin: what the page is told is exact.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer as createApi } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

import { launch, watchFailures } from '../e2e/browser.mjs';
import { installApp } from './app.mjs';

let app;
let browser;
before(async () => {
  app = installApp();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.remove();
});

const PAGE = `<!doctype html><title>x</title><p id="said"></p><script type="module">
  import { createClient, diagnosisOf } from 'gatepass';
  const gp = createClient({ routes: [{ match: API + '/*', auth: 'none' }] });
  const call = gp.fetch(API + '/items', { headers: { 'x-team': 'secret' } });
  const said = await call.then(() => ({}), diagnosisOf);
  document.querySelector('#said').textContent = JSON.stringify(said);
</script>`;

/** A gateway that lets in every origin and no header, and answers only what it is asked for. */
const answer = ({ method }, response) => {
  response.writeHead(method === 'OPTIONS' ? 204 : 200, { 'access-control-allow-origin': '*', 'apigw-requestid': 'abc' });
  response.end();
};

test('with the plugin every diagnosis is certain, and as the browser has it', async (t) => {
  const api = createApi(answer).listen(0, '127.0.0.1');
  await once(api, 'listening');
  t.after(() => api.close());
  const origin = `http://127.0.0.1:${api.address().port}`;

  const root = join(app.folder, 'dev');
  mkdirSync(root);
  writeFileSync(join(root, 'index.html'), PAGE.replaceAll('API', JSON.stringify(origin)));
  const load = (name) => import(pathToFileURL(createRequire(join(app.folder, 'package.json')).resolve(name)));
  const [{ createServer }, { gatepass }] = await Promise.all([load('vite'), load('gatepass/vite')]);
  const server = await createServer({
    root,
    configFile: false,
    logLevel: 'silent',
    server: { host: '127.0.0.1', port: 0 },
    plugins: [gatepass({ routes: [{ match: `${origin}/*`, auth: 'none' }] })],
  });
  await server.listen();
  t.after(() => server.close());

  const page = await (await browser.newContext()).newPage();
  const truth = await watchFailures(page);
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/`);
  await page.waitForFunction(() => document.querySelector('#said').textContent !== '');
  const said = JSON.parse(await page.locator('#said').innerText());

  const { corsErrorStatus } = truth((url) => url.startsWith(origin));
  assert.equal(said.verdict, 'certain');
  assert.deepEqual([said.findings[0].corsError, said.findings[0].failedParameter], [corsErrorStatus.corsError, corsErrorStatus.failedParameter]);
  assert.equal(said.findings[0].code, 'header-not-allowed');
  assert.doesNotMatch(JSON.stringify(said), /secret/);
});
