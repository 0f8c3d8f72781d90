/** Which line of the exchange breaks which rule. */
import type { Report, WireRequest } from '../exchange-types.js';
import type { WireAnswer } from './examination.js';
import type { Words } from './words/index.js';

export interface Mark {
  /** Which of the report's steps. */
  step: number;
  /** The status, or the header of this name, which may be missing. */
  at: string;
  /** `first` is what the engine reports. */
  weight: 'first' | 'further';
  label: string;
}

/** The status of an answer, in the place of a header's name. */
export const STATUS = ':status';

/** One mark for each rule that is broken, the engine's first; a rule that is broken by several names has them all in its label. */
export function marksOf(report: Report, words: Words): Mark[] {
  const rules = new Map<string, string[]>();
  for (const { corsError, failedParameter } of report.violations) {
    rules.set(corsError, [...(rules.get(corsError) ?? []), failedParameter]);
  }
  return [...rules].flatMap(([rule, parameters]) => {
    const place = placeOf(rule);
    if (!place) return [];
    const breaks = ({ request, outcome }: Report['steps'][number]) =>
      request.step === place.step && 'status' in outcome && mayBreak(place.rule, parameters, outcome);
    // After a preflight that fails the browser sends none. An answer from the page's own origin needs nothing, and may come before.
    const step = place.step === 'preflight' ? report.steps.findIndex(breaks) : report.steps.findLastIndex(breaks);
    if (step < 0) return [];
    const label = words.marks[place.rule](parameters.join(', '), report.diagnosis.request.origin);
    return [{ step, at: place.at, weight: rule === report.corsError ? 'first' : 'further', label } as const];
  });
}

type Rule = keyof Words['marks'];
const PLACES: Record<Rule, string> = {
  WildcardOriginNotAllowed: 'access-control-allow-origin',
  MissingAllowOriginHeader: 'access-control-allow-origin',
  MultipleAllowOriginValues: 'access-control-allow-origin',
  InvalidAllowOriginValue: 'access-control-allow-origin',
  AllowOriginMismatch: 'access-control-allow-origin',
  InvalidAllowCredentials: 'access-control-allow-credentials',
  InvalidStatus: STATUS,
  DisallowedRedirect: STATUS,
  InvalidAllowMethodsPreflightResponse: 'access-control-allow-methods',
  InvalidAllowHeadersPreflightResponse: 'access-control-allow-headers',
  MethodDisallowedByPreflightResponse: 'access-control-allow-methods',
  HeaderDisallowedByPreflightResponse: 'access-control-allow-headers',
  RedirectContainsCredentials: 'location',
};

/** Whether the answer can be the one that breaks the rule. */
function mayBreak(rule: Rule, parameters: string[], { status, headers }: WireAnswer): boolean {
  const values = headers.filter(([name]) => name.toLowerCase() === PLACES[rule]).map(([, value]) => value);
  switch (rule) {
    case 'MissingAllowOriginHeader':
      return values.length === 0;
    case 'MultipleAllowOriginValues':
    case 'InvalidAllowOriginValue':
    case 'AllowOriginMismatch':
      return parameters.includes(values.join(', '));
    case 'WildcardOriginNotAllowed':
      return values.includes('*');
    case 'InvalidStatus':
      return status < 200 || status > 299;
    case 'DisallowedRedirect':
    case 'RedirectContainsCredentials':
      return status >= 300 && status < 400;
    case 'InvalidAllowCredentials':
      return values.join(', ') !== 'true';
    case 'MethodDisallowedByPreflightResponse':
    case 'HeaderDisallowedByPreflightResponse':
      return !parameters.every((name) => listed(values).includes(name.toLowerCase()));
    case 'InvalidAllowMethodsPreflightResponse':
    case 'InvalidAllowHeadersPreflightResponse':
      return true;
  }
}

const listed = (values: string[]) => values.flatMap((value) => value.toLowerCase().split(/[\s,]+/));

function placeOf(corsError: string): { rule: Rule; step: WireRequest['step']; at: string } | undefined {
  const rule = corsError.replace(/^Preflight/, '');
  if (!Object.hasOwn(PLACES, rule)) return undefined;
  const step = corsError.includes('Preflight') ? 'preflight' : 'request';
  return { rule: rule as Rule, step, at: PLACES[rule as Rule] };
}
