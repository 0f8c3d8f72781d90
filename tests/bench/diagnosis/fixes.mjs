// The first finding's fix, done: to the local AWS's configuration as its CloudFormation says, or to the call as its code says.
import { mended, patchTo } from './mend.mjs';
import { configOf, userOf } from './world.mjs';

/** From its text, by the caller, or by a person: what no machine can read is done as the scenario's own patch does it. */
export const WAYS = { text: 'text', client: 'client', person: 'person' };
/** An error that a page can read now may have a cause of its own, and a second fault may lie behind the first. */
const ROUNDS = 3;

/**
 * `examine` gives the first finding as things are now. `{ id, ok, rounds: [{ code, way, said }] }`: whether the call succeeded at last (or
 * came back with the status that it ought to), and how. Each fix must bring the call further: to an answer that can be read, or to another fault.
 */
export async function tryFix(browser, world, scenario, examine, sessions) {
  const attempt = new Attempt(browser, world, scenario, sessions);
  try {
    let finding = await examine();
    while (attempt.rounds.length < ROUNDS && finding) {
      if (await attempt.mend(finding)) return { id: scenario.id, ok: true, rounds: attempt.rounds };
      const next = await examine();
      const same = next?.code === finding.code && next.corsError === finding.corsError;
      if (same) return { id: scenario.id, ok: await attempt.byPerson(finding), rounds: attempt.rounds };
      finding = next;
    }
  } catch (error) {
    attempt.rounds.push({ error: String(error) });
  } finally {
    await world.control.reset();
  }
  return { id: scenario.id, ok: false, rounds: attempt.rounds };
}

class Attempt {
  rounds = [];

  constructor(browser, world, scenario, sessions) {
    Object.assign(this, { browser, world, scenario, sessions });
  }

  /** Does what the finding says, one recipe after the other, until the call succeeds. */
  async mend(finding) {
    const { scenario } = this;
    const round = { code: finding.code, corsError: finding.corsError ?? null };
    this.rounds.push(round);
    if (scenario.fixedRequest || scenario.fixedRoute || scenario.fixedBrowser) {
      round.way = WAYS.client;
      await this.world.control.fix(scenario.id);
      return this.#succeeds(round);
    }
    for (const recipe of recipesOf(finding.fixes).filter(({ readable }) => readable)) {
      round.way = WAYS.text;
      const error = await this.#apply(recipe);
      if (error) (round.errors ??= []).push(error);
      else if (await this.#succeeds(round)) return true;
    }
    return false;
  }

  /** What is left when no text brings the call further. */
  async byPerson(finding) {
    const recipes = recipesOf(finding.fixes);
    if (recipes.length > 0 && !recipes.some(({ personal }) => personal)) return false;
    const round = { code: finding.code, way: WAYS.person };
    this.rounds.push(round);
    // The scenario's patch is the whole of it.
    await this.world.control.reset();
    await this.world.control.fix(this.scenario.id);
    return this.#succeeds(round);
  }

  /** Gives what is wrong with the text, or nothing. */
  async #apply({ text, ...told }) {
    const { control, outputs } = this.world;
    const before = await control.world();
    try {
      const patch = patchTo(before, mended(before, outputs, this.scenario.request, text ? [text] : [], { role: this.scenario.user, ...told }));
      if (patch.length === 0) return 'it changes nothing';
      await control.patch(patch);
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  async #succeeds(round) {
    const client = round.way !== WAYS.text;
    const request = (client && this.scenario.fixedRequest) || this.scenario.request;
    const route = (client && this.scenario.fixedRoute) || this.scenario.route;
    await this.browser.goto(`${this.world.control.origin}/`);
    const user = userOf(this.world, this.scenario);
    const config = { ...configOf(this.world, route), probes: 'off' };
    round.said = await this.browser.evaluate(callInPage, { config, session: user && this.sessions[user.role], request });
    const { status } = round.said;
    return status === this.scenario.expect.fixedStatus || (status >= 200 && status < 300);
  }
}

/** A finding's fixes, a recipe at a time: each has a tool but once. */
function recipesOf(fixes) {
  const recipes = [];
  for (const { tool, text } of fixes) {
    if (recipes.length === 0 || recipes.at(-1)[tool] !== undefined) recipes.push({});
    recipes.at(-1)[tool] = text;
  }
  return recipes.map((recipe) => {
    const { cloudformation, sam, cli, code, console } = recipe;
    // An emulator is configured by its template, or where it is started.
    const text = cloudformation ?? sam ?? startOf(cli);
    const headers = headersOfFunction(code);
    const bare = /Delete every Access-Control-\* header from the function's code/.test(console);
    const atOnce = /sqs\.send/.test(code);
    return { text, headers, bare, atOnce, readable: Boolean(text || headers), personal: !text || (code && !headers) };
  });
}

/** The settings of an emulator that is started with them. */
function startOf(command = '') {
  const [, origins] = /EXTRA_CORS_ALLOWED_ORIGINS=(\S+)/.exec(command) ?? [];
  return origins && `EXTRA_CORS_ALLOWED_ORIGINS: ${JSON.stringify(origins)}`;
}

/** The headers that a function is told to return. */
function headersOfFunction(code = '') {
  if (!code.includes('statusCode')) return undefined;
  const pairs = [...code.matchAll(/'?([\w-]+)'?: '([^']*)'/g)].filter(([, name]) => /^(access-control-|vary$)/i.test(name));
  return Object.fromEntries(pairs.map(([, name, value]) => [name.toLowerCase(), value]));
}

/** Runs in the page: self-contained. */
async function callInPage({ config, session, request: { url, ...init } }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
  sessionStorage.clear();
  for (const [name, value] of session ?? []) sessionStorage.setItem(name, value);
  try {
    const response = await globalThis.gatepass.createClient(config).fetch(url, init);
    return { status: response.status, body: (await response.text()).slice(0, 200) };
  } catch (error) {
    return { message: error.message };
  }
}
