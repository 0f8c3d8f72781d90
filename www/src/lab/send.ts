import type { Client } from 'gatepass';

import { type Outcome, outcomeOfError, outcomeOfResponse } from '../calls/outcome';
import { callOf, type Scenario } from '../outputs';

/**
 * Sends a scenario's request. Each attempt has a URL of its own: the browser keeps the answer to a preflight for some
 * seconds, by URL, and a set-up that is mended or broken in that time would not show.
 */
export async function send(client: Client, scenario: Scenario): Promise<Outcome> {
  const { url, headers, ...init } = callOf(scenario);
  const to = new URL(url);
  to.searchParams.set('attempt', Date.now().toString(36));
  try {
    return await outcomeOfResponse(client, await client.fetch(to, { ...init, headers }));
  } catch (error) {
    return outcomeOfError(client, error);
  }
}
