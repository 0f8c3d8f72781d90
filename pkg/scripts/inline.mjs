// Makes dist/<name>.js out of wasm-bindgen's glue and the module: one ES module, no file beside it to find.
//
//   node scripts/inline.mjs <name> <folder with <name>.js and optimised.wasm>

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { shorten } from './names.js';
import { join as joinStreams, split } from './streams.js';
import { decode, encode } from './text.js';

const [name, folder] = process.argv.slice(2);
const dist = new URL('../dist/', import.meta.url);
const glue = join(folder, `${name}.js`);

const { wasm, names } = shorten(await readFile(join(folder, 'optimised.wasm')));
const module = await bundle(template(await glueFunction(), wasm), { format: 'esm' });
if (module.includes('import.meta')) {
  throw new Error(`dist/${name}.js would make bundlers look for a file beside it`);
}
await writeFile(new URL(`${name}.js`, dist), module);
// The compiler does not copy declarations that it did not make.
await copyFile(new URL(`../src/${name}.d.ts`, import.meta.url), new URL(`${name}.d.ts`, dist));

// The glue keeps its instance in variables of its own. As a function it can be had again, with none of a trapped
// instance's state: the one that the old objects hold on to and the fresh one share nothing.
async function glueFunction() {
  const { exports, file } = await shortenNames();
  return bundle(
    // The other initialiser would bring along what fetches a module.
    `import { initSync, ${exports} } from ${JSON.stringify(file)};
    slot.glue = { ${exports} };
    slot.init = initSync;`,
    // The glue instantiates through a stand-in, which sees to it that a trap is heard of.
    {
      format: 'iife',
      banner: { js: 'const instance = (WebAssembly, slot) => {' },
      footer: { js: 'return slot; };' },
    },
  );
}

// The glue under the names that the module's imports and exports now have.
async function shortenNames() {
  const { outputFiles, metafile } = await build({
    entryPoints: [glue],
    bundle: true,
    write: false,
    format: 'esm',
    metafile: true,
    mangleQuoted: true,
    mangleProps: new RegExp(`^(?:${Object.keys(names).map((name) => name.replace(/\W/g, '\\$&')).join('|')})$`),
    mangleCache: names,
  });
  const file = join(folder, 'shortened.js');
  await writeFile(file, outputFiles[0].contents);
  const [{ exports: all }] = Object.values(metafile.outputs);
  return { file, exports: all.filter((name) => name !== 'default' && name !== 'initSync') };
}

function template(glueFunction, wasm) {
  const { rest, before, code, starts } = split(wasm);
  // Each with the characters that suit it: names and messages are in the one, instructions in the other.
  const texts = [rest, code].map((bytes) => ({ ...encode(bytes), length: bytes.length }));
  const decoded = texts.map(({ text, singles, length }) => decode(text, singles, length));
  if (!wasm.equals(joinStreams(decoded[0], before, decoded[1], starts, wasm.length))) {
    throw new Error('the module does not survive its encoding');
  }
  const [restOf, codeOf] = texts.map(({ text, singles, length }) => `decode(${JSON.stringify(text)}, [${singles}], ${length})`);
  return `
    import { guarded } from './guard.js';
    import { join } from './streams.js';
    import { decode } from './text.js';
    ${glueFunction}
    const bytes = () => join(${restOf}, ${before}, ${codeOf}, [${starts}], ${wasm.length});
    const compile = async () => WebAssembly.compile(bytes());
    let compiled;
    export async function load(trapped) {
      compiled ??= compile();
      // A compilation that failed (a Content Security Policy, too little memory) is tried again by the next call.
      compiled.catch(() => { compiled = undefined; });
      const { init, glue } = instance(guarded(trapped), {});
      init({ module: await compiled });
      return glue;
    }`;
}

async function bundle(contents, options) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: new URL('.', import.meta.url).pathname },
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    ...options,
  });
  return outputFiles[0].text;
}
