/** The responses behind axios' errors: axios shows its own, and the diagnosis needs the browser's. */
const responses = new WeakMap<object, Response>();

export function keepAnswer(request: object, response: Response): void {
  responses.set(request, response);
}

/** The browser's response for axios' error or response; anything else as it is. */
export function answerOf(subject: unknown): unknown {
  const { request } = (subject ?? {}) as { request?: object };
  return (request && responses.get(request)) ?? subject;
}
