// What the client says by itself, with nothing but a failed call to go by: every scenario, in a real browser.
import { until } from './chromium.mjs';
import { ENGINES, elsewhere } from './browsers.mjs';
import { configOf, pageUnderPolicy, userOf } from './world.mjs';

const PATIENCE = 1000;

/** `[{ id, truth, outcome, verdict, findings, milliseconds, requests }]`; each scenario has one, also if it could not be played. */
export async function inPage(world, engine, { proxy } = {}) {
  const { scenarios } = await world.control.outputs();
  const isElsewhere = ({ browser }) => Boolean(browser?.page || browser?.localNetwork);
  const rows = new Map();
  const near = await ENGINES[engine].launch({ proxy });
  try {
    const sessions = await signIn(near, world);
    for (const scenario of scenarios.filter((one) => !isElsewhere(one))) {
      rows.set(scenario.id, await play(near, world, scenario, sessions, world.control.origin));
    }
    const far = scenarios.filter(isElsewhere);
    if (!proxy && far.length > 0) {
      const ports = [new URL(world.control.origin).port, world.secure.port];
      const other = await ENGINES[engine].launchElsewhere(ports);
      try {
        for (const scenario of far) rows.set(scenario.id, await play(other, world, scenario, sessions, originOf(world, scenario)));
      } finally {
        await other.close();
      }
    }
  } finally {
    await near.close();
  }
  return scenarios.map(({ id, expect }) => rows.get(id) ?? { id, expect, findings: [], outcome: 'not played' });
}

/** Where the page of a scenario is when it is not on this machine. */
const originOf = (world, { browser }) =>
  browser.page === 'http' ? elsewhere('http', new URL(world.control.origin).port) : elsewhere('https', world.secure.port);

/** Everybody's session as the client stores it, by role. */
export async function signIn(browser, world) {
  const sessions = {};
  for (const { role, username, password } of world.outputs.users) {
    if (role === 'must-change-password') continue;
    await browser.goto(`${world.control.origin}/`);
    const { userPool, identityPool } = world.outputs;
    sessions[role] = await browser.evaluate(signInInPage, { config: { userPool, identityPool, routes: [] }, user: { username, password } });
  }
  return sessions;
}

async function play(browser, world, scenario, sessions, origin) {
  const conditions = scenario.browser ?? {};
  const path = conditions.csp ? pageUnderPolicy(world, scenario.id, conditions.csp) : '/';
  if (conditions.localNetwork) await browser.permit(origin, conditions.localNetwork);
  await browser.goto(origin + path);
  const user = userOf(world, scenario);
  const given = { config: configOf(world, scenario.route), request: scenario.request, session: user && sessions[user.role] };
  await browser.evaluate(prepareInPage, given);
  browser.forget();
  if (conditions.offline) await browser.offline(true);
  if (conditions.blocked) await browser.block([`${scenario.request.url}*`]);
  const seen = await browser.evaluate(callInPage, scenario.request);
  if (conditions.offline) await browser.offline(false);
  if (conditions.blocked) await browser.block([]);
  if (seen.outcome === 'rejected') await until(() => browser.reasonOf(scenario.request.url), browser.session ? PATIENCE : 0);
  return { id: scenario.id, kind: scenario.route.kind, expect: scenario.expect, truth: browser.reasonOf(scenario.request.url), ...seen };
}

// Run in the page: each is self-contained.

async function signInInPage({ config, user }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
  sessionStorage.clear();
  const gp = globalThis.gatepass.createClient(config);
  await gp.signIn(user);
  gp.close();
  return Object.entries(sessionStorage);
}

async function prepareInPage({ config, session, request }) {
  while (!globalThis.gatepass) await new Promise((resolve) => setTimeout(resolve, 5));
  sessionStorage.clear();
  for (const [name, value] of session ?? []) sessionStorage.setItem(name, value);
  globalThis.gp = globalThis.gatepass.createClient(config);
  // Credentials come from Cognito before the call does.
  const { url, ...init } = request;
  if (config.routes[0].auth === 'iam') await globalThis.gp.sign(url, init);
}

async function callInPage({ url, ...init }) {
  const { gp } = globalThis;
  performance.clearResourceTimings();
  const start = performance.now();
  let seen;
  // Nothing takes that long unless it never ends.
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('no answer in 20 s')), 20_000));
  try {
    const response = await Promise.race([gp.fetch(url, init), late]);
    seen = { outcome: response.type, status: response.status, diagnosis: response.ok || response.status === 0 ? undefined : await gp.explain(response) };
  } catch (error) {
    seen = { outcome: 'rejected', message: error.message, diagnosis: error.diagnosis };
  }
  const milliseconds = performance.now() - start;
  const fetches = performance.getEntriesByType('resource').filter(({ initiatorType }) => initiatorType === 'fetch' || initiatorType === 'xmlhttprequest');
  const { diagnosis, ...rest } = seen;
  const findings = (diagnosis?.findings ?? []).map(({ code, corsError = null, failedParameter = '', fixes }) => ({ code, corsError, failedParameter, fixes }));
  return { ...rest, verdict: diagnosis?.verdict, findings, evidence: diagnosis?.evidence.map(({ probe, outcome }) => `${probe}: ${outcome}`), milliseconds, requests: Math.max(0, fetches.length - 1) };
}
