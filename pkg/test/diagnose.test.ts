/** `gatepass/diagnose` with the module that is in the package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Exchange, ExchangeRequest, ExplainOptions } from '../src/exchange-types.js';
import { builtDiagnose } from './built.js';

const { explainExchange, isGatepassError } = await builtDiagnose();

const PAGE = 'https://app.example.com';
const REQUEST: ExchangeRequest = {
  origin: PAGE,
  url: 'https://api.example.com/items',
  method: 'PUT',
  headers: [['authorization', 'Bearer secret-token'], ['content-type', 'application/json'], ['x-a', '1']],
  credentials: 'omit',
};
const allow = (value: string): [string, string] => ['access-control-allow-origin', value];

test('an authorizer that answers the preflight is named, with lines to paste', async () => {
  const preflight = { status: 401, headers: [allow(PAGE), ['apigw-requestid', 'x']] as const, body: '{"message":"Unauthorized"}' };
  const { blocked, corsError, failedParameter, findings } = await explainExchange(REQUEST, { preflight });
  assert.deepEqual([blocked, corsError, failedParameter], [true, 'PreflightInvalidStatus', '']);
  assert.equal(findings[0].code, 'preflight-authorizer');
  assert.deepEqual([...new Set(findings[0].fixes.map(({ tool }) => tool))].sort(), ['cdk', 'cli', 'cloudformation', 'console', 'sam', 'terraform']);
  assert.ok(!JSON.stringify(findings).includes('secret-token'));
});

test('every violated rule has an entry, one for each header', async () => {
  const preflight = { status: 204, headers: [allow('*'), ['access-control-allow-headers', 'Authorization']] as const };
  const { violations, findings } = await explainExchange(REQUEST, { preflight, response: { status: 200, headers: [] } });
  assert.deepEqual(violations, [
    { corsError: 'MethodDisallowedByPreflightResponse', failedParameter: 'PUT' },
    { corsError: 'HeaderDisallowedByPreflightResponse', failedParameter: 'content-type' },
    { corsError: 'HeaderDisallowedByPreflightResponse', failedParameter: 'x-a' },
    { corsError: 'MissingAllowOriginHeader', failedParameter: '' },
  ]);
  assert.deepEqual(findings.map(({ code }) => code), ['method-not-allowed', 'header-not-allowed', 'response-without-cors']);
});

test('the engines look in orders of their own', async () => {
  const preflight = { status: 403, headers: [] };
  const said = async (engine: ExplainOptions['engine']) => (await explainExchange(REQUEST, { preflight }, { engine })).corsError;
  assert.deepEqual(await Promise.all([said('chromium'), said('firefox'), said('webkit'), said('spec')]), [
    'PreflightMissingAllowOriginHeader', 'PreflightMissingAllowOriginHeader', 'PreflightInvalidStatus', 'PreflightMissingAllowOriginHeader',
  ]);
});

test('duplicates, redirects and readable answers', async () => {
  const get: ExchangeRequest = { origin: PAGE, url: 'https://api.example.com/items' };
  const twice = await explainExchange(get, { response: { status: 200, headers: [allow(PAGE), allow(PAGE)] } });
  assert.deepEqual([twice.corsError, twice.failedParameter], ['MultipleAllowOriginValues', `${PAGE}, ${PAGE}`]);

  const response = { status: 302, headers: [allow('*'), ['location', 'https://login.example.com/']] as const };
  const redirected = await explainExchange(get, { response, next: { response: { status: 200, headers: [] } } });
  assert.deepEqual([redirected.corsError, redirected.findings[0].code], ['MissingAllowOriginHeader', 'redirected']);

  const readable = await explainExchange(get, { response: { status: 429, headers: [allow('*')], body: '{"message":"Too Many Requests"}' } });
  assert.deepEqual([readable.blocked, readable.corsError, readable.findings[0].code], [false, null, 'throttled']);
});

test('the findings are in the language that is asked for', async () => {
  const { findings } = await explainExchange(REQUEST, { preflight: { status: 403, headers: [], body: '' } }, { locale: 'ja', kind: 'localstack' });
  assert.equal(findings[0].code, 'localstack-origin');
  assert.match(findings[0].title, /[\u3040-\u30ff]/);
});

test('what cannot be read is refused with a word on what to write', async () => {
  const wrong = (request: unknown, exchange: unknown = {}, options?: unknown) => () =>
    explainExchange(request as ExchangeRequest, exchange as Exchange, options as ExplainOptions);
  const refusals: [() => Promise<unknown>, RegExp, RegExp][] = [
    [wrong(undefined), /`request`/, /origin, url/],
    [wrong({ ...REQUEST, url: '/items' }), /`request.url`/, /absolute URL/],
    [wrong({ ...REQUEST, origin: `${PAGE}/` }), /`request.origin`/, /https:\/\/app\.example\.com/],
    [wrong({ ...REQUEST, headers: { authorization: 'x' } }), /`request.headers`/, /\[name, value\]/],
    [wrong({ ...REQUEST, credentials: 'always' }), /`request.credentials`/, /^Write 'omit', 'same-origin' or 'include'\.$/],
    [wrong({ ...REQUEST, method: 'GET IT' }), /`request.method`/, /HTTP method/],
    [wrong(REQUEST, null), /`exchange`/, /preflight/],
    [wrong(REQUEST, { preflight: { status: '204', headers: [] } }), /`exchange.preflight.status`/, /such as 200/],
    [wrong(REQUEST, { next: { response: { status: 200, headers: [['a']] } } }), /`exchange.next.response.headers`/, /pairs/],
    [wrong(REQUEST, {}, { engine: 'presto' }), /`options.engine`/, /'webkit'/],
    [wrong(REQUEST, {}, { kind: 'http' }), /`options.kind`/, /'rest-api'/],
  ];
  for (const [call, message, help] of refusals) {
    await assert.rejects(call, (error: unknown) => {
      assert.ok(isGatepassError(error) && error instanceof Error);
      assert.equal(error.code, 'invalid-argument');
      assert.match(error.message, message);
      assert.match(error.help, help);
      return true;
    });
  }
});
