/**
 * Built from `src/` of the repository by `cargo xtask build`. Each call gives a fresh instance, and `trapped` is told when it traps: after
 * that it is of no use.
 */
export function load(trapped: (error: unknown) => void): Promise<import('./sigv4-module.js').SignerModule>;
