// A text in a script of its own, as ASCII that a compressor sees through (docs/adr/0010-one-language-beside-the-diagnosis.md).
//
// What bundlers make of a letter beyond ASCII depends on the bundler: some write six characters, `\u30af`. Here runs of such letters stand
// between two `|`. The most frequent are one printable character each, the others two.

/** The text. `steps` lead from one letter to the next, in base 36. It is written into the script, so it needs nothing outside. */
export function decode(text, steps) {
  let code = 0;
  const letters = steps.split(',').map((step) => String.fromCharCode((code += parseInt(step, 36))));
  // printable ASCII without `"`, `\` and `|`: 88 letters, and four characters that begin a pair
  const place = (at, code = text.charCodeAt(at)) => code - 32 - (code > 34) - (code > 92) - (code > 124);
  let written = '';
  for (let at = 0, inRun = false; at < text.length; at++) {
    if (text[at] === '|') inRun = !inRun;
    else if (!inRun) written += text[at];
    else written += letters[place(at) < 88 ? place(at) : 88 + (place(at) - 88) * 92 + place(++at)];
  }
  return written;
}

/** What `decode` takes. */
export function encode(text) {
  const counts = new Map();
  for (const [letter] of text.matchAll(/[\u0080-\uffff]/g)) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const frequent = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
  const letters = [...frequent.slice(0, 88).sort(), ...frequent.slice(88).sort()];
  if (text.includes('|') || letters.length > 88 + 4 * 92) {
    throw new Error('the text has letters that this encoding has no room for');
  }
  const characters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(index + 32)).filter((character) => !'"\\|'.includes(character));
  const written = letters.map((_, index) => {
    const place = index - 88;
    return place < 0 ? characters[index] : characters[88 + Math.floor(place / 92)] + characters[place % 92];
  });
  const codes = new Map(letters.map((letter, index) => [letter, written[index]]));
  const run = (letters) => `|${Array.from(letters, (letter) => codes.get(letter)).join('')}|`;
  const steps = letters.map((letter, index) => (letter.charCodeAt(0) - (index > 0 ? letters[index - 1].charCodeAt(0) : 0)).toString(36));
  return { text: text.replace(/[\u0080-\uffff]+/g, run), steps: steps.join() };
}
