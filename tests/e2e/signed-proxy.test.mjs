// Signed requests on their way through a proxy that nobody here wrote, and that does to headers what a CDN does.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';
import httpProxy from 'http-proxy-3';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { headerOf, startLocalAws } from './local-aws.mjs';

/** What CloudFront sends in the place of the viewer's own. */
const CHANGED = { 'user-agent': 'Amazon CloudFront', 'accept-encoding': 'br,gzip', via: '2.0 proxy.example (http-proxy-3)' };

const fixture = makeFixture();

describe('a signed request through a proxy', () => {
  let aws, browser, outputs, page, api, proxies;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    outputs = await aws.control.outputs();
    api = outputs.doors['rest-api'].origin;
    // The API's own name leads the browser to this one.
    const inFront = await startProxy({ target: api });
    browser = await launch([`--host-resolver-rules=MAP ${new URL(api).host} ${new URL(inFront.origin).host}`]);
    proxies = {
      keepsHost: { ...inFront, origin: api },
      rewritesHost: await startProxy({ target: api, changeOrigin: true }),
      signedAs: await startProxy({ target: api, changeOrigin: true }),
      // As a distribution with an origin path.
      addsPath: await startProxy({ target: `${api}/api`, changeOrigin: true }),
    };
    const iam = { auth: 'iam', region: outputs.region, service: 'execute-api' };
    const context = await browser.newContext();
    page = await openWithClient(context, aws.control, {
      routes: [
        { match: `${proxies.keepsHost.origin}/*`, ...iam },
        { match: `${proxies.rewritesHost.origin}/*`, ...iam },
        { match: `${proxies.signedAs.origin}/*`, ...iam, signAs: api },
        { match: `${proxies.addsPath.origin}/*`, ...iam, signAs: `${api}/api` },
      ],
    });
    const { username, password } = outputs.users.find(({ role }) => role === 'admin');
    await page.evaluate(async (user) => void (await globalThis.gp.signIn(user)), { username, password });
  });
  after(async () => {
    await browser.close();
    await Promise.all([aws.stop(), ...Object.values(proxies).map(({ stop }) => stop())]);
    fixture.remove();
  });

  /** Sends in the page and gives the status, and what the API saw. */
  async function send(run, argument) {
    const before = await aws.control.lastRequest();
    const { value, error } = await settle(page, run, argument);
    assert.equal(error, undefined);
    const seen = (await aws.control.requests(before)).findLast(({ door, method }) => door === 'rest-api' && method !== 'OPTIONS');
    return { ...value, seen };
  }

  const call = (url, init = {}) =>
    send(
      async ([to, given]) => {
        const response = await globalThis.gp.fetch(to, given);
        return { status: response.status, errorType: response.headers.get('x-amzn-errortype') };
      },
      [url, init],
    );

  const POST = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"花子"}' };

  it('the proxies change headers, and the API sees its own Host', async () => {
    for (const { origin } of [proxies.keepsHost, proxies.rewritesHost]) {
      const { seen } = await call(`${origin}/api/admin/users`);
      for (const [name, value] of Object.entries(CHANGED)) assert.equal(headerOf(seen, name), value);
      assert.ok(headerOf(seen, 'x-forwarded-for'));
      assert.equal(headerOf(seen, 'host'), new URL(api).host);
    }
  });

  for (const [what, proxy, path] of [
    ['with Host kept, it is accepted', () => proxies.keepsHost, '/api'],
    ['with Host rewritten, it is accepted when signed as what the API sees', () => proxies.signedAs, '/api'],
    ['with Host rewritten and a path added, too', () => proxies.addsPath, ''],
  ]) {
    it(what, async () => {
      const url = (rest) => `${proxy().origin}${path}/admin/${rest}`;
      assert.equal((await call(url('users?b=2&a=1&a=%20&empty=&flag'))).status, 200);
      assert.equal((await call(url("%E8%8A%B1/a%2Fb/!'()*;,:@&=+$"))).status, 200);
      assert.equal((await call(url('users'), POST)).status, 200);
    });
  }

  it('with Host rewritten, the signature for the URL that was called is refused', async () => {
    const { status, errorType } = await call(`${proxies.rewritesHost.origin}/api/admin/users`);
    assert.deepEqual([status, errorType], [403, 'InvalidSignatureException']);
  });

  it('a URL that carries its signature is accepted', async () => {
    const { status } = await send(async (url) => {
      const presigned = await globalThis.gp.presign(url);
      return { status: (await fetch(presigned)).status };
    }, `${proxies.signedAs.origin}/api/admin/users?page=1`);
    assert.equal(status, 200);
  });

  for (const [what, copy] of [
    ['as it is', (request) => request],
    ['copied by new Request(request)', (request) => new Request(request)],
    ['copied twice, and cloned', (request) => new Request(new Request(request).clone())],
    ['copied, with headers of its own', (request) => new Request(request, { headers: new Headers(request.headers) })],
  ]) {
    it(`the signed request is accepted ${what}`, async () => {
      for (const proxy of [proxies.keepsHost, proxies.signedAs]) {
        const { status } = await send(
          async ([url, init, source]) => {
            const signed = await globalThis.gp.sign(url, init);
            return { status: (await fetch((0, eval)(source)(signed))).status };
          },
          [`${proxy.origin}/api/admin/users`, POST, `(${copy})`],
        );
        assert.equal(status, 200);
      }
    });
  }

  it('what gatepass/sigv4 has signed is accepted, for another Host too', async () => {
    for (const [origin, more] of [[api, {}], [proxies.rewritesHost.origin, { host: new URL(api).host }]]) {
      const { status } = await send(
        async ([url, { headers, ...init }, host, region]) => {
          const { signRequest } = await import('/package/dist/sigv4.js');
          const request = { url, ...init, headers: { ...headers, ...host } };
          const signed = await signRequest(request, { credentials: globalThis.gp.credentials, region, service: 'execute-api' });
          const statuses = [(await fetch(signed.url, signed)).status, (await fetch(new Request(signed.url, signed))).status];
          return { status: statuses.join() };
        },
        [`${origin}/api/admin/users?b=+&a=!`, POST, more, outputs.region],
      );
      assert.equal(status, '200,200');
    }
  });

  it('every kind of body arrives as it was signed', async () => {
    for (const make of [
      () => 'text',
      () => new Uint8Array([0, 255, 128, 10, 13]),
      () => new Blob(['{"a":1}'], { type: 'application/json' }),
      () => new URLSearchParams({ name: '花子', empty: '' }),
      () => {
        const form = new FormData();
        form.set('file', new File([new Uint8Array(100_000)], 'zero.bin'));
        form.set('name', '花子');
        return form;
      },
    ]) {
      const { status } = await send(
        async ([url, source]) => ({ status: (await globalThis.gp.fetch(url, { method: 'PUT', body: (0, eval)(source)() })).status }),
        [`${proxies.signedAs.origin}/api/admin/upload`, `(${make})`],
      );
      assert.equal(status, 200, String(make));
    }
  });
});

/** Starts the proxy; it adds `x-forwarded-*` and sets what a CDN sets. */
async function startProxy(options) {
  const proxy = httpProxy.createProxyServer({ xfwd: true, headers: CHANGED, ...options });
  const server = createServer((request, response) => proxy.web(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
