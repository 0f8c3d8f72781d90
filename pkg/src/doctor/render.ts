/** A report for a person to read, in the manner of compilers that explain themselves. */
import type { ExaminationOptions, Report } from '../exchange-types.js';
import type { Finding, Fix } from '../types.js';
import { TOOLS, type Tool } from './arguments.js';
import { exchangeLines, type Page } from './exchange.js';
import { printable, wrap } from './layout.js';
import { verdictOf, type Verdict } from './verdict.js';

export interface Asked {
  /** As the page sends it. */
  method: string;
  engine: NonNullable<ExaminationOptions['engine']>;
  /** Those that are wanted; none: what mends it, in the console and in one text to paste, and what the code can do. */
  tools: Tool[];
}

/** As compilers grade what they say. */
const GRADES = {
  readable: ['good', 'ok'],
  'error-status': ['warning', 'warning'],
  blocked: ['error', 'error'],
  unreachable: ['error', 'error'],
} as const satisfies Record<Verdict['ending'], readonly [keyof Page['paint'], string]>;

/** The report as text that ends with a newline. */
export function render(report: Report, asked: Asked, page: Page): string {
  const verdict = verdictOf(report);
  const [first, ...others] = report.diagnosis.findings;
  const [colour, grade] = GRADES[verdict.ending];
  const graded = page.paint[colour];
  const { url, origin } = report.diagnosis.request;
  const lines = [
    ...titled(`${grade}[${first.code}]`, first.title, graded, page),
    ...noted('-->', `${asked.method} ${url}`, page),
    ...noted('   ', page.words.fromPage(origin), page),
    ...exchangeLines(report, asked.method, page),
    ...noted('  =', about(report, first, asked, page), page),
    ...noted('  =', first.detail, page),
    '',
    ...others.flatMap((finding) => otherLines(finding, report, page)),
    ...fixLines(first, asked.tools, page),
    ...titled(grade, summary(verdict, report, asked, page), graded, page),
  ];
  return `${lines.join('\n')}\n`;
}

/** Another name for the same fault, or another fault. */
function otherLines(finding: Finding, { diagnosis }: Report, page: Page): string[] {
  const isSame = diagnosis.verdict !== 'certain' && finding.corsError === diagnosis.findings[0].corsError;
  const label = `${page.words[isSame ? 'orElse' : 'also']}[${finding.code}]`;
  return [...titled(label, finding.title, page.paint.warning, page), ''];
}

/** `label: title`, with the label graded and the title strong. */
function titled(label: string, title: string, graded: (text: string) => string, { width, paint }: Page): string[] {
  return wrap(`${label}: ${printable(title)}`, width).map((line, index) =>
    index === 0 && line.startsWith(label) ? graded(label) + paint.strong(line.slice(label.length)) : paint.strong(`  ${line}`),
  );
}

/** Text beside a sign of the frame. */
function noted(sign: string, text: string, { width, paint }: Page): string[] {
  return wrap(printable(text), width - 5).map((line, index) => `${index === 0 ? paint.frame(` ${sign}`) : '    '} ${line}`);
}

/** How sure it is, who has to act, and the name to search for. */
function about(report: Report, finding: Finding, { engine }: Asked, { words }: Page): string {
  const { corsError, failedParameter } = report;
  const error = corsError === null ? [] : [`${words.engines[engine]}: ${corsError}${failedParameter ? ` (${failedParameter})` : ''}`];
  return [words.verdict[report.diagnosis.verdict], words.layer[finding.layer], ...error].join(' · ');
}

function fixLines({ fixes, docs }: Finding, tools: Tool[], page: Page): string[] {
  const { words, paint } = page;
  const shown = tools.length > 0 ? fixes.filter(({ tool }) => tools.includes(tool)) : chosen(fixes);
  const further = TOOLS.filter((tool) => fixes.some((fix) => fix.tool === tool && !shown.includes(fix)));
  const none = tools.filter((tool) => fixes.length > 0 && !fixes.some((fix) => fix.tool === tool));
  return [
    ...shown.flatMap(({ tool, text }, index) => {
      const heading = shown[index - 1]?.tool === tool ? [] : [paint.good(words.fix(words.tool[tool])), ''];
      return [...heading, ...body(tool, text, page), ''];
    }),
    ...none.flatMap((tool) => [paint.good(words.noFix(words.tool[tool])), '']),
    ...(further.length > 0 ? noted('  =', words.moreFixes(further), page) : []),
    ...noted('  =', words.docs(docs), page),
    '',
  ];
}

/** The first text of the console, of one tool for infrastructure, and of the code. What comes first mends the most, and stays first. */
function chosen(fixes: Fix[]): Fix[] {
  const firstOf = (wanted: (tool: Tool) => boolean) => fixes.find(({ tool }) => wanted(tool));
  const picked = [firstOf(isConsole), firstOf((tool) => !isConsole(tool) && !isCode(tool)), firstOf(isCode)];
  return fixes.filter((fix) => picked.includes(fix));
}

const isConsole = (tool: Tool) => tool === 'console';
const isCode = (tool: Tool) => tool === 'code';

/** Steps are wrapped; what is to be pasted is left as it is. */
function body(tool: Tool, text: string, page: Page): string[] {
  const lines = tool === 'console' ? wrap(text, page.width - 4) : text.split('\n');
  return lines.map((line) => `    ${printable(line)}`.trimEnd());
}

function summary(verdict: Verdict, report: Report, { engine }: Asked, { words }: Page): string {
  switch (verdict.ending) {
    case 'readable':
      return words.readable(verdict.status);
    case 'error-status':
      return words.readableError(verdict.status);
    case 'blocked':
      return words.blocked(words.engines[engine], report.corsError);
    case 'unreachable':
      return words.nothingAnswered;
  }
}
