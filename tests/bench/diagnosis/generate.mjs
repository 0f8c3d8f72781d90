// Exchanges by the thousand: right in most of their parts, so that every rule of the protocol is reached, and wrong in the others.
import { Random } from './random.mjs';

/** `{ id, request, exchange, script }` each; `script` is what the raw servers are told. */
export function generate({ seed, count, origins, prefix = 'g' }) {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, index) => new Case(random, origins, `${prefix}${index}`).make());
}

class Case {
  constructor(random, origins, id) {
    Object.assign(this, { random, origins, id, script: [] });
  }

  make() {
    const { random, origins } = this;
    const mode = random.weighted([[92, 'cors'], [3, 'no-cors'], [5, 'same-origin']]);
    const home = random.weighted([[88, origins.api], [6, origins.other], [6, origins.page]]);
    const method = mode === 'no-cors' ? random.pick(['GET', 'HEAD', 'POST']) : aMethod(random);
    const request = {
      origin: origins.page,
      url: random.chance(0.01) ? this.#oddUrl() : `${home}${this.#path(0)}`,
      method,
      headers: mode === 'no-cors' ? [] : someHeaders(random),
      credentials: random.weighted([[45, 'omit'], [20, 'same-origin'], [35, 'include']]),
      mode,
      redirect: random.weighted([[92, 'follow'], [4, 'manual'], [4, 'error']]),
      body: random.chance(0.5) && !/^(get|head)$/i.test(method) ? 'x' : undefined,
    };
    // Some go round in circles: longer than any browser follows.
    this.hops = random.chance(0.003) ? 25 : 4;
    const exchange = this.#hop(request, home, 0, false);
    return { id: this.id, request, exchange, script: this.script };
  }

  #path = (hop) => `/${this.id}/${hop}?q=${hop}`;

  #oddUrl = () => `${this.random.pick(['ftp://127.0.0.1', 'htps://127.0.0.1', 'custom:', 'file://'])}/${this.id}/0`;

  /** What is answered at one hop, and what comes after it. */
  #hop(request, home, hop, redirected) {
    const { random } = this;
    const who = { page: request.origin, redirected, request };
    const exchange = {
      preflight: random.chance(0.985) ? aPreflight(random, who) : undefined,
      response: random.chance(0.985) ? aResponse(random, who) : undefined,
    };
    this.script.push([this.#path(hop), { ...exchange, close: random.chance(0.2) }]);
    const circle = this.hops > 20 && hop < this.hops;
    if (exchange.response && hop < this.hops && (circle || random.chance(0.22))) {
      const { next, location } = this.#redirect(request, home, hop, circle);
      exchange.response.status = circle ? 307 : random.pick([301, 302, 303, 307, 308]);
      exchange.response.headers.push(['location', location]);
      if (next) exchange.next = next;
    }
    if (exchange.preflight && random.chance(0.04)) {
      exchange.preflight.status = random.pick([301, 302, 303, 307, 308, 304, 300]);
      if (random.chance(0.8)) exchange.preflight.headers.push(['location', `${home}${this.#path(hop)}`]);
    }
    return exchange;
  }

  #redirect(request, home, hop, circle) {
    const { random, origins } = this;
    const odd = random.weighted([[94, undefined], [1, 'http://['], [1, 'ftp://127.0.0.1/'], [1, 'data:text/plain,x'], [1, 'custom:x'], [1, ''], [1, 'http://127.0.0.1:99999/']]);
    if (odd !== undefined && !circle) return { location: odd };
    const target = circle ? home : random.weighted([[40, home], [25, origins.api], [25, origins.other], [10, origins.page]]);
    const path = this.#path(hop + 1);
    const absolute = random.weighted([
      [70, `${target}${path}`],
      [10, target.replace('http', 'HTTP') + path],
      [10, target.replace('http:', '') + path],
      [10, `${target}${path}#part`],
    ]);
    const location = target === home && random.chance(0.3) ? path : withUserInfo(random, absolute);
    return { location, next: this.#hop(request, target, hop + 1, true) };
  }
}

const withUserInfo = (random, url) => (random.chance(0.06) ? url.replace('//', random.pick(['//u:p@', '//u@', '//:p@', '//@', '//:@'])) : url);

const aMethod = (random) =>
  random.weighted([
    [30, 'GET'], [18, 'POST'], [14, 'PUT'], [10, 'DELETE'], [9, 'PATCH'], [5, 'HEAD'], [3, 'OPTIONS'], [2, 'get'], [2, 'post'],
    [3, 'put'], [4, 'patch'], [2, 'delete'], [1, 'Patch'], [1, 'PURGE'], [1, 'purge'], [1, 'QUERY'], [1, 'head'], [1, 'options'],
  ]);

const repeated = (text, length) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

/** Values about the limits of what is safelisted. */
const HEADERS = {
  authorization: ['Bearer a.b.c', 'AWS4-HMAC-SHA256 Credential=a/b'],
  'content-type': [
    'application/json', 'text/plain', 'text/plain;charset=UTF-8', 'TEXT/Plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded',
    'text/plain; charset="utf-8"', 'text/plain, application/json', 'text/html', 'text', '', ';', 'text/plain ; a=b', 'application/json; charset=utf-8',
    'text/plain/x', 'text /plain', `text/plain;a=${repeated('b', 115)}`, `text/plain;a=${repeated('b', 116)}`,
  ],
  accept: ['*/*', 'application/json', 'text/html, */*;q=0.1', 'a(b)', 'a:b', 'a"b', 'a@b', 'a\tb', repeated('a', 128), repeated('a', 129), ''],
  'accept-language': ['ja', 'ja, en;q=0.5', 'ja_JP', 'en-*', 'a=b.c', 'a/b', repeated('a', 128), repeated('a', 129)],
  'content-language': ['ja', 'en, ja', 'ja_JP', 'a(b'],
  range: ['bytes=0-', 'bytes=0-9', 'bytes=9-0', 'bytes=-5', 'bytes=0-1,3-4', 'bytes= 0-1', 'Bytes=0-1', 'bytes=a-b', 'items=0-1', 'bytes=00-01', 'bytes=0'],
  'x-api-key': ['key'],
  'X-Amz-Date': ['20260101T000000Z'],
  'x-amz-security-token': [repeated('t', 300)],
  'x-amz-content-sha256': ['UNSIGNED-PAYLOAD'],
  'X-Requested-With': ['XMLHttpRequest'],
  'x-a': ['1', '', 'a, b'],
  'cache-control': ['no-cache'],
  'save-data': ['on', 'off', 'x'],
  dpr: ['2.0', 'x'],
  'device-memory': ['8'],
  'viewport-width': ['100'],
  width: ['100'],
  rtt: ['50'],
  downlink: ['10'],
  ect: ['4g'],
  'last-event-id': ['1'],
  date: ['Thu, 01 Jan 2026 00:00:00 GMT'],
  cookie: ['a=b'],
  'sec-x': ['1'],
  'proxy-x': ['1'],
  'x-http-method-override': ['TRACE', 'PUT'],
};

const COMMON = ['authorization', 'content-type', 'x-api-key', 'X-Amz-Date', 'x-amz-security-token', 'accept'];

function someHeaders(random) {
  const names = random.weighted([
    [20, []],
    [45, random.some(COMMON, 0.35)],
    [25, [random.pick(Object.keys(HEADERS))]],
    [10, random.some(Object.keys(HEADERS), 0.15)],
  ]);
  const headers = names.map((name) => [name, random.pick(HEADERS[name])]);
  // A name twice, in another case: the browser joins them.
  if (headers.length > 0 && random.chance(0.04)) headers.push([headers[0][0].toUpperCase(), headers[0][1]]);
  return headers;
}

/** Lines of one header: most often one. */
const lines = (name, values) => values.map((value) => [name, value]);

function allowOrigin(random, { page, redirected, request }) {
  const { protocol, hostname, port } = new URL(page);
  const other = `${protocol}//${hostname}:${Number(port) - 1}`;
  const right = redirected && random.chance(0.5) ? 'null' : page;
  const wildcard = request.credentials === 'include' ? 8 : 30;
  const values = random.weighted([
    [70, [right]],
    [wildcard, ['*']],
    [8, []],
    [12, [oddOrigin(random, page, other)]],
    [4, random.pick([[page, page], ['*', '*'], ['*', page], [page, ''], ['', page], [other, page], ['null', 'null']])],
  ]);
  return lines(random.pick(['access-control-allow-origin', 'Access-Control-Allow-Origin', 'ACCESS-CONTROL-ALLOW-ORIGIN']), values);
}

const oddOrigin = (random, page, other) =>
  random.pick([
    other, 'null', 'Null', 'NULL', 'null, null', '', ' ', '*, *', '*,', ', *', '* ', '**', "'*'", '"*"', `'${page}'`, `"${page}"`, `<${page}>`,
    `${page}/`, `${page}/path`, `${page}?q`, `${page}#f`, page.toUpperCase(), page.replace('http', 'Http'), page.replace('http:', 'https:'), page.replace('//', '/'),
    page.replace('http:', ''), page.replace('http://', ''), `${page}, ${page}`, `${page},${other}`, `${page} ${other}`, `${page},`, `,${page}`, `${page}\t`, `\t${page}`,
    page.replace('127.0.0.1', 'localhost'), page.replace('127.0.0.1', '127.1'), page.replace('127.0.0.1', '127.0.0.1.'), page.replace(/:\d+$/, ''),
    page.replace(/:(\d+)$/, ':0$1'), `${page}0`, page.replace('//', '//u:p@'), 'http://*.example.com', 'https://*', 'https:/app.example.com', 'https:app.example.com',
    'https://app.example.com', 'https://app.example.com:443', 'https://APP.example.com', 'https://app.example.com:99999', 'https://app.example.com:x', 'http://', 'http:///',
    'http://[', 'http://[::1]', 'http://[::1', 'http://1.2.3.999', 'http://1.2.3', 'http://0x7f.1', 'http://a%b', 'http://a%20b', 'http://a<b', 'http://a^b', 'http://a|b',
    'http://xn--a', 'http://日本', '//app.example.com', 'app.example.com', '/path', 'about:blank', 'data:text/plain,x', 'file://', 'file:///x', 'javascript:0', 'custom:x',
    'custom://x', '1http://x', 'ht+tp://x', 'ht_tp://x', 'http:\\\\app.example.com', 'ws://app.example.com', 'ftp://x', 'blob:null/x', 'undefined', 'true', '$request.header.origin',
    '%2A', 'http%3A%2F%2Fx', ':', ':x', 'http:', 'http:?', 'http:#', 'http://?', 'http://#', 'http://@', 'http://:80', 'http://a:', 'http://a:80', 'http://-a', 'http://a_b', 'http://a..b',
    'http://.', 'http://..', 'http://a.0', 'http://256', 'http://4294967296', 'http://0.0.0.0', 'http://a.1.2.3.4', 'http://1.2.3.4.5', 'http://a:+80', 'http://a: 80',
  ].map(latin1));

/** What a server that writes UTF-8 puts on the wire, as the bytes that it is. */
const latin1 = (text) => Buffer.from(text, 'utf8').toString('latin1');

function allowCredentials(random, { request }) {
  const right = request.credentials === 'include' ? 75 : 30;
  const values = random.weighted([
    [right, ['true']],
    [15, []],
    [10, [random.pick(['false', 'True', 'TRUE', '', ' ', ' true ', '"true"', "'true'", 'true, true', 'true,', '1', 'true;', 'truе', 'yes'].map(latin1))]],
    [2, random.pick([['true', 'true'], ['true', 'false'], ['', 'true'], ['true', '']])],
  ]);
  return lines('access-control-allow-credentials', values);
}

function allowMethods(random, { request }) {
  const { method } = request;
  const upper = method.toUpperCase();
  const values = random.weighted([
    [50, [random.pick([upper, method, `GET, ${upper}`, `GET,POST,${upper}`, `${method},OPTIONS`, 'GET,HEAD,POST,PUT,PATCH,DELETE,OPTIONS'])]],
    [12, []],
    [12, ['*']],
    [16, [random.pick(ODD_LISTS('GET', upper))]],
    [4, random.pick([['GET', upper], [upper, ''], ['*', '*'], ['GET', 'POST x']])],
  ]);
  return lines('access-control-allow-methods', values);
}

function allowHeaders(random, { request }) {
  const names = request.headers.map(([name]) => name.toLowerCase());
  const all = names.join(',');
  const first = names[0] ?? 'x-b';
  const values = random.weighted([
    [50, [random.pick([all, names.join(', '), all.toUpperCase(), `${all},x-more`, `x-more , ${all}`, [...names].reverse().join(',')])]],
    [10, []],
    [12, ['*']],
    [8, [names.slice(1).join(',')]],
    [4, [random.pick(['*, authorization', '*,x-a', 'authorization, *', 'authorization', 'content-type', 'Authorization,Content-Type'])]],
    [12, [random.pick(ODD_LISTS('x-b', first))]],
    [4, random.pick([names, ['x-b', all], [all, ''], ['', all], ['*', '*']])],
  ]);
  return lines('access-control-allow-headers', values);
}

const ODD_LISTS = (one, right) =>
  [
    '', ' ', ',', ', ,', `${one} ${right}`, `${one};${right}`, `${one};`, `"${right}"`, `'${right}'`, `"*"`, "'*'", `${right},`, `,${right}`, `${one},,${right}`, `${one} , ${right}`,
    `${one}\t,\t${right}`, `\t${right}`, right.toLowerCase(), right.toUpperCase(), `${right}x`, `[${right}]`, `${one}|${right}`, `${one}/${right}`, `${right}:`, `(${right})`, `<${right}>`,
    `${right}=1`, `* ${right}`, '**', '*,', '*;', `${one}, *`, `@${right}`, 'é', `${right}é`, `${one}\\${right}`, '?', '{}', `!#$%&'*+-.^_|~`, one, 'null', 'undefined', '$input', `${right} `,
    `${one},${right} x`, `${right} x,${one}`, `${one},"x",${right}`,
  ].map(latin1);

const EXTRA = [['vary', 'Origin'], ['access-control-max-age', '0'], ['access-control-expose-headers', '*'], ['content-type', 'application/json'], ['cross-origin-resource-policy', 'cross-origin'], ['timing-allow-origin', '*']];

function aPreflight(random, who) {
  const status = random.weighted([[45, 200], [35, 204], [20, random.pick([201, 202, 206, 226, 299, 304, 300, 400, 401, 403, 404, 405, 408, 413, 429, 500, 502, 503, 504, 599])]]);
  const headers = [...allowOrigin(random, who), ...allowCredentials(random, who), ...allowMethods(random, who), ...allowHeaders(random, who), ...random.some(EXTRA, 0.1)];
  return { status, headers: mixed(random, headers), body: bodyOf(status) };
}

function aResponse(random, who) {
  const status = random.weighted([[60, 200], [40, random.pick([201, 202, 204, 205, 206, 300, 304, 305, 400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 502, 503, 504, 599])]]);
  const headers = [...allowOrigin(random, who), ...allowCredentials(random, who), ...random.some(EXTRA, 0.1)];
  return { status, headers: mixed(random, headers), body: bodyOf(status) };
}

/** Now and then another order; the lines of one name keep theirs. */
const mixed = (random, headers) => (random.chance(0.3) ? [...headers.filter(([name]) => name !== 'vary'), ...headers.filter(([name]) => name === 'vary')] : headers);

const bodyOf = (status) => (status >= 400 ? '{"message":"Refused"}' : '{"ok":true}');
