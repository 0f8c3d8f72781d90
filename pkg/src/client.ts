import { answerOf } from './answers.js';
import { check } from './config.js';
import { isDevelopment } from './development.js';
import { diagnosisOf, GatepassFailure, isGatepassError } from './errors.js';
import { findRoute } from './match.js';
import type { Instance, Modules } from './module.js';
import type { Client, ClientConfig, ClientEvent, Diagnosis } from './types.js';
import type { CoreClient, CoreModule, Host, Question } from './wire.js';

/** A client that runs in the given modules. */
export function newClient(config: ClientConfig, modules: Modules): Client {
  const { core: coreConfig, matchers, storage, logins, developerIdentity, diagnosis } = check(config);
  const configText = JSON.stringify(coreConfig);
  const listeners = new Set<(event: ClientEvent) => void>();
  const memory = new Map<string, string>();
  let current: { instance: Instance<CoreModule>; core: CoreClient } | undefined;
  const questions = new WeakMap<object, Question>();
  // Calls that failed and were not answered since: what was found out about them still holds.
  const failing = new Set<string>();
  const limits = { requests: diagnosis.maxRequests, milliseconds: diagnosis.timeout };
  let closed = false;

  const host: Host = {
    memory,
    storage,
    logins,
    developerIdentity,
    // Each in a microtask of its own: a listener can call the client, and cannot break it by throwing.
    emit: (event) => {
      if (event.type === 'diagnosis' && (diagnosis.console === 'auto' ? isDevelopment() : diagnosis.console === 'on')) {
        void print(event.diagnosis);
      }
      for (const listener of listeners) {
        queueMicrotask(() => {
          if (listeners.has(listener)) listener(event);
        });
      }
    },
    answered: (response, request, route, canonicalRequest) => {
      questions.set(response, { request, route, canonicalRequest });
      if (failing.size) failing.delete(callOf(request));
    },
    question: (response) => questions.get(response as object),
    diagnosis: async () => {
      const { module, run } = await modules.diagnosis(config.locale ?? 'en');
      return {
        diagnose: (failure) => {
          const call = callOf(failure.request);
          const anew = !failing.has(call);
          if (failing.size > 99) failing.clear();
          failing.add(call);
          return run(() => module.diagnose({ ...failure, anew, limits, helper: (globalThis as DevServer)[HELPER] }));
        },
        explainResponse: (answer, response) => run(() => module.explainResponse(answer, response)),
      };
    },
  };

  const call = async <T>(start: (core: CoreClient) => Promise<T>): Promise<T> => {
    refuseClosed();
    const instance = await modules.core();
    refuseClosed();
    return instance.run(async () => {
      if (current?.instance !== instance) current = { instance, core: new instance.module.Client(configText, host) };
      return start(current.core);
    });
  };

  // The URL and a plain init's members and headers are read at once, as the browser's fetch reads them. A Request, any other
  // init and what a body holds are read when the module has been loaded.
  const request = async <T>(
    found: [route: number, input: Request | string],
    init: RequestInit | undefined,
    start: (core: CoreClient, ...args: Parameters<CoreClient['fetch']>) => Promise<T>,
  ): Promise<T> => {
    let now = init;
    try {
      if (isPlain(init)) now = { ...init, ...(init.headers && { headers: new Headers(init.headers) }) };
    } catch {
      // The module makes a request of the same, and says what is wrong with it.
    }
    return call((core) => start(core, ...found, now));
  };

  const routeOf = (input: RequestInfo | URL) => {
    const found = findRoute(matchers, input);
    if (!found) throw new GatepassFailure('invalid-argument', 'No route matches this URL.', 'Add a route for it to createClient.');
    return found;
  };

  const refuseClosed = () => {
    if (closed) throw new GatepassFailure('client-closed', 'The client is closed.', 'Make another one with createClient.');
  };

  return {
    fetch: (input, init) => {
      const found = findRoute(matchers, input);
      return found ? request(found, init, (core, ...args) => core.fetch(...args)) : globalThis.fetch(input, init);
    },
    sign: async (input, init) => request(routeOf(input), init, (core, ...args) => core.sign(...args)),
    presign: async (input, options) => call((core) => core.presign(...routeOf(input), options)),
    signIn: (options) => call((core) => core.signIn(options)),
    respondToChallenge: (answer) => call((core) => core.respondToChallenge(answer)),
    session: (options) => call((core) => core.session(options)),
    credentials: (options) => call((core) => core.credentials(options)),
    explain: async (subject) => {
      const diagnosis = diagnosisOf(subject);
      if (!diagnosis && isGatepassError(subject)) {
        throw new GatepassFailure('invalid-argument', 'A GatepassError explains itself.', 'Read its `message` and `help`.');
      }
      return diagnosis ?? call((core) => core.explain(answerOf(subject)));
    },
    signOut: (options) => call((core) => core.signOut(options)),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => {
      closed = true;
      listeners.clear();
      if (current?.instance.alive) current.core.close();
    },
  };
}

/** What tells one call from another. */
function callOf({ method, url }: { method: string; url: string }): string {
  return method + url.replace(/[?#].*/, '');
}

/** Where the dev server's helper is, if the page is served by one. */
const HELPER = /* @__PURE__ */ Symbol.for('gatepass.helper');
type DevServer = Partial<Record<typeof HELPER, string>>;

async function print(diagnosis: Diagnosis): Promise<void> {
  try {
    (await import('./diagnosis-console.js')).print(diagnosis);
  } catch {
    // Nothing that is only told may disturb the app.
  }
}

/** Whether its members are its own: those of a Request or of an instance of a class are lost in a copy. */
function isPlain(init: RequestInit | undefined): init is RequestInit {
  return !!init && [Object.prototype, null].includes(Object.getPrototypeOf(init) as object | null);
}
