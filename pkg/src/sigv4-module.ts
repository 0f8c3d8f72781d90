import { once } from './module.js';

/** What the signer's WASM module exports; `src/web/sigv4.rs` says what is in the texts. */
export interface SignerModule {
  setCredentials(lines: string): void;
  sign(question: string, unixSeconds: number, expires?: number): string;
  forgetKeys(): number;
  beginHash(): number;
  updateHash(number: number, piece: Uint8Array): void;
  endHash(number: number): string;
}

/** The signer's module, loaded on first use. It runs in browsers, workers and Node. */
export const signerModule = /* @__PURE__ */ once(async (trapped) => (await import('./signer.js')).load(trapped));
