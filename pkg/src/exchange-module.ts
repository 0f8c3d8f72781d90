import { once } from './module.js';

/** The exchange module, loaded on first use. It runs in browsers and in Node. */
export const exchangeModule = /* @__PURE__ */ once(async (trapped) => (await import('./exchange.js')).load(trapped));
