// What a signed call is refused with, by doors that verify it, and what `gp.explain` makes of the answer.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { request as forward } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, afterEach, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { startHttpServer } from './http-server.mjs';
import { startLocalAws } from './local-aws.mjs';

const fixture = makeFixture();

describe('a refused signature explained', () => {
  let aws, browser, context, doors, identityPool, users, between;
  /** What the place between changes of a request. */
  let change = (request) => request;
  /** Everything that a diagnosis said, and the secrets of those who asked. */
  const told = [];
  const secrets = new Set();

  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    const outputs = await aws.control.outputs();
    [doors, identityPool] = [outputs.doors, outputs.identityPool];
    users = Object.fromEntries(outputs.users.map(({ role, username, password }) => [role, { username, password }]));
    // Before the API stands something that passes everything on, to the host that it knows, and changes what a test wants.
    between = await startHttpServer(async (incoming, response) => {
      const { host } = new URL(doors['rest-api'].origin);
      const { method, url, headers } = incoming;
      const request = change({ method, url, headers: { ...headers, host }, body: await buffer(incoming) });
      // The body's length may be another.
      delete request.headers['content-length'];
      forward(doors['rest-api'].origin + request.url, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      }).end(request.body);
    });
  });
  after(async () => {
    await browser.close();
    await Promise.all([aws.stop(), between.stop()]);
    fixture.remove();
  });
  afterEach(async () => {
    change = (request) => request;
    await context?.close();
    await aws.control.reset();
  });

  /** A signed-in page whose client has these routes; `tamper` changes the credentials that it is given. */
  async function open(role, routes, { tamper, ...config } = {}) {
    context = await browser.newContext();
    const page = await openWithClient(context, aws.control, { identityPool, routes, ...config });
    page.on('console', (message) => told.push(message.text()));
    await page.route(`${identityPool.endpoint ?? aws.control.origin}**`, async (route) => {
      if (!route.request().headers()['x-amz-target']?.endsWith('.GetCredentialsForIdentity')) return route.continue();
      const response = await route.fetch();
      const answer = await response.json();
      for (const name of ['SecretKey', 'SessionToken']) secrets.add(answer.Credentials[name]);
      tamper?.(answer.Credentials);
      return route.fulfill({ response, json: answer });
    });
    const signedIn = await settle(page, async (user) => (await globalThis.gp.signIn(user)).status, users[role]);
    assert.deepEqual(signedIn, { value: 'signed-in' });
    return page;
  }

  /** Calls, and has the answer explained. */
  async function explained(page, url, init) {
    const { value, error } = await settle(
      page,
      async ({ url, init }) => {
        const response = await globalThis.gp.fetch(url, init);
        return { status: response.status, diagnosis: response.ok ? null : await globalThis.gp.explain(response), body: await response.text() };
      },
      { url, init },
    );
    assert.equal(error, undefined, JSON.stringify(error));
    told.push(JSON.stringify(value.diagnosis));
    return { ...value, found: value.diagnosis?.findings[0] };
  }

  /** All that the doctor says. */
  const doctor = (given) =>
    new Promise((resolve) => {
      const command = [join(fixture.folder, 'package/dist/doctor/cli.js'), 'doctor', ...given];
      execFile(process.execPath, command, { maxBuffer: 2 ** 24 }, (_error, stdout, stderr) => { resolve(stdout + stderr); });
    });

  const iam = (door, members = {}) => ({ match: `${doors[door].origin}/*`, auth: 'iam', region: doors[door].region ?? 'ap-northeast-1', service: 'execute-api', ...members });
  const otherSecret = (credentials) => (credentials.SecretKey = 'a'.repeat(40));
  const adminUsers = () => `${doors['rest-api'].origin}/api/admin/users`;
  const text = ({ fixes }) => fixes.map((fix) => fix.text).join('\n');

  it('a role without the right: who, what, and the statement that allows it', async () => {
    const { found } = await explained(await open('general', [iam('rest-api')]), adminUsers());
    assert.equal(found.code, 'iam-not-authorized');
    assert.match(found.title, /general/);
    assert.match(text(found), /"Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:ap-northeast-1:123456789012:rest0api00\/api\/GET\/admin\/users"/);
  });

  it('an explicit deny: no statement is offered', async () => {
    const deny = { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: '*' };
    await aws.control.patch([{ op: 'add', path: '/roles/admin/policies/deny', value: [deny] }]);
    const { found } = await explained(await open('admin', [iam('rest-api')]), adminUsers());
    assert.equal(found.code, 'policy-denied');
    assert.doesNotMatch(text(found), /put-role-policy|Effect: Allow/);
  });

  it('a resource policy', async () => {
    const deny = { Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'arn:aws:execute-api:*:*:*/*/GET/*' };
    await aws.control.patch([{ op: 'add', path: '/doors/rest-api/resourcePolicy', value: [deny] }]);
    const { found } = await explained(await open('admin', [iam('rest-api')]), adminUsers());
    assert.equal(found.code, 'resource-policy-denied');
  });

  it('a presigned URL whose time is over', async () => {
    const route = iam('rest-api');
    const page = await open('admin', [route]);
    const { value: url, error } = await settle(page, (at) => globalThis.gp.presign(at, { expiresIn: 60 }), adminUsers());
    assert.equal(error, undefined, JSON.stringify(error));
    await aws.control.advance(61);
    await page.evaluate(({ routes, pool }) => {
      globalThis.gp = globalThis.gatepass.createClient({ userPool: pool, routes });
    }, { routes: [{ match: route.match, auth: 'none' }], pool: (await aws.control.outputs()).userPool });
    const { found } = await explained(page, url);
    assert.equal(found.code, 'presigned-url-expired');
  });

  it('another region, another service', async () => {
    for (const wrong of [{ region: 'us-east-1' }, { service: 'lambda' }]) {
      const { found } = await explained(await open('admin', [iam('rest-api', wrong)]), adminUsers());
      assert.equal(found.code, 'signature-scope', JSON.stringify(wrong));
      await context.close();
    }
  });

  it('a distribution with another host, an origin path and a prefix: the fix that it names makes the call pass', async () => {
    const url = `${doors['signed-cloudfront'].origin}/admin/admin/users`;
    const { found } = await explained(await open('admin', [iam('signed-cloudfront')]), url);
    assert.equal(found.code, 'cloudfront-signature-host');
    assert.match(found.detail, /^(path|host): we signed .+, the API saw .+\. /);
    const [, signAs] = /signAs: (.*),\n/.exec(text(found));
    await context.close();
    const mended = await explained(await open('admin', [iam('signed-cloudfront', { signAs: (0, eval)(`(${signAs})`) })]), url);
    assert.equal(mended.status, 200, `${signAs} ${mended.body}`);
  });

  it('a path that is signed without the part that a distribution adds', async () => {
    const url = `${doors['signed-cloudfront'].origin}/admin/admin/users`;
    const { found } = await explained(await open('admin', [iam('signed-cloudfront', { signAs: doors['rest-api'].origin })]), url);
    assert.deepEqual([found.code, found.failedParameter], ['signature-path', 'path']);
    assert.match(found.detail, /^path: we signed \/admin\/admin\/users, the API saw \/api\/admin\/users\. /);
  });

  const through = () => [{ match: `${between.origin}/*`, auth: 'iam', region: 'ap-northeast-1', service: 'execute-api', signAs: doors['rest-api'].origin }];
  const json = { method: 'POST', headers: { 'content-type': 'application/json' } };
  for (const [what, changed, init, line, words] of [
    ['the query', (request) => ({ ...request, url: request.url.replace('a=1', 'a=2') }), {}, '?a', 'the API did not see what we signed'],
    [
      'the content type',
      (request) => ({ ...request, headers: { ...request.headers, 'content-type': 'application/json; charset=utf-8' } }),
      json,
      'content-type',
      'we signed application/json, the API saw application/json; charset=utf-8',
    ],
    ['the method', (request) => ({ ...request, method: 'PUT' }), json, 'method', 'we signed POST, the API saw PUT'],
    ['the body', (request) => ({ ...request, body: '{"a":2}' }), { ...json, body: '{"a":1}' }, 'payload', undefined],
  ]) {
    it(`${what} that changed on the way is named`, async () => {
      change = changed;
      const { found } = await explained(await open('admin', through()), `${between.origin}/api/admin/users?a=1`, init);
      assert.deepEqual([found.code, found.failedParameter], ['signature-mismatch', line]);
      assert.ok(found.detail.startsWith(words ? `${line}: ${words}. ` : `${line}: we signed `), found.detail);
      assert.doesNotMatch(text(found), /signAs/);
    });
  }

  it('a header that was replaced, and one that was dropped', async () => {
    const page = await open('admin', through());
    const url = `${between.origin}/api/admin/users`;
    change = (request) => ({ ...request, headers: { ...request.headers, authorization: 'Bearer aaaaaaaaaaaa' } });
    assert.equal((await explained(page, url)).found.code, 'incomplete-signature');
    change = (request) => {
      delete request.headers.authorization;
      return request;
    };
    assert.equal((await explained(page, url)).found.code, 'missing-authentication-token');
  });

  it('the secret of another session, and a key that nobody knows', async () => {
    assert.equal((await explained(await open('admin', [iam('rest-api')], { tamper: otherSecret }), adminUsers())).found.code, 'signature-key');
    await context.close();
    const unknown = (credentials) => (credentials.AccessKeyId = 'ASIAUNKNOWNUNKNOWN00');
    assert.equal((await explained(await open('admin', [iam('rest-api')], { tamper: unknown }), adminUsers())).found.code, 'access-key-unknown');
  });

  it('an HTTP API, S3 and AppSync, each in its own words', async () => {
    const routes = [iam('http-api'), iam('s3', { service: 's3' }), iam('app-sync', { service: 'appsync' })];
    const page = await open('general', routes);
    assert.equal((await explained(page, `${doors['http-api'].origin}/signed`)).found.code, 'http-api-forbidden');
    const { found } = await explained(page, `${doors.s3.origin}/bucket/cats/1.jpg`);
    assert.equal(found.code, 'iam-not-authorized');
    assert.match(text(found), /Action: s3:GetObject/);
    const query = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{ whoami }"}' };
    const appSync = await explained(page, `${doors['app-sync'].origin}/graphql`, query);
    assert.ok(['iam-not-authorized', 'appsync-unauthorized'].includes(appSync.found?.code), `${appSync.status} ${appSync.body} ${appSync.found?.code}`);
  });

  it('S3, which spells what it computed byte by byte: neither the page nor the doctor repeats the token in any form', async () => {
    const page = await open('admin', [iam('s3', { service: 's3' })], { tamper: otherSecret });
    const url = `${doors.s3.origin}/bucket/cats/1.jpg`;
    const inPage = await explained(page, url);
    assert.equal(inPage.found.code, 'signature-key');
    const headers = await page.evaluate(async (to) => [...(await globalThis.gp.sign(to)).headers], url);
    const given = headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
    const report = await doctor([url, '--origin', aws.control.origin, ...given, '--json']);
    told.push(report);

    const token = new Headers(headers).get('x-amz-security-token');
    const hex = [...Buffer.from(token)].map((byte) => byte.toString(16).padStart(2, '0'));
    // The answer holds what must not be repeated.
    assert.ok(inPage.body.includes(token) && inPage.body.includes(hex.join(' ')), inPage.body);
    assert.match(report, /<CanonicalRequestBytes>\[redacted\]/);
    for (const form of [token, hex.join(' '), hex.slice(0, 12).join(' '), hex.join(''), encodeURIComponent(token), encodeURIComponent(encodeURIComponent(token))]) {
      assert.ok(!JSON.stringify(inPage.diagnosis).includes(form) && !report.includes(form), form);
    }
  });

  it('a function URL, whose refusal no page can read', async () => {
    const page = await open('general', [iam('function-url-iam', { service: 'lambda', kind: 'function-url' })]);
    const codes = await page.evaluate(
      (url) => globalThis.gp.fetch(url).catch(({ diagnosis }) => diagnosis.findings.map(({ code }) => code)),
      `${doors['function-url-iam'].origin}/`,
    );
    assert.ok(codes.includes('function-url-forbidden'), codes.join());
  });

  it('none of it tells a secret', () => {
    assert.ok(told.length > 10 && secrets.size > 10);
    for (const secret of secrets) assert.ok(!told.some((text) => text.includes(secret)));
    assert.ok(!told.some((text) => /Signature=[0-9a-f]{64}|Bearer a{12}|Credential=ASIA/.test(text)));
  });
});
