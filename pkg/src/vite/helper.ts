/** Answers the page's question: examines its call from here, where nothing is hidden from a script. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { checkRoutes } from '../config.js';
import { examine, type Wire } from '../doctor/examination.js';
import { printable } from '../doctor/layout.js';
import { proxyFor } from '../doctor/proxy.js';
import { verdictOf, withDoubt } from '../doctor/verdict.js';
import { sendWithin } from '../doctor/wire.js';
import { exchangeModule } from '../exchange-module.js';
import type { ExchangeRequest, Report } from '../exchange-types.js';
import { findRoute } from '../match.js';
import { bodyOf, pageOf, Refusal } from './guard.js';
import { readQuestion } from './question.js';

export interface HelperOptions {
  routes: ReturnType<typeof checkRoutes>;
  /** Of the whole client, where a route does not say. */
  probes: 'on' | 'off';
  send: 'safe' | 'all';
  /** For all requests of one diagnosis, in milliseconds. */
  timeout: number;
  log: (severity: 'info' | 'warn' | 'error', line: string) => void;
}

/** A page asks for one diagnosis at a time for each of its routes. */
const AT_A_TIME = 4;
/** What the answer takes on its way to the page, at most. In milliseconds. */
const MARGIN = 250;

/** A listener that answers every request and never throws. */
export function newHelper({ routes, probes, send, timeout, log }: HelperOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const matchers = routes.map(({ match }) => match);
  const routeOf = (url: string) => routes[findRoute(matchers, url)?.[0] ?? -1];
  const isOff = (route: (typeof routes)[number]) => (route.probes ?? probes) === 'off';
  let underWay = 0;

  async function diagnosed(asked: IncomingMessage, gone: AbortSignal): Promise<Report> {
    const page = pageOf(asked);
    const question = readQuestion(await bodyOf(asked), page);
    const { request, body, locale } = question;
    const route = routeOf(request.url);
    if (!route) throw new Refusal(403, 'no route of gatepass() in the Vite configuration matches that URL');
    if (isOff(route)) throw new Refusal(403, "the route's probes are off");
    if (underWay >= AT_A_TIME) throw new Refusal(429, 'too many at a time');
    underWay++;
    try {
      const { module, run } = await exchangeModule();
      const { kind, auth } = route;
      const patience = Math.min(timeout, question.timeout - Math.min(MARGIN, question.timeout / 4));
      const within = sendWithin(patience, gone);
      let astray: string | undefined;
      const wire: Wire = (step) => {
        gone.throwIfAborted();
        const to = routeOf(step.url);
        if (to && !isOff(to)) return within(step, body);
        // A server that is asked for chooses where it redirects to, and that may be a host which only this machine reaches.
        astray ??= step.url;
        return Promise.resolve({ failure: 'other', message: 'no route matches that URL' });
      };
      // A call whose body did not come along cannot be sent as it is.
      const whole = body !== undefined || !request.headers?.some(([name]) => name.toLowerCase() === 'content-type');
      const options = { kind, auth, locale, send: whole ? send : 'safe' } as const;
      const report = await run(() => examine(module, request, options, wire));
      if (astray !== undefined && report.outcome === 'blocked' && report.corsError === null) {
        throw givenUp(403, request, `it is redirected to ${withoutQuery(astray)}, which no route of gatepass() matches: add one, and it is examined, too`);
      }
      const proxy = verdictOf(report).ending === 'unreachable' && proxyFor(request.url, process.env);
      if (proxy) throw givenUp(502, request, `nothing answered; ${proxy} is set, and the dev server does not use it`);
      // The page waits for a moment only: a server that is slow, and no more, looks the same as one that never answers.
      return patience < timeout && isLate(report) ? withDoubt(report) : report;
    } finally {
      underWay--;
    }
  }

  /** What the page may ask, and nothing came of. The terminal says so, too. */
  function givenUp(status: number, { method = 'GET', url }: ExchangeRequest, why: string): Refusal {
    log('warn', printable(`${method} ${withoutQuery(url)}: ${why}`));
    return new Refusal(status, why);
  }

  return (request, response) => {
    const gone = new AbortController();
    response.on('close', () => { gone.abort(); });
    void diagnosed(request, gone.signal)
      .then((report) => {
        answer(response, 200, report);
        log(report.outcome === 'blocked' ? 'warn' : 'info', lineOf(report));
      })
      .catch((error: unknown) => {
        const refused = error instanceof Refusal;
        const message = error instanceof Error ? error.message : String(error);
        if (!response.headersSent) answer(response, refused ? error.status : 500, { message });
        if (!refused && !gone.signal.aborted) log('error', printable(`the diagnosis failed: ${message}`));
      })
      // A terminal that cannot be written to leaves nobody to tell.
      .catch(() => undefined);
  };
}

/** Whether it ended for want of an answer in time. */
function isLate({ corsError, steps }: Report): boolean {
  return corsError === null && steps.some(({ outcome }) => 'failure' in outcome && outcome.failure.endsWith('timeout'));
}

/** For the terminal of the dev server. */
function lineOf({ diagnosis, corsError }: Report): string {
  const { method, url } = diagnosis.request;
  const [{ code, title }] = diagnosis.findings;
  return printable(`${method} ${withoutQuery(url)}: ${title} (${[code, corsError].filter(Boolean).join(', ')})`);
}

/** What may be a secret is after the path. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
