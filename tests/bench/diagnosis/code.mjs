// What a fix in code says, done to the call as a person would type it in.
import { parse } from 'yaml';

import { filled } from './mend.mjs';

/**
 * The call `{ request, route, refresh }` with the fix in it, or nothing where the code says nothing to this call that a program can read.
 * `site` is where it goes, `status` what the answer has that is to be mended.
 */
export function callAfter(code, call, site, status) {
  const changes = [initIn(code, status), routeIn(code, site), stageIn(code, site)].filter(Boolean);
  const refresh = call.refresh || code.includes('gp.session({ refresh: true })');
  return changes.length > 0 ? changes.reduce((changed, change) => change(changed), { ...call, refresh }) : undefined;
}

/** `fetch(url, { … });` with a status behind it where it is for such answers only. */
function initIn(code, status) {
  const [, written, only] = /^fetch\(url, (\{.*\})\);?(?: \/\/ (\d{3})$)?/m.exec(code) ?? [];
  if (!written || (only && Number(only) !== status)) return undefined;
  const { headers = {}, ...init } = parse(written);
  // What is sent stays what it is: the fix speaks of its form.
  delete init.body;
  const names = Object.keys(headers);
  const others = (given) => given.filter(([name]) => !names.includes(name.toLowerCase()));
  return ({ request, route, ...call }) => ({
    ...call,
    request: { ...request, ...init, headers: request.headers && [...others(request.headers), ...Object.entries(headers)] },
    // "Delete it from the route and from the call".
    route: init.credentials ? { ...route, credentials: undefined } : route,
  });
}

/** `routes: [{ … }]`, and the call goes where its `match` says. */
function routeIn(code, site) {
  const [, written] = /^routes: (\[\{[\s\S]*?\}\])/m.exec(code) ?? [];
  if (!written) return undefined;
  const [said] = parse(filled(written.replace(EXECUTE_API, site.apiOrigin ?? '$&'), site));
  const origin = site.overTls(said.match.replace(/\/\*$/, ''));
  return ({ request, route, ...call }) => {
    const { pathname, search } = new URL(request.url);
    // The route brings the token from now on.
    const headers = request.headers?.filter(([name]) => said.auth === 'none' || name.toLowerCase() !== 'authorization');
    return { ...call, request: { ...request, url: origin + pathname + search, headers }, route: { ...route, ...said, match: `${origin}/*` } };
  };
}

/** `'https://API_ID…/STAGE/path'`: the stage is the first part of the path. */
function stageIn(code, { api }) {
  if (!/\/STAGE\/path'/.test(code) || !api?.stage) return undefined;
  return ({ request, ...call }) => {
    const url = new URL(request.url);
    url.pathname = url.pathname.replace(/^\/[^/]*/, `/${api.stage}`);
    return { ...call, request: { ...request, url: url.href } };
  };
}

/** The host of every API; in the local AWS an API has a door of its own. */
const EXECUTE_API = /https:\/\/\w+\.execute-api\.[\w-]+\.amazonaws\.com/g;

/** The headers that a function is told to return. */
export function headersOfFunction(code = '') {
  if (!/statusCode|^headers: \{/m.test(code)) return undefined;
  const pairs = [...code.matchAll(/'?([\w-]+)'?: '([^']*)'/g)].filter(([, name]) => /^(access-control-|vary$)/i.test(name));
  return Object.fromEntries(pairs.map(([, name, value]) => [name.toLowerCase(), value]));
}
