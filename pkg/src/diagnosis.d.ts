/** Built from `src/` of the repository by `cargo xtask build`. Each call gives a fresh instance. */
export function load(): Promise<import('./wire.js').DiagnosisModule>;
