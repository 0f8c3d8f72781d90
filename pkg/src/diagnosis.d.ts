/**
 * Built from `src/` of the repository by `cargo xtask build`. Each call gives a fresh instance, and `trapped` is told when it traps: after
 * that none of its promises settles.
 */
export function load(trapped: (error: Error) => void): Promise<import('./wire.js').DiagnosisModule>;
