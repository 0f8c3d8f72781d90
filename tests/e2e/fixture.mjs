// A bare page with the packed package in it, as it comes out of the tarball: no bundler, an import map.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** Makes the page's folder; `remove()` takes it away. */
export function makeFixture() {
  const tarball = process.env.GATEPASS_TARBALL;
  if (!tarball) throw new Error('GATEPASS_TARBALL must name the packed package; `cargo xtask test e2e` sets it');
  const folder = mkdtempSync(join(tmpdir(), 'gatepass-e2e-'));
  execFileSync('tar', ['-xzf', tarball, '-C', folder]);
  const axios = dirname(require.resolve('axios/package.json'));
  cpSync(join(axios, 'dist/esm/axios.js'), join(folder, 'axios.js'));

  const { exports } = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  const entry = (name) => `/package/${exports[name].default}`;
  const imports = { gatepass: entry('.'), 'gatepass/axios': entry('./axios'), 'gatepass/websocket': entry('./websocket'), axios: '/axios.js' };
  const page = (head, script) =>
    `<!doctype html><html><head><meta charset="utf-8"><link rel="icon" href="data:,">${head}</head><body>${script}</body></html>`;

  writeFileSync(
    join(folder, 'index.html'),
    page(
      `<script type="importmap">${JSON.stringify({ imports })}</script>`,
      `<script type="module">
        import axios from 'axios';
        import * as gatepass from 'gatepass';
        import { withGatepass } from 'gatepass/axios';
        import { connectWebSocket } from 'gatepass/websocket';
        Object.assign(globalThis, { axios, gatepass, withGatepass, connectWebSocket });
      </script>`,
    ),
  );
  for (const [name, allowed] of [['no-wasm', "'self'"], ['no-inline', "'self' 'wasm-unsafe-eval'"]]) {
    const policy = `<meta http-equiv="Content-Security-Policy" content="script-src ${allowed}">`;
    writeFileSync(join(folder, `${name}.html`), page(policy, '<script type="module" src="/package-only.js"></script>'));
  }
  writeFileSync(join(folder, 'package-only.js'), `import * as gatepass from '${entry('.')}';\nObject.assign(globalThis, { gatepass });\n`);
  return { folder, remove: () => rmSync(folder, { recursive: true }) };
}

/** Makes one client in the page, `gp`, from the local AWS's outputs and `config`. */
export async function makeClient(page, control, config) {
  await page.waitForFunction(() => 'gatepass' in globalThis);
  const { userPool, identityPool } = await control.outputs();
  await page.evaluate((made) => {
    globalThis.gp = globalThis.gatepass.createClient(made);
  }, { userPool, identityPool, ...config });
}

/** Opens a page of the fixture with a client in it. */
export async function openWithClient(context, control, config = {}, path = '/') {
  const page = await context.newPage();
  await page.goto(control.origin + path);
  await makeClient(page, control, config);
  return page;
}

/** What an async function in the page came to: its value, or what of its error a test can look at. */
export const settle = (page, run, argument) =>
  page.evaluate(
    async ([source, given]) => {
      try {
        return { value: await (0, eval)(source)(given) };
      } catch (error) {
        const { name, message, code, help, retryable, service } = error;
        return { error: { name, message, code, help, retryable, service, isError: error instanceof Error } };
      }
    },
    [`(${run})`, argument],
  );
