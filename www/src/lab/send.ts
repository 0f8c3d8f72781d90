import type { Client } from 'gatepass';

import { type Outcome, outcomeOfError, outcomeOfResponse } from '../calls/outcome';
import { callOf, type Scenario } from '../outputs';

let attempts = 0;

/**
 * Sends a scenario's request. Each attempt has a URL of its own: the browser keeps the answer to a preflight for some
 * seconds, by URL, and a set-up that is mended or broken in that time would not show.
 */
export async function send(client: Client, scenario: Scenario): Promise<Outcome> {
  const { url, method, headers, body, credentials } = callOf(scenario);
  attempts += 1;
  const to = new URL(url);
  to.searchParams.set('attempt', String(attempts));
  try {
    const response = await client.fetch(to, {
      method,
      headers,
      ...(body !== undefined && { body }),
      ...(credentials !== undefined && { credentials }),
    });
    return await outcomeOfResponse(client, response);
  } catch (error) {
    return outcomeOfError(client, error);
  }
}
