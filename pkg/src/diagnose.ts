import { exchangeModule } from './exchange-module.js';
import type { Exchange, ExchangeRequest, Explanation, ExplainOptions } from './exchange-types.js';

export { isGatepassError } from './errors.js';
export type {
  Exchange,
  ExchangeAnswer,
  ExchangeRequest,
  Explanation,
  ExplainOptions,
  HeaderPairs,
  Violation,
} from './exchange-types.js';
export type { Auth, Diagnosis, Finding, FindingCode, Fix, GatepassError, Layer, Locale, RouteKind } from './types.js';

/**
 * What a browser says to an exchange, and why: the ruling of the Fetch standard's CORS protocol, as the given engine makes it, every
 * violated rule, and for each the fault behind it with lines to paste. It is pure: nothing is sent, and nothing is remembered. It
 * works in browsers and in Node.
 *
 * ```ts
 * const { blocked, corsError, findings } = await explainExchange(
 *   { origin: 'https://app.example.com', url: 'https://api.example.com/items', headers: [['authorization', 'Bearer …']], credentials: 'omit' },
 *   { preflight: { status: 401, headers: [['access-control-allow-origin', 'https://app.example.com']], body: '{"message":"Unauthorized"}' } },
 *   { kind: 'http-api' },
 * );
 * // true, 'PreflightInvalidStatus', [{ code: 'preflight-authorizer', … }]
 * ```
 * @param request The call as the page makes it, with the headers that the script sets.
 * @param exchange What went over the wire, as `curl -i`, a proxy or a test server shows it; `next` is the hop that a redirect leads to.
 * @param options The engine whose word is asked for, the language, and what stands behind the URL where that does not show.
 * @throws {@link GatepassError} `invalid-argument`, saying what to write instead.
 */
export async function explainExchange(
  request: ExchangeRequest,
  exchange: Exchange,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const { module, run } = await exchangeModule();
  return run(() => Promise.resolve(module.explainExchange(request, exchange, options)));
}
