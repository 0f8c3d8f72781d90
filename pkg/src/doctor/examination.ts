/** Sends what an examination asks for, until it has seen enough. */
import type { ExaminationOptions, ExchangeModule, ExchangeRequest, Report, WireOutcome, WireRequest } from '../exchange-types.js';

export type WireAnswer = Extract<WireOutcome, { status: number }>;
export type WireFailure = Extract<WireOutcome, { failure: string }>;

/** Sends one request. */
export type Wire = (request: WireRequest) => Promise<WireOutcome>;

/** Examines a call, one request after the other. */
export async function examine(module: ExchangeModule, request: ExchangeRequest, options: ExaminationOptions, wire: Wire): Promise<Report> {
  const { origin } = new URL(request.url);
  const own = new Set(request.headers?.map(([name]) => name.toLowerCase()));
  const examination = new module.Examination(request, options);
  try {
    for (let step = examination.next(); step; step = examination.next()) {
      examination.answer(await wire(keptFromOthers(step, origin, own)));
    }
    return examination.report();
  } finally {
    examination.free();
  }
}

/** A redirect carries no header of the call to another origin, be it a token, a key or a signature under a name of its own. */
function keptFromOthers(step: WireRequest, origin: string, own: Set<string>): WireRequest {
  if (new URL(step.url).origin === origin) return step;
  return { ...step, headers: step.headers.filter(([name]) => !own.has(name.toLowerCase())), body: 'none' };
}
