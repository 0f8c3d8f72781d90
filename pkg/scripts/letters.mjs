// Makes dist/<name>.js, one text, of a file that holds it as JSON.
//
//   node scripts/letters.mjs <name> <file>

import { readFile, writeFile } from 'node:fs/promises';
import { transform } from 'esbuild';
import { decode, encode } from './letters.js';

const [name, file] = process.argv.slice(2);
const text = JSON.parse(await readFile(file, 'utf8'));
await writeFile(new URL(`../dist/${name}.js`, import.meta.url), await module(text));

async function module(text) {
  // Of a text with a few letters beyond ASCII nothing is gained.
  if (text.match(/[\u0080-\uffff]/g).length < text.length / 10) return `export default ${JSON.stringify(text)};\n`;
  const encoded = encode(text);
  if (decode(encoded.text, encoded.steps) !== text) throw new Error(`dist/${name}.js would not give back what was written`);
  const { code } = await transform(`${decode}\nexport default decode(${JSON.stringify(encoded.text)}, ${JSON.stringify(encoded.steps)});`, {
    minify: true,
    format: 'esm',
  });
  return code;
}
