// The first finding's fix, done: to the local AWS's configuration as its CloudFormation says, or to the call as its code says.
import { mended, patchTo } from './mend.mjs';
import { configOf, userOf } from './world.mjs';

/** How a fix was tried: from its text, on the client's side, or by the scenario's own patch because nothing in it can be read by a machine. */
export const WAYS = { text: 'text', client: 'client', own: 'own patch' };

/** `{ id, way, ok, said }`: whether the call then came back with the status that it ought to. */
export async function tryFix(browser, world, scenario, finding, sessions) {
  const { control } = world;
  const before = await control.world();
  const row = { id: scenario.id, code: finding.code };
  try {
    Object.assign(row, await apply(control, before, world, scenario, finding));
    row.said = await call(browser, world, scenario, row.way, sessions);
    row.ok = row.said.status === scenario.expect.fixedStatus;
  } catch (error) {
    Object.assign(row, { ok: false, said: { message: String(error) } });
  } finally {
    await control.reset();
  }
  return row;
}

async function apply(control, before, { outputs }, scenario, { fixes }) {
  const textsIn = (tool) => fixes.filter((fix) => fix.tool === tool).map(({ text }) => text);
  if (scenario.fixedRequest || scenario.fixedRoute || scenario.fixedBrowser) {
    await control.fix(scenario.id);
    return { way: WAYS.client };
  }
  const texts = textsIn('cloudformation');
  const headers = headersOfFunction(textsIn('code'));
  if (texts.length === 0 && !headers) {
    await control.fix(scenario.id);
    return { way: WAYS.own };
  }
  const bare = textsIn('console').some((text) => /Delete every Access-Control-\* header from the function's code/.test(text));
  const after = mended(before, outputs, scenario.request, texts, { role: scenario.user, headers, bare });
  const patch = patchTo(before, after);
  if (patch.length === 0) throw new Error('the fix changes nothing');
  await control.patch(patch);
  return { way: WAYS.text, patch };
}

/** The headers that a function is told to return. */
function headersOfFunction(codes) {
  const text = codes.find((code) => /statusCode/.test(code));
  const pairs = [...(text ?? '').matchAll(/'?([\w-]+)'?: '([^']*)'/g)].filter(([, name]) => /^(access-control-|vary$)/i.test(name));
  return text && Object.fromEntries(pairs.map(([, name, value]) => [name.toLowerCase(), value]));
}

async function call(browser, world, scenario, way, sessions) {
  const client = way !== WAYS.text;
  const request = (client && scenario.fixedRequest) || scenario.request;
  const route = (client && scenario.fixedRoute) || scenario.route;
  await browser.goto(`${world.control.origin}/`);
  const user = userOf(world, scenario);
  return browser.evaluate(callInPage, { config: { ...configOf(world, route), probes: 'off' }, session: user && sessions[user.role], request });
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
