// Makes the pictures of the README from a running demo: node tests/e2e/screenshots.mjs --url <control origin>
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { launch } from './browser.mjs';
import { DemoPage } from './demo-page.mjs';
import { Control } from './local-aws.mjs';

const { url } = parseArgs({ options: { url: { type: 'string' } } }).values;
if (!url) {
  console.error('usage: node tests/e2e/screenshots.mjs --url <control origin of the local AWS>');
  process.exit(2);
}

const MARGIN = 32;
const folder = fileURLToPath(new URL('../../docs/images/', import.meta.url));
mkdirSync(folder, { recursive: true });
const browser = await launch();
for (const colorScheme of ['light', 'dark']) {
  const demo = await DemoPage.open(browser, new Control(new URL(url).origin));
  await demo.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await demo.page.setViewportSize({ width: 1280, height: 1400 });
  await demo.signIn('general');
  await demo.choose(demo.outputs.scenarios.find(({ article }) => article === '000'));
  await demo.send();
  await demo.page.mouse.move(0, 0);
  await demo.page.evaluate(() => scrollTo(0, 0));
  const path = `${folder}demo-${colorScheme}.png`;
  const { x, y, width, height } = await demo.page.locator('.lab').boundingBox();
  const clip = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  await demo.page.screenshot({ path, clip, fullPage: true });
  await demo.page.context().close();
  console.log(path);
}
await browser.close();
