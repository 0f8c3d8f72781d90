// Every set-up of the lab on the demo page: broken it is diagnosed, with the browser's own truth among the findings;
// the fix makes the call succeed; broken again it fails as before.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch, watchFailures } from './browser.mjs';
import { DemoPage, diagnosisOf, statusOf } from './demo-page.mjs';
import { startLocalAws } from './local-aws.mjs';

const ARTICLES = ['000', '001', '002', '003', '004'];

/** How many pages go through the set-ups side by side. */
const PAGES = 3;

/**
 * Set-ups that the page can tell from everything else, however slow the machine: their fault is the first finding. The others' is among
 * the findings; how often it is the first is for the benchmark to say.
 */
const FIRST = ['H01', 'H05', 'H09', 'H12'];

/** What a page calls a connection that a helper would know more of. */
const IN_PAGE = { 'host-not-found': 'unreachable', 'certificate-invalid': 'unreachable' };

/** A page that comes from this very machine is never cut off from it, nor kept from it: the browser has to be told to pretend. */
const PRETENDED = ['E01', 'E09'];

/** CORS errors that Chromium raises without a request, and reports as an issue only. */
const UNSENT = ['DisallowedByMode', 'NoCorsRedirectModeNotFollow', 'CorsDisabledScheme'];

if (!process.env.DEMO_PAGE) throw new Error('DEMO_PAGE must name the built demo page; `cargo xtask test e2e` sets it');
const aws = await startLocalAws(process.env.DEMO_PAGE);
const { scenarios, doors } = await aws.control.outputs();
const browser = await launch();
after(async () => {
  await browser.close();
  await aws.stop();
});

describe('finding a set-up', () => {
  let demo;
  before(async () => {
    demo = await DemoPage.open(browser, aws.control);
  });
  after(() => demo.page.context().close());

  const ids = () => demo.list.getByRole('option').evaluateAll((options) => options.map(({ dataset }) => dataset.id));
  const search = (text) => demo.finder.getByRole('searchbox', { name: 'Search' }).fill(text);
  const clear = () => demo.finder.getByRole('button', { name: 'Show all' }).click();

  it('lists every set-up, each article among them', async () => {
    const articles = new Set(scenarios.map(({ article }) => article));
    assert.deepEqual(ARTICLES.filter((article) => !articles.has(article)), []);
    assert.deepEqual((await ids()).sort(), scenarios.map(({ id }) => id).sort());
  });

  for (const text of ['h05', 'header-not-allowed', 'HeaderDisallowedByPreflightResponse authorization', 'ログイン', 'ＡｌｌｏｗＨｅａｄｅｒｓ']) {
    it(`finds H05 by “${text}”`, async () => {
      await search(text);
      const found = await ids();
      assert.ok(found.includes('H05') && found.length < scenarios.length, String(found));
      await clear();
      assert.equal((await ids()).length, scenarios.length);
    });
  }

  it('filters by layer, service and article, and counts', async () => {
    const choose = (name, value) => demo.finder.getByRole('combobox', { name }).selectOption(value);
    await choose('Where the fault is', 'iam');
    const isOf = (layer, kind) => (scenario) => scenario.layer === layer && (!kind || scenario.route.kind === kind);
    assert.deepEqual((await ids()).sort(), scenarios.filter(isOf('iam')).map(({ id }) => id).sort());
    const atRest = scenarios.filter(isOf('iam', 'rest-api')).map(({ id }) => id).sort();
    assert.match(await demo.finder.getByRole('combobox', { name: 'What answers' }).innerText(), new RegExp(`REST API \\(${atRest.length}\\)`));
    await choose('What answers', 'rest-api');
    assert.deepEqual((await ids()).sort(), atRest);
    assert.match(await demo.finder.innerText(), new RegExp(`${atRest.length} of ${scenarios.length} set-ups`));
    await demo.page.getByRole('status').getByText(`${atRest.length} of ${scenarios.length} set-ups`).waitFor();
    await clear();
    await choose('Article', 'any');
    assert.deepEqual((await ids()).sort(), scenarios.filter(({ article }) => article).map(({ id }) => id).sort());
    await clear();
  });

  it('keeps search, filter and choice in the address', async () => {
    await search('authorization');
    await demo.finder.getByRole('combobox', { name: 'Where the fault is' }).selectOption('api-gateway');
    await demo.choose(scenarios.find(({ id }) => id === 'H05'));
    const { search: shared } = new URL(demo.page.url());
    const other = await DemoPage.open(browser, aws.control, shared);
    await other.page.getByRole('article', { name: scenarios.find(({ id }) => id === 'H05').title.en, exact: true }).waitFor();
    assert.equal(await other.finder.getByRole('searchbox').inputValue(), 'authorization');
    assert.equal(await other.list.getByRole('option').count(), await demo.list.getByRole('option').count());
    await other.page.context().close();
    await clear();
  });

  it('goes through the list by keyboard', async () => {
    await search('H0');
    const box = demo.finder.getByRole('searchbox');
    await box.press('ArrowDown');
    const focused = () => demo.page.evaluate(() => document.activeElement?.dataset.id);
    const shown = await ids();
    assert.ok(shown.includes(await focused()));
    await demo.page.keyboard.press('Home');
    assert.equal(await focused(), shown[0]);
    await demo.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), shown[1]);
    assert.equal(await demo.list.getByRole('option', { selected: true }).getAttribute('data-id'), shown[1]);
    await demo.page.keyboard.press('End');
    assert.equal(await focused(), shown.at(-1));
    await clear();
  });

  it('says that nothing was found', async () => {
    await search('xyzzy');
    await demo.list.getByText('No set-up has all of that.').waitFor();
    await clear();
  });
});

describe('the scenario lab', { concurrency: PAGES }, () => {
  /** Pages that have nothing to do; one whose test failed is not used again. */
  const idle = [];
  after(() => Promise.all(idle.map(({ demo }) => demo.page.context().close())));

  for (const scenario of scenarios) {
    it(`${scenario.id}: ${scenario.title.en}`, async () => {
      const lab = idle.pop() ?? (await openLab(browser));
      lab.seen.sent.length = lab.seen.said.length = 0;
      await lab.demo.choose(scenario);
      await way(scenario)(lab, scenario);
      idle.push(lab);
    });
  }
});

/** A page, and what its browser knows of it. */
async function openLab(within) {
  const demo = await DemoPage.open(within, aws.control);
  const failureOf = await watchFailures(demo.page);
  const seen = { sent: [], said: [] };
  demo.page.on('request', (request) => seen.sent.push(request));
  demo.page.on('console', (message) => seen.said.push(message.text()));
  return { demo, failureOf, seen };
}

/** How a set-up is broken and mended: by the lab, or by what only a browser can do. */
function way({ browser: surroundings = {} }) {
  if (surroundings.offline) return offline;
  if (surroundings.blocked) return blocked;
  if (surroundings.localNetwork === 'denied') return denied;
  return surroundings.page ? told : mended;
}

async function mended(lab, scenario) {
  await lab.demo.send();
  await checkBroken(lab, scenario);
  checkRequests(lab, scenario);
  await lab.demo.applyFix();
  assert.equal(await statusOf(lab.demo.scenario), scenario.expect.fixedStatus);
  assert.deepEqual((await lab.demo.exchange()).flatMap(({ marked }) => marked), []);
  await lab.demo.breakAgain();
  // The page keeps the diagnosis of a call for a minute: the words may be the first ones, the failure is a new one.
  await checkBroken(lab, scenario);
}

async function offline(lab, scenario) {
  // The diagnosis is loaded at the first failure.
  await lab.demo.choose(scenarios.find(({ id }) => id === 'H05'));
  await lab.demo.send();
  await lab.demo.choose(scenario);
  await lab.demo.send();
  assert.equal(await statusOf(lab.demo.scenario), scenario.expect.fixedStatus);
  await lab.demo.page.context().setOffline(true);
  try {
    await lab.demo.scenario.getByText('This browser is offline.').waitFor();
    await lab.demo.send();
    await checkBroken(lab, scenario);
  } finally {
    await lab.demo.page.context().setOffline(false);
  }
}

async function blocked(lab, scenario) {
  const session = await lab.demo.page.context().newCDPSession(lab.demo.page);
  await session.send('Network.enable');
  await lab.demo.send();
  assert.equal(await statusOf(lab.demo.scenario), scenario.expect.fixedStatus);
  await session.send('Network.setBlockedURLs', { urls: [`${new URL(scenario.request.url).origin}/*`] });
  await lab.demo.send();
  await checkBroken(lab, scenario);
  await session.detach();
}

/** As the lab says: in a browser that takes the page for one from the internet, and whose user said no. */
async function denied({ demo }, scenario) {
  await demo.send();
  assert.equal(await statusOf(demo.scenario), scenario.expect.fixedStatus);
  const { host, origin } = new URL(aws.control.origin);
  const flag = `--ip-address-space-overrides=${host}=public`;
  await demo.scenario.getByText(flag).waitFor();
  const other = await launch([flag]);
  try {
    const session = await other.newBrowserCDPSession();
    for (const name of ['loopback-network', 'local-network', 'local-network-access']) {
      await session.send('Browser.setPermission', { permission: { name }, setting: 'denied', origin });
    }
    const lab = await openLab(other);
    await lab.demo.choose(scenario);
    await lab.demo.send();
    await checkBroken(lab, scenario);
  } finally {
    await other.close();
  }
}

/** The page cannot be brought into that state: it says how another one can. */
async function told({ demo }) {
  const steps = demo.scenario.getByRole('region', { name: 'What the browser must be' }).getByRole('listitem');
  assert.ok((await steps.count()) > 1);
  assert.equal(await demo.scenario.getByRole('button', { name: /[Ss]end/ }).count(), 0);
}

async function checkBroken({ demo, failureOf, seen }, { id, request, fixedRequest = request, expect }) {
  if (expect.corsError === null && expect.netError === undefined && expect.status < 400) {
    assert.equal(await statusOf(demo.scenario), expect.status);
    return;
  }
  const diagnosis = await diagnosisOf(demo.scenario);
  assert.doesNotMatch(diagnosis.text, /eyJ/, 'a token is shown');
  const said = `${diagnosis.verdict}: ${JSON.stringify(diagnosis.findings)}`;
  const rank = diagnosis.findings.findIndex(({ code }) => code === (IN_PAGE[expect.code] ?? expect.code)) + 1;
  assert.ok(rank >= 1 || PRETENDED.includes(id), `${expect.code} is not among the findings. ${said}`);
  if (FIRST.includes(id) || diagnosis.verdict === 'certain') assert.equal(rank, 1, `${expect.code} is number ${rank}. ${said}`);
  const lanes = await demo.exchange();
  assert.ok(lanes.some(({ marked }) => marked.length > 0), 'the picture shows no break');
  if (expect.status !== undefined) {
    assert.equal(await statusOf(demo.scenario), expect.status);
    return;
  }

  const browserSays = demo.scenario.getByRole('region', { name: 'What the browser says' });
  assert.match(await browserSays.locator('.browser-says').innerText(), /^TypeError: Failed to fetch$/);
  const inConsole = await demo.consoleSays();
  // The hop that a redirect leads to is the one that fails.
  const own = [request, fixedRequest].map(({ url }) => url.split('?')[0]);
  const isOwn = (url) => own.some((start) => url.startsWith(start)) && new URL(url).searchParams.has('attempt');
  if (expect.netError !== undefined) {
    assert.ok(id === 'E06' || failureOf(isOwn)?.errorText === expect.netError, failureOf(isOwn)?.errorText);
    assert.ok(inConsole.endsWith(expect.netError), inConsole);
    return;
  }
  assert.ok(seen.said.includes(inConsole), `the console does not say “${inConsole}”, but\n${seen.said.join('\n')}`);
  if (expect.corsError === null) return;
  // What stops a call before anything is sent is no failure of a request: the console says it, and the diagnosis agrees.
  const truth = UNSENT.includes(expect.corsError) ? diagnosis.findings[0] : failureOf(isOwn)?.corsErrorStatus;
  assert.equal(truth?.corsError, expect.corsError, 'the set-up is not broken in the way it says');
  // A page cannot read a header's value, so a finding need not name one; what it names must be right.
  const isTrue = ({ corsError, failedParameter }) =>
    corsError === truth.corsError &&
    (failedParameter === undefined || failedParameter.toLowerCase() === truth.failedParameter.toLowerCase());
  assert.ok(diagnosis.findings.some(isTrue) || PRETENDED.includes(id), `${truth.corsError} (${truth.failedParameter}) is not among the findings. ${said}`);
  if (diagnosis.verdict === 'certain') assert.ok(isTrue(diagnosis.findings[0]), `certain, and wrong. ${said}`);
  const [surely] = lanes.filter(({ sure }) => sure);
  if (surely) assert.equal(surely.came === 'unsent', /Preflight|LocalNetwork/.test(truth.corsError), `the picture says that a request was ${surely.came}`);
}

/** Finding out why changes nothing, and takes the user's token nowhere but to the set-up that the call was for. */
function checkRequests({ seen }, { request }) {
  const { origin } = new URL(request.url);
  const isDoor = (url) => Object.values(doors).some((door) => url.startsWith(`${door.origin}/`));
  const toDoors = seen.sent.filter((sent) => isDoor(sent.url()));
  const changing = toDoors.filter((sent) => !['GET', 'HEAD', 'OPTIONS'].includes(sent.method()));
  assert.ok(changing.length <= 1, `more than the call itself: ${changing.map((sent) => `${sent.method()} ${sent.url()}`)}`);
  const withToken = toDoors.filter((sent) => sent.headers()['authorization'] !== undefined);
  assert.deepEqual(withToken.map((sent) => new URL(sent.url()).origin).filter((to) => to !== origin), []);
}
