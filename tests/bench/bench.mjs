// Speed and size beside the peers, in one run: node tests/bench/bench.mjs <file for the JSON>
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

import { launch } from '../e2e/browser.mjs';
import { sizes } from './sizes.js';

const [target] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;

/** What the design promises; ratios are of medians in the same run. */
const PROMISES = [
  { work: 'srp sign-in', peer: 'amazon-cognito-identity-js', times: 10 },
  { work: 'srp sign-in', peer: 'aws-amplify', times: 10 },
  { work: 'sigv4, 1 KB POST', peer: '@smithy/signature-v4', times: 3 },
  { work: 'sigv4, 1 KB POST', peer: 'aws4fetch', times: 8 },
];
const BEARER_MICROSECONDS = 50;

const results = { sizes: await sizes(), speed: { node: await inNode(), chromium: await inChromium() } };
print(results);
if (target) await writeFile(target, `${JSON.stringify({ ...results, promises: promises(results.speed) }, null, 2)}\n`);

async function inNode() {
  return (await import('./speed.js')).speed();
}

async function inChromium() {
  return withBundle(async (folder) => {
    const server = createServer(async ({ url }, response) => {
      const name = new URL(url, 'http://localhost').pathname;
      const [type, body] =
        name === '/' ? ['text/html', '<!doctype html><link rel="icon" href="data:,">'] : ['text/javascript', await readFile(join(folder, name))];
      response.writeHead(200, { 'content-type': type }).end(body);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      return await page.evaluate(async () => (await import('/speed.js')).speed());
    } finally {
      await browser.close();
      server.closeAllConnections();
      server.close();
    }
  });
}

async function withBundle(use) {
  const folder = await mkdtemp(join(tmpdir(), 'gatepass-bench-'));
  try {
    await build({
      entryPoints: [join(here, 'speed.js')],
      outdir: folder,
      bundle: true,
      splitting: true,
      format: 'esm',
      define: { global: 'globalThis' },
      logLevel: 'error',
    });
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function promises(speed) {
  return Object.entries(speed).flatMap(([engine, medians]) => [
    ...PROMISES.map(({ work, peer, times }) => {
      const ratio = medians[work][peer] / medians[work].gatepass;
      return { engine, promise: `${work}: ≥ ${times} × ${peer}`, measured: ratio, kept: ratio >= times };
    }),
    bearerPromise(engine, medians['bearer call']),
  ]);
}

function bearerPromise(engine, medians) {
  const added = medians.gatepass - medians['fetch by hand'];
  return { engine, promise: `gp.fetch adds ≤ ${BEARER_MICROSECONDS} µs to a bearer call`, measured: added, kept: added <= BEARER_MICROSECONDS };
}

function print({ sizes, speed }) {
  console.log('\nsize (bytes, minified, brotli 11)');
  for (const [name, bytes] of Object.entries(sizes)) row(name, bytes, bytes / sizes.gatepass);
  for (const [engine, works] of Object.entries(speed)) {
    for (const [work, medians] of Object.entries(works)) {
      console.log(`\n${work}, in ${engine} (median, µs)`);
      for (const [name, time] of Object.entries(medians)) row(name, time, time / medians.gatepass);
    }
  }
  console.log('\npromises');
  for (const { engine, promise, measured, kept } of promises(speed)) {
    console.log(`  ${kept ? 'kept  ' : 'MISSED'} ${engine.padEnd(9)} ${promise}: ${measured.toFixed(1)}`);
  }
}

function row(name, figure, ratio) {
  console.log(`  ${name.padEnd(80)} ${figure.toFixed(figure < 100 ? 1 : 0).padStart(9)} ${ratio.toFixed(2).padStart(8)} ×`);
}
