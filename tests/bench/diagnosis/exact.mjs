// The doctor and the Vite plugin over every scenario, beside what Chromium says to the same call.
import { agreesWithChromium } from './agree.mjs';
import { userOf, configOf } from './world.mjs';

/** What only the page can know is no helper's to say: a policy, a permission, what an extension does. */
export const isHelpers = ({ browser, request }) => !browser && !request.targetAddressSpace;

/** The calls as the page sends them, with their tokens or signatures: what a helper is asked about. */
export async function wireRequests(browser, world, scenarios, sessions) {
  const requests = new Map();
  await browser.goto(`${world.control.origin}/`);
  for (const scenario of scenarios) {
    const user = userOf(world, scenario);
    const given = { config: configOf(world, scenario.route), session: user && sessions[user.role], request: scenario.request };
    const sent = await browser.evaluate(signInPage, given);
    const { mode = 'cors', redirect = 'follow', body } = scenario.request;
    requests.set(scenario.id, { origin: world.control.origin, url: scenario.request.url, ...sent, mode, redirect, body });
  }
  return requests;
}

/** `{ id, expect, said, agrees, names }`: whether it says what the browser said, and names the fault. */
export async function examineAll(say, scenarios, requests, truths) {
  const rows = [];
  for (const scenario of scenarios) {
    const { id, route, expect } = scenario;
    const truth = truths.get(id);
    let said;
    try {
      said = await say({ request: requests.get(id), route, engine: 'chromium' });
    } catch (error) {
      said = { error: String(error), violations: [], findings: [] };
    }
    rows.push({ id, expect, truth, said, agrees: agreesWithChromium(truth, said), names: said.findings[0]?.code === expect.code });
  }
  return rows;
}

/** Whether it stakes its word on something that is not so. */
export const isCertainAndWrong = ({ said, agrees, names }) => said.verdict === 'certain' && !(agrees && names);

/** What one says first about a scenario's call, signed anew: a reset takes the credentials back that a signature was made with. */
export const firstFinding = (browser, world, say, sessions) => async (scenario) => {
  const requests = await wireRequests(browser, world, [scenario], sessions);
  return (await say({ request: requests.get(scenario.id), route: scenario.route })).findings[0];
};

/** Runs in the page: self-contained. */
async function signInPage({ config, session, request: { url, ...init } }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
  sessionStorage.clear();
  for (const [name, value] of session ?? []) sessionStorage.setItem(name, value);
  // What no route matches is sent as it is.
  if (!url.startsWith('http')) return { method: init.method, headers: init.headers, credentials: init.credentials ?? 'same-origin' };
  const signed = await globalThis.gatepass.createClient(config).sign(url, { ...init, mode: undefined, redirect: undefined });
  return { method: init.method, headers: [...signed.headers], credentials: signed.credentials };
}
