/**
 * Built from `src/` of the repository by `cargo xtask build`. Each call gives a fresh instance, and `trapped` is told when it traps: after
 * that none of its promises settles.
 */
export function load(trapped: (error: unknown) => void): Promise<import('./wire.js').CoreModule>;
