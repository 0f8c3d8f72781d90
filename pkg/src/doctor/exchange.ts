/** The exchange as it went over the wire, with a mark under each place that breaks a rule. */
import { STATUS_CODES } from 'node:http';
import type { HeaderPairs, Report, WireRequest } from '../exchange-types.js';
import type { WireAnswer, WireFailure } from './examination.js';
import { columns, cut, printable, wrap, type Paint } from './layout.js';
import { marksOf, STATUS, type Mark } from './marks.js';
import type { Words } from './words/index.js';

export interface Page {
  width: number;
  paint: Paint;
  words: Words;
}

/** What tells who answered, and what the browser decides by; the rest is counted. */
const TELLING =
  /^(?:access-control-.*|location|vary|www-authenticate|content-type|server|via|retry-after|allow|age|x-cache|x-amz-cf-(?:id|pop)|x-amzn-(?:requestid|errortype|remapped-.*)|apigw-requestid|x-amz-apigw-id)$/i;
/** Of each answer, and of the whole. */
const MOST_HEADERS = 24;
const MOST_STEPS = 8;

/** The lines of the exchange; `method` is the call's own. */
export function exchangeLines(report: Report, method: string, page: Page): string[] {
  const marks = marksOf(report, page.words);
  const digits = String(report.steps.length).length;
  const beside = (line: string, number = '') => page.paint.frame(`${number.padStart(digits + 1)} |`) + (line && ` ${line}`);
  const inner = { ...page, width: page.width - digits - 4 };

  const steps = report.steps.filter(isTelling);
  const lines = steps.flatMap(({ request, outcome }, index) => {
    if (index === MOST_STEPS - 2 && steps.length > MOST_STEPS) {
      return [beside(page.paint.faint(page.words.moreSteps(steps.length - MOST_STEPS))), beside('')];
    }
    if (index >= MOST_STEPS - 2 && index < steps.length - 2) return [];
    const own = marks.filter(({ step }) => step === index);
    const answer = 'status' in outcome ? answerLines(inShort(request, outcome), own, inner) : [failureLine(outcome, inner)];
    const remark = isBeyond(report, marks, index) ? page.words.beyond : remarkOn(request, method, page.words);
    const [first = '', ...others] = requestLines(request, remark, inner);
    return [beside(first, String(index + 1)), ...[...others, '', ...answer, ''].map((line) => beside(line))];
  });
  return [beside(''), ...lines];
}

/** What the browser never sends: everything after the answer, or the silence, at which it stops. */
function isBeyond({ outcome, steps }: Report, marks: Mark[], index: number): boolean {
  const stop = marks.find(({ weight }) => weight === 'first')?.step ?? steps.findIndex((step) => 'failure' in step.outcome);
  return outcome === 'blocked' && stop >= 0 && index > stop && steps[index]?.request.step !== 'foreign-preflight';
}

const LETS_IN = /^access-control-allow-(?:origin|credentials)$/i;

/** A preflight in another page's name comes after all others, and tells something only if it is let in. */
function isTelling({ request, outcome }: Report['steps'][number]): boolean {
  return request.step !== 'foreign-preflight' || ('status' in outcome && outcome.headers.some(([name]) => LETS_IN.test(name)));
}

function inShort({ step }: WireRequest, answer: WireAnswer): WireAnswer {
  if (step !== 'foreign-preflight') return answer;
  return { ...answer, headers: answer.headers.filter(([name]) => LETS_IN.test(name)), body: '' };
}

function requestLines(request: WireRequest, remark: string, page: Page): string[] {
  const { paint } = page;
  const line = cut(`${request.method} ${printable(request.url)}`, page.width - 2);
  const fits = columns(line) + columns(remark) + 5 <= page.width;
  const hidden = request.step === 'foreign-preflight' ? /^(?:accept|access-control-.*)$/i : /^accept$/i;
  const headers = request.headers.filter(([name]) => !hidden.test(name)).map((header) => headerLine('>', header, page));
  return [
    `${paint.frame('>')} ${paint.strong(line)}${remark && fits ? paint.faint(`  (${remark})`) : ''}`,
    ...(remark && !fits ? wrap(`(${remark})`, page.width - 2).map((words) => paint.faint(`  ${words}`)) : []),
    ...headers,
  ];
}

function remarkOn({ step, method }: WireRequest, own: string, words: Words): string {
  switch (step) {
    case 'preflight':
      return words.preflight;
    case 'foreign-preflight':
      return words.foreign;
    case 'request':
      return method === 'GET' && own !== 'GET' ? words.standIn(own) : '';
  }
}

function answerLines(answer: WireAnswer, marks: Mark[], page: Page): string[] {
  const { paint, words } = page;
  const { status, headers, body } = answer;
  const grade = status < 300 ? paint.good : paint.warning;
  const telling = headers.filter(([name]) => TELLING.test(name) || marks.some((mark) => isAt(mark, name))).slice(0, MOST_HEADERS);
  const lines = [
    `${paint.frame('<')} ${grade(String(status))} ${paint.strong(STATUS_CODES[status] ?? '')}`,
    ...marks.filter(({ at }) => at === STATUS).flatMap((mark) => markLines(mark, 2, 3, page)),
  ];
  for (const [index, header] of telling.entries()) {
    lines.push(headerLine('<', header, page));
    const [name, value] = header;
    const isLast = !telling.slice(index + 1).some(([other]) => other.toLowerCase() === name.toLowerCase());
    const marked = marks.filter((mark) => isAt(mark, name));
    const start = columns(printable(name)) + 4;
    const length = Math.max(1, Math.min(columns(printable(value)), page.width - start));
    lines.push(...marked.flatMap((mark) => markLines(isLast ? mark : { ...mark, label: '' }, start, length, page)));
  }
  for (const at of missing(headers, marks)) {
    const rest = cut(`(${words.missing})`, page.width);
    lines.push(`${paint.error('!')} ${paint.name(at)}: ${paint.error(rest)}`);
    lines.push(...marks.filter((mark) => mark.at === at).flatMap((mark) => markLines(mark, columns(at) + 4, columns(rest), page)));
  }
  const others = headers.length - telling.length;
  if (others > 0) lines.push(paint.faint(`  ${words.moreHeaders(others)}`));
  const shown = printable(body.replace(/\s+/g, ' ').trim());
  if (status >= 400 && shown) lines.push(`${paint.frame('<')} ${cut(shown, page.width - 2)}`);
  return lines;
}

const isAt = (mark: Mark, name: string) => mark.at === name.toLowerCase();

/** Headers that are marked and not there. */
function missing(headers: HeaderPairs, marks: Mark[]): Set<string> {
  const there = new Set(headers.map(([name]) => name.toLowerCase()));
  return new Set(marks.map(({ at }) => at).filter((at) => at !== STATUS && !there.has(at)));
}

function headerLine(direction: '>' | '<', [name, value]: HeaderPairs[number], { width, paint }: Page): string {
  const shown = printable(name);
  return `${paint.frame(direction)} ${paint.name(shown)}: ${cut(printable(value), Math.max(8, width - columns(shown) - 4))}`;
}

function markLines(mark: Mark, start: number, length: number, { width, paint }: Page): string[] {
  const [colour, sign] = mark.weight === 'first' ? [paint.error, '^'] : [paint.warning, '-'];
  const signs = ' '.repeat(start) + colour(sign.repeat(length));
  const beside = start + length + 1;
  if (beside + columns(mark.label) <= width) return [`${signs} ${colour(mark.label)}`.trimEnd()];
  const under = Math.min(start, Math.max(2, width - columns(mark.label)));
  return [signs, ...wrap(mark.label, width - under).map((line) => ' '.repeat(under) + colour(line))];
}

function failureLine({ failure, message }: WireFailure, { width, paint, words }: Page): string {
  const detail = columns(words.failures[failure]) + columns(message) + 5 <= width ? paint.faint(` (${printable(message)})`) : '';
  return `${paint.error('!')} ${paint.error(words.failures[failure])}${detail}`;
}
