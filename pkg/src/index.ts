import { newClient } from './client.js';
import { loadOnce } from './module.js';
import type { Client, ClientConfig } from './types.js';

export { diagnosisOf, isGatepassError } from './errors.js';
export type * from './types.js';

const modules = /* @__PURE__ */ loadOnce(
  async (trapped) => (await import('./core.js')).load(trapped),
  (locale) => async (trapped) => {
    const texts = locale === 'ja' ? import('./diagnosis-ja.js') : import('./diagnosis-en.js');
    const module = await (await import('./diagnosis.js')).load(trapped);
    module.tell((await texts).default);
    return module;
  },
);

/**
 * Makes a client. It checks the configuration and nothing else: no request, and no WebAssembly before the first call
 * that needs it, so it is safe on a server.
 * @throws {@link GatepassError} `invalid-configuration`, naming the field, what it got and what it takes.
 */
export function createClient(config: ClientConfig): Client {
  return newClient(config, modules);
}
