/**
 * What the glue uses of `WebAssembly`, with exports that tell `trapped` of a trap. Most run in a microtask, where no caller catches it, and
 * none of the instance's promises settles after one.
 */
export function guarded(trapped) {
  const guard = (name, run) => {
    // wasm-bindgen's own helpers are called by the others.
    if (typeof run !== 'function' || name.startsWith('__')) return run;
    return (...values) => {
      try {
        return run(...values);
      } catch (error) {
        if (error instanceof WebAssembly.RuntimeError) trapped(error);
        throw error;
      }
    };
  };
  return {
    Instance: WebAssembly.Instance,
    Module: WebAssembly.Module,
    instantiate: async (module, imports) => {
      const { exports } = await WebAssembly.instantiate(module, imports);
      const entries = Object.entries(exports).map(([name, run]) => [name, guard(name, run)]);
      return { instance: { exports: Object.fromEntries(entries) }, module };
    },
  };
}
