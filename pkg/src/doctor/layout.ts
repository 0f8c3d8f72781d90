/** Text on a terminal: how wide it is, where it may break, and what of a stranger's text may reach it. */

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\u30a0-\u30ff\uff01-\uff60\uffe0-\uffe6]/u;
const WIDE_AT_END = new RegExp(`${WIDE.source}$`, 'u');
const WIDE_AT_START = new RegExp(`^${WIDE.source}`, 'u');
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many columns the text takes. */
export function columns(text: string): number {
  let sum = 0;
  for (const character of text) sum += widthOf(character);
  return sum;
}

function widthOf(character: string): number {
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The text in so many columns, with an ellipsis for what is left out. */
export function cut(text: string, width: number): string {
  if (columns(text) <= width) return text;
  let kept = '';
  let left = width - 1;
  for (const character of text) {
    left -= widthOf(character);
    if (left < 0) break;
    kept += character;
  }
  return `${kept}…`;
}

const NOT_FIRST = /^[、。，．・：；？！」』）］｝〉》】ーっッゃゅょャュョぁぃぅぇぉァィゥェォ々,.:;?!)\]}”’…]/u;
const NOT_LAST = /[「『（［｛〈《【([{“‘]$/u;

/** The text in lines of at most so many columns, save for words that are longer. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => wrapped(paragraph, Math.max(width, 20)));
}

function wrapped(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of unbroken(paragraph)) {
    if (line && columns(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += line ? word : word.trimStart();
  }
  return [...lines, line.trimEnd()];
}

/** The pieces that no line break may go through: words of the text's own language, each with its punctuation and spaces. */
function unbroken(text: string): string[] {
  const pieces: string[] = [];
  let last = '';
  for (const { segment } of new Intl.Segmenter('ja', { granularity: 'word' }).segment(text)) {
    if (last && mayBreak(last, segment)) {
      pieces.push(last);
      last = '';
    }
    last += segment;
  }
  return last ? [...pieces, last] : pieces;
}

function mayBreak(before: string, after: string): boolean {
  if (/^\s/.test(after) || NOT_FIRST.test(after) || NOT_LAST.test(before)) return false;
  return /\s$/.test(before) || WIDE_AT_END.test(before) || WIDE_AT_START.test(after);
}

/** A server's text could move the cursor, or hide what it says: controls and the like are written out. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}

export interface Paint {
  error: (text: string) => string;
  warning: (text: string) => string;
  good: (text: string) => string;
  /** What is the terminal's: gutters, arrows. */
  frame: (text: string) => string;
  name: (text: string) => string;
  strong: (text: string) => string;
  faint: (text: string) => string;
}

const plain = (text: string) => text;
const sgr = (code: string) => (text: string) => (text ? `\x1b[${code}m${text}\x1b[0m` : text);

export const PLAIN: Paint = { error: plain, warning: plain, good: plain, frame: plain, name: plain, strong: plain, faint: plain };
/** As the compilers' diagnostics have them. */
export const COLOURS: Paint = {
  error: sgr('1;31'),
  warning: sgr('1;33'),
  good: sgr('1;32'),
  frame: sgr('1;34'),
  name: sgr('36'),
  strong: sgr('1'),
  faint: sgr('2'),
};
