// Every vector of the suite, each stage, through the packed package: in Node and in Chromium.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';

import { unpack } from './package.js';
import { openPage } from './page.js';
import { queryOf, readVectors } from './vectors.js';

const vectors = readVectors();
const gatepass = unpack();
after(() => gatepass.remove());

it('the suite is whole', () => {
  assert.equal(new Set(vectors.map(({ name }) => name)).size, 40);
  assert.equal(vectors.filter(({ form }) => form === 'query').length, 38);
  assert.equal(vectors.filter(({ expected }) => expected.signature).length, 76);
});

/** Signs all of them; runs in either engine, so it knows nothing from outside. */
async function signAll([entry, vectors]) {
  const { presignUrl, signRequest } = await import(entry);
  return Promise.all(
    vectors.map(async ({ form, request, options: { date, ...rest } }) => {
      const options = { ...rest, date: new Date(date) };
      try {
        return form === 'header' ? await signRequest(request, options) : await presignUrl(request, options);
      } catch (error) {
        return { failed: String(error) };
      }
    }),
  );
}

const engines = {
  Node: async () => signAll([pathToFileURL(join(gatepass.folder, gatepass.entry)).href, vectors]),
  Chromium: async () => {
    const { page, close } = await openPage(gatepass.folder);
    try {
      return await page.evaluate(signAll, [`/${gatepass.entry}`, vectors]);
    } finally {
      await close();
    }
  },
};

for (const [engine, run] of Object.entries(engines)) {
  describe(engine, () => {
    let signed;
    before(async () => {
      signed = await run();
    });
    vectors.forEach(({ name, form, expected }, at) => {
      it(`${name}, ${form} form`, () => {
        const actual = signed[at];
        assert.equal(actual.failed, undefined);
        for (const stage of ['canonicalRequest', 'stringToSign', 'signature'].filter((stage) => stage in expected)) {
          assert.equal(actual[stage], expected[stage], stage);
        }
        for (const [header, value] of Object.entries(expected.headers ?? {})) assert.equal(actual.headers[header], value, header);
        if (expected.query) assert.deepEqual(queryOf(new URL(actual.url).search), expected.query);
      });
    });
  });
}
