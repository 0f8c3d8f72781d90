import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/**
 * The policy the built page lives under. `'wasm-unsafe-eval'` is all that gatepass needs of `script-src`;
 * the local AWS has a loopback port for each of its front doors.
 */
const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' http://127.0.0.1:*",
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

export default defineConfig({
  plugins: [react(), contentSecurityPolicy],
  // gatepass is linked from ../pkg, which has a React of its own for its tests; a page takes one only.
  resolve: { dedupe: ['react'] },
  build: {
    target: 'es2022',
    // The frame is the document that a scenario about the page's own policy is shown in.
    rolldownOptions: { input: ['index.html', 'frame.html'] },
  },
});
