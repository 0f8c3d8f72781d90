/** What an examination comes to, for a person and for a script. */
import type { Report } from '../exchange-types.js';

export type Verdict =
  | { ending: 'readable' | 'error-status'; status: number }
  | { ending: 'blocked' | 'unreachable' };

/** What the process ends with. 2 is a command line that is wrong. */
export const EXIT_CODE = { readable: 0, blocked: 1, 'error-status': 3, unreachable: 4 } as const satisfies Record<Verdict['ending'], number>;

export function verdictOf(report: Report): Verdict {
  const answers = report.steps.filter((step) => 'status' in step.outcome);
  if (report.steps.length > 0 && answers.length === 0) return { ending: 'unreachable' };
  if (report.outcome === 'blocked') return { ending: 'blocked' };
  const last = answers.findLast(({ request }) => request.step === 'request');
  const status = last && 'status' in last.outcome ? last.outcome.status : 0;
  return { ending: status >= 400 ? 'error-status' : 'readable', status };
}

/** The same, where something that was not looked at can be why. */
export function withDoubt(report: Report): Report {
  const { diagnosis } = report;
  return diagnosis.verdict === 'certain' ? { ...report, diagnosis: { ...diagnosis, verdict: 'likely' } } : report;
}
