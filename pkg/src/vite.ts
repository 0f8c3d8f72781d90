import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkRoutes } from './config.js';
import { GatepassFailure } from './errors.js';
import type { ClientConfig } from './types.js';
import { newHelper } from './vite/helper.js';
import { newPages } from './vite/pages.js';

/** Options of {@link gatepass}: a client's configuration, or its `routes` alone. */
export interface GatepassPluginOptions extends ClientConfig {
  /**
   * `safe`: in the place of a call that can change something a GET without a body is sent; what breaks in the answer to it is no more than
   * likely. `all`: the call is sent as it was, once more, with its body where that is a text.
   * @defaultValue `'safe'`
   */
  send?: 'safe' | 'all';
  /**
   * How many milliseconds the requests of one diagnosis may take together.
   * @defaultValue `10000`
   */
  timeout?: number;
}

/** A Vite plugin; as much of Vite's own type as it needs, so that Vite stays an optional peer. */
export interface GatepassPlugin {
  name: 'gatepass';
  apply: 'serve';
  configureServer(server: DevServer): void;
  transformIndexHtml(): ScriptTag[];
}

/** What the plugin uses of Vite's `ViteDevServer`. */
export interface DevServer {
  middlewares: { use(path: string, handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => void): unknown };
  config: { logger: Record<'info' | 'warn' | 'error', (line: string, options?: { timestamp?: boolean }) => void> };
}

/** Vite's `HtmlTagDescriptor`. */
export interface ScriptTag {
  tag: 'script';
  attrs: { src: string };
  injectTo: 'head-prepend';
}

const DIAGNOSE = '/__gatepass/diagnose';
/** A file: a policy of `script-src 'self'` allows it, and no script in the page. */
const SCRIPT = '/__gatepass/helper.js';
const ELEMENT = `<script src="${SCRIPT}"></script>`;
const TELLING = `globalThis[Symbol.for('gatepass.helper')] = ${JSON.stringify(DIAGNOSE)};\n`;

/**
 * While `vite` serves the page, its failed calls are repeated from the dev server, which sees what the browser hides: the diagnosis in
 * the page is then exact. It answers pages that it served itself, on this machine, for URLs that the routes match, and has no part in
 * a build.
 *
 * ```ts
 * // vite.config.ts
 * import { gatepass } from 'gatepass/vite';
 * export default defineConfig({ plugins: [gatepass({ routes })] });
 * ```
 * @throws {@link GatepassError} `invalid-configuration`
 */
export function gatepass({ routes, probes = 'on', send = 'safe', timeout = 10_000 }: GatepassPluginOptions): GatepassPlugin {
  const checked = checkRoutes(routes);
  if (!['safe', 'all'].includes(send)) refuse('send', "'safe' or 'all'");
  if (!(timeout > 0 && timeout <= 600_000)) refuse('timeout', 'a number of milliseconds, from 1 to 600000');
  const pages = newPages();
  return {
    name: 'gatepass',
    apply: 'serve',
    configureServer({ middlewares, config: { logger } }) {
      const log = (severity: 'info' | 'warn' | 'error', line: string) => {
        logger[severity](`[gatepass] ${line}`, { timestamp: true });
      };
      middlewares.use(DIAGNOSE, newHelper({ routes: checked, probes, send, timeout, log }));
      middlewares.use(SCRIPT, (_, response) => {
        pages.told();
        response.writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' });
        response.end(TELLING);
      });
      const missing = `pages are served without the script that leads them here; while developing, put ${ELEMENT} first into their head`;
      middlewares.use('/', pages.listener(() => { log('warn', missing); }));
    },
    transformIndexHtml() {
      pages.told();
      return [{ tag: 'script', attrs: { src: SCRIPT }, injectTo: 'head-prepend' }];
    },
  };
}

export default gatepass;

function refuse(option: string, takes: string): never {
  throw new GatepassFailure('invalid-configuration', `${option}: takes ${takes}.`, `Set ${option} to ${takes}.`);
}
