/** A route's `match`, ready to be compared with URLs. */
export interface Matcher {
  /** As the app wrote it. */
  text: string;
  /** Scheme, host and port. */
  origin: string;
  pathname: RegExp;
}

/** Which part of a `match` is wrong. */
export type MatchFault = 'origin' | 'user' | 'host' | 'path' | 'query';

// Segments as URLPattern has them, without groups and modifiers: https://urlpattern.spec.whatwg.org/#pattern-strings
const PATH =
  /^(?:\/(?:\*|:[\p{ID_Start}$_][\p{ID_Continue}$]*|(?!\.\.?(?:\/|$))[^/*:{}()+?#\\\s]*))*(?:\/[^/*:{}()+?#\\\s]*\*)?$/u;

/** Reads a `match`: URLPattern's syntax for an origin without wildcards and a path. */
export function parseMatch(match: string): Matcher | MatchFault {
  const [, authority, path, rest] = /^(?:http|ws)s?:\/\/([^/?#\\\s]+)(\/[^?#]*)?([?#].*)?$/i.exec(match) ?? [];
  if (authority === undefined) return 'origin';
  if (authority.includes('@')) return 'user';
  if (/[*{}()]|^:/.test(authority)) return 'host';
  if (path !== undefined && !PATH.test(path)) return 'path';
  if (rest) return 'query';
  let url;
  try {
    // The URL parser encodes the literal parts, as URLPattern does.
    url = new URL(match);
  } catch {
    return 'origin';
  }
  const pathname = url.pathname
    .replace(/[.$^|[\]]/g, '\\$&')
    .replace(/\/:[^/]+/g, '/[^/]+')
    .replace(/\*/g, '.*');
  return { text: match, origin: originOf(url), pathname: new RegExp(path === undefined ? '^/' : `^${pathname}$`) };
}

/** Where a call goes: the first route that matches, and the input as it is now. */
export function findRoute(matchers: Matcher[], input: RequestInfo | URL): [route: number, input: Request | string] | undefined {
  try {
    const url = new URL(input instanceof Request ? input.url : input, baseUrl());
    const route = matchers.findIndex(({ origin, pathname }) => origin === originOf(url) && pathname.test(url.pathname));
    return route < 0 ? undefined : [route, input instanceof Request ? input : url.href];
  } catch {
    return undefined; // not a URL: the browser's fetch says so in its own words
  }
}

/** Not `URL.origin`: a blob URL has the origin of the page that made it. */
function originOf(url: URL): string {
  return `${url.protocol}//${url.host}`;
}

/** What the browser's fetch resolves a relative URL against. */
function baseUrl(): string | undefined {
  const { document, location } = globalThis as { document?: Document; location?: Location };
  return document?.baseURI ?? location?.href;
}
