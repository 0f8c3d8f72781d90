// A device whose clock is hours off: what a signed call makes of it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { headerOf, startLocalAws } from './local-aws.mjs';

const FIVE_HOURS = 5 * 3600;
const fixture = makeFixture();

describe('a clock that is five hours off', () => {
  let aws, browser, context, page, doors, user;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    const outputs = await aws.control.outputs();
    doors = outputs.doors;
    const { username, password } = outputs.users.find(({ role }) => role === 'admin');
    user = { username, password };
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
    page = await openWithClient(context, aws.control, {
      routes: ['rest-api', 's3', 'function-url-iam'].map((name) => {
        const { origin, region, service } = doors[name];
        return { match: `${origin}/*`, auth: 'iam', region, service };
      }),
    });
  });

  const signIn = () => settle(page, async (given) => void (await globalThis.gp.signIn(given)), user);
  const status = (url, init) =>
    settle(page, async ([to, members]) => (await globalThis.gp.fetch(to, members)).status, [url, init]);
  const urls = () => [`${doors['rest-api'].origin}/api/admin/items`, `${doors.s3.origin}/bucket/skewed.txt`, `${doors['function-url-iam'].origin}/`];
  /** How often the doors were called since, preflights apart. */
  const calls = async (since) => (await aws.control.requests(since)).filter((request) => headerOf(request, 'authorization')).length;

  for (const off of [-FIVE_HOURS, FIVE_HOURS]) {
    it(`is learnt from the sign-in, when the servers are ${off} s ahead`, async () => {
      await aws.control.advance(off);
      await signIn();
      for (const url of urls()) {
        const since = await aws.control.lastRequest();
        assert.equal((await status(url, { method: 'PUT', body: 'x' })).value, 200, url);
        assert.equal(await calls(since), 1, url);
      }
    });

    it(`is learnt from a refusal, when it changes by ${off} s after the sign-in`, async () => {
      await signIn();
      assert.equal((await status(urls()[0])).value, 200);
      // A page cannot read why a function URL refuses: that has no CORS headers.
      for (const [index, url] of urls().slice(0, 2).entries()) {
        await aws.control.advance(index % 2 ? -off / 5 : off / 5);
        let since = await aws.control.lastRequest();
        assert.equal((await status(url, { method: 'PUT', body: 'x' })).value, 200, url);
        assert.equal(await calls(since), 2, url);
        since = await aws.control.lastRequest();
        assert.equal((await status(url, { method: 'PUT', body: 'y' })).value, 200, url);
        assert.equal(await calls(since), 1, url);
      }
    });
  }
});
