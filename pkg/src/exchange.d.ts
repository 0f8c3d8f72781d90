/**
 * Built from `src/` of the repository by `cargo xtask build`. Each call gives a fresh instance, and `trapped` is told when it traps: after
 * that its objects are of no use.
 */
export function load(trapped: (error: unknown) => void): Promise<import('./exchange-types.js').ExchangeModule>;
