// Bodies that axios hands on, on a route with auth 'iam': what is sent is what was signed, the boundary included.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { startLocalAws } from './local-aws.mjs';

const fixture = makeFixture();

describe('axios on a signed route', () => {
  let aws, browser, page, origin;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    const { doors, users } = await aws.control.outputs();
    const { origin: api, region } = doors['rest-api'];
    origin = `${api}/api/admin`;
    page = await openWithClient(await browser.newContext(), aws.control, {
      routes: [
        { match: doors['web-socket-iam'].origin.replace('http', 'ws') + '/prod', auth: 'iam', region },
        { match: `${api}/*`, auth: 'iam', region },
      ],
    });
    const { username, password } = users.find(({ role }) => role === 'admin');
    await settle(page, async (user) => void (await globalThis.gp.signIn(user)), { username, password });
  });
  after(async () => {
    await browser.close();
    await aws.stop();
    fixture.remove();
  });

  /** What the function behind the API saw of a POST whose body the given function makes in the page. */
  const post = (makeBody) =>
    settle(
      page,
      `async (baseURL) => {
        const api = globalThis.withGatepass(globalThis.axios.create({ baseURL }), globalThis.gp);
        const { status, data } = await api.post('/items', (${makeBody})());
        return { status, data };
      }`,
      origin,
    );

  for (const [what, makeBody, says] of [
    [
      'FormData with a file',
      () => {
        const form = new FormData();
        form.append('name', '請求書');
        form.append('file', new File([new Uint8Array([0, 255, 13, 10])], 'a "b".bin', { type: 'application/octet-stream' }));
        return form;
      },
      /multipart\/form-data; boundary=/,
    ],
    ['a Blob', () => new Blob(['{"a":1}'], { type: 'application/json' }), /application\/json/],
    ['URLSearchParams', () => new URLSearchParams({ q: 'a b&c', w: '日本' }), /application\/x-www-form-urlencoded/],
    ['an object', () => ({ q: '日本' }), /application\/json/],
    ['bytes', () => new Uint8Array(70_000).fill(7), /./],
    ['nothing', () => undefined, /./],
  ]) {
    it(what, async () => {
      const since = await aws.control.lastRequest();
      const { value, error } = await post(makeBody);
      assert.equal(error, undefined);
      assert.equal(value.status, 200);
      const call = (await aws.control.requests(since)).find(({ method }) => method === 'POST');
      assert.match(JSON.stringify(call.headers), says);
      assert.match(JSON.stringify(call.headers), /AWS4-HMAC-SHA256 Credential=/);
    });
  }
});
