// A page of Chromium that serves itself a folder's modules.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { launch } from '../../e2e/browser.mjs';

/** Nothing listens there: every request of the page is answered from the folder. As it is https, the page has WebCrypto. */
const ORIGIN = 'https://package.test';

export async function openPage(folder) {
  const browser = await launch();
  const page = await browser.newPage();
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const [contentType, body] = pathname === '/' ? ['text/html', '<!doctype html>'] : ['text/javascript', await readFile(join(folder, pathname))];
    await route.fulfill({ contentType, body });
  });
  await page.goto(`${ORIGIN}/`);
  return { page, close: () => browser.close() };
}
