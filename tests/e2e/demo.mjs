// Drives the main job through the demo page in a real browser: node tests/e2e/demo.mjs --url <control origin>
import assert from 'node:assert/strict';
import { parseArgs, stripVTControlCharacters } from 'node:util';

import { launch, watchFailures } from './browser.mjs';
import { DemoPage, diagnosisOf, statusOf } from './demo-page.mjs';
import { Control, headerOf } from './local-aws.mjs';

const { url } = parseArgs({ options: { url: { type: 'string' } } }).values;
if (!url) {
  console.error('usage: node tests/e2e/demo.mjs --url <control origin of the local AWS>');
  process.exit(2);
}

const control = new Control(new URL(url).origin);
const browser = await launch();
let demo, failureOf;

/** What the doors saw of a path since `before`. */
const seen = async (before, door, method, path) =>
  (await control.requests(before)).filter(
    (entry) => entry.door === door && entry.method === method && entry.path.startsWith(path),
  );

async function signInWithSrp() {
  demo = await DemoPage.open(browser, control);
  failureOf = await watchFailures(demo.page);
  const { username, password } = demo.user('general');
  const sent = [];
  const note = (request) => sent.push(request);
  demo.page.on('request', note);
  await demo.signIn('general');
  demo.page.off('request', note);

  const calls = sent.map((request) => [request.headers()['x-amz-target']?.split('.').at(-1), request.postDataJSON()]);
  const initiate = calls.find(([operation]) => operation === 'InitiateAuth')?.[1];
  assert.equal(initiate?.AuthFlow, 'USER_SRP_AUTH');
  const respond = calls.find(([operation]) => operation === 'RespondToAuthChallenge')?.[1];
  assert.equal(respond?.ChallengeName, 'PASSWORD_VERIFIER');
  for (const request of sent) {
    assert.ok(!`${request.url()} ${request.postData() ?? ''}`.includes(password), 'the password was sent');
  }
  assert.match(await demo.pass.getByRole('timer').innerText(), /^(\d+:)?\d\d:\d\d$/);
  return `${username} is signed in; ${calls.length} requests, none of them with the password`;
}

async function bearerCall() {
  const before = await control.lastRequest();
  const card = await demo.call('General call');
  assert.equal(await statusOf(card), 200);
  const { username } = demo.user('general');
  const saw = card.locator('.saw');
  assert.ok((await saw.innerText()).includes(username), 'the page does not show the claims that the server saw');
  const [request] = await seen(before, 'http-api', 'GET', '/items');
  assert.match(headerOf(request, 'authorization') ?? '', /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  assert.equal(request.status, 200);
  const echo = JSON.parse(await saw.locator('pre').textContent());
  assert.equal(echo.claims['cognito:username'], username);
  assert.equal(echo.claims.token_use, 'id');
  return `200; the server saw the claims of ${username}`;
}

async function adminCall() {
  const refused = await demo.call('Admin call');
  assert.equal(await statusOf(refused), 403);
  const diagnosis = await diagnosisOf(refused);
  assert.equal(diagnosis.findings[0].layer, 'iam', diagnosis.text);
  const why = await refused.locator('.finding h4').first().innerText();

  await demo.signOut();
  await demo.signIn('admin');
  const before = await control.lastRequest();
  const card = await demo.call('Admin call');
  assert.equal(await statusOf(card), 200);
  const [request] = await seen(before, 'rest-api', 'GET', '/api/admin/');
  assert.match(headerOf(request, 'authorization') ?? '', /^AWS4-HMAC-SHA256 Credential=/);
  assert.ok(headerOf(request, 'x-amz-security-token'));
  assert.match(await card.locator('.saw').innerText(), /arn:aws:sts::\d+:assumed-role\/admin\//);
  return `200 as the admin; 403 for the general user: “${why}”`;
}

async function throughCloudFront() {
  const before = await control.lastRequest();
  const card = await demo.call('Admin call through CloudFront');
  assert.equal(await statusOf(card), 200);
  const [atEdge] = await seen(before, 'cloudfront', 'GET', '/api/admin/');
  const signature = headerOf(atEdge, 'authorization') ?? '';
  assert.match(signature, /^AWS4-HMAC-SHA256 .*SignedHeaders=[^,]*\bhost\b/);
  assert.equal(atEdge.status, 200);
  return '200; the request went to CloudFront, its signature is for the API behind';
}

async function diagnoseAndMend() {
  const scenario = demo.outputs.scenarios.find(({ article }) => article === '000');
  await demo.choose(scenario);
  await demo.send();

  assert.match(await demo.scenario.getByRole('region', { name: 'What the browser says' }).innerText(), /Failed to fetch/);
  const truth = failureOf((failed) => failed.startsWith(scenario.request.url))?.corsErrorStatus;
  assert.equal(truth?.corsError, 'PreflightInvalidStatus');
  const { findings, verdict } = await diagnosisOf(demo.scenario);
  assert.equal(findings[0].corsError, truth.corsError);
  assert.equal(findings[0].layer, 'authorizer');
  const why = await demo.scenario.locator('.finding h4').first().innerText();

  const before = await control.lastRequest();
  await demo.applyFix();
  assert.equal(await statusOf(demo.scenario), 200);
  const requests = await control.requests(before);
  assert.ok(requests.some(({ method, status }) => method === 'OPTIONS' && status < 300));
  assert.ok(requests.some((entry) => entry.method === 'GET' && entry.status === 200 && headerOf(entry, 'authorization')));
  return `Failed to fetch: “${why}” (${verdict}); fix applied, 200`;
}

const steps = [
  ['sign in with SRP', signInWithSrp],
  ['axios, Bearer, through the HTTP API', bearerCall],
  ['admin call, SigV4, to the REST API', adminCall],
  ['the same through CloudFront with signAs', throughCloudFront],
  ['a call that fails is told why and mended', diagnoseAndMend],
];

let passed = 0;
for (const [at, [name, step]] of steps.entries()) {
  try {
    const told = await step();
    passed += 1;
    console.log(`${at + 1}. ${name}: ok. ${told}`);
  } catch (error) {
    console.log(`${at + 1}. ${name}: FAILED. ${stripVTControlCharacters(String(error))}`);
  }
}
await browser.close();
console.log(`main job: ${passed} of ${steps.length} steps passed`);
process.exitCode = passed === steps.length ? 0 : 1;
