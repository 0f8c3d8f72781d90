// What diagnosis costs: a call that succeeds, and the bytes that the first failure loads.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** In a page whose fetch answers from memory, with diagnosis and without: `{ requests, microseconds, scripts }` that it adds. */
export async function costOfSuccess(browser, world) {
  await browser.goto(`${world.control.origin}/`);
  const { userPool, identityPool } = world.outputs;
  return browser.evaluate(successInPage, { userPool, identityPool, url: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/items' });
}

/** Brotli 11 of what a page loads when its first call fails: `[{ locale, brotli }]`. */
export function bytesOfDiagnosis() {
  const measured = execFileSync(process.execPath, [at('../../../pkg/scripts/sizes.mjs')], { encoding: 'utf8' });
  return JSON.parse(measured).flatMap(({ what, brotli }) => (what.startsWith('diagnosis, ') ? [{ locale: what.split(', ')[1], brotli }] : []));
}

/** Runs in the page: self-contained. */
async function successInPage({ userPool, identityPool, url }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
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
  // In pairs, so that what else the machine does falls on both.
  const time = async (gp) => {
    const start = performance.now();
    for (let call = 0; call < 100; call++) await gp.fetch(url);
    return ((performance.now() - start) * 1000) / 100;
  };
  const pairs = [];
  for (let pair = 0; pair < 200; pair++) {
    const turn = pair % 2 ? [clients.on, clients.off] : [clients.off, clients.on];
    const times = [await time(turn[0]), await time(turn[1])];
    pairs.push(pair % 2 ? times : times.reverse());
  }
  const median = (numbers) => numbers.sort((one, other) => one - other)[numbers.length >> 1];
  const scripts = performance.getEntriesByType('resource').filter(({ name }) => name.includes('/diagnosis'));
  return { requests: counts.on - counts.off, microseconds: median(pairs.map(([on, off]) => on - off)), call: median(pairs.map(([on]) => on)), scripts: scripts.length };
}
