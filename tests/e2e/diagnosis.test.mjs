// The floors of `cargo xtask bench --diagnosis` in Chromium: what we say beside what the browser says, over fewer exchanges and every scenario.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ENGINES } from '../bench/diagnosis/browsers.mjs';
import { costOfSuccess } from '../bench/diagnosis/cost.mjs';
import { examineAll, firstFinding, isCertainAndWrong, isHelpers, wireRequests } from '../bench/diagnosis/exact.mjs';
import { compare, play } from '../bench/diagnosis/exchanges.mjs';
import { ENDS, tryFix } from '../bench/diagnosis/fixes.mjs';
import { startHelpers } from '../bench/diagnosis/helpers.mjs';
import { inPage, signIn } from '../bench/diagnosis/in-page.mjs';
import { startRawServers } from '../bench/diagnosis/raw-server.mjs';
import { score } from '../bench/diagnosis/score.mjs';
import { routesToDoors, startWorld } from '../bench/diagnosis/world.mjs';

const EXCHANGES = { seed: 3, count: 200 };
/** The part of the failed calls whose first finding names Chromium's CorsError; below what is reached on loopback, where times tell little (65 % beside much other work). */
const FIRST = 0.55;
/** Only the call itself shows it, and it is no safe one; a redirect to where no route leads. */
const BEYOND = { doctor: ['R27'], plugin: ['R27', 'X02'] };
/** Where no text is for a program to follow: a name or a body that only its owner can correct, or nothing that is wrong. */
const FOR_A_PERSON = ['E07', 'E08', 'E10', 'H08', 'R16', 'R32', 'S02', 'X06'];

/** What is no http URL the page knows by itself: it does not ask the plugin. */
const isAskedOverHttp = ({ request }) => request.url.startsWith('http');

const world = await startWorld();
const servers = await startRawServers();
const raw = [servers.page, servers.api, servers.other].map((origin) => ({ match: `${origin}/*`, auth: 'none' }));
const helpers = await startHelpers(world.folder, [...raw, ...world.outputs.scenarios.map(({ route }) => route)], routesToDoors(world));

after(async () => {
  await helpers.stop();
  await Promise.all([servers.stop(), world.stop()]);
});

describe('generated exchanges beside Chromium', () => {
  let cases;
  before(async () => {
    cases = await play(servers, 'chromium', EXCHANGES);
  });

  for (const [name, say, isTold] of [['explainExchange', helpers.explain], ['the doctor', helpers.doctor], ['the plugin', helpers.plugin, isAskedOverHttp]]) {
    it(`${name} says what Chromium says`, async () => {
      const { differences } = await compare(isTold ? cases.filter(isTold) : cases, 'chromium', say);
      assert.deepEqual(differences, []);
    });
  }
});

describe('every scenario in Chromium', () => {
  let rows, browser, sessions;
  const helped = world.outputs.scenarios.filter(isHelpers);
  before(async () => {
    rows = await inPage(world, 'chromium');
    browser = await ENGINES.chromium.launch();
    sessions = await signIn(browser, world);
  });
  after(() => browser.close());

  it('the page, without a helper, has the truth among its findings, is never certain and wrong, and often right at first', () => {
    const { failed, unlike, among, wrong, first, requests } = score(rows, 'chromium', 'near');
    assert.deepEqual({ unlike, among, wrong }, { unlike: [], among: [], wrong: [] });
    assert.ok(first.length <= failed * (1 - FIRST), `the first finding is not the truth in ${first.length} of ${failed}: ${first.join(' ')}`);
    assert.ok(requests <= 15, `${requests} requests for one diagnosis`);
  });

  /** What one says about the scenarios that it can be asked about. */
  async function examined(say, scenarios = helped) {
    const truths = new Map(rows.map(({ id, truth, outcome }) => [id, { corsError: null, failedParameter: '', ...truth, outcome }]));
    return examineAll(say, scenarios, await wireRequests(browser, world, scenarios, sessions), truths);
  }
  const shown = ({ id, truth, said: { corsError, failedParameter, findings, error } }) => [id, truth, corsError, failedParameter, findings[0]?.code, error];
  const overHttp = helped.filter(isAskedOverHttp);

  for (const [name, say, scenarios] of [['doctor', helpers.doctor], ['plugin', helpers.plugin, overHttp]]) {
    it(`the ${name}, told everything, says what Chromium says, and names the fault first`, async () => {
      const said = await examined(say, scenarios);
      assert.deepEqual(said.filter(({ agrees, names }) => !agrees || !names).map(shown), []);
    });
  }

  it('the doctor, told no kind, says what Chromium says, and is never certain and wrong', async () => {
    const said = await examined(helpers.doctorUntold);
    assert.deepEqual(said.filter((one) => !one.agrees || isCertainAndWrong(one)).map(shown), []);
  });

  for (const [name, say, scenarios] of [['doctor', helpers.doctorAlone], ['plugin', helpers.pluginAlone, overHttp]]) {
    it(`the ${name} as it comes is never certain and wrong, and misses only what it may not look at`, async () => {
      const said = await examined(say, scenarios);
      assert.deepEqual(said.filter((one) => isCertainAndWrong(one) || (!one.agrees && !BEYOND[name].includes(one.id))).map(shown), []);
    });
  }

  it('what the first finding’s texts say makes the call succeed', async () => {
    const ends = new Map();
    for (const scenario of helped) ends.set(scenario.id, await tryFix(browser, world, scenario, firstFinding(browser, world, helpers.doctor, sessions), sessions));
    assert.deepEqual([...ends.values()].filter(({ end }) => end === ENDS.missed), []);
    const notJudged = [...ends.values()].filter(({ end }) => [ENDS.steps, ENDS.nothing].includes(end)).map(({ id }) => id);
    assert.deepEqual(notJudged.filter((id) => !FOR_A_PERSON.includes(id)), []);
  });

  it('a call that succeeds sends nothing more and loads nothing of the diagnosis', async () => {
    const { requests, scripts } = await costOfSuccess(browser, world);
    assert.deepEqual({ requests, scripts }, { requests: 0, scripts: 0 });
  });
});
