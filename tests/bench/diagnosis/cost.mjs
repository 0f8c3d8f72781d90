// What diagnosis costs: a call that succeeds, and the bytes that the first failure loads.
import { execFileSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** In a page whose fetch answers from memory, with diagnosis and without: `{ requests, microseconds, scripts }` that it adds. */
export async function costOfSuccess(browser, world) {
  copyFileSync(at('../measure.js'), join(world.folder, 'measure.js'));
  await browser.goto(`${world.control.origin}/`);
  const { userPool, identityPool } = world.outputs;
  return browser.evaluate(successInPage, { userPool, identityPool, url: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/items' });
}

/** Brotli 11 of what a page loads when its first call fails. */
export function bytesOfDiagnosis() {
  const measured = execFileSync(process.execPath, [at('../../../pkg/scripts/sizes.mjs')], { encoding: 'utf8' });
  return JSON.parse(measured).find(({ what }) => what === 'diagnosis').brotli;
}

/** Runs in the page: self-contained. */
async function successInPage({ userPool, identityPool, url }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
  const { compare } = await import('/measure.js');
  let requests = 0;
  globalThis.fetch = async () => {
    requests += 1;
    return new Response('ok');
  };
  const route = { match: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/*', auth: 'none' };
  const make = (more) => globalThis.gatepass.createClient({ userPool, identityPool, storage: 'memory', routes: [route], ...more });
  const clients = { on: make({}), off: make({ probes: 'off', diagnosis: { console: 'off', maxRequests: 0 } }) };
  const counts = {};
  for (const [name, gp] of Object.entries(clients)) {
    await gp.fetch(url);
    requests = 0;
    for (let call = 0; call < 100; call++) await gp.fetch(url);
    counts[name] = requests / 100;
  }
  const call = (gp) => async () => void (await gp.fetch(url));
  const medians = await compare({ on: call(clients.on), off: call(clients.off) }, { rounds: 60, calls: 300 });
  const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/diagnosis'));
  return { requests: counts.on - counts.off, microseconds: medians.on - medians.off, medians, scripts: scripts.length };
}
