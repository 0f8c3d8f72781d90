import type { AxiosInstance } from 'axios';
import { keepAnswer } from './answers.js';
import { diagnosisOf, isGatepassError } from './errors.js';
import type { Client } from './types.js';

/**
 * Makes an axios instance send its requests through the client, and returns it. Interceptors, `baseURL` and the rest work as ever.
 * The diagnosis of a network failure is had with `diagnosisOf(error)`, that of a refused call with `client.explain(error)`.
 * @example const api = withGatepass(axios.create({ baseURL: 'https://api.example.com' }), gp);
 */
export function withGatepass<Instance extends AxiosInstance>(instance: Instance, client: Pick<Client, 'fetch'>): Instance {
  const { defaults } = instance;
  defaults.adapter = 'fetch';
  defaults.env = { ...defaults.env, fetch: (input, init) => send(client, input, init) };
  // Axios names itself in this header, and a browser that sends it (Firefox) would have to ask every API first.
  defaults.headers.common['User-Agent'] ??= false;
  // Axios' error takes over name, message and code of ours; with the rest it is a GatepassError like any other.
  instance.interceptors.response.use(undefined, (error: Error) => {
    // An interceptor of the app can reject with nothing at all.
    const cause = (error as Error | undefined)?.cause;
    if (isGatepassError(cause)) Object.assign(error, { help: cause.help, retryable: cause.retryable, service: cause.service });
    throw error;
  });
  return instance;
}

async function send(client: Pick<Client, 'fetch'>, input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  try {
    const response = await client.fetch(input, init);
    if (response.ok || !(input instanceof Request)) return response;
    keepAnswer(input, response);
    return response.clone();
  } catch (error) {
    // Axios keeps `error.cause` and drops the error around it, which is the one that carries the diagnosis.
    if (error instanceof Error && diagnosisOf(error)) throw new TypeError(error.message, { cause: error });
    throw error;
  }
}
