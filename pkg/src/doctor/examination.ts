/** Sends what the examination asks for, until it has seen enough. */
import type { Auth, Diagnosis, Locale, RouteKind } from '../types.js';

export type Header = [name: string, value: string];

/** The call that a page makes. */
export interface ExaminedRequest {
  /** The page's. */
  origin: string;
  url: string;
  method: string;
  headers: Header[];
  credentials: RequestCredentials;
  mode?: RequestMode;
  redirect?: RequestRedirect;
}

export interface ExaminationOptions {
  engine?: 'chromium' | 'firefox' | 'webkit' | 'spec';
  locale?: Locale;
  kind?: RouteKind;
  auth?: Auth;
  /** `safe` sends a GET in the place of a call that can change something. */
  send?: 'safe' | 'all';
}

export interface WireRequest {
  step: 'preflight' | 'request' | 'foreign-preflight';
  url: string;
  method: string;
  headers: Header[];
  body: 'none' | 'given';
}

export type WireFailure = 'dns' | 'refused' | 'reset' | 'tls' | 'timeout' | 'not-http' | 'too-large' | 'other';
export interface WireAnswer {
  status: number;
  headers: Header[];
  body: string;
}
export type WireOutcome = WireAnswer | { failure: WireFailure; message: string };

/** What came of it, without a secret. */
export interface Report {
  outcome: 'readable' | 'opaque' | 'redirect' | 'blocked';
  corsError: string | null;
  failedParameter: string;
  violations: { corsError: string; failedParameter: string }[];
  diagnosis: Diagnosis;
  steps: { request: WireRequest; outcome: WireOutcome }[];
}

export interface Examination {
  next(): WireRequest | undefined;
  answer(outcome: WireOutcome): void;
  report(): Report;
  free(): void;
}

export interface ExchangeModule {
  Examination: new (request: ExaminedRequest, options: ExaminationOptions) => Examination;
}

/** Sends one request. */
export type Wire = (request: WireRequest) => Promise<WireOutcome>;

/** Examines a call, one request after the other. */
export async function examine(module: ExchangeModule, request: ExaminedRequest, options: ExaminationOptions, wire: Wire): Promise<Report> {
  const { origin } = new URL(request.url);
  const own = new Set(request.headers.map(([name]) => name.toLowerCase()));
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
