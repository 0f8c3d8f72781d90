// The diagnosis beside the browsers' own truth: node tests/bench/diagnosis/diagnosis.mjs <file for the JSON> [seed]
import { writeFile } from 'node:fs/promises';

import { ENGINES } from './browsers.mjs';
import { bytesOfDiagnosis, costOfSuccess } from './cost.mjs';
import { examineAll, isHelpers, wireRequests } from './exact.mjs';
import { compare, play } from './exchanges.mjs';
import { startDelay } from './far.mjs';
import { tryFix, WAYS } from './fixes.mjs';
import { startHelpers } from './helpers.mjs';
import { inPage, signIn } from './in-page.mjs';
import { startRawServers } from './raw-server.mjs';
import { score } from './score.mjs';
import { figure, percent, print, printDifferences } from './table.mjs';
import { startWorld } from './world.mjs';

const [target, seed = '20260101'] = process.argv.slice(2);
const EXCHANGES = 2000;
const FAR = 20;

const world = await startWorld();
const servers = await startRawServers();
const raw = [servers.api, servers.other, servers.page].map((origin) => ({ match: `${origin}/*`, auth: 'none' }));
const routes = [...raw, ...world.outputs.scenarios.map(({ route }) => route)];
const helpers = await startHelpers(world.folder, routes);
const groups = [];
const details = { seed: Number(seed) };
try {
  await generated();
  await scenarios();
} finally {
  await helpers.stop();
  await Promise.all([servers.stop(), world.stop()]);
}
if (target) await writeFile(target, `${JSON.stringify({ figures: Object.fromEntries(groups), ...details }, null, 2)}\n`);

/** Tells as it goes: the whole takes minutes. */
function report(group) {
  groups.push(group);
  print([group]);
}

async function generated() {
  const given = { seed: Number(seed), count: EXCHANGES };
  const chromium = await play(servers, 'chromium', given);
  const sayings = {
    explainExchange: helpers.explain,
    'the doctor': helpers.doctor,
    'the Vite plugin': helpers.plugin,
  };
  details.generated = {};
  const figures = [];
  for (const [name, say] of Object.entries(sayings)) {
    // What is no http URL the page knows by itself: it does not ask.
    const asked = name === 'the Vite plugin' ? chromium.filter(({ request }) => request.url.startsWith('http')) : chromium;
    const result = await compare(asked, 'chromium', say);
    details.generated[`${name}, Chromium`] = result;
    figures.push(figure(`${name}: CorsError and failed parameter`, percent(result.right, result.of), ' %', { atLeast: 100, note: `${result.right} of ${result.of}` }));
  }
  report(['generated exchanges beside Chromium', figures]);

  const firefox = await play(servers, 'firefox', given);
  const result = await compare(firefox, 'firefox', helpers.explain);
  details.generated['explainExchange, Firefox'] = result;
  const note = `${result.right} of ${result.of}; a category in ${result.observable}`;
  for (const [name, { differences }] of Object.entries(details.generated)) printDifferences(name, differences);
  report(['generated exchanges beside Firefox', [figure('explainExchange: category, and whether it is blocked', percent(result.right, result.of), ' %', { atLeast: 99, note })]]);
}

async function scenarios() {
  details.inPage = {};
  const near = await inPage(world, 'chromium');
  const truths = new Map(near.map(({ id, truth, outcome }) => [id, { corsError: null, failedParameter: '', ...truth, outcome }]));
  page('Chromium, near', near, 80, 400);
  page('Firefox, near', asSeenByChromium(await inPage(world, 'firefox'), truths), 85, 400);
  const delay = await startDelay({ milliseconds: FAR, near: Number(new URL(world.control.origin).port) });
  try {
    page(`Chromium, ${FAR} ms away`, asSeenByChromium(await inPage(world, 'chromium', { proxy: delay.port }), truths));
    page(`Firefox, ${FAR} ms away`, asSeenByChromium(await inPage(world, 'firefox', { proxy: delay.port }), truths));
  } finally {
    await delay.stop();
  }
  await exact(truths);
}

/** Which rule was broken is Chromium's word in every browser. */
function asSeenByChromium(rows, truths) {
  return rows.map((row) => ({ ...row, truth: truths.get(row.id) }));
}

function page(name, rows, first, milliseconds) {
  const result = score(rows);
  details.inPage[name] = { ...result, rows: rows.map(({ findings, ...row }) => ({ ...row, findings: findings.map(({ code, corsError, failedParameter }) => ({ code, corsError, failedParameter })) })) };
  const played = result.played;
  report([
    `in the page, no helper: ${name} (${played} scenarios${result.notHere.length > 0 ? `; not to be had here: ${result.notHere.join(' ')}` : ''})`,
    [
      figure('the truth is among the findings', percent(played - result.among.length, played), ' %', { atLeast: 100, missed: result.among }),
      figure('the fault, by its code, is among the findings', percent(played - result.named.length, played), ' %', { missed: result.named }),
      figure('the first finding’s CorsError is the truth', percent(result.failed - result.first.length, result.failed), ' %', { atLeast: first, missed: result.first }),
      figure('certain and wrong', result.wrong.length, '', { atMost: 0, missed: result.wrong, note: `of ${result.certain} that are certain` }),
      figure('time to a diagnosis, median', result.milliseconds, ' ms', { atMost: milliseconds, note: `slowest ${Math.round(result.slowest)} ms` }),
      figure('requests, at most', result.requests, '', { atMost: 15 }),
    ],
  ]);
}

async function exact(truths) {
  const { scenarios } = await world.control.outputs();
  const helped = scenarios.filter(isHelpers);
  const browser = await ENGINES.chromium.launch();
  try {
    const sessions = await signIn(browser, world);
    const requests = await wireRequests(browser, world, helped, sessions);
    const figures = [];
    details.exact = {};
    for (const [name, say] of [['the doctor', helpers.doctor], ['the Vite plugin', helpers.plugin]]) {
      const asked = name === 'the Vite plugin' ? helped.filter(({ request }) => request.url.startsWith('http')) : helped;
      const rows = await examineAll(say, asked, requests, truths);
      details.exact[name] = rows;
      for (const [what, rule] of [['CorsError and failed parameter', 'agrees'], ['the first finding is the fault', 'names']]) {
        const missed = rows.filter((row) => !row[rule]).map(({ id }) => id);
        figures.push(figure(`${name}: ${what}`, percent(rows.length - missed.length, rows.length), ' %', { atLeast: 100, missed, note: `${rows.length} scenarios` }));
      }
    }
    report(['scenarios beside Chromium', figures]);
    await fixes(browser, helped, sessions);
    await costs(browser);
  } finally {
    await browser.close();
  }
}

async function fixes(browser, scenarios, sessions) {
  const rows = [];
  for (const scenario of scenarios) {
    const examine = async () => {
      // A reset takes the credentials back that a signature was made with.
      const requests = await wireRequests(browser, world, [scenario], sessions);
      return (await helpers.doctor({ request: requests.get(scenario.id), route: scenario.route })).findings[0];
    };
    rows.push(await tryFix(browser, world, scenario, examine, sessions));
  }
  details.fixes = rows;
  const first = ({ rounds }) => (rounds[0].way ?? rounds[1]?.way) || WAYS.text;
  const row = (name, some, must) => {
    const missed = some.filter(({ ok }) => !ok).map(({ id }) => id);
    return figure(name, percent(some.length - missed.length, some.length), ' %', { ...must, missed, note: `${some.length} scenarios` });
  };
  const byText = rows.filter((one) => first(one) === WAYS.text);
  const alone = byText.filter(({ rounds, ok }) => !ok || rounds.every(({ way }) => way !== WAYS.person));
  report([
    'the first finding’s fix, done, makes the call succeed',
    [
      row('as its CloudFormation or its function code says', alone, { atLeast: 100 }),
      row('not by that alone: a person’s steps too', byText.filter((one) => !alone.includes(one))),
      row('by the caller, as its code says', rows.filter((one) => first(one) === WAYS.client), { atLeast: 100 }),
      row('by a person: the scenario’s own patch', rows.filter((one) => first(one) === WAYS.person)),
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
      figure('loaded on the first failure, brotli 11', bytesOfDiagnosis(), ' B', { atMost: 60_000 }),
    ],
  ]);
}
