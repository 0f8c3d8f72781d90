// What is read off a request, and set on it, each in one crossing: a crossing costs as much as the work behind it.
// Parts stand between NULs, which no URL and no header holds; what is not there is empty.

/** What a call said itself: twice of credentials and redirects, in its init and in its input; whether its init is a plain object; what its body is. */
export const said = (input, init) =>
  [
    init?.credentials,
    input.credentials,
    init?.redirect,
    input.redirect,
    init?.constructor === Object,
    init?.body == null ? '' : Object.prototype.toString.call(init.body).slice(8, -1),
  ].join('\0');

/** `new Request`, with credentials and redirect mode where they are given. */
export const open = (input, init, credentials, redirect) => {
  if (!credentials && !redirect) return new Request(input, init);
  const members = { ...init };
  if (credentials) members.credentials = credentials;
  if (redirect) members.redirect = redirect;
  return new Request(input, members);
};

/** What a request is: its members, then its headers. */
export const facts = (request) => {
  const { method, url, mode, credentials, redirect, targetAddressSpace, signal } = request;
  return [method, url, mode, credentials, redirect, targetAddressSpace, signal.aborted, ...[...request.headers].flat()].join('\0');
};

/** Sets headers: names and values in turns. */
export const setHeaders = (request, headers) => {
  const parts = headers.split('\0');
  for (let at = 1; at < parts.length; at += 2) request.headers.set(parts[at - 1], parts[at]);
};
