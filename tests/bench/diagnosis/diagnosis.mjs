// The diagnosis beside the browsers' own truth: node tests/bench/diagnosis/diagnosis.mjs <file for the JSON> [seed]
import { writeFile } from 'node:fs/promises';

import { ENGINES } from './browsers.mjs';
import { bytesOfDiagnosis, costOfSuccess } from './cost.mjs';
import { examineAll, firstFinding, isCertainAndWrong, isHelpers, wireRequests } from './exact.mjs';
import { compare, play } from './exchanges.mjs';
import { startDelay } from './far.mjs';
import { ENDS, tryFix } from './fixes.mjs';
import { startHelpers } from './helpers.mjs';
import { inPage, signIn } from './in-page.mjs';
import { startRawServers } from './raw-server.mjs';
import { score } from './score.mjs';
import { figure, percent, print, printDifferences } from './table.mjs';
import { routesToDoors, startWorld } from './world.mjs';

const [target, seed = '20260101'] = process.argv.slice(2);
const EXCHANGES = 2000;
const FAR = 20;

const world = await startWorld();
const servers = await startRawServers();
const raw = [servers.api, servers.other, servers.page].map((origin) => ({ match: `${origin}/*`, auth: 'none' }));
const routes = [...raw, ...world.outputs.scenarios.map(({ route }) => route)];
const helpers = await startHelpers(world.folder, routes, routesToDoors(world));
const groups = [];
const details = { seed: Number(seed) };
try {
  await generated();
  await scenarios();
} finally {
  await helpers.stop();
  await Promise.all([servers.stop(), world.stop()]);
}
report(allKept());
if (target) await writeFile(target, `${JSON.stringify({ figures: Object.fromEntries(groups), ...details }, null, 2)}\n`);

/** What must be and is not, beyond what is known (docs/adr/0011): it is the outcome of the whole, and this process's. */
function allKept() {
  const missed = groups.flatMap(([title, figures]) => figures.filter(({ kept, isHeld }) => !kept && !isHeld).map(({ name }) => `${title}: ${name}`));
  if (missed.length > 0) process.exitCode = 1;
  return ['in all', [figure('missed, beyond what is known', missed.length, '', { atMost: 0, lines: missed })]];
}

/** Tells as it goes: the whole takes minutes. */
function report(group) {
  groups.push(group);
  print([group]);
}

async function generated() {
  const given = { seed: Number(seed), count: EXCHANGES };
  const chromium = await play(servers, 'chromium', given);
  const sayings = {
    'explainExchange, given the exchange': helpers.explain,
    'the doctor, given the call, sent as it was': helpers.doctor,
    'the Vite plugin, given the call, sent as it was': helpers.plugin,
  };
  details.generated = {};
  const figures = [];
  for (const [name, say] of Object.entries(sayings)) {
    // What is no http URL the page knows by itself: it does not ask.
    const asked = say === helpers.plugin ? chromium.filter(({ request }) => request.url.startsWith('http')) : chromium;
    const result = await compare(asked, 'chromium', say);
    details.generated[`${name}; Chromium`] = result;
    const note = `${result.right} of ${result.of}${asked === chromium ? '' : `; ${chromium.length - asked.length} are no http URL and not asked`}`;
    figures.push(figure(`${name}: CorsError and failed parameter`, percent(result.right, result.of), ' %', { atLeast: 100, note }));
  }
  report(['generated exchanges beside Chromium', figures]);

  const firefox = await play(servers, 'firefox', given);
  const result = await compare(firefox, 'firefox', helpers.explain);
  details.generated['explainExchange, given the exchange; Firefox'] = result;
  for (const [name, { differences }] of Object.entries(details.generated)) printDifferences(name, differences);
  report([
    'generated exchanges beside Firefox, explainExchange given the exchange',
    [
      figure('the category, where Firefox names one', percent(result.right, result.of), ' %', { atLeast: 99, note: `${result.right} of ${result.of}` }),
      figure('blocked or not, in all', percent(result.blocked, result.all), ' %', { atLeast: 99, note: `${result.blocked} of ${result.all}` }),
    ],
  ]);
}

async function scenarios() {
  details.inPage = {};
  const near = await inPage(world, 'chromium');
  const truths = new Map(near.map(({ id, truth, outcome }) => [id, { corsError: null, failedParameter: '', ...truth, outcome }]));
  // on loopback a second request is lost in the browser's own noise
  page('Chromium', 'near', near, { atLeast: 80, held: 55 }, 400);
  page('Firefox', 'near', asSeenByChromium(await inPage(world, 'firefox'), truths), { atLeast: 85 }, 400);
  const delay = await startDelay({ milliseconds: FAR, near: Number(new URL(world.control.origin).port) });
  try {
    page('Chromium', 'far', asSeenByChromium(await inPage(world, 'chromium', { proxy: delay.port }), truths));
    page('Firefox', 'far', asSeenByChromium(await inPage(world, 'firefox', { proxy: delay.port }), truths));
  } finally {
    await delay.stop();
  }
  await exact(truths);
}

/** Which rule was broken is Chromium's word in every browser. */
function asSeenByChromium(rows, truths) {
  return rows.map((row) => ({ ...row, truth: truths.get(row.id) }));
}

function page(browser, place, rows, first, milliseconds) {
  const result = score(rows, browser.toLowerCase(), place);
  details.inPage[`${browser}, ${place}`] = { ...result, rows: rows.map(({ findings, ...row }) => ({ ...row, findings: findings.map(({ code, corsError, failedParameter }) => ({ code, corsError, failedParameter })) })) };
  const { played, failed, among, named, certain, wrong } = result;
  const where = place === 'far' ? `APIs ${FAR} ms away` : 'APIs on this machine';
  const row = (name, missed, of, must) => figure(name, percent(of - missed.length, of), ' %', { ...must, missed, note: `${of - missed.length} of ${of}` });
  report([
    `in the page of ${browser}, no helper, ${where}: given a failed call and its route`,
    [
      row('the truth is among the findings', among, played, { atLeast: 100 }),
      row('the fault, by its code, is among the findings', named, played),
      row('the first finding’s CorsError is the truth', result.first, failed, first),
      figure('certain and wrong', wrong.length, '', { atMost: 0, missed: wrong, note: `of ${certain} that are certain` }),
      figure('ended otherwise than the scenario says: counted as missed', result.unlike.length, '', { missed: result.unlike }),
      figure('not counted', result.excused.length, '', { lines: result.excused.map(({ id, why }) => `${id}: ${why}`), note: `of ${rows.length} scenarios` }),
      figure('time to a diagnosis, median', result.milliseconds, ' ms', { atMost: milliseconds, note: `slowest ${Math.round(result.slowest)} ms` }),
      figure('requests, at most', result.requests, '', { atMost: 15 }),
    ],
  ]);
}

async function exact(truths) {
  const { scenarios } = await world.control.outputs();
  const helped = scenarios.filter(isHelpers);
  const others = scenarios.filter((scenario) => !isHelpers(scenario)).map(({ id }) => id);
  const browser = await ENGINES.chromium.launch();
  try {
    const sessions = await signIn(browser, world);
    const requests = await wireRequests(browser, world, helped, sessions);
    details.exact = {};
    const told = 'told kind and sign-in, sent as it was';
    const asItComes = 'as it comes: no kind told, `safe`';
    for (const [name, say, must] of [
      [`the doctor, ${told}`, helpers.doctor, { corsError: { atLeast: 100 }, first: { atLeast: 100 } }],
      ['the doctor, told no kind, sent as it was', helpers.doctorUntold, { corsError: { atLeast: 100 } }],
      [`the doctor, ${asItComes}`, helpers.doctorAlone, {}],
      [`the Vite plugin, ${told}, with routes to what is redirected to`, helpers.plugin, { corsError: { atLeast: 100 }, first: { atLeast: 100 } }],
      [`the Vite plugin, ${asItComes}`, helpers.pluginAlone, {}],
    ]) {
      const isPlugin = [helpers.plugin, helpers.pluginAlone].includes(say);
      const asked = isPlugin ? helped.filter(({ request }) => request.url.startsWith('http')) : helped;
      const rows = await examineAll(say, asked, requests, truths);
      details.exact[name] = rows;
      const row = (what, rule, must) => {
        const missed = rows.filter((one) => !rule(one)).map(({ id }) => id);
        return figure(what, percent(rows.length - missed.length, rows.length), ' %', { ...must, missed, note: `${rows.length - missed.length} of ${rows.length}` });
      };
      const wrong = rows.filter(isCertainAndWrong).map(({ id }) => id);
      const without = [...others, ...helped.filter((scenario) => !asked.includes(scenario)).map(({ id }) => id)];
      report([
        `scenarios beside Chromium: ${name}`,
        [
          row('CorsError and failed parameter', ({ agrees }) => agrees, must.corsError),
          row('the first finding is the fault, by its code', ({ names }) => names, must.first),
          figure('certain and wrong', wrong.length, '', { atMost: 0, missed: wrong, note: `of ${rows.filter(({ said }) => said.verdict === 'certain').length} that are certain` }),
          figure('not asked: what only a page can know', without.length, '', { missed: without }),
        ],
      ]);
    }
    await fixes(browser, helped, sessions, others);
    await costs(browser);
  } finally {
    await browser.close();
  }
}

async function fixes(browser, scenarios, sessions, others) {
  const rows = [];
  for (const scenario of scenarios) rows.push(await tryFix(browser, world, scenario, firstFinding(browser, world, helpers.doctor, sessions), sessions));
  details.fixes = rows;
  const idsAt = (...ends) => rows.filter(({ end }) => ends.includes(end)).map(({ id }) => id);
  const missed = idsAt(ENDS.missed);
  const mended = rows.filter(({ end }) => end === ENDS.mended);
  const judged = mended.length + missed.length;
  const alone = mended.filter(({ rounds }) => rounds.length === 1);
  const atOnce = alone.filter(({ rounds: [{ done }] }) => done.length === 1);
  const note = `${mended.length} of ${judged}; by the first finding alone ${alone.length}, by its first text ${atOnce.length}`;
  report([
    'the texts of the doctor’s first finding (then of what is first next), done by a program as they say: the call succeeds',
    [
      figure('the template, the function’s code, the caller’s code', percent(mended.length, judged), ' %', { atLeast: 100, missed, note }),
      figure(`not judged: ${ENDS.steps}`, idsAt(ENDS.steps).length, '', { missed: idsAt(ENDS.steps) }),
      figure(`not judged: ${ENDS.nothing}`, idsAt(ENDS.nothing).length, '', { missed: idsAt(ENDS.nothing) }),
      figure('not judged: what only a page can know, the doctor is not asked', others.length, '', { missed: others }),
    ],
  ]);
}

async function costs(browser) {
  const cost = await costOfSuccess(browser, world);
  details.cost = cost;
  report([
    'what it costs',
    [
      figure('a successful call: further requests', cost.requests, '', { atMost: 0 }),
      figure('a successful call: time', cost.microseconds, ' µs', { atMost: 5, note: `of ${cost.call.toFixed(0)} for a whole call` }),
      figure('a successful call: parts of the diagnosis that were loaded', cost.scripts, '', { atMost: 0 }),
      ...bytesOfDiagnosis().map(({ locale, brotli }) => figure(`loaded on the first failure (${locale}), brotli 11`, brotli, ' B', { atMost: 60_000 })),
    ],
  ]);
}
