// Signed calls of a real browser, to each kind of endpoint that a browser can reach: what is sent is what was signed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { headerOf, startLocalAws } from './local-aws.mjs';

const fixture = makeFixture();

describe('signed calls', () => {
  let aws, browser, page, doors;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    const outputs = await aws.control.outputs();
    doors = outputs.doors;
    const { region } = doors['rest-api'];
    const iam = (door, members) => ({ match: `${doors[door].origin}/*`, auth: 'iam', region, ...members });
    page = await openWithClient(await browser.newContext(), aws.control, {
      routes: [
        iam('rest-api', { service: 'execute-api' }),
        iam('signed-cloudfront', { service: 'execute-api', signAs: { origin: `${doors['rest-api'].origin}/api`, stripPrefix: '/admin' } }),
        iam('mapped-domain', { service: 'execute-api' }),
        iam('s3', { service: 's3' }),
        iam('function-url-iam', { service: 'lambda' }),
        { match: `${doors['function-url-oac'].origin}/*`, auth: 'none', contentSha256: 'send' },
      ],
    });
    const { username, password } = outputs.users.find(({ role }) => role === 'admin');
    await settle(page, async (user) => void (await globalThis.gp.signIn(user)), { username, password });
  });
  after(async () => {
    await browser.close();
    await aws.stop();
    fixture.remove();
  });

  /** Calls with an init that is made in the page. */
  const call = (url, makeInit = () => undefined) =>
    settle(
      page,
      `async (url) => {
        const response = await globalThis.gp.fetch(url, (${makeInit})());
        return { status: response.status, text: await response.text() };
      }`,
      url,
    );

  const admin = (path) => `${doors['rest-api'].origin}/api/admin${path}`;

  for (const [what, makeInit] of [
    ['a text', () => ({ method: 'POST', body: '日本\ud800' })],
    ['a long text', () => ({ method: 'POST', body: '日本'.repeat(100_000) })],
    ['an ArrayBuffer', () => ({ method: 'POST', body: new Uint8Array([0, 255, 13, 10]).buffer })],
    ['a view of a part', () => ({ method: 'PUT', body: new Uint8Array(200_000).fill(7).subarray(3, 150_000) })],
    ['a Blob', () => ({ method: 'POST', body: new Blob(['{}'], { type: 'application/json' }) })],
    ['a File', () => ({ method: 'POST', body: new File([new Uint8Array(100_000)], 'a.bin') })],
    ['URLSearchParams', () => ({ method: 'POST', body: new URLSearchParams({ q: 'a b&c', w: '日本' }) })],
    [
      'FormData',
      () => {
        const body = new FormData();
        body.append('name', '請求書');
        body.append('file', new File([new Uint8Array([0, 255, 13, 10])], 'a "b".bin'));
        return { method: 'POST', body };
      },
    ],
    ['a stream', () => ({ method: 'POST', body: new Blob(['a ', 'stream']).stream() })],
    ['no body', () => ({ method: 'POST' })],
    ['DELETE', () => ({ method: 'DELETE' })],
  ]) {
    it(`${what} is accepted`, async () => {
      assert.equal((await call(admin('/items'), makeInit)).value?.status, 200);
    });
  }

  for (const path of ['/a%20b/c', '/日本', "/!'()*~;,@", '/a//b/', '/items?q=1+2&e&e=&a=%2F&%C3%A9=é', '/items?b=2&a=1&a=0&B=3', '/100%25']) {
    it(`the path or query ${path} is accepted`, async () => {
      assert.equal((await call(admin(path))).value?.status, 200);
    });
  }

  it('a distribution that takes a prefix away and adds a path', async () => {
    for (const path of ['/admin/admin/items?a=b+c', '/admin/admin/a%20b']) {
      assert.equal((await call(`${doors['signed-cloudfront'].origin}${path}`)).value?.status, 200, path);
    }
  });

  it('a custom domain with base path mappings', async () => {
    for (const path of ['/backoffice/admin/items', '/v1/backoffice/admin/items?a']) {
      assert.equal((await call(`${doors['mapped-domain'].origin}${path}`)).value?.status, 200, path);
    }
  });

  it('a presigned URL opens without a header', async () => {
    const url = await settle(page, (given) => globalThis.gp.presign(given, { expiresIn: 60 }), admin('/items?q=1+2'));
    assert.ok(url.value.startsWith(`${admin('/items')}?`), url.value);
    assert.equal((await fetch(url.value)).status, 200);
    assert.equal((await fetch(`${url.value}&more=1`)).status, 403);
    const behind = `${doors['signed-cloudfront'].origin}/admin/admin/items`;
    const other = await settle(page, (given) => globalThis.gp.presign(given), behind);
    assert.ok(other.value.startsWith(`${behind}?`), other.value);
    assert.equal((await fetch(other.value)).status, 200);
  });

  it('CloudFront signs for a function URL what the page has hashed', async () => {
    const url = `${doors['function-url-oac'].origin}/`;
    assert.equal((await call(url, () => ({ method: 'POST', body: 'a body' }))).value?.status, 200);
    assert.equal((await call(url, () => ({ method: 'PUT', body: new Uint8Array(100_000) }))).value?.status, 200);
  });

  it('a function URL', async () => {
    const url = `${doors['function-url-iam'].origin}/x?y=z`;
    assert.equal((await call(url, () => ({ method: 'POST', body: 'a body', headers: { 'content-type': 'text/plain' } }))).value?.status, 200);
  });

  it('S3: an object is put, read and read by a signed URL, whatever its key', async () => {
    for (const key of ['plain.txt', "a b/c//d!'()*.txt", '日本/%25+1']) {
      const url = `${doors.s3.origin}/bucket/${key.split('/').map(encodeURIComponent).join('/')}`;
      const put = await call(url, `() => ({ method: 'PUT', body: new Blob([${JSON.stringify(key)}]) })`);
      assert.equal(put.value?.status, 200, `${key} ${JSON.stringify(put)}`);
      assert.deepEqual((await call(url)).value, { status: 200, text: key });
      const signed = await settle(page, (given) => globalThis.gp.presign(given), url);
      assert.equal(await (await fetch(signed.value)).text(), key);
    }
    const listed = await call(`${doors.s3.origin}/bucket?list-type=2&prefix=plain`);
    assert.match(listed.value?.text ?? '', /<Key>plain\.txt<\/Key>/);
  });

  it('S3: a path is signed for the key that S3 reads in it', async () => {
    const escapes = { 'a%2Fb': 'a/b', 'a%7Eb': 'a~b', 'a+b c': 'a b c', '%e6%97%a5': '日', "!$&'()*,;=:@": "!$&'()*,;=:@" };
    for (const [written, key] of Object.entries(escapes)) {
      const url = `${doors.s3.origin}/bucket/escapes/${written}`;
      const put = await call(url, `() => ({ method: 'PUT', body: ${JSON.stringify(key)} })`);
      assert.equal(put.value?.status, 200, `${written} ${JSON.stringify(put)}`);
      const signed = await settle(page, (given) => globalThis.gp.presign(given), url);
      assert.equal(await (await fetch(signed.value)).text(), key);
      const listed = await call(`${doors.s3.origin}/bucket?list-type=2&encoding-type=url&prefix=escapes/${encodeURIComponent(key)}`);
      assert.match(listed.value?.text ?? '', /<KeyCount>1<\/KeyCount>/, `${written} ${JSON.stringify(listed)}`);
    }
  });

  it('credentials that are good no longer are replaced, once', async () => {
    assert.equal((await call(admin('/items'))).value?.status, 200);
    await aws.control.expireCredentials();
    const before = await aws.control.lastRequest();
    assert.equal((await call(admin('/items'), () => ({ method: 'POST', body: 'again' }))).value?.status, 200);
    const posts = (await aws.control.requests(before)).filter(({ method }) => method === 'POST');
    const keys = posts.map((request) => /Credential=([^/]+)/.exec(headerOf(request, 'authorization') ?? '')?.[1]).filter(Boolean);
    assert.equal(new Set(keys).size, 2, keys.join());
  });
});
