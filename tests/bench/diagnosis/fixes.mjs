// The first finding's fix, done as its text says: to the local AWS's configuration, to the function, or to the call.
import { callAfter, headersOfFunction } from './code.mjs';
import { signIn } from './in-page.mjs';
import { mended, patchTo } from './mend.mjs';
import { Site } from './site.mjs';
import { configOf, userOf } from './world.mjs';

/** What it came to. Nobody but a program does anything here: where no line of a finding is for one, nothing is judged. */
export const ENDS = { mended: 'mended', missed: 'missed', steps: 'steps for a person only', nothing: 'no fix is offered' };
/** An error that a page can read now may have a cause of its own, and a second fault may lie behind the first. */
const ROUNDS = 3;

/**
 * `examine` gives the first finding about a scenario's call as things are now. `{ id, end, rounds: [{ code, corsError, done, said }] }`: whether the
 * call succeeded at last (or came back with the status that it ought to), and after which texts of which findings. What one finding's texts do must
 * bring the call further: to an answer that can be read, or to another fault.
 */
export async function tryFix(browser, world, scenario, examine, sessions) {
  const attempt = new Attempt(browser, world, scenario, sessions);
  const end = await attempt.run(examine).catch((error) => {
    attempt.rounds.push({ error: String(error) });
    return ENDS.missed;
  });
  await world.control.reset();
  return { id: scenario.id, end, rounds: attempt.rounds };
}

class Attempt {
  rounds = [];

  constructor(browser, world, scenario, sessions) {
    Object.assign(this, { browser, world, scenario, sessions });
    this.call = { request: scenario.request, route: scenario.route, refresh: false };
  }

  async run(examine) {
    let before;
    while (this.rounds.length < ROUNDS) {
      const { request, route } = this.call;
      const finding = await examine({ ...this.scenario, request, route });
      if (!finding || (finding.code === before?.code && finding.corsError === before.corsError)) return ENDS.missed;
      const end = await this.#mend(finding);
      if (end) return end;
      before = finding;
    }
    return ENDS.missed;
  }

  /** Does what the finding says, one recipe after the other, until the call succeeds. Gives the end where there is one. */
  async #mend({ code, corsError = null, fixes }) {
    const round = { code, corsError, done: [] };
    this.rounds.push(round);
    if (fixes.length === 0) return ENDS.nothing;
    let isForPerson = false;
    let hasEffect = false;
    for (const recipe of recipesOf(fixes)) {
      const acts = this.#acts(recipe);
      isForPerson ||= acts.length === 0;
      for (const [tool, act] of acts) {
        const wrong = await act().catch(String);
        isForPerson ||= wrong === FOR_A_PERSON;
        if (wrong === FOR_A_PERSON) continue;
        round.done.push(wrong ? `${tool}: ${wrong}` : tool);
        hasEffect ||= wrong !== NO_CHANGE;
        if (!wrong && (await this.#succeeds())) return ENDS.mended;
      }
    }
    return isForPerson && !hasEffect ? ENDS.steps : undefined;
  }

  /** What a recipe tells a program to do, by tool. An act gives what is wrong with the text, or nothing. */
  #acts({ cloudformation, sam, cli, code, console }) {
    const acts = [];
    const headers = headersOfFunction(code);
    if (code && !headers) acts.push(['the caller’s code', () => this.#change(code)]);
    // An emulator is configured by its template, or where it is started.
    const text = cloudformation ?? sam ?? startOf(cli);
    const bare = /delete every Access-Control-\* header/i.test(`${console}${code}`);
    const atOnce = /sqs\.send/.test(code);
    const wellFormed = /statusCode: \d+, \/\/ a number/.test(code);
    if (text || headers) acts.push([text ? 'the template' : 'the function’s code', () => this.#patch({ texts: text ? [text] : [], headers, bare, atOnce, wellFormed })]);
    return acts;
  }

  async #change(code) {
    const site = new Site(await this.world.control.world(), this.world.outputs, this.call.request);
    const call = callAfter(code, this.call, site, this.said?.status);
    if (!call) return FOR_A_PERSON;
    if (FACES.every((face) => JSON.stringify(call[face]) === JSON.stringify(this.call[face]))) return NO_CHANGE;
    // A reset has ended the session that was there.
    if (call.refresh) Object.assign(this.sessions, await signIn(this.browser, this.world));
    this.call = call;
    return undefined;
  }

  async #patch({ texts, ...told }) {
    const { control, outputs } = this.world;
    const before = await control.world();
    const patch = patchTo(before, mended(before, outputs, this.call.request, texts, { role: this.scenario.user, ...told }));
    if (patch.length === 0) return NO_CHANGE;
    await control.patch(patch);
    return undefined;
  }

  async #succeeds() {
    const { request, route, refresh } = this.call;
    await this.browser.goto(`${this.world.control.origin}/`);
    const user = userOf(this.world, this.scenario);
    const config = { ...configOf(this.world, route), probes: 'off' };
    this.said = await this.browser.evaluate(callInPage, { config, session: user && this.sessions[user.role], refresh, request });
    this.rounds.at(-1).said = this.said;
    const { status } = this.said;
    return status === this.scenario.expect.fixedStatus || (status >= 200 && status < 300);
  }
}

const NO_CHANGE = 'it changes nothing';
const FACES = ['request', 'route', 'refresh'];

/** Code that says nothing to the call at hand which could be typed in without thinking. */
const FOR_A_PERSON = Symbol('for a person');

/** A finding's fixes, a recipe at a time: each has a tool but once. */
function recipesOf(fixes) {
  const recipes = [];
  for (const { tool, text } of fixes) {
    if (recipes.length === 0 || recipes.at(-1)[tool] !== undefined) recipes.push({});
    recipes.at(-1)[tool] = text;
  }
  return recipes;
}

/** The settings of an emulator that is started with them. */
function startOf(command = '') {
  const settings = [...command.matchAll(/\b(EXTRA_CORS_\w+)=(\S+)/g)].map(([, name, value]) => `${name}: ${JSON.stringify(value)}`);
  return settings.length > 0 ? settings.join('\n') : undefined;
}

/** Runs in the page: self-contained. */
async function callInPage({ config, session, refresh, request: { url, ...init } }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
  sessionStorage.clear();
  for (const [name, value] of session ?? []) sessionStorage.setItem(name, value);
  try {
    const gp = globalThis.gatepass.createClient(config);
    if (refresh) await gp.session({ refresh: true });
    const response = await gp.fetch(url, init);
    return { status: response.status, body: (await response.text()).slice(0, 200) };
  } catch (error) {
    return { message: error.message };
  }
}
