// AWS credentials, with the packed package in a real browser: whose, of which role, by which flow, how often they are fetched, when they go.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeClient, makeFixture, openWithClient, settle } from './fixture.mjs';
import { startLocalAws } from './local-aws.mjs';

const fixture = makeFixture();

describe('AWS credentials', () => {
  let aws, browser, context, asked, pool, sts, provider, users, ambiguous, admin, guests;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    const outputs = await aws.control.outputs();
    [pool, sts, provider] = [outputs.identityPool, outputs.sts.endpoint, outputs.openIdProviders[0].providerName];
    users = Object.fromEntries(outputs.users.map(({ role, username, password }) => [role, { username, password }]));
    ambiguous = outputs.ambiguousUsers[0];
    const { 'rest-api': rest, 'http-api': http } = outputs.doors;
    // What only the role `admin` may call, and what only a guest may.
    admin = { match: `${rest.origin}/api/*`, url: `${rest.origin}/api/admin/users`, auth: 'iam', region: rest.region };
    guests = { match: `${http.origin}/*`, url: `${http.origin}/signed`, auth: 'iam', region: http.region };
  });
  after(async () => {
    await browser.close();
    await aws.stop();
    fixture.remove();
  });
  beforeEach(async () => {
    await context?.close();
    await aws.control.reset();
    context = await browser.newContext();
    asked = [];
    context.on('request', (request) => {
      if (request.method() !== 'POST') return;
      const operation = request.headers()['x-amz-target']?.split('.')[1];
      if (request.url() === sts) asked.push('AssumeRoleWithWebIdentity');
      if (['GetId', 'GetCredentialsForIdentity', 'GetOpenIdToken'].includes(operation)) asked.push(operation);
    });
  });

  const routes = (members = {}) => [admin, guests].map(({ match, auth, region }) => ({ match, auth, region, ...members }));
  const open = ({ identityPool, ...config } = {}) =>
    openWithClient(context, aws.control, { identityPool: { ...pool, ...identityPool }, stsEndpoint: sts, routes: routes(), ...config });
  // A callback cannot be handed over to the page: it is made there.
  const openApp = async (callbacks, { identityPool, ...config } = {}) => {
    const page = await openWithClient(context, aws.control, { identityPool: pool, routes: [] });
    await page.evaluate(
      ({ source, made }) => {
        Object.assign(made.identityPool, (0, eval)(`(${source})`));
        globalThis.gp = globalThis.gatepass.createClient(made);
      },
      { source: callbacks, made: { identityPool: { ...pool, ...identityPool }, stsEndpoint: sts, routes: routes(), storage: 'local', ...config } },
    );
    return page;
  };
  const signIn = (page, user) => settle(page, async (given) => (await globalThis.gp.signIn(given)).status, user);
  const credentials = (page, options) => settle(page, (given) => globalThis.gp.credentials(given), options);
  const key = async (page, options) => (await credentials(page, options)).value?.accessKeyId;
  const call = async (page, { url }) => (await settle(page, async (at) => (await globalThis.gp.fetch(at)).status, url)).value;
  const post = async (path, body) => {
    const response = await fetch(`${aws.control.origin}/local-aws/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.ok(response.ok, path);
    return response.status === 204 ? undefined : response.json();
  };
  // The classic flow does not go with role mappings.
  const withoutMappings = [{ op: 'remove', path: '/identityPool/roleMappings' }];
  const enhanced = ['GetId', 'GetCredentialsForIdentity'];

  it('are of the role that the pool gives, asked for by the first signed call only', async () => {
    const page = await open();
    await signIn(page, users.admin);
    assert.deepEqual(asked, []);
    assert.equal(await call(page, admin), 200);
    assert.equal(await call(page, admin), 200);
    assert.deepEqual(asked, enhanced);
    const { value } = await credentials(page, { callerClientConfig: {} });
    assert.match(value.identityId, /^ap-northeast-1:/);
    assert.deepEqual(asked, enhanced);

    await signIn(page, users.general);
    assert.equal(await call(page, admin), 403);
  });

  it('are of the role that the app names, if the user may have it', async () => {
    const general = 'arn:aws:iam::123456789012:role/general';
    const page = await open();
    await signIn(page, users.admin);
    await makeClient(page, aws.control, { identityPool: { ...pool, role: general }, routes: routes() });
    assert.equal(await call(page, admin), 403);
    await makeClient(page, aws.control, { identityPool: pool, routes: routes() });
    assert.equal(await call(page, admin), 200);
    await signIn(page, users.general);
    const { error } = await credentials(page, { role: 'arn:aws:iam::123456789012:role/admin' });
    assert.equal(error.code, 'identity-refused', error.message);
    assert.ok(error.help);
  });

  for (const flow of ['enhanced', 'classic']) {
    it(`are of the group's role in the ${flow} flow, and where that is ambiguous the roles are told`, async () => {
      if (flow === 'classic') await aws.control.patch(withoutMappings);
      const page = await open({ identityPool: { flow, role: 'group' } });
      await signIn(page, users.admin);
      assert.equal(await call(page, admin), 200);
      assert.deepEqual(asked, flow === 'classic' ? ['GetId', 'GetOpenIdToken', 'AssumeRoleWithWebIdentity'] : enhanced);
      await signIn(page, ambiguous);
      const { error } = await credentials(page);
      assert.equal(error.code, 'role-ambiguous');
      assert.match(error.message, /role\/general.*role\/admin|role\/admin.*role\/general/);
      assert.match(error.help, /precedence/);
    });
  }

  it('a role that does not trust the identity pool is told as such by STS', async () => {
    const page = await open({ identityPool: { flow: 'classic', role: 'arn:aws:iam::123456789012:role/guest' } });
    await signIn(page, users.admin);
    const closed = await credentials(page);
    assert.equal(closed.error.code, 'invalid-configuration');
    assert.match(closed.error.help, /role mappings/);
    await aws.control.patch(withoutMappings);
    const { error } = await credentials(page);
    assert.equal(error.code, 'identity-refused', error.message);
    assert.equal(error.service.exception, 'AccessDenied');
    assert.match(error.help, /trust policy/);
  });

  it('are a guest\'s only where the app asks for a guest, who stays the same', async () => {
    const page = await open({ storage: 'local' });
    assert.equal((await credentials(page)).error.code, 'not-signed-in');
    assert.equal((await settle(page, async (at) => globalThis.gp.fetch(at), guests.url)).error.code, 'not-signed-in');
    assert.deepEqual(asked, []);
    const { value } = await credentials(page, { identity: 'guest' });
    const other = await open({ storage: 'local', routes: routes({ identity: 'guest' }) });
    assert.equal(await call(other, guests), 200);
    assert.equal(await call(other, admin), 403);
    assert.deepEqual(asked, enhanced);
    await settle(other, () => globalThis.gp.signOut());
    assert.equal((await credentials(other, { identity: 'guest' })).value.identityId, value.identityId);
  });

  it('come from other providers\' tokens, asked for when they are fetched', async () => {
    const sources = await Promise.all(['sub-1', 'sub-2'].map((sub) => post('open-id-token', { sub })));
    const page = await openApp(`{ logins: async () => { globalThis.logins = (globalThis.logins ?? 0) + 1; return { [${JSON.stringify(provider)}]: (globalThis.tokens)[globalThis.who ?? 0] }; } }`);
    await page.evaluate((tokens) => Object.assign(globalThis, { tokens }), sources.map(({ token }) => token));
    const first = (await credentials(page)).value;
    assert.equal((await credentials(page)).value.accessKeyId, first.accessKeyId);
    assert.equal(await page.evaluate(() => globalThis.logins), 1);
    assert.notEqual(await key(page, { forceRefresh: true }), first.accessKeyId);
    assert.deepEqual([await page.evaluate(() => globalThis.logins), asked], [2, [...enhanced, 'GetCredentialsForIdentity']]);
    // The next user of the app.
    await settle(page, () => globalThis.gp.signOut());
    const kept = () => page.evaluate(() => JSON.stringify({ ...localStorage }));
    assert.ok(!(await kept()).includes(first.secretAccessKey));
    await page.evaluate(() => Object.assign(globalThis, { who: 1 }));
    assert.notEqual((await credentials(page)).value.identityId, first.identityId);
  });

  it('are of whom the app names when its page is opened again', async () => {
    const tokens = (await Promise.all(['sub-1', 'sub-2'].map((sub) => post('open-id-token', { sub })))).map(({ token }) => token);
    const openAs = async (who) => {
      const login = who === undefined ? null : { [provider]: tokens[who] };
      const page = await openApp(`{ logins: async () => (${JSON.stringify(login)}) }`);
      return { page, ...(await credentials(page)) };
    };
    const first = await openAs(0);
    assert.equal((await openAs(0)).value.accessKeyId, first.value.accessKeyId);
    assert.deepEqual(asked, enhanced);
    const second = await openAs(1);
    assert.notEqual(second.value.identityId, first.value.identityId);
    const nobody = await openAs();
    assert.equal(nobody.error.code, 'not-signed-in');
    assert.ok(!(await nobody.page.evaluate(() => JSON.stringify({ ...localStorage }))).includes(second.value.secretAccessKey));
  });

  for (const [flow, expected] of [['enhanced', ['GetCredentialsForIdentity']], ['classic', ['AssumeRoleWithWebIdentity']]]) {
    it(`come from the app's back end in the ${flow} flow`, async () => {
      const identity = await post('developer-identity', { user: 'saburo' });
      const config = flow === 'classic' ? { flow, role: 'arn:aws:iam::123456789012:role/general' } : { flow };
      const page = await openApp(`{ developerIdentity: async () => (${JSON.stringify(identity)}) }`, { identityPool: config });
      const { value, error } = await credentials(page);
      assert.equal(value?.identityId, identity.identityId, error?.message);
      assert.deepEqual(asked, expected);
    });
  }

  it('are fetched once for two tabs, and outlive a reload', async () => {
    const tabs = [await open({ storage: 'local' }), await open({ storage: 'local' })];
    await signIn(tabs[0], users.admin);
    const many = (page) =>
      settle(page, async (url) => (await Promise.all(Array.from({ length: 20 }, () => globalThis.gp.fetch(url)))).every(({ ok }) => ok), admin.url);
    assert.deepEqual(await Promise.all(tabs.map(many)), [{ value: true }, { value: true }]);
    assert.deepEqual(asked, enhanced);
    // Forced by both at once: once more, for both.
    const keys = await Promise.all(tabs.map((page) => key(page, { forceRefresh: true })));
    assert.equal(await key(tabs[0]), await key(tabs[1]));
    assert.ok(keys.includes(await key(tabs[0])));
    const before = asked.length;
    await tabs[0].reload();
    await makeClient(tabs[0], aws.control, { identityPool: pool, routes: routes(), storage: 'local' });
    assert.equal(await call(tabs[0], admin), 200);
    assert.equal(asked.length, before);
  });

  it('go with the user, in every tab', async () => {
    const tabs = [await open({ storage: 'local' }), await open({ storage: 'local' })];
    await signIn(tabs[0], users.admin);
    assert.equal(await call(tabs[1], admin), 200);
    const secret = (await credentials(tabs[0])).value.secretAccessKey;
    const holds = () => tabs[1].evaluate((text) => JSON.stringify({ ...localStorage }).includes(text), secret);
    assert.equal(await holds(), true);
    await settle(tabs[0], () => globalThis.gp.signOut());
    assert.equal(await holds(), false);
    assert.equal((await credentials(tabs[1])).error.code, 'not-signed-in');
    // Another user gets credentials of her own.
    await signIn(tabs[1], users.general);
    assert.equal(await call(tabs[0], admin), 403);
  });

  it('a storage that is forbidden leaves them to the page', async () => {
    const page = await open({ storage: 'local', routes: routes({ identity: 'guest' }) });
    await page.evaluate(() => {
      Object.defineProperty(globalThis, 'localStorage', {
        get() {
          throw new DOMException('The user forbids it.', 'SecurityError');
        },
      });
    });
    assert.equal(await call(page, guests), 200);
    assert.equal(await call(page, guests), 200);
    assert.deepEqual(asked, enhanced);
  });

  it('that the service calls expired are replaced, once', async () => {
    const page = await open();
    await signIn(page, users.admin);
    assert.equal(await call(page, admin), 200);
    await post('credentials/expire', {});
    assert.equal(await call(page, admin), 200);
    assert.deepEqual(asked, [...enhanced, 'GetCredentialsForIdentity']);
  });

  it('are renewed before they expire', async () => {
    await context.clock.install();
    const page = await open();
    await signIn(page, users.admin);
    const first = await key(page);
    // Of an hour they have four minutes left.
    await post('clock', { advanceSeconds: 3360 });
    await context.clock.fastForward('56:00');
    const second = await key(page);
    assert.notEqual(second, first);
    assert.equal(await key(page), second);
    assert.equal(await call(page, admin), 200);
    assert.deepEqual(asked, [...enhanced, 'GetCredentialsForIdentity']);
  });
});
