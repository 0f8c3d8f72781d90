// The demo page as somebody uses it: by the names of its buttons and regions.
import assert from 'node:assert/strict';

/** Long enough for a slow machine; nothing waits that long unless it is broken. */
const PATIENCE = 60_000;

export class DemoPage {
  constructor(page, outputs) {
    this.page = page;
    this.outputs = outputs;
    page.setDefaultTimeout(PATIENCE);
  }

  /** Opens the page, in English; `search` is what its address asks for. */
  static async open(browser, control, search = '') {
    const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } });
    const demo = new DemoPage(await context.newPage(), await control.outputs());
    await demo.page.goto(control.origin + '/' + search);
    await demo.page.getByRole('heading', { name: 'Broken set-ups' }).waitFor();
    return demo;
  }

  user = (role) => this.outputs.users.find((user) => user.role === role);

  /** The pass, once somebody is signed in. */
  get pass() {
    return this.page.getByRole('region', { name: 'Your pass' });
  }

  get signInForm() {
    return this.page.getByRole('region', { name: 'Sign in' });
  }

  /** Signs in as the offered user of a role, with the form filled in by one click. */
  async signIn(role) {
    const { username } = this.user(role);
    await this.signInForm.getByRole('button', { name: username }).click();
    await this.signInForm.getByRole('button', { name: 'Sign in', exact: true }).click();
    await this.pass.getByText(username, { exact: true }).first().waitFor();
  }

  async signOut() {
    await this.pass.getByRole('button', { name: 'Sign out' }).click();
    await this.signInForm.waitFor();
  }

  /** Sends one of the three calls and returns its card when there is an outcome. */
  async call(title) {
    const card = this.page.getByRole('article', { name: title, exact: true });
    await card.getByRole('button', { name: /^Send/ }).click();
    await card.locator('.outcome, .problem').waitFor();
    return card;
  }

  get scenario() {
    return this.page.locator('.scenario');
  }

  get list() {
    return this.page.getByRole('listbox', { name: 'Set-ups' });
  }

  get finder() {
    return this.page.getByRole('search', { name: 'Find a set-up' });
  }

  async choose({ id, title }) {
    await this.list.getByRole('option', { name: id }).click();
    await this.page.getByRole('article', { name: title.en, exact: true }).waitFor();
  }

  /** Sends the chosen scenario's request, signing in first where the button says so. */
  async send() {
    await this.scenario.getByRole('button', { name: /[Ss]end/ }).click();
    await this.#settled();
  }

  /** What the lab says that the browser's console says. */
  consoleSays = () => this.scenario.locator('.console-says').textContent();

  /** The picture of the call, the true one if there are two: for each request the browser makes, how it came out and the stops that it broke at. */
  exchange = () =>
    this.scenario.locator('.exchange').first().locator('.lane').evaluateAll((lanes) =>
      lanes.map((lane) => ({
        name: lane.dataset.lane,
        came: lane.dataset.came,
        sure: lane.dataset.sure === 'true',
        marked: [...lane.querySelectorAll('[data-state=broke], [data-state=suspect]')].map((stop) => stop.dataset.stop),
      })),
    );

  async applyFix() {
    await this.scenario.getByRole('button', { name: 'Apply the fix' }).click();
    await this.scenario.getByRole('button', { name: 'Break it again' }).waitFor();
    await this.#settled();
  }

  async breakAgain() {
    await this.scenario.getByRole('button', { name: 'Break it again' }).click();
    await this.scenario.getByRole('button', { name: 'Apply the fix' }).waitFor();
    await this.#settled();
  }

  #settled = () => this.scenario.locator('[aria-busy=false] > :is(.outcome, .problem)').waitFor();
}

/** The status that a card or a scenario shows. */
export const statusOf = async (place) => Number(await place.locator('.status').textContent());

/** The diagnosis that a card or a scenario shows. */
export async function diagnosisOf(place) {
  const shown = place.getByRole('region', { name: 'What gatepass says' });
  const verdict = await shown.locator('.diagnosis').getAttribute('data-verdict');
  const findings = await shown.locator('.finding').evaluateAll((all) =>
    all.map((finding) => ({
      code: finding.dataset.code,
      corsError: finding.dataset.corsError,
      failedParameter: finding.dataset.failedParameter,
      layer: finding.dataset.layer,
    })),
  );
  assert.ok(findings.length > 0, 'a diagnosis without findings');
  return { verdict, findings, text: await shown.innerText() };
}
