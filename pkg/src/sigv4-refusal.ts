import { GatepassFailure } from './errors.js';

/** What is wrong with the arguments, and what to do. */
export const refusal = (message: string, help: string, cause?: unknown) => new GatepassFailure('invalid-argument', message, help, false, cause);
