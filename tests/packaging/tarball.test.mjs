// What npm would publish, file by file, and what it does where there is no browser.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { installApp, tarball } from './app.mjs';

let app;
before(() => {
  app = installApp();
});
after(() => app.remove());

const packed = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
  .split('\n')
  .filter((name) => name && !name.endsWith('/'))
  .map((name) => name.replace(/^package\//, ''))
  .sort();
const read = (name) => execFileSync('tar', ['-xzOf', tarball, `package/${name}`], { encoding: 'utf8' });
const manifest = JSON.parse(read('package.json'));
const entries = Object.values(manifest.exports).filter((entry) => typeof entry === 'object');

test('the tarball holds documents, scripts and declarations, and nothing else', () => {
  const others = packed.filter((name) => !/^dist\/([\w-]+\/)*[\w-]+\.(js|d\.ts)$/.test(name));
  const documents = ['diagnosis.ja', 'diagnosis', 'errors', 'signing.ja', 'signing'].map((name) => `docs/${name}.md`);
  assert.deepEqual(others, ['LICENSE-APACHE', 'LICENSE-MIT', 'README.md', ...documents, 'package.json']);
});

test('every entry is in it, with its types first', () => {
  assert.ok(entries.length > 0);
  for (const entry of entries) {
    assert.equal(Object.keys(entry)[0], 'types');
    for (const target of Object.values(entry)) assert.ok(packed.includes(target.replace('./', '')), target);
  }
});

test('the modules are inlined: nothing in it makes a bundler look for a file beside the script', () => {
  // The command is run, not bundled.
  for (const name of packed.filter((name) => name.endsWith('.js') && name !== manifest.bin.gatepass)) {
    assert.doesNotMatch(read(name), /import\.meta/, name);
  }
  for (const name of ['dist/core.js', 'dist/diagnosis.js', 'dist/exchange.js', 'dist/signer.js']) assert.ok(packed.includes(name), name);
});

test('it has no dependency and runs no script at installation', () => {
  assert.equal(manifest.dependencies, undefined);
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) {
    assert.equal(manifest.scripts?.[script], undefined, script);
  }
});

const CONFIG = `{
  userPool: { userPoolId: 'ap-northeast-1_AbCdEfGhI', clientId: '1example23456789' },
  routes: [{ match: 'https://api.example.com/*', auth: 'bearer' }],
}`;

test('on a server, importing it and making a client neither requests nor compiles anything', () => {
  const said = app.node(`
    const forbidden = (what) => () => { throw new Error(what); };
    globalThis.fetch = forbidden('a request');
    WebAssembly.compile = WebAssembly.instantiate = WebAssembly.Module = forbidden('a compilation');
    const { createClient, isGatepassError } = await import('gatepass');
    const gp = createClient(${CONFIG});
    let refused;
    try { createClient({ ...${CONFIG}, userPol: {} }); } catch (error) { refused = error; }
    console.log(typeof gp.fetch, isGatepassError(refused), refused.code);
  `);
  assert.equal(said.trim(), 'function true invalid-configuration');
});

test('in Node the module loads and speaks', () => {
  const said = app.node(`
    import { createClient } from 'gatepass';
    const gp = createClient({ ...${CONFIG}, storage: 'memory' });
    console.log(await gp.session());
  `);
  assert.equal(said.trim(), 'null');
});

test('the command runs from where npm puts it', () => {
  const command = join(app.folder, 'node_modules/.bin/gatepass');
  const run = (...given) => spawnSync(command, given, { encoding: 'utf8', env: { ...process.env, LANG: 'C' } });
  const { status, stdout, stderr } = run('doctor', 'http://127.0.0.1:1/', '--origin', 'https://app.example.com');
  assert.deepEqual([status, stderr], [4, '']);
  assert.match(stdout, /^error\[[a-z-]+\]: /);
  assert.equal(run('--version').stdout, `${manifest.version}\n`);
});

test('the Vite plugin is made without Vite', () => {
  const said = app.node(`
    import gatepass from 'gatepass/vite';
    const { name, apply } = gatepass(${CONFIG});
    console.log(name, apply);
  `);
  assert.equal(said.trim(), 'gatepass serve');
});

test('a server renders the React entry without a session', () => {
  const said = app.node(`
    import { createElement } from 'react';
    import { renderToString } from 'react-dom/server';
    import { createClient } from 'gatepass';
    import { GatepassProvider, useSession } from 'gatepass/react';
    const Status = () => createElement('p', null, useSession().status);
    const client = createClient(${CONFIG});
    console.log(renderToString(createElement(GatepassProvider, { client }, createElement(Status))));
  `);
  assert.equal(said.trim(), '<p>loading</p>');
});
