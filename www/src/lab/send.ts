import type { Client } from 'gatepass';

import { type Outcome, outcomeOfError, outcomeOfResponse } from '../calls/outcome';
import type { DemoUser, Scenario } from '../outputs';

let attempts = 0;

/**
 * Sends a scenario's request, after signing in whoever must be. Each attempt has a URL of its own: the browser keeps the answer to a preflight for some
 * seconds, by URL, and a set-up that is mended or broken in that time would not show.
 */
export async function send(client: Client, { request }: Scenario, signInFirst: DemoUser | null): Promise<Outcome> {
  attempts += 1;
  const url = new URL(request.url);
  url.searchParams.set('attempt', String(attempts));
  try {
    if (signInFirst) await client.signIn({ username: signInFirst.username, password: signInFirst.password });
    const response = await client.fetch(url, {
      method: request.method,
      headers: request.headers,
      ...(request.body !== undefined && { body: request.body }),
      ...(request.credentials !== undefined && { credentials: request.credentials }),
    });
    return await outcomeOfResponse(client, response);
  } catch (error) {
    return outcomeOfError(client, error);
  }
}
