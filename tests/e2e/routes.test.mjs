// What a request carries, and where it must carry nothing.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { startHttpServer } from './http-server.mjs';
import { headerOf, startLocalAws } from './local-aws.mjs';

const SECRET_HEADERS = ['authorization', 'x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'];

const fixture = makeFixture();

describe('routes', () => {
  let aws, browser, server, elsewhere, context, page, outputs;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    elsewhere = await startHttpServer((request, response) => response.end('{}'));
    server = await startHttpServer((request, response) => {
      if (request.url.startsWith('/redirect')) response.writeHead(302, { location: `${elsewhere.origin}/landed` }).end();
      else if (!request.url.startsWith('/never')) response.end('<p>not JSON</p>');
    });
    outputs = await aws.control.outputs();
    context = await browser.newContext();
    page = await openWithClient(context, aws.control, {
      routes: [
        { match: `${server.origin}/api/*`, auth: 'bearer' },
        { match: `${server.origin}/redirect`, auth: 'bearer' },
        { match: `${server.origin}/redirect-with-key`, auth: 'none', headers: { 'x-api-key': 'the key' } },
        { match: `${server.origin}/never`, auth: 'bearer' },
        { match: `${server.origin}/open/*`, auth: 'none' },
        { match: `${outputs.doors['http-api'].origin}/items`, auth: 'bearer', kind: 'http-api' },
      ],
    });
    const { username, password } = outputs.users.find(({ role }) => role === 'general');
    await settle(page, async (user) => void (await globalThis.gp.signIn(user)), { username, password });
  });
  after(async () => {
    await browser.close();
    await Promise.all([aws.stop(), server.stop(), elsewhere.stop()]);
    fixture.remove();
  });

  const get = (url) => settle(page, async (to) => (await globalThis.gp.fetch(to)).status, url);
  const lastAt = (place) => place.seen.at(-1);

  it('a matched URL carries the IdToken', async () => {
    const before = await aws.control.lastRequest();
    assert.deepEqual(await get(`${outputs.doors['http-api'].origin}/items`), { value: 200 });
    const call = (await aws.control.requests(before)).find(({ method }) => method === 'GET');
    const token = headerOf(call, 'authorization').replace(/^Bearer /, '');
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    assert.equal(claims.token_use, 'id');
  });

  for (const [what, url] of [
    ['another path of a matched origin', () => `${server.origin}/other`],
    ['a path that only begins like a match', () => `${server.origin}/apis/1`],
    ['an origin that no route names', () => `${elsewhere.origin}/api/1`],
    ['a route with auth none', () => `${server.origin}/open/1`],
  ]) {
    it(`${what} gets nothing`, async () => {
      assert.deepEqual(await get(url()), { value: 200 });
      const { headers, url: path } = [lastAt(server), lastAt(elsewhere)].find((entry) => entry && url().endsWith(entry.url));
      assert.ok(path);
      assert.deepEqual(SECRET_HEADERS.filter((name) => name in headers), []);
    });
  }

  it('an unmatched URL works before the module is loaded, and loads nothing', async () => {
    const fresh = await openWithClient(context, aws.control, { storage: 'memory' });
    const loaded = [];
    fresh.on('request', (request) => loaded.push(request.url()));
    const result = await settle(fresh, async (to) => (await globalThis.gp.fetch(to)).status, `${elsewhere.origin}/plain`);
    assert.deepEqual(result, { value: 200 });
    assert.deepEqual(loaded, [`${elsewhere.origin}/plain`]);
    await fresh.close();
  });

  it('a redirect does not carry the token to an origin without a route', async () => {
    await get(`${server.origin}/redirect`);
    assert.match(lastAt(server).headers.authorization ?? '', /^Bearer /);
    const landed = elsewhere.seen.filter(({ url }) => url === '/landed');
    assert.deepEqual(landed.map(({ headers }) => headers.authorization), [undefined]);
  });

  it('a redirect is not followed with an API key, which Fetch would not take off, and that is what the diagnosis says', async () => {
    const before = elsewhere.seen.length;
    const { value } = await settle(
      page,
      async (to) =>
        globalThis.gp.fetch(to).then(
          () => 'resolved',
          ({ name, message, diagnosis }) => ({ name, message, verdict: diagnosis?.verdict, codes: diagnosis?.findings.map(({ code }) => code) }),
        ),
      `${server.origin}/redirect-with-key?secret=1`,
    );
    assert.equal(value.name, 'TypeError');
    assert.match(value.message, /^Failed to fetch \(the server redirects/);
    assert.doesNotMatch(value.message, /secret/);
    assert.deepEqual([value.verdict, value.codes], ['certain', ['redirect-refused']]);
    assert.equal(elsewhere.seen.length, before);
  });

  it('an abort rejects with the reason of the caller', async () => {
    const { value } = await settle(
      page,
      async (to) => {
        const reason = { mine: true };
        const controller = new AbortController();
        const call = globalThis.gp.fetch(to, { signal: controller.signal });
        controller.abort(reason);
        return call.then(() => 'resolved', (error) => (error === reason ? 'the reason itself' : String(error)));
      },
      `${server.origin}/never`,
    );
    assert.equal(value, 'the reason itself');
  });

  it('a server that answers HTML is handed over as it is', async () => {
    const { value } = await settle(page, async (to) => (await globalThis.gp.fetch(to)).text(), `${server.origin}/api/page`);
    assert.equal(value, '<p>not JSON</p>');
  });

  it('axios goes through the client, and keeps its own ways', async () => {
    const { value } = await settle(
      page,
      async (origin) => {
        const api = globalThis.withGatepass(globalThis.axios.create({ baseURL: origin }), globalThis.gp);
        const { data } = await api.get('/items', { params: { page: 2 } });
        return data;
      },
      outputs.doors['http-api'].origin,
    );
    assert.equal(value.claims['cognito:username'], 'hanako');
    assert.match(JSON.stringify(value.query), /page/);
  });
});
