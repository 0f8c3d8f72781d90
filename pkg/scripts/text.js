// Bytes as text that a compressor sees through (docs/adr/0006-module-as-text.md).
//
// The 91 most frequent bytes are one printable character each, themselves where they are printable; the others are two.
// Nothing in the text needs an escape in a string literal, whatever the bundler prints it with.

/** Printable ASCII without `"` and `\`; the last two characters begin a pair. */
const CHARACTERS = 91;
const PAIRS = 125;
const position = (code) => code - 32 - (code > 34) - (code > 92);

/** The bytes of the text. `singles` are the bytes that are one character, in the order of the characters. */
export function decode(text, singles, length) {
  const pairs = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !singles.includes(byte));
  const bytes = new Uint8Array(length);
  for (let read = 0, written = 0; written < length; read++) {
    const code = text.charCodeAt(read);
    bytes[written++] =
      code < PAIRS
        ? singles[position(code)]
        : pairs[(code - PAIRS) * CHARACTERS + position(text.charCodeAt(++read))];
  }
  return bytes;
}

/** What `decode` takes. */
export function encode(bytes) {
  const characters = Array.from({ length: 95 }, (_, index) => index + 32).filter((code) => code < PAIRS && code !== 34 && code !== 92);
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]++;
  const frequent = [...counts.keys()].sort((a, b) => counts[b] - counts[a]).slice(0, CHARACTERS);

  // A byte that is its own character keeps the module's strings legible to the compressor's dictionary.
  const others = frequent.filter((byte) => !characters.includes(byte));
  const singles = characters.map((code) => (frequent.includes(code) ? code : others.pop()));
  const pairs = [...counts.keys()].filter((byte) => !singles.includes(byte));

  const written = new Array(256);
  singles.forEach((byte, index) => (written[byte] = String.fromCharCode(characters[index])));
  pairs.forEach((byte, index) => {
    written[byte] = String.fromCharCode(PAIRS + Math.floor(index / CHARACTERS), characters[index % CHARACTERS]);
  });
  return { text: Array.from(bytes, (byte) => written[byte]).join(''), singles };
}
