/** The matcher beside URLPattern's polyfill, which behaves as Chromium's own does on these patterns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { URLPattern } from 'urlpattern-polyfill';
import { findRoute, parseMatch, type Matcher } from '../src/match.js';

/** A small seeded generator (mulberry32): a failure can be run again. */
function generator(seed: number): (count: number) => number {
  return (count) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % count;
  };
}

const ORIGINS = [
  'https://api.example.com', 'https://API.Example.com', 'https://api.example.com:443', 'https://api.example.com:8443',
  'http://api.example.com', 'http://api.example.com:80', 'http://127.0.0.1:3000', 'https://日本.example', 'https://example.com',
];
const SEGMENTS = ['', 'a', 'A', 'items', 'item.s', '%7e', '~', '日本', '%E6%97%A5%E6%9C%AC', '[x]', '$', 'a-b', "it's", '@me', 'a%20b', ';v=1', 'a,b'];
const PATTERN_SEGMENTS = [...SEGMENTS, '*', '*', ':id', ':_x', ':日本'];

test('matches what URLPattern matches', () => {
  const pick = generator(20250120);
  const one = (from: string[]) => from[pick(from.length)] ?? '';
  const path = (segments: string[]) => Array.from({ length: 1 + pick(4) }, () => `/${one(segments)}`).join('');
  let matched = 0;
  for (let round = 0; round < 3_000; round++) {
    const pathPattern = [path(PATTERN_SEGMENTS), `${path(PATTERN_SEGMENTS)}/${one(SEGMENTS)}*`, ''][pick(3)] ?? '';
    const names = pathPattern.match(/:[^/]+/g) ?? [];
    if (new Set(names).size < names.length) continue; // URLPattern refuses a name that comes twice
    const text = one(ORIGINS) + pathPattern;
    const matcher = matcherOf(text);
    // URLs near the pattern, so that many match.
    const near = () =>
      pathPattern.replace(/\*/g, () => one(['', 'a', 'a/b', '日本'])).replace(/:[^/]+/g, () => one(SEGMENTS)) || path(SEGMENTS);
    for (let k = 0; k < 4; k++) {
      const url = one(ORIGINS) + (pick(2) ? near() : path(SEGMENTS)) + one(['', '?q=/a', '#h', '/', '?']);
      if (/^https?:\/\/[^/]+\/\//.test(url)) continue; // the polyfill misreads a path that begins with //; Chromium does not
      const expected = new URLPattern(text).test(url);
      assert.equal(findRoute([matcher], url) !== undefined, expected, `${text} on ${url}`);
      if (expected) matched++;
    }
  }
  assert.ok(matched > 1_000, `only ${matched} matched`);
});

test('what it takes for a path, URLPattern takes too', () => {
  const pick = generator(7);
  const characters = ['/', '/', '/', '*', ':', 'a', 'b', '1', '{', '}', '(', ')', '+', '?', '#', '\\', '.', '$', '-', '%20'];
  let taken = 0;
  for (let round = 0; round < 20_000; round++) {
    const text = `https://a.example/${Array.from({ length: pick(7) }, () => characters[pick(characters.length)]).join('')}`;
    if (typeof parseMatch(text) === 'string') continue;
    taken++;
    assert.doesNotThrow(() => new URLPattern(text), text);
  }
  assert.ok(taken > 1_000, `only ${taken} taken`);
});

test('refuses what could let a token out, and says which part is wrong', () => {
  const faults = {
    origin: [
      '', '/items', 'api.example.com/*', '//api.example.com/*', '*', 'ftp://a.example/*', '*://a.example/*', 'https:/a.example', 'https:///a', 'javascript:alert(1)',
      'https://a.example:port/*', 'https://a b/*', 'https://a\t.example/*', 'https://[::1/*', 'https://a.example\\b',
    ],
    user: ['https://user:secret@a.example/*', 'https://user@a.example', 'https://user@*.example/*'],
    host: [
      'https://*.example.com/*', 'https://*/*', 'https://api.*/x', 'https://api.example.com:*/x', 'https://:sub.example.com/*',
      'https://{api.}?example.com/*', 'https://(.*)/*',
    ],
    query: ['https://a.example?x', 'https://a.example#x', 'https://a.example/:id?'],
    path: [
      'https://a.example/a*b', 'https://a.example/*b/c', 'https://a.example/**', 'https://a.example/:id*', 'https://a.example/(\\d+)', 'https://a.example/a/../b',
      'https://a.example/{a}', 'https://a.example/a:b', 'https://a.example/:1', 'https://a.example/a+', 'https://a.example/\\a', 'https://a.example/a b',
    ],
  };
  for (const [fault, texts] of Object.entries(faults)) {
    for (const text of texts) assert.equal(parseMatch(text), fault, text);
  }
});

test('the first route that matches wins', () => {
  const matchers = ['https://a.example/admin/*', 'https://a.example/*', 'https://b.example'].map(matcherOf);
  const route = (input: RequestInfo | URL) => findRoute(matchers, input)?.[0];
  assert.equal(route('https://a.example/admin/users'), 0);
  assert.equal(route('https://a.example/admin'), 1);
  assert.equal(route('https://b.example/anything?at=all'), 2);
  assert.equal(route('https://b.example:444/'), undefined);
  assert.equal(route('https://b.example.evil.example/'), undefined);
  assert.equal(route('https://a.example@evil.example/admin/users'), undefined);
  assert.equal(route('http://b.example/'), undefined);
  assert.equal(route(new URL('https://a.example/x')), 1);
  assert.equal(route(new Request('https://a.example/admin/x')), 0);
  assert.equal(route('blob:https://b.example/0b4bd5b2-0000-0000-0000-000000000000'), undefined);
});

test('a WebSocket has a scheme of its own', () => {
  const matchers = ['wss://a.example/prod', 'ws://127.0.0.1:3001/*', 'https://a.example/*'].map(matcherOf);
  const route = (input: string) => findRoute(matchers, input)?.[0];
  assert.deepEqual([route('wss://a.example/prod?x=1'), route('wss://a.example:443/prod'), route('ws://127.0.0.1:3001/')], [0, 0, 1]);
  assert.deepEqual([route('https://a.example/prod'), route('ws://a.example/prod'), route('wss://a.example/')], [2, undefined, undefined]);
});

test('a URL object is read when it is handed over', () => {
  const url = new URL('https://a.example/x');
  const found = findRoute([matcherOf('https://a.example/*')], url);
  url.hostname = 'evil.example';
  assert.deepEqual(found, [0, 'https://a.example/x']);
});

test('a relative URL is resolved against the page', () => {
  const matchers = [matcherOf('https://a.example/app/api/*')];
  assert.equal(findRoute(matchers, 'api/x'), undefined);
  Object.assign(globalThis, { location: { href: 'https://a.example/app/' } });
  assert.deepEqual(findRoute(matchers, 'api/x'), [0, 'https://a.example/app/api/x']);
  Object.assign(globalThis, { document: { baseURI: 'https://a.example/other/' } });
  assert.equal(findRoute(matchers, 'api/x'), undefined);
  Reflect.deleteProperty(globalThis, 'document');
  Reflect.deleteProperty(globalThis, 'location');
});

function matcherOf(text: string): Matcher {
  const matcher = parseMatch(text);
  assert.ok(typeof matcher === 'object', `${text} is refused`);
  return matcher;
}
