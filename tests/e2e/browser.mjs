// A real Chromium.
import { chromium } from 'playwright-core';

/** The one that `cargo xtask setup` found, or Debian's. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** `extra`: further switches. */
export const launch = (extra = []) =>
  chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...extra,
    ],
  });

/**
 * The browser's own truth: why each failed request failed, as the DevTools protocol has it.
 * Returns a function that takes a test of the URL and gives the first failure of such a request.
 */
export async function watchFailures(page) {
  const session = await page.context().newCDPSession(page);
  const urls = new Map();
  const failures = [];
  session.on('Network.requestWillBeSent', ({ requestId, request }) => urls.set(requestId, request.url));
  session.on('Network.loadingFailed', ({ requestId, type, corsErrorStatus, errorText }) => {
    // A preflight has an entry of its own; what the page is told stands with the request it was for.
    if (type !== 'Preflight') failures.push({ url: urls.get(requestId), corsErrorStatus, errorText });
  });
  await session.send('Network.enable');
  return (isIt) => failures.find(({ url }) => url !== undefined && isIt(url));
}
