// Speed and size beside the peers, in one run: node tests/bench/bench.mjs <file for the JSON>
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

import { launch } from '../e2e/browser.mjs';
import { SIGNER, sizes } from './sizes.js';

const [target] = process.argv.slice(2);
const here = new URL('.', import.meta.url).pathname;

/** What the design promises, of medians in the same run. */
const PROMISES = [
  faster('srp sign-in', 'amazon-cognito-identity-js', 10),
  faster('srp sign-in', 'aws-amplify', 10),
  faster('sigv4, 1 KB POST', '@smithy/signature-v4', 3),
  faster('sigv4, 1 KB POST', 'aws4fetch', 8),
  noSlower('sigv4, 5 MB body', 'crypto.subtle.digest', 1.1),
  adds('bearer call', 50),
  adds('signed call, GET', 150),
  adds('signed call, 1 KB POST', 150),
];
/** Brotli; the signer's whole module, so that what signing adds to the core cannot be more. */
const SIGNER_BYTES = 14_000;
/** Halves of a run that differ by more than this tell that the machine had other things to do. */
const QUIET = 1.15;

const results = { sizes: await sizes(), speed: { node: await inNode(), chromium: await inChromium() } };
print(results);
if (target) await writeFile(target, `${JSON.stringify({ ...results, promises: promises(results) }, null, 2)}\n`);

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

function faster(work, peer, times) {
  const judge = ({ [peer]: theirs, gatepass }) => ({ measured: theirs / gatepass, kept: theirs / gatepass >= times });
  return { work, promise: `${work}: ≥ ${times} × as fast as ${peer}`, judge };
}

function noSlower(work, peer, times) {
  const judge = ({ [peer]: theirs, gatepass }) => ({ measured: gatepass / theirs, kept: gatepass / theirs <= times });
  return { work, promise: `${work}: ≤ ${times} × the time of ${peer}`, judge };
}

function adds(work, microseconds) {
  const judge = ({ 'fetch by hand': bare, gatepass }) => ({ measured: gatepass - bare, kept: gatepass - bare <= microseconds });
  return { work, promise: `${work}: gp.fetch adds ≤ ${microseconds} µs`, judge };
}

function promises({ sizes, speed }) {
  const signer = sizes[SIGNER];
  return [
    ...Object.entries(speed).flatMap(([engine, works]) =>
      PROMISES.map(({ work, promise, judge }) => ({ engine, promise, ...judge(works[work].medians), isQuiet: works[work].drift <= QUIET })),
    ),
    { engine: 'bytes', promise: `${SIGNER}: ≤ ${SIGNER_BYTES}`, measured: signer, kept: signer <= SIGNER_BYTES, isQuiet: true },
  ];
}

function print({ sizes, speed }) {
  console.log('\nsize (bytes, minified, brotli 11)');
  for (const [name, bytes] of Object.entries(sizes)) row(name, bytes, bytes / sizes.gatepass);
  for (const [engine, works] of Object.entries(speed)) {
    for (const [work, { medians, least, drift }] of Object.entries(works)) {
      const noise = drift > QUIET ? `: not quiet, the halves of the run differ by ${drift.toFixed(2)} ×` : '';
      console.log(`\n${work}, in ${engine} (µs: median, ratio; fastest round, ratio)${noise}`);
      for (const name of Object.keys(medians)) {
        row(name, medians[name], medians[name] / medians.gatepass, least[name], least[name] / least.gatepass);
      }
    }
  }
  console.log('\npromises');
  for (const { engine, promise, measured, kept, isQuiet } of promises({ sizes, speed })) {
    const verdict = `${kept ? 'kept  ' : 'MISSED'} ${engine.padEnd(9)} ${promise}: ${measured.toFixed(measured < 10 ? 2 : 0)}`;
    console.log(`  ${verdict}${isQuiet ? '' : ' (not quiet)'}`);
  }
}

function row(name, ...figures) {
  const cells = figures.map((figure, at) =>
    at % 2 ? `${figure.toFixed(2).padStart(8)} ×` : figure.toFixed(figure < 100 ? 1 : 0).padStart(9),
  );
  console.log(`  ${name.padEnd(80)} ${cells.join(' ')}`);
}
