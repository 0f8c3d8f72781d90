/** What a person sees of a report. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WireAnswer } from '../src/doctor/examination.js';
import { COLOURS, columns, cut, PLAIN, printable, wrap } from '../src/doctor/layout.js';
import { render, type Asked } from '../src/doctor/render.js';
import { verdictOf } from '../src/doctor/verdict.js';
import { WORDS } from '../src/doctor/words/index.js';
import { WORDS as COMMON } from '../src/diagnosis-words.js';
import type { Report } from '../src/exchange-types.js';

const URL = 'https://api.example.com/items';
const ORIGIN = 'https://app.example.com';

const PREFLIGHT = {
  step: 'preflight',
  url: URL,
  method: 'OPTIONS',
  headers: [['Accept', '*/*'], ['Access-Control-Request-Method', 'POST'], ['Access-Control-Request-Headers', 'authorization,x-team'], ['Origin', ORIGIN]],
  body: 'none',
} satisfies Report['steps'][number]['request'];

const answer = (status: number, headers: WireAnswer['headers'], body = ''): WireAnswer => ({ status, headers, body });

/** A preflight that names one of two headers, and a GET in the place of the call. */
function report(changes: Partial<Report> = {}): Report {
  return {
    outcome: 'blocked',
    corsError: 'HeaderDisallowedByPreflightResponse',
    failedParameter: 'x-team',
    violations: [
      { corsError: 'HeaderDisallowedByPreflightResponse', failedParameter: 'x-team' },
      { corsError: 'HeaderDisallowedByPreflightResponse', failedParameter: 'x-role' },
      { corsError: 'MissingAllowOriginHeader', failedParameter: '' },
    ],
    diagnosis: {
      verdict: 'certain',
      findings: [
        {
          code: 'header-not-allowed',
          layer: 'api-gateway',
          title: 'the preflight does not allow the header x-team.',
          detail: 'Access-Control-Allow-Headers must name every header that is not safelisted.',
          fixes: [
            { tool: 'console', text: 'API Gateway → your HTTP API → CORS.' },
            { tool: 'sam', text: 'CorsConfiguration:\n  AllowHeaders: [authorization, x-team]' },
          ],
          docs: 'docs/diagnosis.md#header-not-allowed',
        },
        { code: 'response-without-cors', layer: 'integration', title: 'the answer lacks CORS headers', detail: '', fixes: [], docs: '' },
      ],
      request: { url: URL, method: 'POST', headerNames: [], credentials: 'omit', origin: ORIGIN, preflighted: true },
      evidence: [],
    },
    steps: [
      { request: PREFLIGHT, outcome: answer(204, [['Access-Control-Allow-Origin', ORIGIN], ['access-control-allow-headers', 'authorization'], ['date', 'today'], ['x-own', '1']]) },
      { request: { ...PREFLIGHT, step: 'request', method: 'GET', headers: [['Origin', ORIGIN]] }, outcome: answer(500, [['x-amzn-requestid', 'abc']], '{"message":\n "Internal server error"}') },
    ],
    ...changes,
  };
}

const ASKED: Asked = { method: 'POST', engine: 'chromium', tools: [] };
const show = (shown: Report, asked: Partial<Asked> = {}, width = 90, locale: 'en' | 'ja' = 'en') =>
  render(shown, { ...ASKED, ...asked }, { width, paint: PLAIN, words: WORDS[locale] });

test('a blocked call reads like a compiler’s diagnostic', () => {
  assert.equal(
    show(report()),
    `error[header-not-allowed]: the preflight does not allow the header x-team.
 --> POST https://api.example.com/items
     called by a page of https://app.example.com
   |
 1 | > OPTIONS https://api.example.com/items  (preflight)
   | > Access-Control-Request-Method: POST
   | > Access-Control-Request-Headers: authorization,x-team
   | > Origin: https://app.example.com
   |
   | < 204 No Content
   | < Access-Control-Allow-Origin: https://app.example.com
   | < access-control-allow-headers: authorization
   |                                 ^^^^^^^^^^^^^ must name x-team, x-role
   |   … and 2 more headers
   |
 2 | > GET https://api.example.com/items
   |   (the browser does not get this far: asked to see who answers)
   | > Origin: https://app.example.com
   |
   | < 500 Internal Server Error
   | < x-amzn-requestid: abc
   | ! access-control-allow-origin: (missing)
   |                                --------- must be https://app.example.com
   | < {"message": "Internal server error"}
   |
   = Certain · API Gateway · Chromium: HeaderDisallowedByPreflightResponse (x-team)
   = Access-Control-Allow-Headers must name every header that is not safelisted.

also[response-without-cors]: the answer lacks CORS headers

fix: Console

    API Gateway → your HTTP API → CORS.

fix: SAM

    CorsConfiguration:
      AllowHeaders: [authorization, x-team]

   = more in docs/diagnosis.md#header-not-allowed of the package gatepass

error: Chromium blocks this call: HeaderDisallowedByPreflightResponse
`,
  );
});

test('the fixes of the tools that were asked for, letter for letter, and word of one that has none', () => {
  const text = show(report(), { tools: ['sam', 'cdk'] }, 30);
  assert.match(text, /\n {4}CorsConfiguration:\n {4} {2}AllowHeaders: \[authorization, x-team\]\n/);
  assert.match(text, /nothing to mend with CDK/);
  assert.doesNotMatch(text, /your HTTP API/);
});

test('without a tool: what mends it first, in its order, and word of what is left out', () => {
  const [first] = report().diagnosis.findings;
  const shown = (fixes: typeof first.fixes) => {
    const text = show(report({ diagnosis: { ...report().diagnosis, findings: [{ ...first, fixes }] } }));
    return [...text.matchAll(/^fix: (.*)\n\n {4}(.*)/gm)].map(([, tool, line]) => `${tool}: ${line}`).concat(/more fixes: .*/.exec(text) ?? []);
  };
  assert.deepEqual(shown([{ tool: 'sam', text: 'Cors' }, { tool: 'code', text: 'proxy' }]), ['SAM: Cors', 'Code: proxy']);
  assert.deepEqual(
    shown([
      { tool: 'console', text: 'Gateway responses' },
      { tool: 'sam', text: 'GatewayResponses' },
      { tool: 'cdk', text: 'addGatewayResponse' },
      { tool: 'console', text: 'CloudWatch' },
      { tool: 'code', text: 'sqs' },
      { tool: 'sam', text: 'TimeoutInMillis' },
    ]),
    ['Console: Gateway responses', 'SAM: GatewayResponses', 'Code: sqs', 'more fixes: --tool console, --tool sam, --tool cdk'],
  );
});

test('the words are those of every diagnosis', () => {
  const { diagnosis } = report();
  for (const locale of ['en', 'ja'] as const) {
    const { verdict, layer } = COMMON[locale];
    assert.match(show(report(), {}, 90, locale), new RegExp(`= ${verdict[diagnosis.verdict]} · ${layer['api-gateway']} · `));
  }
});

test('after what fails, nothing is the browser’s own, however far it was followed', () => {
  const request = { ...PREFLIGHT, step: 'request' as const, method: 'GET' };
  const redirect = answer(302, [['location', URL], ['access-control-allow-origin', ORIGIN]]);
  const refused = answer(204, [['access-control-allow-origin', ORIGIN], ['access-control-allow-headers', 'authorization']]);
  const violations = [{ corsError: 'HeaderDisallowedByPreflightResponse', failedParameter: 'x-team' }];
  const text = show(report({ violations, steps: [
    { request: PREFLIGHT, outcome: refused },
    { request, outcome: redirect },
    { request: PREFLIGHT, outcome: refused },
    { request, outcome: answer(200, []) },
  ] }));
  assert.equal(text.match(/the browser does not get this far/g)?.length, 3);
  assert.match(text, /^ 1 \|(?:(?!^ 2 \|).)*must name x-team/ms);
  const silent = { failure: 'reset', message: 'x' } as const;
  const lost = show(report({ corsError: null, violations: [], steps: [{ request: PREFLIGHT, outcome: silent }, { request, outcome: redirect }, { request, outcome: silent }] }));
  assert.equal(lost.match(/the browser does not get this far/g)?.length, 2);
});

test('no line is wider than the terminal, save for what is to be pasted, the mark’s column included', () => {
  for (const locale of ['en', 'ja'] as const) {
    for (const width of [60, 80]) {
      for (const line of show(report(), {}, width, locale).split('\n')) {
        assert.ok(columns(line) <= width , `${locale} ${width}: ${line}`);
      }
    }
  }
});

test('without colours there is no escape; with them the text is the same', () => {
  const plain = show(report());
  const coloured = render(report(), ASKED, { width: 90, paint: COLOURS, words: WORDS.en });
  assert.ok(!plain.includes('\x1b') && coloured.includes('\x1b[1;31merror[header-not-allowed]\x1b[0m'));
  assert.equal(coloured.replace(/\x1b\[[\d;]*m/g, ''), plain);
});

test('what a server says cannot reach the terminal as a command', () => {
  const evil = answer(500, [['server', '\x1b]0;evil\x07\u202e'], ['location', 'a\u009b2J']], '\x1b[2J\r\nbody');
  const [first, ...rest] = report().diagnosis.findings;
  const text = show(report({
    steps: [{ request: PREFLIGHT, outcome: evil }, { request: PREFLIGHT, outcome: { failure: 'other', message: 'no\x1b[31m' } }],
    diagnosis: { ...report().diagnosis, findings: [{ ...first, title: 'x\x1b[2J', detail: '\x07' }, ...rest] },
  }));
  assert.doesNotMatch(text, /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
  assert.match(text, /server: \\u\{1b\}\]0;evil\\u\{7\}/);
});

test('thousands of headers and twenty hops fit on a screen', () => {
  const many = answer(302, Array.from({ length: 3000 }, (_, index) => [`access-control-x${index}`, 'v']));
  const text = show(report({ steps: Array.from({ length: 43 }, () => ({ request: PREFLIGHT, outcome: many })) }));
  assert.ok(text.split('\n').length < 300);
  assert.match(text, /… and 2976 more headers/);
  assert.match(text, /… 35 more requests …/);
  assert.match(text, /^ 43 \| > OPTIONS/m);
});

test('each rule is marked where it is broken', () => {
  const marked = (corsError: string, failedParameter: string, headers: WireAnswer['headers'], status = 200) => {
    const steps = [{ request: PREFLIGHT, outcome: answer(status, headers) }, { request: { ...PREFLIGHT, step: 'request' as const }, outcome: answer(status, headers) }];
    const lines = show(report({ corsError, failedParameter, violations: [{ corsError, failedParameter }], steps })).split('\n');
    const at = lines.findLastIndex((line) => line.includes('^'));
    const [above = '', mark = ''] = lines.slice(at - 1, at + 1);
    return [lines.filter((line) => line.includes('^')).length, above.slice(mark.indexOf('^'), mark.lastIndexOf('^') + 1), mark.slice(mark.lastIndexOf('^') + 2)];
  };
  const origin = 'access-control-allow-origin';
  assert.deepEqual(marked('PreflightInvalidStatus', '', [], 401), [1, '401', 'a preflight needs a status from 200 to 299']);
  assert.deepEqual(marked('PreflightMissingAllowOriginHeader', '', []), [1, '(missing)', 'must be https://app.example.com']);
  assert.deepEqual(marked('AllowOriginMismatch', 'https://b.test', [[origin, 'https://b.test']]), [1, 'https://b.test', `must be ${ORIGIN}`]);
  assert.deepEqual(marked('WildcardOriginNotAllowed', '', [[origin, '*']]), [1, '*', "void with credentials: 'include'"]);
  assert.deepEqual(marked('MethodDisallowedByPreflightResponse', 'POST', [['Access-Control-Allow-Methods', 'GET']]), [1, 'GET', 'must name POST']);
  assert.deepEqual(marked('MultipleAllowOriginValues', '*, *', [[origin, '*'], [origin, '*']]), [2, '*', 'only one value is allowed']);
  assert.deepEqual(marked('RedirectContainsCredentials', '', [['location', 'https://u:p@b.test/']], 302), [1, 'https://u:p@b.test/', 'must not hold a user name or password']);
});

test('what the exchange comes to, in words and as an exit code', () => {
  const step = report().steps[0] ?? assert.fail();
  const read = (status: number) => report({ outcome: 'readable', corsError: null, violations: [], steps: [{ request: { ...PREFLIGHT, step: 'request' }, outcome: answer(status, []) }, { ...step, request: { ...PREFLIGHT, step: 'foreign-preflight' } }] });
  const nothing = report({ corsError: null, violations: [], steps: [{ request: PREFLIGHT, outcome: { failure: 'dns', message: 'getaddrinfo ENOTFOUND' } }] });
  assert.deepEqual(verdictOf(read(200)), { ending: 'readable', status: 200 });
  assert.match(show(read(200)), /^ok\[.*\nok: the page may read the answer \(200\)\n$/s);
  assert.deepEqual(verdictOf(read(403)), { ending: 'error-status', status: 403 });
  assert.match(show(read(403)), /^warning\[.*\nwarning: the page may read the answer, but its status is 403\n$/s);
  assert.deepEqual(verdictOf(nothing), { ending: 'unreachable' });
  assert.match(show(nothing), / {3}\| ! there is no such host \(getaddrinfo ENOTFOUND\)\n.*\nerror: nothing answered\n$/s);
  assert.deepEqual(verdictOf(report()), { ending: 'blocked' });
  // refused before anything was sent
  assert.deepEqual(verdictOf(report({ steps: [] })), { ending: 'blocked' });
});

test('Japanese is measured and wrapped as terminals show it', () => {
  assert.equal(columns('API の「例」ー'), 14);
  assert.equal(columns('か\u3099'), 2);
  assert.equal(cut('日本語のテキスト', 9), '日本語の…');
  const text = 'ブラウザーは本来のリクエストの前に OPTIONS を送りますが、そこにトークンは付きません。Access-Control-Allow-Origin もありません。';
  const lines = wrap(text, 30);
  assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
  for (const line of lines) {
    assert.ok(columns(line) <= 30, line);
    assert.doesNotMatch(line, /^[、。」ー]|[「(]$/);
  }
  assert.ok(lines.some((line) => line.includes('Access-Control-Allow-Origin')));
});

test('controls are written out', () => {
  assert.equal(printable('a\x1bb\u200ec\nd'), 'a\\u{1b}b\\u{200e}c\\u{a}d');
});
