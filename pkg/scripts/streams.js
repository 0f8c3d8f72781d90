// A module as streams of one kind of byte each. In the module an instruction, the number of a local and an address take turns, and a
// compressor sees little that it has seen before; apart they are a tenth smaller (docs/adr/0006-module-as-text.md).
//
// Both ways are one walk over the instructions of all functions, which copies each part from here to there. How long a function is
// is left out, and counted again.

/**
 * What is in no function; locals that are written; addresses; constants; instructions, with operands that are like them; jumps; locals that
 * are read. Of all orders one of the best.
 */
const [REST, WRITTEN, OFFSETS, CONSTANTS, CODES, JUMPS, READ] = [0, 1, 2, 3, 4, 5, 6];

const CODE_SECTION = 10;

/** The rest of a module, how much of it stands before the functions; the other streams one after another, and where each begins. */
export function split(wasm) {
  const streams = Array.from({ length: READ + 1 }, () => []);
  let at = 8;
  const copy = copier(() => wasm[at++], (stream, byte) => streams[stream].push(byte));
  const skip = copier(() => wasm[at++], () => at);
  while (wasm[at++] !== CODE_SECTION) {
    const size = skip();
    at += size;
  }
  skip();
  const before = at;
  streams[REST].push(...wasm.subarray(0, before));
  for (let functions = copy(REST); functions > 0; functions--) {
    const size = skip();
    const end = at + size;
    walk(copy);
    if (at !== end) throw new Error('a function has an instruction that streams.js does not know');
  }
  // As arguments of one call they would be too many.
  for (const byte of wasm.subarray(at)) streams[REST].push(byte);
  const [rest, ...others] = streams;
  const starts = others.map((_, index) => others.slice(0, index).flat().length);
  return { rest: Uint8Array.from(rest), before, code: Uint8Array.from(others.flat()), starts };
}

/** The module again, which is so long. */
export function join(rest, before, code, starts, length) {
  const at = [0, ...starts];
  const wasm = new Uint8Array(length);
  let end = 0;
  const copy = copier((stream) => (stream === REST ? rest : code)[at[stream]++], (_, byte) => (wasm[end++] = byte));
  copy(REST, before);
  for (let functions = copy(REST); functions > 0; functions--) {
    const start = end;
    walk(copy);
    const size = number(end - start);
    wasm.copyWithin(start + size.length, start, end);
    wasm.set(size, start);
    end += size.length;
  }
  wasm.set(rest.subarray(at[REST]), end);
  return wasm;
}

/** Copies one function (WebAssembly, 5.4 and 5.5.13). */
function walk(copy) {
  for (let groups = copy(REST) * 2; groups > 0; groups--) copy(REST);
  for (let depth = 1; depth > 0; ) {
    const code = copy(CODES, 1);
    const stream = operand(code);
    if (code === 0x0b) depth--;
    else if (code < 0x05 && code > 0x01) depth++;
    // f32.const, f64.const
    if (code === 0x43 || code === 0x44) copy(CODES, code === 0x43 ? 4 : 8);
    else if (stream !== undefined) {
      const value = copy(stream);
      // Alignment, then address.
      if (code > 0x27 && code < 0x3f) copy(OFFSETS);
      let more = 0;
      // br_table says one target less than it has, call_indirect has a table.
      if (code === 0x0e) more = value + 1;
      if (code === 0x11) more = 1;
      // memory.copy, memory.fill and what there is for tables; not the conversions.
      if (code === 0xfc && value > 7) more = value === 0x0a ? 2 : 1;
      for (; more > 0; more--) copy(CODES);
    }
  }
}

/** The stream of an instruction's first operand, `undefined` where it has none. */
function operand(code) {
  if (code === 0x20) return READ;
  if (code === 0x21 || code === 0x22) return WRITTEN;
  if (code === 0x41) return CONSTANTS;
  if (code === 0x0c || code === 0x0d) return JUMPS;
  const has = (code > 0x01 && code < 0x05) || (code > 0x0d && code < 0x12 && code !== 0x0f) || (code > 0x1f && code < 0x43) || code === 0xfc;
  return has ? CODES : undefined;
}

/** Copies a number (LEB128), or so many bytes; the number, or the last byte, is what it gives. */
function copier(next, put) {
  return (stream, bytes = 0) => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = next(stream);
      put(stream, byte);
      value |= (byte & 127) << shift;
      if (bytes > 0 ? --bytes === 0 : byte < 128) return shift > 0 ? value : byte;
    }
  };
}

/** A number as the module writes it. */
function number(value) {
  const bytes = [];
  for (; value > 127; value >>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}
