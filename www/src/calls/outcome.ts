import { type Client, type Diagnosis, diagnosisOf, isGatepassError } from 'gatepass';
import { isAxiosError } from 'axios';

/** How a call ended. */
export type Outcome =
  | { kind: 'answered'; status: number; body: unknown; diagnosis: Diagnosis | null }
  | {
      kind: 'failed';
      browserSays: string;
      /** None where none could be loaded: the browser was offline before anything had failed. */
      diagnosis: Diagnosis | null;
      /** What was called, where whoever called says so; the values of a query do not stand in a diagnosis. */
      url?: string;
    }
  | { kind: 'refused'; message: string; help: string };

const isOk = (status: number) => status >= 200 && status < 300;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reads an answer; one that is no success is explained. */
export async function outcomeOfResponse(client: Client, response: Response): Promise<Outcome> {
  const diagnosis = response.ok ? null : await client.explain(response);
  return { kind: 'answered', status: response.status, body: parsed(await response.text()), diagnosis };
}

/** Tells apart an answer that axios takes for an error, a refusal of the SDK's own, and a failure of the network. */
export async function outcomeOfError(client: Client, error: unknown): Promise<Outcome> {
  if (isGatepassError(error)) return { kind: 'refused', message: error.message, help: error.help };
  if (isAxiosError(error) && error.response) {
    const { status, data } = error.response as { status: number; data: unknown };
    return { kind: 'answered', status, body: data, diagnosis: isOk(status) ? null : await client.explain(error) };
  }
  return { kind: 'failed', browserSays: browserMessage(error), diagnosis: diagnosisOf(error) ?? null };
}

/** The browser's own error is at the bottom of the causes; gatepass and axios put theirs on top of it. */
function browserMessage(error: unknown): string {
  let bottom = error;
  while (bottom instanceof Error && bottom.cause instanceof Error) bottom = bottom.cause;
  return bottom instanceof Error ? `${bottom.name}: ${bottom.message}` : String(bottom);
}
