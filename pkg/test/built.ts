/** The package as it is built: what runs the WebAssembly modules is not in the sources. */
const dist = new URL('../../../dist/', import.meta.url);

/** The command's file. */
export const CLI = new URL('doctor/cli.js', dist).pathname;

export const builtVite = async () => (await import(new URL('vite.js', dist).href)) as typeof import('../src/vite.js');

export const builtDiagnose = async () => (await import(new URL('diagnose.js', dist).href)) as typeof import('../src/diagnose.js');

export const builtSigv4 = async () => (await import(new URL('sigv4.js', dist).href)) as typeof import('../src/sigv4.js');

export const builtSigv4Module = async () => (await import(new URL('sigv4-module.js', dist).href)) as typeof import('../src/sigv4-module.js');
