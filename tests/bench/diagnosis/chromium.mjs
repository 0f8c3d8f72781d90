// The truth as Chromium has it, over the DevTools protocol.
import { fetchAll } from './page-script.mjs';

const BATCH = 32;
/** A request that failed has its reason within moments of its rejection; some have none. */
const PATIENCE = 1500;

/** Why the requests of a page failed: `Network.loadingFailed`, and the issues of those that are never sent. */
export async function watchReasons(page) {
  const session = await page.context().newCDPSession(page);
  /** Request id → the URL that it began with and, once it has failed, why; in the order of the requests. */
  const requests = new Map();
  const note = (id, url, reason) => {
    const request = requests.get(id) ?? { url };
    // What never makes a request has an issue only. A request of an insecure page into the local network has two issues, the latter of which
    // is the failure's, too: that has the last word.
    const settled = request.reason?.corsError && request.reason.netError !== undefined;
    if (!settled && (reason.corsError || !request.reason)) request.reason = reason;
    requests.set(id, request);
  };
  session.on('Network.requestWillBeSent', ({ requestId, request }) => {
    if (!requests.has(requestId)) requests.set(requestId, { url: request.url });
  });
  session.on('Network.loadingFailed', ({ requestId, type, corsErrorStatus, errorText, blockedReason }) => {
    // A preflight has an entry of its own; what the page is told stands with the request it was for.
    if (type === 'Preflight') return;
    const { corsError = null, failedParameter = '' } = corsErrorStatus ?? {};
    note(requestId, undefined, { corsError, failedParameter, netError: errorText, blockedReason });
  });
  session.on('Audits.issueAdded', ({ issue }) => {
    const cors = issue.details.corsIssueDetails;
    if (!cors || cors.isWarning) return;
    const { corsError, failedParameter = '' } = cors.corsErrorStatus;
    note(cors.request.requestId ?? cors.request.url, cors.request.url, { corsError, failedParameter });
  });
  await session.send('Network.enable');
  await session.send('Audits.enable');
  /** Of the first request for this URL that has failed. */
  const reasonOf = (url) => {
    const sent = withoutFragment(url);
    return [...requests.values()].find((request) => request.url === sent && request.reason)?.reason;
  };
  return { reasonOf, forget: () => requests.clear(), session };
}

const withoutFragment = (url) => url.split('#')[0];

/** Sends each request from the page: id → `{ outcome, status, corsError, failedParameter, netError }`. */
export async function truthInChromium(page, requests) {
  const { reasonOf, forget } = await watchReasons(page);
  const truth = new Map();
  for (let from = 0; from < requests.length; from += BATCH) {
    const batch = requests.slice(from, from + BATCH);
    const ends = await page.evaluate(fetchAll, batch);
    const rejected = batch.filter(({ id }) => ends.find((end) => end.id === id).outcome === 'rejected');
    await until(() => rejected.every(({ url }) => reasonOf(url)), PATIENCE);
    for (const { id, ...end } of ends) {
      const { url } = batch.find((request) => request.id === id);
      const reason = end.outcome === 'rejected' ? reasonOf(url) : undefined;
      truth.set(id, { corsError: null, failedParameter: '', ...end, ...reason });
    }
    forget();
  }
  return truth;
}

/** Waits until it is so, or no longer. */
export async function until(isSo, milliseconds) {
  const end = Date.now() + milliseconds;
  while (!isSo() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
  return isSo();
}
