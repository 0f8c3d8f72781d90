import type { Client } from 'gatepass';

import { type Outcome, outcomeOfError, outcomeOfResponse } from '../calls/outcome';
import { needsPreflight } from '../diagnosis/stops';
import { callOf, routeOf, type Scenario } from '../outputs';
import type { Locale } from '../texts';

/**
 * Sends a scenario's request. Each attempt has a URL of its own: the browser keeps the answer to a preflight for some
 * seconds, by URL, and a set-up that is mended or broken in that time would not show.
 */
export async function send(client: Client, scenario: Scenario, locale: Locale): Promise<Outcome> {
  const { url, headers, ...init } = callOf(scenario);
  const to = new URL(url);
  to.searchParams.set('attempt', Date.now().toString(36));
  try {
    return await outcomeOfResponse(client, await client.fetch(to, { ...init, headers }));
  } catch (error) {
    const outcome = await outcomeOfError(client, error);
    if (outcome.kind !== 'failed') return outcome;
    return { ...outcome, url: to.href, diagnosis: outcome.diagnosis ?? (await diagnosisWithoutRoute(to.href, scenario, locale)) };
  }
}

/**
 * A URL that no route matches goes to the browser's fetch untouched, and nothing is diagnosed. What can be said of the call alone,
 * `gatepass/diagnose` says.
 */
async function diagnosisWithoutRoute(url: string, scenario: Scenario, locale: Locale) {
  const { method, headers, credentials = 'same-origin' } = callOf(scenario);
  const { auth } = routeOf(scenario);
  const { origin } = location;
  try {
    const { explainExchange } = await import('gatepass/diagnose');
    const { findings } = await explainExchange({ origin, url, method, headers, credentials }, {}, { locale });
    const preflighted = needsPreflight(auth, method, headers);
    const request = { url, method, headerNames: headers.map(([name]) => name), credentials, origin, preflighted };
    return { verdict: 'certain' as const, findings, request, evidence: [] };
  } catch {
    return null; // offline, it cannot be loaded either
  }
}
