// Measures what a page downloads: bundled and minified with esbuild, each file compressed on its own, as a server does.
// Prints JSON: [{ "what": …, "raw": bytes, "gzip": bytes, "brotli": bytes }]

import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = new URL('../', import.meta.url).pathname;
const { exports, peerDependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url)));

const PAGE = `
  import { createClient } from 'gatepass';
  export const gp = createClient({
    userPool: { userPoolId: 'ap-northeast-1_AbCdEfGhI', clientId: '1example23456789' },
    identityPool: { identityPoolId: 'ap-northeast-1:11111111-2222-3333-4444-555555555555' },
    routes: [
      { match: 'https://api.example.com/*', auth: 'bearer' },
      { match: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/api/*', auth: 'iam' },
    ],
  });
  export const signIn = (username, password) => gp.signIn({ username, password });
  export const items = () => gp.fetch('https://api.example.com/items');
`;

const page = await bundle(PAGE);
const rows = [
  { what: 'page', ...sum(page.filter((file) => !file.part.startsWith('diagnosis'))) },
  // what the first failure loads: the module, and what it says in one language
  ...['en', 'ja'].map((locale) => ({
    what: `diagnosis, ${locale}`,
    ...sum(page.filter((file) => ['diagnosis', `diagnosis-${locale}`].includes(file.part))),
  })),
  { what: 'core module', ...sum(page.filter((file) => file.part === 'core')) },
  { what: 'exchange module', ...sum((await bundle("export * from 'gatepass/diagnose';")).filter((file) => file.part === 'exchange')) },
  { what: 'sigv4 module', ...sum((await bundle("export * from 'gatepass/sigv4';")).filter((file) => file.part === 'signer')) },
];
/** Not for pages. */
const IN_NODE = ['./vite', './package.json'];
for (const entry of Object.keys(exports).filter((entry) => !IN_NODE.includes(entry))) {
  const name = `gatepass${entry.slice(1)}`;
  const files = await bundle(`export * from '${name}';`);
  rows.push({ what: name, ...sum(files.filter((file) => file.part === 'page')) });
}
console.log(JSON.stringify(rows));

async function bundle(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    outdir: 'out',
    write: false,
    external: Object.keys(peerDependencies),
  });
  return outputFiles.map(({ path, contents }) => ({ part: part(basename(path)), contents }));
}

function part(file) {
  return /^(core|exchange|signer|diagnosis(?:-[a-z]+)?)-[A-Z0-9]{8}\.js$/.exec(file)?.[1] ?? 'page';
}

function sum(files) {
  const total = { raw: 0, gzip: 0, brotli: 0 };
  for (const { contents } of files) {
    total.raw += contents.length;
    total.gzip += gzipSync(contents, { level: 9 }).length;
    total.brotli += brotliCompressSync(contents, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: contents.length },
    }).length;
  }
  return total;
}
