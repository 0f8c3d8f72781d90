// The floors of `cargo xtask bench --diagnosis` in Chromium: what we say beside what the browser says, over fewer exchanges and every scenario.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ENGINES } from '../bench/diagnosis/browsers.mjs';
import { costOfSuccess } from '../bench/diagnosis/cost.mjs';
import { examineAll, isHelpers, wireRequests } from '../bench/diagnosis/exact.mjs';
import { compare, play } from '../bench/diagnosis/exchanges.mjs';
import { startHelpers } from '../bench/diagnosis/helpers.mjs';
import { inPage, signIn } from '../bench/diagnosis/in-page.mjs';
import { startRawServers } from '../bench/diagnosis/raw-server.mjs';
import { score } from '../bench/diagnosis/score.mjs';
import { startWorld } from '../bench/diagnosis/world.mjs';

const EXCHANGES = { seed: 3, count: 200 };

const world = await startWorld();
const servers = await startRawServers();
const helpers = await startHelpers(world.folder, [
  ...[servers.page, servers.api, servers.other].map((origin) => ({ match: `${origin}/*`, auth: 'none' })),
  ...world.outputs.scenarios.map(({ route }) => route),
]);

after(async () => {
  await helpers.stop();
  await Promise.all([servers.stop(), world.stop()]);
});

describe('generated exchanges beside Chromium', () => {
  let cases;
  before(async () => {
    cases = await play(servers, 'chromium', EXCHANGES);
  });

  for (const [name, say] of Object.entries({ explainExchange: helpers.explain, 'the doctor': helpers.doctor })) {
    it(`${name} says what Chromium says`, async () => {
      const { differences } = await compare(cases, 'chromium', say);
      assert.deepEqual(differences, []);
    });
  }
});

describe('every scenario in Chromium', () => {
  let rows, browser, sessions;
  before(async () => {
    rows = await inPage(world, 'chromium');
    browser = await ENGINES.chromium.launch();
    sessions = await signIn(browser, world);
  });
  after(() => browser.close());

  it('the page, without a helper, has the truth among its findings, and is never certain and wrong', () => {
    const { played, among, wrong, requests } = score(rows);
    assert.ok(played > 0.9 * rows.length, `only ${played} of ${rows.length} were played`);
    assert.deepEqual({ among, wrong }, { among: [], wrong: [] });
    assert.ok(requests <= 15, `${requests} requests for one diagnosis`);
  });

  for (const name of ['doctor', 'plugin']) {
    it(`the ${name} says what Chromium says, and names the fault first`, async () => {
      const truths = new Map(rows.map(({ id, truth, outcome }) => [id, { corsError: null, failedParameter: '', ...truth, outcome }]));
      const helped = world.outputs.scenarios.filter(isHelpers).filter(({ request }) => request.url.startsWith('http'));
      const requests = await wireRequests(browser, world, helped, sessions);
      const said = await examineAll(helpers[name], helped, requests, truths);
      const wrong = said.filter(({ agrees, names }) => !agrees || !names);
      assert.deepEqual(wrong.map(({ id, truth, said: { corsError, failedParameter, findings, error } }) => [id, truth, corsError, failedParameter, findings[0]?.code, error]), []);
    });
  }

  it('a call that succeeds sends nothing more and loads nothing of the diagnosis', async () => {
    const { requests, scripts } = await costOfSuccess(browser, world);
    assert.deepEqual({ requests, scripts }, { requests: 0, scripts: 0 });
  });
});
