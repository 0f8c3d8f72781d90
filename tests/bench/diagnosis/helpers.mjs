// The exact helpers out of the packed package: explainExchange, the doctor's own function, and the Vite plugin's endpoint.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as overHttp } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createServer } from 'vite';

const PATIENCE = 10_000;

/**
 * `folder` holds the unpacked package. `doctor` and `plugin` are told everything: the kind of front door, the sign-in, to send the call as it was,
 * and (the plugin) routes for the `others` that a call may be redirected to. `doctorUntold` is told no kind. `doctorAlone` and `pluginAlone` are as they
 * come: told no kind, and sending nothing that could change something. The Vite plugins answer for URLs that routes match, four at a time.
 */
export async function startHelpers(folder, routes, others = []) {
  const home = join(folder, 'package');
  const { exports } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const load = (path) => import(pathToFileURL(join(home, path)));
  const [{ explainExchange }, { gatepass }, { examine }, { send }, { exchangeModule }] = await Promise.all([
    load(exports['./diagnose'].default),
    load(exports['./vite'].default),
    load('dist/doctor/examination.js'),
    load('dist/doctor/wire.js'),
    load('dist/exchange-module.js'),
  ]);
  const { module } = await exchangeModule();
  const asked = ({ request }, options) =>
    examine(module, withoutBody(request), options, (step) => send(step, AbortSignal.timeout(PATIENCE), request.body)).then(asSaid);
  const doctor = ({ request, route, engine }) => asked({ request }, { engine, kind: route?.kind, auth: route?.auth, send: 'all' });
  // The command line reads the sign-in off the Authorization header.
  const doctorUntold = ({ request, engine }) => asked({ request }, { engine, auth: authOf(request), send: 'all' });
  const doctorAlone = ({ request, engine }) => asked({ request }, { engine, auth: authOf(request), send: 'safe' });
  const explain = ({ request, exchange, route, engine }) => explainExchange(withoutBody(request), exchange, { engine, kind: route?.kind, auth: route?.auth });
  const [all, alone] = await Promise.all([
    startVite(folder, gatepass({ routes: [...routes, ...others], send: 'all' })),
    startVite(folder, gatepass({ routes: routes.map((route) => ({ ...route, kind: undefined })) })),
  ]);
  const stop = () => Promise.all([all.stop(), alone.stop()]);
  return { explain, doctor, doctorUntold, doctorAlone, plugin: all.ask, pluginAlone: alone.ask, stop };
}

function authOf({ headers }) {
  const [, value = ''] = headers.find(([name]) => name.toLowerCase() === 'authorization') ?? [];
  return value.startsWith('Bearer ') ? 'bearer' : value.startsWith('AWS4-') ? 'iam' : 'none';
}

async function startVite(root, plugin) {
  const server = await createServer({ root, configFile: false, logLevel: 'silent', plugins: [plugin], server: { port: 0, host: '127.0.0.1', ws: false, watch: null } });
  await server.listen();
  const { port } = server.httpServer.address();
  const ask = async ({ request }) => {
    const body = JSON.stringify({ request: { ...withoutBody(request), body: request.body ?? '' }, locale: 'en' });
    // The page is the one that the exchange is about, as if a proxy had brought it here.
    const page = { host: new URL(request.origin).host, origin: request.origin, 'sec-fetch-site': 'same-origin' };
    const headers = { ...page, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const asked = overHttp({ host: '127.0.0.1', port, path: '/__gatepass/diagnose', method: 'POST', headers });
    asked.end(body);
    const [response] = await once(asked, 'response');
    const text = Buffer.concat(await response.toArray()).toString();
    if (response.statusCode !== 200) throw new Error(`the plugin answered ${response.statusCode}: ${text}`);
    return asSaid(JSON.parse(text));
  };
  return { ask, stop: () => server.close() };
}

const withoutBody = ({ origin, url, method, headers, credentials, mode, redirect }) => ({ origin, url, method, headers, credentials, mode, redirect });

/** A report as `explainExchange` would have said it. */
const asSaid = ({ outcome, corsError, failedParameter, violations, diagnosis, steps }) => ({
  blocked: outcome === 'blocked',
  outcome,
  corsError,
  failedParameter,
  violations,
  findings: diagnosis.findings,
  verdict: diagnosis.verdict,
  steps,
});
