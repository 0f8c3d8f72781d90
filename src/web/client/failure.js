// A failed request in the shape that the diagnosis module reads, and what it finds in the shape that the app catches.

/** A request, with the route that matched it. */
export const question = (request, route, locale) => {
  const { url, method, credentials, mode, redirect, targetAddressSpace, headers } = request;
  const asked = { url, method, credentials, mode, redirect, targetAddressSpace, headers: [...headers] };
  return { request: asked, route: JSON.parse(route), locale };
};

/** The same of a request that failed, between two times. */
export const failure = (question, start, end, name, message) =>
  Object.assign(question, { timing: { start, end }, error: { name, message } });

/** The browser's error with the first finding's headline; `hedge` stands before it where several fit as well. */
export const headline = (thrown, diagnosis, hedge) => {
  const { verdict, findings } = diagnosis;
  const title = `${verdict === 'ambiguous' ? hedge : ''}${findings[0]?.title ?? ''}`;
  return Object.assign(new TypeError(`${thrown.message} (${title})`), { cause: thrown, diagnosis });
};
