// A real Firefox through geckodriver, and the truth as its console has it: the category of the CORS error.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { until } from './chromium.mjs';
import { fetchAll } from './page-script.mjs';

const BATCH = 32;
const PATIENCE = 1500;

/** One page of one Firefox. */
export class Firefox {
  static async launch(preferences = {}) {
    // The console's categories are the browser's own: a page does not see them.
    const driver = spawn('geckodriver', ['--port', '0', '--allow-system-access'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const lines = createInterface({ input: driver.stdout });
    const firefox = new Firefox();
    firefox.driver = driver;
    process.once('exit', firefox.#kill);
    for await (const line of lines) {
      const port = /Listening on [^:]+:(\d+)/.exec(line)?.[1];
      if (port) {
        firefox.address = `http://127.0.0.1:${port}/session`;
        break;
      }
    }
    // A pipe that nobody reads would stop the driver once it is full.
    driver.stdout.resume();
    const options = { args: ['-headless'], prefs: preferences };
    const capabilities = { alwaysMatch: { acceptInsecureCerts: true, 'moz:firefoxOptions': options } };
    const { sessionId } = await firefox.#post('', { capabilities });
    firefox.address += `/${sessionId}`;
    await firefox.#post('/timeouts', { script: 120_000 });
    return firefox;
  }

  async #post(path, body) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${this.address}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`geckodriver: ${value.error}: ${value.message}`);
    return value;
  }

  goto = (url) => this.#post('/url', { url });

  /** Calls a self-contained function in the page's own realm: the driver's is another, to which the page's objects are strangers. */
  async evaluate(run, argument) {
    const inPage = `(async (given) => {
      try {
        return JSON.stringify({ value: await (${run})(JSON.parse(given)) });
      } catch (error) {
        return JSON.stringify({ error: String(error) });
      }
    })`;
    const script = 'const done = arguments[2]; window.eval(arguments[0])(arguments[1]).then(done);';
    const { value, error } = JSON.parse(await this.#post('/execute/async', { script, args: [inPage, JSON.stringify(argument ?? null)] }));
    if (error) throw new Error(error);
    return value;
  }

  /** Calls a self-contained function with the browser's own rights. */
  async inBrowser(run, argument) {
    await this.#post('/moz/context', { context: 'chrome' });
    try {
      return await this.#post('/execute/sync', { script: `return (${run})(arguments[0])`, args: [argument ?? null] });
    } finally {
      await this.#post('/moz/context', { context: 'content' });
    }
  }

  #kill = () => this.driver.kill();

  async close() {
    await fetch(this.address, { method: 'DELETE' });
    process.off('exit', this.#kill);
    const ended = once(this.driver, 'exit');
    this.#kill();
    await ended;
  }
}

/** Has the browser keep what its console says about CORS. */
const listen = (firefox) =>
  firefox.inBrowser(() => {
    globalThis.window.corsMessages = [];
    const { Services, Ci } = globalThis;
    Services.console.registerListener({
      observe(message) {
        if (!(message instanceof Ci.nsIScriptError) || !message.category.startsWith('CORS')) return;
        globalThis.window.corsMessages.push({ category: message.category, text: message.errorMessage });
      },
    });
  });

const messages = (firefox) => firefox.inBrowser(() => globalThis.window.corsMessages);

/** Sends each request from the page: id → `{ outcome, categories }`, the first category being the reason. */
export async function truthInFirefox(firefox, requests) {
  await listen(firefox);
  const truth = new Map();
  for (let from = 0; from < requests.length; from += BATCH) {
    for (const { id, ...end } of await firefox.evaluate(fetchAll, requests.slice(from, from + BATCH))) truth.set(id, { ...end, categories: [] });
  }
  // The console is told by another process; a deprecation is no error.
  let said = [];
  const settled = async () => {
    const now = await messages(firefox);
    const quiet = now.length === said.length;
    said = now;
    return quiet;
  };
  while (!(await settled())) await until(() => false, PATIENCE / 5);
  for (const { category, text } of said) {
    const id = /\/([a-z]+\d+)\/\d+(\?|’|')/.exec(text)?.[1];
    if (category !== 'CORSAllowHeaderFromPreflightDeprecation') truth.get(id)?.categories.push(category);
  }
  return truth;
}
