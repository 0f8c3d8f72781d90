// Servers and pages that are not as they should be: a clear GatepassError.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient, settle } from './fixture.mjs';
import { startHttpServer } from './http-server.mjs';
import { startLocalAws } from './local-aws.mjs';

const answers = {
  html: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sign in to the hotel’s network</h1>'),
  nothing: (response) => response.writeHead(200).end(),
  shape: (response) => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"Unheard":["of"]}'),
  array: (response) => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('[]'),
  'html-502': (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad Gateway</h1>'),
  hangup: (response) => response.destroy(),
};

const fixture = makeFixture();

describe('bad answers', () => {
  let aws, browser, server, context;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    context = await browser.newContext();
    server = await startHttpServer((request, response) => answers[request.url.slice(1)](response));
  });
  after(async () => {
    await browser.close();
    await Promise.all([aws.stop(), server.stop()]);
    fixture.remove();
  });

  const user = { username: 'hanako', password: 'Correct-horse-7' };

  for (const [answer, code] of [
    ['html', 'bad-response'],
    ['nothing', 'bad-response'],
    ['shape', 'bad-response'],
    ['array', 'bad-response'],
    ['html-502', 'service-error'],
    ['hangup', 'network'],
  ]) {
    it(`a user pool that answers “${answer}” is ${code}`, async () => {
      const { userPool } = await aws.control.outputs();
      const page = await openWithClient(context, aws.control, { userPool: { ...userPool, endpoint: `${server.origin}/${answer}` } });
      const { error } = await settle(page, (given) => globalThis.gp.signIn(given), user);
      assert.equal(error?.name, 'GatepassError');
      assert.equal(error.code, code, error.message);
      assert.equal(error.retryable, code !== 'bad-response');
      assert.ok(error.help.length > 0);
      assert.ok(!JSON.stringify(error).includes(user.password));
      await page.close();
    });
  }

  it('a page that forbids WebAssembly is told which directive to add', async () => {
    const page = await openWithClient(context, aws.control, {}, '/no-wasm.html');
    const { error } = await readSession(page);
    assert.equal(error?.name, 'GatepassError');
    assert.equal(error.code, 'module-blocked');
    assert.match(`${error.message} ${error.help}`, /'wasm-unsafe-eval' to script-src/);
  });

  it('and its calls that no route matches still work', async () => {
    const page = await openWithClient(context, aws.control, {}, '/no-wasm.html');
    const status = await page.evaluate(async () => (await globalThis.gp.fetch('/local-aws/outputs.json')).status);
    assert.equal(status, 200);
  });
});

/** The page forbids eval too, so `settle` cannot bring its function along. */
const readSession = (page) =>
  page.evaluate(async () => {
    try {
      return { value: await globalThis.gp.session() };
    } catch ({ name, message, code, help }) {
      return { error: { name, message, code, help } };
    }
  });
