// The local AWS with a bare page that has the packed package in it, and its scenarios as a page or a helper plays them.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

import { makeFixture } from '../../e2e/fixture.mjs';
import { startLocalAws } from '../../e2e/local-aws.mjs';
import { selfSigned } from './self-signed.mjs';

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json' };

/** `stop()` ends all of it. */
export async function startWorld() {
  const fixture = makeFixture();
  const aws = await startLocalAws(fixture.folder);
  const outputs = await aws.control.outputs();
  const secure = await serveSecurely(fixture.folder);
  const stop = async () => {
    await Promise.all([aws.stop(), secure.stop()]);
    fixture.remove();
  };
  return { control: aws.control, folder: fixture.folder, outputs, secure, stop };
}

/** The same files over https. */
async function serveSecurely(folder) {
  const server = createServer(selfSigned('app.gatepass.test'), async (request, response) => {
    const path = new URL(request.url, 'https://localhost').pathname;
    const name = path === '/' ? '/index.html' : path;
    const body = await readFile(join(folder, name)).catch(() => undefined);
    response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(name)] ?? 'text/plain' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { port: server.address().port, stop };
}

/** A page of the fixture under a Content Security Policy; gives its path. */
export function pageUnderPolicy(world, id, policy) {
  const name = `policy-${id}.html`;
  const index = readFileSync(join(world.folder, 'index.html'), 'utf8');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy.replaceAll('"', '&quot;')}">`;
  writeFileSync(join(world.folder, name), index.replace('</head>', `${meta}</head>`));
  return `/${name}`;
}

/** Routes to every front door there is: what a call is redirected to has one, too. */
export const routesToDoors = ({ outputs }) => Object.values(outputs.doors).map(({ origin }) => ({ match: `${origin}/*`, auth: 'none' }));

/** What a client is made from for a scenario. */
export const configOf = ({ outputs }, route) => ({ userPool: outputs.userPool, identityPool: outputs.identityPool, routes: [route] });

/** Who signs in for a scenario. */
export const userOf = ({ outputs }, { user }) => outputs.users.find(({ role }) => role === user);
