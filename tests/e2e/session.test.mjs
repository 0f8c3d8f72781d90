// The life of a session: signing in, one refresh for many, and storage that fails.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeClient, makeFixture, openWithClient, settle } from './fixture.mjs';
import { startLocalAws } from './local-aws.mjs';

const CALLS = 100;
const TABS = 10;

const fixture = makeFixture();

describe('the session', () => {
  let aws, browser, context, hanako, newUser, routes;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    const { users, doors } = await aws.control.outputs();
    hanako = credentialsOf(users, 'general');
    newUser = credentialsOf(users, 'must-change-password');
    routes = [{ match: `${doors['http-api'].origin}/*`, auth: 'bearer' }];
  });
  after(async () => {
    await browser.close();
    await aws.stop();
    fixture.remove();
  });
  beforeEach(async () => {
    await context?.close();
    context = await browser.newContext();
  });

  const open = (config = {}) => openWithClient(context, aws.control, { routes, ...config });
  const signIn = (page, user) => settle(page, async (given) => (await globalThis.gp.signIn(given)).status, user);
  const username = (page) => settle(page, async () => (await globalThis.gp.session())?.username ?? null);

  it('a wrong password is refused, and nobody is signed in', async () => {
    const page = await open();
    const { error } = await signIn(page, { ...hanako, password: 'Wrong-horse-7' });
    assert.equal(error.name, 'GatepassError');
    assert.ok(error.isError);
    assert.equal(error.code, 'wrong-credentials');
    assert.equal(error.service.exception, 'NotAuthorizedException');
    assert.ok(error.help.length > 0);
    assert.deepEqual(await username(page), { value: null });
  });

  it('an unknown user is refused as a wrong password is, as the pool keeps to itself who exists', async () => {
    const { error } = await signIn(await open(), { username: 'nobody', password: hanako.password });
    assert.equal(error.code, 'wrong-credentials');
  });

  for (const flow of ['USER_SRP_AUTH', 'USER_PASSWORD_AUTH']) {
    it(`${flow} signs in, and the session outlives a reload`, async () => {
      const page = await open();
      assert.deepEqual(await signIn(page, { ...hanako, flow }), { value: 'signed-in' });
      await page.reload();
      await makeClient(page, aws.control, { routes });
      assert.deepEqual(await username(page), { value: hanako.username });
    });
  }

  it('a user who must change the password is asked for a new one', async () => {
    const page = await open();
    const password = 'Brand-new-pass-10';
    assert.deepEqual(await signIn(page, newUser), { value: 'challenge' });
    const answer = (newPassword) =>
      settle(page, async (given) => (await globalThis.gp.respondToChallenge({ newPassword: given })).status, newPassword);
    assert.equal((await answer('weak')).error.code, 'password-policy');
    assert.deepEqual(await answer(password), { value: 'signed-in' });
    assert.deepEqual(await signIn(page, { ...newUser, password }), { value: 'signed-in' });
    assert.equal((await signIn(page, newUser)).error.code, 'wrong-credentials');
  });

  it('signing out forgets the session', async () => {
    const page = await open({ storage: 'local' });
    await signIn(page, hanako);
    await settle(page, () => globalThis.gp.signOut());
    assert.deepEqual(await username(page), { value: null });
    assert.equal((await settle(page, async (url) => (await globalThis.gp.fetch(url)).status, routes[0].match.replace('*', 'items'))).error.code, 'not-signed-in');
    const other = await open({ storage: 'local' });
    assert.deepEqual(await username(other), { value: null });
  });

  describe('with a token that is about to expire', () => {
    const countRefreshes = () => {
      const refreshes = [];
      context.on('request', (request) => {
        if (request.method() !== 'POST') return;
        const isRefresh = /GetTokensFromRefreshToken|REFRESH_TOKEN/.test(`${request.headers()['x-amz-target']} ${request.postData()}`);
        if (isRefresh) refreshes.push(request.url());
      });
      return refreshes;
    };
    const callMany = (page) =>
      settle(
        page,
        async ({ url, times }) => {
          const calls = Array.from({ length: times }, () => globalThis.gp.fetch(url));
          return (await Promise.all(calls)).map(({ status }) => status);
        },
        { url: routes[0].match.replace('*', 'items'), times: CALLS },
      );
    const allOk = { value: Array(CALLS).fill(200) };

    // The page's clock goes on to half a minute before the end of the hour; the pool's stays.
    const almostExpire = () => context.clock.fastForward('59:30');

    it('many calls at once make one refresh', async () => {
      await context.clock.install();
      const page = await open();
      await signIn(page, hanako);
      const refreshes = countRefreshes();
      assert.deepEqual(await callMany(page), allOk);
      assert.equal(refreshes.length, 0);
      await almostExpire();
      assert.deepEqual(await callMany(page), allOk);
      assert.equal(refreshes.length, 1);
    });

    it('many calls in several tabs make one refresh', async () => {
      await context.clock.install();
      const tabs = [];
      for (let count = 0; count < TABS; count += 1) tabs.push(await open({ storage: 'local' }));
      await signIn(tabs[0], hanako);
      await almostExpire();
      const refreshes = countRefreshes();
      assert.deepEqual(await Promise.all(tabs.map(callMany)), tabs.map(() => allOk));
      assert.equal(refreshes.length, 1);
    });
  });

  describe('storage', () => {
    it('that holds garbage reads as signed out, and is overwritten', async () => {
      const page = await open({ storage: 'local' });
      await signIn(page, hanako);
      const stored = await page.evaluate(() => Object.values(localStorage));
      const [record] = stored.map((text) => JSON.parse(text));
      const ofTheFuture = JSON.stringify({ ...record, v: record.v + 1 });
      for (const garbage of ['', 'garbage', '{}', '[1]', 'null', ofTheFuture]) {
        await page.evaluate((text) => {
          const keys = Object.keys(localStorage);
          if (keys.length === 0) throw new Error('nothing was stored');
          for (const key of keys) localStorage.setItem(key, text);
        }, garbage);
        const fresh = await open({ storage: 'local' });
        assert.deepEqual(await username(fresh), { value: null }, garbage);
        assert.deepEqual(await signIn(fresh, hanako), { value: 'signed-in' }, garbage);
        await fresh.close();
      }
    });

    const failing = [
      [
        'that is full',
        () => {
          const block = 'x'.repeat(1024);
          for (let at = 0; ; at += 1) {
            try {
              localStorage.setItem(`filling-${at}`, block);
            } catch {
              break;
            }
          }
          for (let at = 0; ; at += 1) {
            try {
              localStorage.setItem(`f${at}`, '');
            } catch {
              return;
            }
          }
        },
      ],
      [
        'that is forbidden',
        () => {
          Object.defineProperty(globalThis, 'localStorage', {
            get() {
              throw new DOMException('The user forbids it.', 'SecurityError');
            },
          });
        },
      ],
    ];
    for (const [how, fail] of failing) {
      it(`${how} is told, and the session is kept for the page`, async () => {
        const page = await open({ storage: 'local' });
        await page.evaluate(fail);
        const { error } = await signIn(page, hanako);
        assert.equal(error?.name, 'GatepassError');
        assert.equal(error.code, 'storage');
        assert.ok(error.help.length > 0);
        assert.deepEqual(await username(page), { value: hanako.username });
      });
    }
  });
});

function credentialsOf(users, role) {
  const { username, password } = users.find((user) => user.role === role);
  return { username, password };
}
