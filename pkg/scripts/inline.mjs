// Makes dist/<name>.js out of wasm-bindgen's glue and the compressed module: one ES module, no file beside it to find.
//
//   node scripts/inline.mjs <name> <folder with <name>.js and optimised.wasm.gz>

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, transform } from 'esbuild';

const [name, folder] = process.argv.slice(2);
const dist = new URL('../dist/', import.meta.url);
const glue = join(folder, `${name}.js`);

const base64 = (await readFile(join(folder, 'optimised.wasm.gz'))).toString('base64');
const { code } = await transform(template(await glueFunction(), base64), {
  format: 'esm',
  minify: true,
  target: 'es2022',
});
if (code.includes('import.meta')) {
  throw new Error(`dist/${name}.js would make bundlers look for a file beside it`);
}
await writeFile(new URL(`${name}.js`, dist), code);
// The compiler does not copy declarations that it did not make.
await copyFile(new URL(`../src/${name}.d.ts`, import.meta.url), new URL(`${name}.d.ts`, dist));

// The glue keeps its instance in variables of its own. As a function it can be had again, with none of a trapped
// instance's state: the one that the old objects hold on to and the fresh one share nothing.
async function glueFunction() {
  const names = (await exportsOf(glue)).filter((name) => name !== 'default' && name !== 'initSync');
  const { outputFiles } = await build({
    stdin: {
      contents: `import init, { ${names} } from ${JSON.stringify(glue)}; slot.glue = { ${names} }; slot.init = init;`,
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    banner: { js: 'const instance = (slot) => {' },
    footer: { js: 'return slot; };' },
  });
  return outputFiles[0].text;
}

async function exportsOf(file) {
  const { metafile } = await build({ entryPoints: [file], bundle: true, write: false, format: 'esm', metafile: true });
  return Object.values(metafile.outputs)[0].exports;
}

function template(glueFunction, base64) {
  return `${glueFunction}
const compressed = '${base64}';
const compile = async () => {
  const bytes = Uint8Array.from(atob(compressed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return WebAssembly.compile(await new Response(stream).arrayBuffer());
};
let compiled;
export async function load() {
  compiled ??= compile();
  // A compilation that failed (a Content Security Policy, too little memory) is tried again by the next call.
  compiled.catch(() => { compiled = undefined; });
  const { init, glue } = instance({});
  await init({ module_or_path: await compiled });
  return glue;
}`;
}
