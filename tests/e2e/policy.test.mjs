// A page whose policy forbids inline scripts: some probes are sent from a frame, whose script is one.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { launch } from './browser.mjs';
import { makeFixture, openWithClient } from './fixture.mjs';
import { startHttpServer } from './http-server.mjs';
import { startLocalAws } from './local-aws.mjs';

const fixture = makeFixture();

describe('a policy without inline scripts', () => {
  let aws, browser, server;
  before(async () => {
    aws = await startLocalAws(fixture.folder);
    browser = await launch();
    // No answer can be read, so whether it redirects is asked from a frame.
    server = await startHttpServer((request, response) => {
      response.removeHeader('access-control-allow-origin');
      response.end('{}');
    });
  });
  after(async () => {
    await browser.close();
    await server.stop();
    await aws.stop();
    fixture.remove();
  });

  /** Two diagnoses in a page of the fixture: what each tried, and how often the policy was violated. */
  async function diagnosed(path) {
    const context = await browser.newContext();
    const page = await openWithClient(context, aws.control, { routes: [{ match: `${server.origin}/*`, auth: 'none' }] }, path);
    let violations = 0;
    page.on('console', (message) => (violations += /inline script violates/.test(message.text())));
    const evidence = await page.evaluate(async (origin) => {
      const tried = [];
      for (const call of ['/one', '/two']) {
        const { diagnosis } = await globalThis.gp.fetch(origin + call).catch((error) => error);
        tried.push(diagnosis.evidence.map(({ probe }) => probe));
      }
      return tried;
    }, server.origin);
    await context.close();
    return { evidence, violations };
  }

  it('is run into once', async () => {
    const { evidence, violations } = await diagnosed('/no-inline.html');
    assert.equal(violations, 1);
    for (const probes of evidence) {
      assert.ok(probes.includes('simple-get') && !probes.includes('get-redirect-away'), probes.join());
    }
  });

  it('and where there is none, each diagnosis has its frame', async () => {
    const { evidence, violations } = await diagnosed('/');
    assert.equal(violations, 0);
    for (const probes of evidence) assert.ok(probes.includes('get-redirect-away'), probes.join());
  });
});
