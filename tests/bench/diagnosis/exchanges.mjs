// Thousands of exchanges that nobody has thought of: what the browsers say, and what we say.
import { launch } from '../../e2e/browser.mjs';
import { agreesWithChromium, agreesWithFirefox, categoryOf } from './agree.mjs';
import { truthInChromium } from './chromium.mjs';
import { Firefox, truthInFirefox } from './firefox.mjs';
import { generate } from './generate.mjs';

/** How many examinations go on at a time; more than that the Vite plugin refuses. */
const AT_ONCE = 4;

/** Plays the exchanges to a browser from the raw servers; gives them with its truth. */
export async function play(servers, engine, { seed, count }) {
  const cases = generate({ seed, count, origins: servers, prefix: engine[0] });
  for (const { script } of cases) for (const [path, told] of script) servers.script.set(path, told);
  const truth = await TRUTH[engine](servers, cases.map(({ id, request }) => ({ id, ...request })));
  return cases.map((one) => ({ ...one, truth: truth.get(one.id) }));
}

const TRUTH = {
  async chromium(servers, requests) {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.goto(servers.page);
      return await truthInChromium(page, requests);
    } finally {
      await browser.close();
    }
  },
  async firefox(servers, requests) {
    const firefox = await Firefox.launch();
    try {
      await firefox.goto(servers.page);
      return await truthInFirefox(firefox, requests);
    } finally {
      await firefox.close();
    }
  },
};

/**
 * What one says about each exchange, beside the browser: `{ right, of, blocked, all, differences }`. `right` is of those for which the browser
 * names its reason (`of`); `blocked` counts, of all, where no more is compared than whether it is blocked.
 */
export async function compare(cases, engine, say) {
  const { agrees, isObservable } = BESIDE[engine];
  const result = { right: 0, of: 0, blocked: 0, all: cases.length, differences: [] };
  await inTurns(cases, async ({ id, request, exchange, truth }) => {
    let said;
    try {
      said = await say({ request, exchange, engine });
    } catch (error) {
      said = { error: String(error) };
    }
    const endsAlike = said.blocked === (truth.outcome === 'rejected');
    const isRight = endsAlike && agrees(truth, said);
    result.blocked += endsAlike;
    result.of += isObservable(truth);
    result.right += isObservable(truth) && isRight;
    if (!isRight) result.differences.push({ id, truth, said: short(said), request, exchange });
  });
  return result;
}

const BESIDE = {
  chromium: { agrees: agreesWithChromium, isObservable: () => true },
  firefox: { agrees: agreesWithFirefox, isObservable: (truth) => Boolean(categoryOf(truth)) },
};

const short = ({ findings, steps, ...said }) => ({ ...said, code: findings?.[0]?.code, steps: steps?.length });

async function inTurns(items, run) {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item; item = left.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
