import { once } from './module.js';

/** What the signer's WASM module exports; `src/web/sigv4.rs` says what is in the texts. */
export interface SignerModule {
  sign(question: string, unixSeconds: number): string;
  presign(question: string, unixSeconds: number, expires: number): string;
  Sha256: new () => Sha256;
}

/** The SHA-256 of what comes in pieces, as hex. */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  finish(): string;
}

/** The signer's module, loaded on first use. It runs in browsers, workers and Node. */
export const signerModule = /* @__PURE__ */ once(async (trapped) => (await import('./signer.js')).load(trapped));
