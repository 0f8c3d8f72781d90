// A local AWS of one's own, and what its control origin offers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The control origin of a running local AWS. */
export class Control {
  constructor(origin) {
    this.origin = origin;
  }

  async #call(path, init) {
    const response = await fetch(`${this.origin}/local-aws/${path}`, init);
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return response.status === 204 ? undefined : response.json();
  }

  outputs = () => this.#call('outputs.json');

  /** What the doors saw after the given number. */
  requests = (since = 0) => this.#call(`requests?since=${since}`);

  /** The number of the last request that a door saw. */
  lastRequest = async () => (await this.requests()).at(-1)?.seq ?? 0;

  /** The configuration, as patches address it. */
  world = () => this.#call('world');

  /** Mends a scenario. */
  fix = (id) => this.#call(`scenarios/${id}/fix`, { method: 'POST' });

  /** Makes everything as it was at the start. */
  reset = () => this.#call('reset', { method: 'POST' });

  /** Moves the server's clock. */
  advance = (advanceSeconds) =>
    this.#call('clock', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ advanceSeconds }) });

  /** Credentials that were given out are good no longer. */
  expireCredentials = () => this.#call('credentials/expire', { method: 'POST' });

  /** Ends the open WebSockets of a door; says how many there were. */
  closeConnections = async (door, code = 1001) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ door, code }) };
    return (await this.#call('connections/close', init)).closed;
  };

  /** Applies a JSON Patch (RFC 6902) to the configuration. */
  patch = (operations) =>
    this.#call('patch', {
      method: 'POST',
      headers: { 'content-type': 'application/json-patch+json' },
      body: JSON.stringify(operations),
    });
}

/** Starts a local AWS that serves `page`; it ends with `stop()`, or with this process. */
export async function startLocalAws(page) {
  const program = process.env.LOCAL_AWS;
  if (!program) throw new Error('LOCAL_AWS must name the program local-aws; `cargo xtask test e2e` sets it');
  const child = spawn(program, ['--page', page, '--exit-with-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(() => {
      throw new Error('the local AWS did not start');
    }),
  ]);
  const control = new Control(JSON.parse(line).control);
  const stop = async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  };
  return { control, stop };
}

/** The value of a header in an entry of the request log. */
export const headerOf = ({ headers }, name) => headers.find(([given]) => given.toLowerCase() === name)?.[1];
