// Gives a module's imports and exports short names. wasm-bindgen's hold hashes, which no compressor makes shorter, and each stands in
// the module and in the glue. (wasm-opt's pass for this renames `memory` too, which is a name of JavaScript's own.)

const IMPORT_SECTION = 2;
const EXPORT_SECTION = 7;
const FUNCTION = 0;
const MODULE = 'a';

/** The module with short names, and what has become of the old ones. */
export function shorten(wasm) {
  const names = {};
  const parts = [wasm.subarray(0, 8)];
  for (let at = 8; at < wasm.length; ) {
    const [size, start] = readNumber(wasm, at + 1);
    const content = wasm.subarray(start, start + size);
    const rename = { [IMPORT_SECTION]: imports, [EXPORT_SECTION]: exports }[wasm[at]];
    const section = rename?.(content, names) ?? content;
    parts.push([wasm[at]], number(section.length), section);
    at = start + size;
  }
  return { wasm: Buffer.concat(parts.map((part) => Buffer.from(part))), names };
}

/** The import section: a count, then for each import its module, its name and what it is. */
function imports(section, names) {
  let [count, at] = readNumber(section, 0);
  const parts = [number(count)];
  for (let index = 0; index < count; index++) {
    const [module, afterModule] = readText(section, at);
    const [name, afterName] = readText(section, afterModule);
    if (section[afterName] !== FUNCTION || !name.startsWith('__wb')) throw new Error(`${module} ${name}: not an import of wasm-bindgen's`);
    const [type, afterType] = readNumber(section, afterName + 1);
    names[module] = MODULE;
    names[name] = index.toString(36).replace(/^\d/, '_$&');
    parts.push(text(MODULE), text(names[name]), [FUNCTION], number(type));
    at = afterType;
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** The export section: a count, then for each export its name and what it is. Functions are renamed, but stay private where they are. */
function exports(section, names) {
  let [count, at] = readNumber(section, 0);
  const parts = [number(count)];
  for (let index = 0; index < count; index++) {
    const [name, afterName] = readText(section, at);
    const kind = section[afterName];
    const [what, end] = readNumber(section, afterName + 1);
    if (kind === FUNCTION) names[name] = `${name.startsWith('__') ? '__' : '$'}${index.toString(36)}`;
    parts.push(text(names[name] ?? name), [kind], number(what));
    at = end;
  }
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

function readText(bytes, at) {
  const [length, start] = readNumber(bytes, at);
  return [Buffer.from(bytes.subarray(start, start + length)).toString(), start + length];
}

const text = (value) => [...number(value.length), ...Buffer.from(value)];

/** LEB128, as everywhere in a module. */
function readNumber(bytes, at) {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}

function number(value) {
  const bytes = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}
