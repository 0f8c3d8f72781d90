import type { Diagnosis, GatepassError, GatepassErrorCode } from './types.js';

/** The errors that the face makes itself; the core module makes its own of the same shape. */
class Failure extends Error implements GatepassError {
  declare name: 'GatepassError';
  static {
    this.prototype.name = 'GatepassError';
  }

  constructor(
    readonly code: GatepassErrorCode,
    message: string,
    readonly help: string,
    readonly retryable = false,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

export { Failure as GatepassFailure };

/** Whether this is an error of the SDK itself. It tells by name and code, so it works across realms and module instances. */
export function isGatepassError(error: unknown): error is GatepassError {
  return isObject(error) && 'name' in error && error.name === 'GatepassError' && 'code' in error;
}

/** The diagnosis that an error carries, itself or through its causes: what `fetch` or axios rejected with. */
export function diagnosisOf(error: unknown): Diagnosis | undefined {
  const seen = new Set();
  while (isObject(error) && !seen.has(error)) {
    if ('diagnosis' in error) return error.diagnosis as Diagnosis;
    seen.add(error);
    error = 'cause' in error ? error.cause : undefined;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
