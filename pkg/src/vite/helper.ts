/** Answers the page's question: examines its call from here, where nothing is hidden from a script. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { checkRoutes } from '../config.js';
import { examine } from '../doctor/examination.js';
import { printable } from '../doctor/layout.js';
import { sendWithin } from '../doctor/wire.js';
import { exchangeModule } from '../exchange-module.js';
import type { Report } from '../exchange-types.js';
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

/** A listener that answers every request and never throws. */
export function newHelper({ routes, probes, send, timeout, log }: HelperOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const matchers = routes.map(({ match }) => match);
  let underWay = 0;

  async function diagnosed(asked: IncomingMessage): Promise<Report> {
    const page = pageOf(asked);
    const { request, body, locale } = readQuestion(await bodyOf(asked), page);
    const route = routes[findRoute(matchers, request.url)?.[0] ?? -1];
    if (!route) throw new Refusal(403, 'no route of gatepass() in the Vite configuration matches that URL');
    if ((route.probes ?? probes) === 'off') throw new Refusal(403, "the route's probes are off");
    if (underWay >= AT_A_TIME) throw new Refusal(429, 'too many at a time');
    underWay++;
    try {
      const { module, run } = await exchangeModule();
      const { kind, auth } = route;
      const wire = sendWithin(timeout);
      // A call whose body did not come along cannot be sent as it is.
      const whole = body !== undefined || !request.headers?.some(([name]) => name.toLowerCase() === 'content-type');
      const options = { kind, auth, locale, send: whole ? send : 'safe' } as const;
      return await run(() => examine(module, request, options, (step) => wire(step, body)));
    } finally {
      underWay--;
    }
  }

  return (request, response) => {
    void diagnosed(request).then(
      (report) => {
        log(report.outcome === 'blocked' ? 'warn' : 'info', lineOf(report));
        answer(response, 200, report);
      },
      (error: unknown) => {
        const refused = error instanceof Refusal;
        const message = error instanceof Error ? error.message : String(error);
        if (!refused) log('error', printable(`the diagnosis failed: ${message}`));
        answer(response, refused ? error.status : 500, { message });
      },
    );
  };
}

/** For the terminal of the dev server. */
function lineOf({ diagnosis, corsError }: Report): string {
  const { method, url } = diagnosis.request;
  const [{ code, title }] = diagnosis.findings;
  return printable(`${method} ${url}: ${title} (${[code, corsError].filter(Boolean).join(', ')})`);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
