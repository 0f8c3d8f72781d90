/**
 * What the glue uses of `WebAssembly`, with exports that tell `trapped` of a trap, or of an exception that came through the module unseen by
 * it. Most run in a microtask, where no caller catches either, and whoever waits for the instance would wait for ever. (An error that
 * the module means to throw is thrown by the glue, after the export has returned.)
 */
export function guarded(trapped) {
  const guard = (name, run) => {
    // wasm-bindgen's own helpers are called by the others.
    if (typeof run !== 'function' || name.startsWith('__')) return run;
    return (...values) => {
      try {
        return run(...values);
      } catch (error) {
        trapped(error);
        throw error;
      }
    };
  };
  return {
    Module: WebAssembly.Module,
    Instance: function (module, imports) {
      const { exports } = new WebAssembly.Instance(module, imports);
      const entries = Object.entries(exports).map(([name, run]) => [name, guard(name, run)]);
      return { exports: Object.fromEntries(entries) };
    },
  };
}
