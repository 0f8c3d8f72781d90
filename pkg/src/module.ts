import { GatepassFailure } from './errors.js';
import type { Locale } from './types.js';
import type { CoreModule, DiagnosisModule } from './wire.js';

/** Where the WASM modules come from. */
export interface Modules {
  core: () => Promise<Instance<CoreModule>>;
  diagnosis: (locale: Locale) => Promise<Instance<DiagnosisModule>>;
}

/** Gives a fresh module, and tells when it traps. */
export type Source<M> = (trapped: (error: unknown) => void) => Promise<M>;

/** A module until it traps. After that none of its promises would ever settle. */
export class Instance<M> {
  readonly #pending = new Set<(reason: Error) => void>();
  #alive = true;

  constructor(
    readonly module: M,
    private readonly drop: () => void,
  ) {}

  get alive(): boolean {
    return this.#alive;
  }

  /** What the call comes to, unless the module traps under it. */
  readonly run = async <T>(call: () => Promise<T>): Promise<T> => {
    let reject: (reason: Error) => void = () => undefined;
    const trap = new Promise<never>((_, rejectTrap) => {
      reject = rejectTrap;
    });
    this.#pending.add(reject);
    try {
      return await Promise.race([trap, call()]);
    } catch (error) {
      throw error instanceof WebAssembly.RuntimeError ? this.crash(error.message) : error;
    } finally {
      this.#pending.delete(reject);
    }
  };

  /** Gives this instance up: its calls fail, and the next call gets a fresh one. */
  readonly crash = (message: string): GatepassFailure => {
    if (this.#alive) this.drop();
    this.#alive = false;
    const failure = crashed(message);
    for (const reject of this.#pending) reject(failure);
    return failure;
  };
}

/** The modules, each loaded on first use, once for all clients (a diagnosis once for each language), and again after a failure or a trap. */
export function loadOnce(core: Source<CoreModule>, diagnosis: (locale: Locale) => Source<DiagnosisModule>): Modules {
  const languages: Partial<Record<Locale, () => Promise<Instance<DiagnosisModule>>>> = {};
  return { core: once(core), diagnosis: (locale) => (languages[locale] ??= once(diagnosis(locale)))() };
}

/** A module that is loaded on first use, and again after a failure or a trap. */
export function once<M>(source: Source<M>): () => Promise<Instance<M>> {
  let made: Promise<Instance<M>> | undefined;
  const drop = () => {
    made = undefined;
  };
  const make = async () => {
    const module = await load(() => source((error) => instance.crash(String(error))));
    const instance = new Instance(module, drop);
    return instance;
  };
  return () =>
    (made ??= make().catch((error: unknown) => {
      drop();
      throw error;
    }));
}

async function load<M>(source: () => Promise<M>): Promise<M> {
  // Lockdown modes lack it.
  if (typeof WebAssembly !== 'object') throw unsupported();
  try {
    return await source();
  } catch (cause) {
    if (/Content.Security|\bCSP\b|unsafe-eval/i.test(String(cause))) {
      const help = "Add 'wasm-unsafe-eval' to script-src.";
      throw new GatepassFailure('module-blocked', "The page's Content Security Policy forbids WebAssembly.", help, false, cause);
    }
    if (cause instanceof WebAssembly.CompileError || cause instanceof WebAssembly.LinkError) throw unsupported(cause);
    const help = "Call again. If it stays so, see whether the app's own scripts can be reached.";
    throw new GatepassFailure('network', 'A file of gatepass could not be loaded.', help, true, cause);
  }
}

function unsupported(cause?: unknown): GatepassFailure {
  const help = 'gatepass needs WebAssembly, as any current browser has it where nothing (a lockdown mode, a policy) switches it off.';
  return new GatepassFailure('module-unsupported', 'This browser cannot run the module.', help, false, cause);
}

function crashed(message: string): GatepassFailure {
  const help = 'Call again: the next call gets a fresh module. Please report this defect.';
  return new GatepassFailure('module-crashed', `The module crashed: ${message}`, help, true);
}
