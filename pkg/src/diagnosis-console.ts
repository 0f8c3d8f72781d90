import { markOf, wordsFor } from './diagnosis-words.js';
import type { Diagnosis } from './types.js';

const BADGE = 'padding: 1px 6px; border-radius: 3px; background: #b3261e; color: #fff; font-weight: 600';
const STRONG = 'font-weight: 600';

/** Calls that failed together share a diagnosis, and one that is known already is not told again. */
const printed = new WeakSet<Diagnosis>();

/** Prints a diagnosis for the developer, as one group of the console. */
export function print(diagnosis: Diagnosis): void {
  if (printed.has(diagnosis)) return;
  printed.add(diagnosis);
  const { request, evidence, verdict } = diagnosis;
  const [first, ...others] = diagnosis.findings;
  const words = wordsFor(diagnosis);
  const hedge = verdict === 'ambiguous' ? `${words.verdict[verdict]}: ` : '';
  console.groupCollapsed('%cgatepass%c %s', BADGE, STRONG, hedge + first.title);
  try {
    console.log(`${request.method} ${request.url}\n${words.verdict[verdict]} · ${words.layer[first.layer]} · ${first.code}\n\n${first.detail}`);
    const seen = evidence.map((item) => `${markOf(item)} ${item.text}`);
    if (evidence.some(({ outcome }) => outcome === 'failed')) seen.push(words.probes);
    section(words.evidence, seen.join('\n'));
    for (const { tool, text } of first.fixes) folded(`${words.fixes}: ${words.tool[tool]}`, text);
    if (others.length) section(words.others, others.slice(0, OTHERS).map(({ title }) => `• ${title}`).join('\n'));
    section(words.docs, `node_modules/gatepass/${first.docs}`);
  } finally {
    console.groupEnd();
  }
}

/** The rest is unlikely, and stands in `error.diagnosis`. */
const OTHERS = 5;

/** A template is long, and only one tool's is wanted. */
function folded(heading: string, text: string): void {
  console.groupCollapsed('%c%s', STRONG, heading);
  console.log('%s', text);
  console.groupEnd();
}

function section(heading: string, text: string): void {
  if (text) console.log('%c%s%c\n%s', STRONG, heading, '', text);
}
