// An app as `npm create vite` makes it, with the packed gatepass installed in it and nothing configured for it.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';

import { launch } from '../e2e/browser.mjs';

/** The package as npm would publish it. */
export const tarball = process.env.GATEPASS_TARBALL;
if (!tarball) throw new Error('GATEPASS_TARBALL must name the packed package; `cargo xtask test npm` sets it');

const pinned = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).devDependencies;
const pick = (...names) => Object.fromEntries(names.map((name) => [name, pinned[name]]));

/** An app and a browser for the tests of a file; both are there while they run. */
export function appAndBrowser() {
  const there = {};
  before(async () => {
    there.app = installApp();
    there.browser = await launch();
  });
  after(async () => {
    await there.browser?.close();
    there.app?.remove();
  });
  return there;
}

/** Makes the app and installs what it needs. */
export function installApp() {
  const folder = mkdtempSync(join(tmpdir(), 'gatepass-packaging-'));
  cpSync(new URL('app', import.meta.url), folder, { recursive: true });
  const manifest = {
    name: 'an-app-of-its-own',
    private: true,
    type: 'module',
    dependencies: { gatepass: `file:${tarball}`, ...pick('axios', 'react', 'react-dom') },
    devDependencies: pick('@vitejs/plugin-react', 'vite'),
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  run(folder, 'npm', 'install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund');
  return {
    folder,
    /** Builds the app under a Content Security Policy and returns the built folder. */
    build(csp, out) {
      const index = join(folder, 'index.html');
      const template = readFileSync(new URL('app/index.html', import.meta.url), 'utf8');
      writeFileSync(index, template.replace('%CSP%', csp));
      run(folder, 'npx', 'vite', 'build', '--logLevel', 'warn', '--outDir', out);
      return join(folder, out);
    },
    /** Runs a module in the app's folder, where `gatepass` is what the tarball holds, and returns what it printed. */
    node(source) {
      return execFileSync(process.execPath, ['--input-type=module', '--eval', source], { cwd: folder, encoding: 'utf8' });
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The names of the built scripts. */
export const scriptsOf = (built) => readdirSync(join(built, 'assets')).filter((name) => name.endsWith('.js'));

function run(folder, command, ...args) {
  execFileSync(command, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}
