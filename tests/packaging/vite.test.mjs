// The packed package in a Vite + React + axios app, built for production and opened in Chromium.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { startLocalAws } from '../e2e/local-aws.mjs';
import { appAndBrowser, scriptsOf } from './app.mjs';

const STRICT = "script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";
const WITHOUT_WASM = "script-src 'self'";

const there = appAndBrowser();

test('works without configuration under a strict policy, and loads the diagnosis only after a failure', async (t) => {
  const { page, scripts, press } = await open(t, there.app.build(STRICT, 'dist'));

  await press('sign in', 'signed-in');
  assert.equal(await page.locator('#user').innerText(), 'hanako');
  await press('call', '200 for hanako');
  assert.ok(scripts.some((name) => name.startsWith('core-')));
  assert.deepEqual(scripts.filter((name) => name.startsWith('diagnosis')), []);

  await press('fail', /^Failed to fetch \(.+\) \/ (certain|likely|ambiguous)$/);
  // the module, and what it says in the page's language
  const loaded = scripts.filter((name) => name.startsWith('diagnosis')).map((name) => name.replace(/-[\w-]{8}\.js$/, ''));
  assert.deepEqual(loaded.sort(), ['diagnosis', 'diagnosis-en']);
});

test('the built app has one chunk for each module', () => {
  const scripts = scriptsOf(there.app.build(STRICT, 'dist'));
  for (const module of ['core', 'diagnosis', 'diagnosis-en', 'diagnosis-ja']) {
    const chunk = new RegExp(`^${module}-[\\w-]{8}\\.js$`);
    assert.equal(scripts.filter((name) => chunk.test(name)).length, 1, `${module}: ${scripts.join(', ')}`);
  }
});

test('under a policy that forbids WebAssembly the error names the directive to add', async (t) => {
  const { press } = await open(t, there.app.build(WITHOUT_WASM, 'dist-without-wasm'));
  await press('sign in', /^module-blocked: .*'wasm-unsafe-eval'.*script-src/);
});

/** Serves the built app beside a local AWS and opens it; what is opened is closed when the test ends. */
async function open(t, built) {
  const aws = await startLocalAws(built);
  t.after(() => aws.stop());
  const context = await there.browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const scripts = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname.split('/').at(-1));
  });
  await page.goto(aws.control.origin);
  const said = page.locator('#said');
  const press = async (label, expected) => {
    await page.getByRole('button', { name: label }).click();
    await page.waitForFunction(() => !['', '…'].includes(document.querySelector('#said').textContent));
    const text = await said.innerText();
    if (expected instanceof RegExp) assert.match(text, expected);
    else assert.equal(text, expected);
  };
  return { page, scripts, press };
}
