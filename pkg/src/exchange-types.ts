/** What passes between `gatepass/diagnose`, the doctor and the exchange module. */
import type { Auth, Diagnosis, Locale, RouteKind } from './types.js';

/** Header names and values in order, duplicates kept. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** The call as the page makes it. */
export interface ExchangeRequest {
  /** The page's origin: `location.origin`, or `'null'` (a sandboxed frame, a file). */
  origin: string;
  /** Absolute. */
  url: string;
  /** `GET` unless said otherwise. */
  method?: string;
  /** What the script sets; not what the browser adds. */
  headers?: HeaderPairs;
  /** `same-origin` unless said otherwise, as in `fetch`. */
  credentials?: 'omit' | 'same-origin' | 'include';
  mode?: 'cors' | 'no-cors' | 'same-origin';
  redirect?: 'follow' | 'error' | 'manual';
  /** Chrome's option of `fetch`: the address space that the server is said to be in. */
  targetAddressSpace?: 'public' | 'local' | 'loopback';
}

/** A server's answer as it went over the wire: every header, whether scripts may read it or not. */
export interface ExchangeAnswer {
  status: number;
  /** Duplicates as lines of their own: two equal `Access-Control-Allow-Origin` are a fault. */
  headers: HeaderPairs;
  /** Tells who answered; CloudFront's pages and AWS's messages are recognised. */
  body?: string;
}

/** What went over the wire. Leave out what was not sent, or never answered; where the call needs a preflight, its answer must be there. */
export interface Exchange {
  /** The answer to `OPTIONS`. */
  preflight?: ExchangeAnswer;
  /** The answer to the request. */
  response?: ExchangeAnswer;
  /** The hop that a redirect leads to. */
  next?: Exchange;
}

export interface ExplainOptions {
  /** Whose order and leniency; `chromium` unless said otherwise. `spec` is the Fetch standard to the letter. */
  engine?: 'chromium' | 'firefox' | 'webkit' | 'spec';
  /** The language of the findings; `en` unless said otherwise. */
  locale?: Locale;
  /** What stands behind the URL, where its host and the answers do not tell. */
  kind?: RouteKind;
  /** What the app attaches; read from the headers unless said. */
  auth?: Auth;
}

/** One violated rule. */
export interface Violation {
  /** Chromium's `Network.CorsError`. */
  corsError: string;
  /** The value that it names: a header's value, a method, a header name; or empty. */
  failedParameter: string;
}

/** What the browser says, and why. */
export interface Explanation {
  /** Whether the script gets a `TypeError`. */
  blocked: boolean;
  /** Chromium's `Network.CorsError`, for the rule that the engine reports; `null` where CORS is not why. */
  corsError: string | null;
  failedParameter: string;
  /** Every violated rule, the reported one first; one for each header that is not allowed. */
  violations: Violation[];
  /** Why, and how to mend it; what is reported first. Never empty. */
  findings: Diagnosis['findings'];
}

/** A request for a transport to send: complete but for `Host` and `Content-Length`. */
export interface WireRequest {
  step: 'preflight' | 'request' | 'foreign-preflight';
  url: string;
  method: string;
  headers: [name: string, value: string][];
  /** Whether to send the page's body. */
  body: 'none' | 'given';
}

/** What came back: an answer with its body cut short, or why there is none. */
export type WireOutcome =
  | { status: number; headers: HeaderPairs; body: string }
  | { failure: 'dns' | 'refused' | 'reset' | 'tls' | 'connect-timeout' | 'timeout' | 'not-http' | 'too-large' | 'other'; message: string };

/**
 * What an examination found, without secrets: values of headers that may be one, of queries and of fragments are redacted, and of
 * bodies only errors and pages are kept.
 */
export interface Report {
  /** What the script gets. */
  outcome: 'readable' | 'opaque' | 'redirect' | 'blocked';
  corsError: string | null;
  failedParameter: string;
  violations: Violation[];
  diagnosis: Diagnosis;
  /** What was sent and what came back. */
  steps: { request: WireRequest; outcome: WireOutcome }[];
}

export interface ExaminationOptions extends ExplainOptions {
  /** `safe` (the default): a method other than GET and HEAD is asked as a GET without body. */
  send?: 'safe' | 'all';
}

/** Sends nothing itself: ask `next()`, send what it says, hand what came back to `answer()`, until there is no next. */
export interface Examination {
  next(): WireRequest | undefined;
  answer(outcome: WireOutcome): void;
  report(): Report;
  free(): void;
}

export interface ExchangeModule {
  explainExchange(request: ExchangeRequest, exchange: Exchange, options?: ExplainOptions): Explanation;
  Examination: new (request: ExchangeRequest, options?: ExaminationOptions) => Examination;
}
