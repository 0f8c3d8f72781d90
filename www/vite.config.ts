import react from '@vitejs/plugin-react';
import type { RouteConfig } from 'gatepass';
import { gatepass } from 'gatepass/vite';
import { defineConfig, loadEnv, type Plugin } from 'vite';

import type { Outputs } from './src/outputs';

/**
 * The local AWS that `vite` shows the page of: `cargo run -p local-aws -- --port 4780 --page-origin http://localhost:5173`.
 * The environment's LOCAL_AWS names another. `cargo xtask demo` needs none of this: there the local AWS serves the built page itself.
 */
const LOCAL_AWS = 'http://127.0.0.1:4780';

/**
 * The policy the built page lives under. `'wasm-unsafe-eval'` is all that gatepass needs of `script-src`;
 * the local AWS has a loopback port for each of its front doors. Two set-ups of the lab call a host that does not exist, and a scheme
 * that does not.
 */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' http://127.0.0.1:* https://127.0.0.1:* ws://127.0.0.1:* https://*.invalid htps:",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

// Only when building: Vite's dev server injects inline scripts of its own.
const contentSecurityPolicy: Plugin = {
  name: 'content-security-policy',
  apply: 'build',
  transformIndexHtml: () => [
    {
      tag: 'meta',
      attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
      injectTo: 'head-prepend',
    },
  ],
};

/** Every URL that the page calls. An app hands the plugin the routes of its client; the lab has a client for each set-up. */
async function routesOf(localAws: string): Promise<RouteConfig[]> {
  const response = await fetch(`${localAws}/local-aws/outputs.json`);
  const { doors, scenarios } = (await response.json()) as Outputs;
  const matches = [...Object.values(doors).map(({ origin }) => `${origin}/*`), ...scenarios.map(({ route }) => route.match)];
  return [...new Set(matches)].map((match) => ({ match, auth: 'none' }));
}

export default defineConfig(async ({ command, mode }) => {
  const localAws = loadEnv(mode, '.', 'LOCAL_AWS')['LOCAL_AWS'] ?? LOCAL_AWS;
  return {
    plugins: [react(), contentSecurityPolicy, command === 'serve' && gatepass({ routes: await routesOf(localAws) })],
    // gatepass is linked from ../pkg, which has a React of its own for its tests; a page takes one only.
    resolve: { dedupe: ['react'] },
    server: { port: 5173, strictPort: true, proxy: { '/local-aws': localAws } },
    build: {
      target: 'es2022',
      // The frame is the document that a scenario about the page's own policy is shown in.
      rolldownOptions: { input: ['index.html', 'frame.html'] },
    },
  };
});
