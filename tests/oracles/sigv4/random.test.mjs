// Random requests, signed by the packed package, by botocore, by the aws-sigv4 crate and by @smithy/signature-v4, in one run.
//
// SIGV4_SEED and SIGV4_REQUESTS choose which requests and how many.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';

import { unpack } from './package.js';
import { choices, shrink } from './random/choice.js';
import { DISAGREEMENTS, withoutPlus } from './random/disagreements.js';
import { startPeers } from './random/peers.js';
import { asSent, isAsWritten, randomRequest, toSign } from './random/requests.js';

const SEED = Number(process.env.SIGV4_SEED ?? 4);
const REQUESTS = Number(process.env.SIGV4_REQUESTS ?? 10_000);

const gatepass = unpack();
let sigv4, peers;
before(async () => {
  sigv4 = await gatepass.import();
  peers = startPeers();
});
after(async () => {
  await Promise.all(Object.values(peers).map(({ stop }) => stop()));
  gatepass.remove();
});

async function signed(request) {
  const [given, options] = toSign(request);
  try {
    return request.form === 'header' ? await sigv4.signRequest(given, options) : await sigv4.presignUrl(given, options);
  } catch (error) {
    return { error: String(error) };
  }
}

/** What each request came to: ours, and what those say of it who do not stand alone. Nobody is asked what nobody agrees about. */
async function compare(requests) {
  const considered = await Promise.all(requests.map(async (request) => consider(request, await asSent(request))));
  const cases = considered.filter(({ witnesses }) => witnesses.length > 0);
  const ours = await Promise.all(cases.map(({ request }) => signed(request)));
  const theirs = await askAll(cases.map(({ asked }) => asked));
  return cases.map((one, at) => ({ ...one, ours: ours[at], theirs: theirs[at] }));
}

function consider(request, sent) {
  const met = DISAGREEMENTS.filter(({ when }) => when(sent));
  const asked = met.reduce((changed, { instead }) => (instead ? instead(changed) : changed), sent);
  const alone = met.filter(({ instead }) => !instead).flatMap(({ alone }) => alone);
  // Node 20's `URL` leaves dot segments behind a segment that begins with a dot, and the peers disagree about what a last one leaves.
  const isLeft = sent.normalizePath && /^[^?]*\/\.\.?(?:\?|$)/.test(sent.url);
  return { request, sent, met, asked, witnesses: Object.keys(peers).filter((name) => !isLeft && !alone.includes(name)) };
}

/** For each request: what each peer answers. */
async function askAll(requests) {
  const answers = await Promise.all(Object.entries(peers).map(async ([name, { ask }]) => [name, await ask(requests)]));
  return requests.map((_, at) => Object.fromEntries(answers.map(([name, all]) => [name, all[at]])));
}

/** What is wrong with the outcome, or nothing. */
function fault({ sent, ours, theirs, witnesses }) {
  if (ours.error) return `gatepass does not sign it: ${ours.error}`;
  const other = witnesses.find((name) => theirs[name].signature !== ours.signature);
  if (other) return `${other} says otherwise`;
  const [actual, expected] = sent.form === 'header' ? inHeaders(sent, ours) : inQuery(sent, ours);
  return isDeepStrictEqual(actual, expected) ? undefined : `to be sent is ${JSON.stringify(actual)}, and not ${JSON.stringify(expected)}`;
}

/** What the app is told to send beside what it gave, and what it has to be. */
function inHeaders({ url, credentials, seconds, region, service }, ours) {
  const { authorization, 'x-amz-date': date, 'x-amz-security-token': token } = ours.headers;
  const [, credential, signature] = /^AWS4-HMAC-SHA256 Credential=([^,]+), SignedHeaders=[\w;-]+, Signature=(\w+)$/.exec(authorization);
  return [
    { url: spelled(ours.url), credential, signature, date, token },
    {
      url: spelled(withoutPlus(url)),
      credential: credentialOf(credentials, seconds, region, service),
      signature: ours.signature,
      date: dateOf(seconds),
      token: credentials.sessionToken,
    },
  ];
}

function inQuery({ url, credentials, seconds, region, service, expiresIn }, ours) {
  const [before, after] = [new URL(url), new URL(ours.url)];
  const expected = [
    ...before.searchParams,
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', credentialOf(credentials, seconds, region, service)],
    ['X-Amz-Date', dateOf(seconds)],
    ['X-Amz-Expires', String(expiresIn)],
    ['X-Amz-Signature', ours.signature],
    ...(credentials.sessionToken ? [['X-Amz-Security-Token', credentials.sessionToken]] : []),
  ];
  const actual = [...after.searchParams].filter(([name]) => name !== 'X-Amz-SignedHeaders');
  return [
    { path: after.origin + after.pathname, query: actual.map(String).sort() },
    { path: before.origin + before.pathname, query: expected.map(String).sort() },
  ];
}

/** `URL` encodes an apostrophe of the query, which nobody has to (RFC 3986, 2.2). */
const spelled = (url) => url.replace(/\?.*$/s, (query) => query.replaceAll("'", '%27'));

const dateOf = (seconds) => new Date(seconds * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
const credentialOf = ({ accessKeyId }, seconds, region, service) =>
  `${accessKeyId}/${dateOf(seconds).slice(0, 8)}/${region}/${service}/aws4_request`;

let outcomes;
it(`${REQUESTS} random requests are signed as botocore, aws-sigv4 and @smithy/signature-v4 sign them`, async (test) => {
  const choose = choices(SEED);
  outcomes = [];
  while (outcomes.length < REQUESTS) {
    outcomes.push(...(await compare(Array.from({ length: Math.min(REQUESTS - outcomes.length, 1000) }, () => randomRequest(choose)))));
  }
  const failing = outcomes.filter(fault);
  if (failing.length > 0) {
    const fails = (requests) => Promise.all(requests.map(async (request) => (await compare([request])).some(fault)));
    const [smallest] = await compare([await shrink(failing[0].request, fails)]);
    assert.fail(`${failing.length} of ${REQUESTS} fail (SIGV4_SEED=${SEED}); the first, made small: ${fault(smallest)}\n${describe(smallest)}`);
  }
  test.diagnostic(`all three were witnesses of ${outcomes.filter(({ witnesses }) => witnesses.length === 3).length}`);
});

it('neither the order nor the case of the headers plays a part', async () => {
  const requests = outcomes.filter(({ request }) => request.headers.length > 1).slice(0, 1000);
  const nameOf = ({ name }) => name.toLowerCase();
  const swapped = (name) => name.replace(/./g, (one) => (one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase()));
  for (const { request, ours } of requests) {
    // Values of one name stay in their order, in which they are sent.
    const headers = request.headers.toSorted((a, b) => nameOf(b).localeCompare(nameOf(a))).map(({ name, value }) => ({ name: swapped(name), value }));
    assert.equal((await signed({ ...request, headers })).signature, ours.signature, JSON.stringify(request));
  }
});

it('a text, a URL and a Request have one signature, and what is handed over is sent as it is', async () => {
  for (const { request } of outcomes) {
    // `Headers` joins what is repeated in another way than the signature does.
    const headers = request.headers.filter(({ name }, at, all) => all.findIndex((one) => one.name.toLowerCase() === name.toLowerCase()) === at);
    const text = { ...request, given: 'string', headers };
    if (isAsWritten(text)) continue;
    const { url, signature } = await signed(text);
    for (const given of ['url', 'request']) {
      assert.equal((await signed({ ...text, given })).signature, signature, `${given} ${JSON.stringify(request)}`);
    }
    assert.equal(spelled(new Request(url).url), spelled(url));
  }
});

for (const disagreement of DISAGREEMENTS) {
  it(`they still disagree about ${disagreement.what}`, async (test) => {
    const cases = outcomes.filter(({ met }) => met.length === 1 && met[0] === disagreement).slice(0, 50);
    if (cases.length === 0 && REQUESTS < 10_000) return test.skip('none of so few requests is one');
    const theirs = await askAll(cases.map(({ sent }) => sent));
    for (const name of disagreement.alone) {
      assert.ok(theirs.some((answers, at) => answers[name].signature !== cases[at].ours.signature), `${name} does not stand alone any more`);
    }
  });
}

function describe({ request, sent, ours, theirs, witnesses }) {
  return [
    JSON.stringify(request),
    JSON.stringify(sent),
    `gatepass: ${ours.signature}\n${ours.canonicalRequest}`,
    ...Object.entries(theirs).map(([name, { signature, error, canonicalRequest }]) =>
      [`\n${name}${witnesses.includes(name) ? '' : ' (stands alone)'}: ${signature ?? error}`, canonicalRequest].filter(Boolean).join('\n'),
    ),
  ].join('\n');
}
