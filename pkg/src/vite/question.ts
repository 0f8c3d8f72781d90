/** What the page asks: its failed call, read from JSON that is trusted in nothing. */
import type { ExchangeRequest, ExplainOptions } from '../exchange-types.js';
import { Refusal } from './guard.js';

export interface Question {
  request: ExchangeRequest;
  /** Of the call, where it is a text. */
  body: string | undefined;
  locale: ExplainOptions['locale'];
  /** How long the page waits, in milliseconds. */
  timeout: number;
}

const MOST_HEADERS = 100;

export function readQuestion(json: string, page: string): Question {
  const { request, locale, timeout } = members(parsed(json), 'the body');
  const { url, origin, method, headers, credentials, mode, redirect, body } = members(request, 'request');
  if (typeof url !== 'string' || !URL.canParse(url)) throw wrong('request.url');
  // A frame without an origin of its own is not the page.
  if (origin !== page) throw wrong('request.origin');
  return {
    request: {
      url,
      origin,
      method: token(method),
      headers: pairs(headers),
      credentials: oneOf('request.credentials', credentials, ['omit', 'same-origin', 'include']),
      mode: oneOf('request.mode', mode, ['cors', 'no-cors', 'same-origin']),
      redirect: oneOf('request.redirect', redirect, ['follow', 'error', 'manual']),
    },
    body: typeof body === 'string' ? body : undefined,
    locale: oneOf('locale', locale, ['en', 'ja']),
    timeout: typeof timeout === 'number' && timeout > 0 ? timeout : Infinity,
  };
}

function wrong(what: string): Refusal {
  return new Refusal(400, `${what} is not what it should be`);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw wrong('the body');
  }
}

function members(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || !value || Array.isArray(value)) throw wrong(what);
  return value as Record<string, unknown>;
}

function token(value: unknown): string {
  if (typeof value !== 'string' || !/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(value)) throw wrong('request.method');
  return value;
}

function pairs(value: unknown): [string, string][] {
  if (!Array.isArray(value) || value.length > MOST_HEADERS) throw wrong('request.headers');
  try {
    return value.map((pair: unknown) => {
      const [name, content] = pair as [unknown, unknown];
      if (typeof name !== 'string' || typeof content !== 'string') throw wrong('request.headers');
      new Headers([[name, content]]);
      return [name, content];
    });
  } catch {
    throw wrong('request.headers');
  }
}

function oneOf<T extends string>(what: string, value: unknown, names: readonly T[]): T | undefined {
  // Absent, and as a module that has no `undefined` writes it.
  if (value === undefined || value === null) return undefined;
  const found = names.find((name) => name === value);
  if (!found) throw wrong(what);
  return found;
}
