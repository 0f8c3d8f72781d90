import assert from 'node:assert/strict';
import { test } from 'node:test';
import { check } from '../src/config.js';
import { isGatepassError } from '../src/errors.js';
import { createClient, type ClientConfig, type RouteConfig } from '../src/index.js';

const userPool = { userPoolId: 'ap-northeast-1_AbCdEfGhI', clientId: '1example23456789' };
const identityPool = { identityPoolId: 'ap-northeast-1:01234567-89ab-cdef-0123-456789abcdef' };
const bearer: RouteConfig = { match: 'https://api.example.com/*', auth: 'bearer' };
const iam: RouteConfig = { match: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/api/*', auth: 'iam' };

test('writes out what is left to be inferred', () => {
  assert.deepEqual(check({ userPool, identityPool, routes: [bearer, iam] }).core, {
    userPool: { ...userPool, region: 'ap-northeast-1', endpoint: 'https://cognito-idp.ap-northeast-1.amazonaws.com/' },
    identityPool: {
      ...identityPool,
      endpoint: 'https://cognito-identity.ap-northeast-1.amazonaws.com/', stsEndpoint: 'https://sts.ap-northeast-1.amazonaws.com/',
      flow: 'enhanced', role: 'pool', login: 'user-pool',
    },
    routes: [
      {
        match: bearer.match, auth: 'bearer', token: 'id', credentials: undefined, headers: [], service: 'execute-api',
        region: undefined, signAs: undefined, identity: 'user', role: 'pool', payload: 'signed', contentSha256: 'omit', kind: undefined, probes: 'on',
      },
      {
        match: iam.match, auth: 'iam', token: 'id', credentials: undefined, headers: [], service: 'execute-api',
        region: 'ap-northeast-1', signAs: undefined, identity: 'user', role: 'pool', payload: 'signed', contentSha256: 'omit', kind: undefined, probes: 'on',
      },
    ],
    storage: 'session',
    refreshAhead: 60,
    locale: 'en',
  });
});

test('hands over what is written', () => {
  const { core } = check({
    userPool: { ...userPool, endpoint: 'http://127.0.0.1:9229' },
    identityPool: { ...identityPool, endpoint: 'https://proxy.example/identity' },
    storage: 'local', refreshAhead: 0, locale: 'ja', probes: 'off',
    routes: [
      {
        match: 'https://d111.cloudfront.net/api/*', auth: 'iam', credentials: 'include', headers: { 'X-Api-Key': 'k' }, kind: 'cloudfront', probes: 'on',
        signAs: { origin: 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/', stripPrefix: '/api/' },
      },
      { ...bearer, token: 'access' },
    ],
  });
  assert.equal(core.userPool?.endpoint, 'http://127.0.0.1:9229/');
  assert.equal(core.identityPool?.endpoint, 'https://proxy.example/identity');
  assert.deepEqual([core.storage, core.refreshAhead, core.locale], ['local', 0, 'ja']);
  const [cloudfront, other] = core.routes;
  assert.ok(cloudfront && other);
  assert.deepEqual(cloudfront.signAs, { origin: 'https://abc123.execute-api.eu-west-1.amazonaws.com', pathPrefix: '/prod', stripPrefix: '/api' });
  assert.deepEqual(cloudfront.headers, [['X-Api-Key', 'k']]);
  assert.deepEqual([cloudfront.region, cloudfront.service, cloudfront.credentials, cloudfront.probes], ['eu-west-1', 'execute-api', 'include', 'on']);
  assert.deepEqual([other.token, other.probes], ['access', 'off']);
});

test('who the user is, and which role the credentials are of', () => {
  const role = 'arn:aws:iam::123456789012:role/teams/admin';
  const pool = { ...identityPool, flow: 'classic', role, endpoint: 'http://127.0.0.1:1' } as const;
  const { core } = check({ userPool, identityPool: pool, stsEndpoint: 'http://127.0.0.1:2', routes: [iam, { ...iam, role: 'group' }] });
  assert.deepEqual([core.identityPool?.flow, core.identityPool?.role, core.identityPool?.stsEndpoint], ['classic', role, 'http://127.0.0.1:2/']);
  assert.deepEqual(core.routes.map((route) => [route.role, route.identity]), [[role, 'user'], ['group', 'user']]);
  const logins = () => ({ 'accounts.google.com': 'token' });
  const others = check({ identityPool: { ...identityPool, logins }, routes: [iam] });
  assert.deepEqual([others.core.identityPool?.login, others.logins], ['logins', logins]);
  const developerIdentity = () => ({ identityId: 'ap-northeast-1:1', token: 'token' });
  assert.equal(check({ identityPool: { ...identityPool, developerIdentity }, routes: [iam] }).core.identityPool?.login, 'developer-identity');
  const guest = (pool: object, route: object = {}) =>
    check({ userPool, identityPool: { ...identityPool, ...pool }, routes: [{ ...iam, identity: 'guest', ...route }] }).core.routes[0];
  assert.deepEqual([guest({})?.identity, guest({})?.role], ['guest', 'pool']);
  assert.equal(guest({ role })?.role, 'pool', "the pool's role is its users'");
  assert.equal(guest({ role }, { role })?.role, role);
  assert.equal(guest({ flow: 'classic', role })?.role, role);
  assert.equal(check({ identityPool, routes: [{ ...iam, identity: 'guest' }] }).core.routes[0]?.identity, 'guest', 'without a user pool');
  assert.match(check({ identityPool: { identityPoolId: identityPool.identityPoolId.replace('ap-northeast-1', 'cn-north-1') } }).core.identityPool?.stsEndpoint ?? '', /\.com\.cn/);
});

test('what a diagnosis may cost, and whether it is printed', () => {
  const unsaid = { console: 'auto', maxRequests: 15, timeout: 2000 };
  assert.deepEqual(check({}).diagnosis, unsaid);
  assert.deepEqual(check({ diagnosis: {} }).diagnosis, unsaid);
  assert.deepEqual(check({ diagnosis: { console: 'off', maxRequests: 0, timeout: 500 } }).diagnosis, { console: 'off', maxRequests: 0, timeout: 500 });
});

test('the region comes from the host, or is given, and is never guessed', () => {
  const scope = (route: Partial<RouteConfig>) => {
    const [checked] = check({ userPool, identityPool, routes: [{ ...iam, ...route }] }).core.routes;
    return [checked?.service, checked?.region];
  };
  assert.deepEqual(scope({ match: 'https://u1.lambda-url.us-east-2.on.aws/*' }), ['lambda', 'us-east-2']);
  assert.deepEqual(scope({ match: 'https://a1.execute-api.eu-west-1.api.aws/*' }), ['execute-api', 'eu-west-1'], 'IPv4 and IPv6');
  assert.deepEqual(scope({ match: 'https://a1.execute-api.cn-north-1.amazonaws.com.cn/*' }), ['execute-api', 'cn-north-1']);
  assert.deepEqual(scope({ match: 'https://api.example.com/*', region: 'eu-west-1' }), ['execute-api', 'eu-west-1']);
  assert.deepEqual(scope({ match: 'https://api.example.com/*', region: 'eu-west-1', service: 'lambda' }), ['lambda', 'eu-west-1']);
  assert.deepEqual(scope({ match: 'https://a1.appsync-api.us-east-1.amazonaws.com/graphql' }), ['appsync', 'us-east-1']);
  assert.deepEqual(scope({ match: 'https://my.bucket.s3.us-east-1.amazonaws.com/*' }), ['s3', 'us-east-1']);
  assert.deepEqual(scope({ match: 'https://s3.eu-west-1.amazonaws.com/bucket/*' }), ['s3', 'eu-west-1']);
  assert.deepEqual(scope({ match: 'wss://a1-ats.iot.eu-west-1.amazonaws.com/mqtt' }), ['iotdevicegateway', 'eu-west-1']);
  assert.deepEqual(scope({ match: 'https://a1-ats.iot.eu-west-1.amazonaws.com/topics/*' }), ['iotdata', 'eu-west-1']);
  assert.deepEqual(scope({ match: 'https://d1.cloudfront.net/*', region: 'us-east-2', service: 'lambda' }), ['lambda', 'us-east-2']);
  assert.deepEqual(scope({ match: 'https://example.com/*', kind: 'cloudfront', signAs: 'https://api.example.com', region: 'us-east-2' }), ['execute-api', 'us-east-2']);
  assert.deepEqual(scope({ match: 'wss://a1.execute-api.eu-west-1.amazonaws.com/prod' }), ['execute-api', 'eu-west-1']);
  assert.deepEqual(scope({ match: 'https://dynamodb.us-east-1.amazonaws.com/', region: 'us-east-1', service: 'dynamodb' }), ['dynamodb', 'us-east-1']);
  assert.deepEqual(scope({ match: 'https://d1.cloudfront.net/*', signAs: 'https://u1.lambda-url.us-east-2.on.aws' }), ['lambda', 'us-east-2']);
  for (const match of ['https://a1.execute-api.eu-west-1.amazonaws.com.evil.example/*', 'https://a1.execute-api.eu-west-1.api.aws.evil.example/*', 'https://x.a1.execute-api.eu-west-1.amazonaws.com/*']) {
    assert.throws(() => scope({ match }), /routes\[0\]\.region/);
  }
});

test('the pools of China are in China', () => {
  const { core } = check({ userPool: { userPoolId: 'cn-north-1_AbC', clientId: 'x' } });
  assert.equal(core.userPool?.endpoint, 'https://cognito-idp.cn-north-1.amazonaws.com.cn/');
});

test('a storage of its own', () => {
  const storage = new Map<string, string>();
  const custom = {
    getItem: (key: string) => storage.get(key) ?? null,
    setItem: (key: string, value: string) => void storage.set(key, value),
    removeItem: (key: string) => void storage.delete(key),
  };
  const checked = check({ userPool, storage: custom });
  assert.equal(checked.core.storage, 'custom');
  assert.equal(checked.storage, custom);
});

const REFUSED: [field: string, config: unknown, says: RegExp][] = [
  ['The configuration', undefined, /got nothing, takes an object/],
  ['The configuration', [], /got an array, takes an object/],
  ['userpool', { userpool: userPool }, /no such option; did you mean 'userPool'\?/],
  ['region', { region: 'us-east-1' }, /no such option\.$/],
  ['userPool', { userPool: 'ap-northeast-1_AbCdEfGhI' }, /got 'ap-northeast-1_AbCdEfGhI', takes an object/],
  ['userPool', { userPool: null }, /got null, takes an object/],
  ['userPool.userPoolId', { userPool: { ...userPool, userPoolId: 'AbCdEfGhI' } }, /got 'AbCdEfGhI', takes a user pool id such as/],
  ['userPool.userPoolId', { userPool: { ...userPool, userPoolId: identityPool.identityPoolId } }, /takes a user pool id/],
  ['userPool.userPoolId', { userPool: { ...userPool, userPoolId: undefined } }, /got nothing/],
  ['userPool.userPoolId', { userPool: { ...userPool, userPoolId: 'evil.example/?_a' } }, /takes a user pool id/],
  ['userPool.clientId', { userPool: { userPoolId: userPool.userPoolId } }, /got nothing, takes the id of an app client/],
  ['userPool.clientSecret', { userPool: { ...userPool, clientSecret: 'hush' } }, /no such option/],
  ['userPool.endpoint', { userPool: { ...userPool, endpoint: 'localhost:9229' } }, /takes an absolute http or https URL/],
  ['userPool.endpoint', { userPool: { ...userPool, endpoint: '/cognito' } }, /takes an absolute http or https URL/],
  ['identityPool.role', { identityPool: { ...identityPool, role: 'admin' as 'pool' } }, /ARN of a role/],
  ['identityPool.role', { identityPool: { ...identityPool, flow: 'classic' } }, /classic flow/],
  ['routes[0].role', { userPool, identityPool: { ...identityPool, flow: 'classic', role: 'group' }, routes: [{ ...iam, role: 'pool' }] }, /classic flow/],
  ['identityPool.logins', { identityPool: { ...identityPool, logins: {} as () => never } }, /a function/],
  ['identityPool.developerIdentity', { identityPool: { ...identityPool, logins: () => ({}), developerIdentity: () => ({ identityId: '', token: '' }) } }, /logins/],
  ['routes[0].role', { identityPool: { ...identityPool, logins: () => ({}) }, routes: [{ ...iam, role: 'group' }] }, /groups/],
  ['routes[0].role', { userPool, identityPool, routes: [{ ...iam, identity: 'guest', role: 'group' }] }, /only users of the user pool/],
  ['routes[0].role', { userPool, identityPool: { ...identityPool, flow: 'classic', role: 'group' }, routes: [{ ...iam, identity: 'guest' }] }, /only users of the user pool/],
  ['routes[0].service', { userPool, identityPool, routes: [{ ...iam, match: 'https://dynamodb.us-east-1.amazonaws.com/', region: 'us-east-1' }] }, /missing, and 'dynamodb/],
  ['routes[0].service', { userPool, identityPool, routes: [{ ...iam, match: 'https://bucket.s3.amazonaws.com/*', region: 'us-east-1' }] }, /missing/],
  ['routes[0].region', { userPool, identityPool, routes: [{ ...iam, match: 'https://bucket.s3.amazonaws.com/*' }] }, /nor a service/],
  ['routes[0].signAs', { userPool, identityPool, routes: [{ ...iam, match: 'https://d1.cloudfront.net/*', region: 'us-east-1' }] }, /CloudFront/],
  ['routes[0].signAs', { userPool, identityPool, routes: [{ ...iam, match: 'https://d1.cloudfront.net/*' }] }, /CloudFront/],
  ['routes[0].signAs', { userPool, identityPool, routes: [{ ...iam, match: 'https://example.com/*', region: 'us-east-1', kind: 'cloudfront' }] }, /CloudFront/],
  ['routes[0].payload', { userPool, identityPool, routes: [{ ...iam, payload: 'unsigned' }] }, /refuses/],
  ['routes[0].identity', { userPool, routes: [{ ...bearer, identity: 'guest' }] }, /'iam'/],
  ['routes[0].payload', { userPool, routes: [{ ...bearer, payload: 'unsigned' }] }, /'iam'/],
  ['identityPool.identityPoolId', { identityPool: { identityPoolId: userPool.userPoolId } }, /takes an identity pool id/],
  ['identityPool.identityPoolId', { identityPool: { identityPoolId: '01234567-89ab-cdef-0123-456789abcdef' } }, /takes an identity pool id/],
  ['routes', { routes: bearer }, /got an object, takes an array/],
  ['routes[0]', { routes: ['https://api.example.com/*'] }, /takes an object/],
  ['routes[0].match', { userPool, routes: [{ auth: 'bearer' }] }, /got nothing, takes a URL of http, https, ws or wss/],
  ['routes[0]', { userPool, routes: Object.assign([], { 1: bearer }) }, /got nothing, takes an object/],
  ['routes[1].match', { userPool, routes: [bearer, { ...bearer, match: '/items/*' }] }, /got '\/items\/\*', takes a URL of http, https, ws or wss/],
  ['routes[1].match', { userPool, routes: [bearer, { ...bearer, match: 'https://*.example.com/*' }] }, /takes a URL whose host has no wildcards: tokens go only to hosts that are named/],
  ['routes[0].match', { userPool, routes: [{ ...bearer, match: 'https://me:hush@a.com/' }] }, /got 'https:\/\/…@a\.com\/', takes a URL without user name and password/],
  ['routes[0].match', { userPool, routes: [{ ...bearer, match: 'https://a.com?key=hush' }] }, /got 'https:\/\/a\.com\?…', takes a URL without '\?' and '#'/],
  ['routes[0].match', { userPool, routes: [{ ...bearer, match: 'me:hush@a.com/*' }] }, /got '…@a\.com\/\*', takes a URL of http, https, ws or wss/],
  ['userPool.endpoint', { userPool: { ...userPool, endpoint: 'https://h.example/?token=hush' } }, /got 'https:\/\/h\.example\/\?…', takes an absolute/],
  ['userPool.endpoint', { userPool: { ...userPool, endpoint: 'https://h.example/#hush' } }, /takes an absolute/],
  ['userPool.endpoint', { userPool: { ...userPool, endpoint: 'https://me:hu/sh?hush@h.example/' } }, /got 'https:\/\/…@h\.example\/'/],
  ['routes[0].token', { userPool, identityPool, routes: [{ ...iam, token: 'id' }] }, /only a route with auth 'bearer'/],
  ['routes[0].signAs', { userPool, routes: [{ ...bearer, signAs: 'https://a.example' }] }, /only a route with auth 'iam'/],
  ['routes[0].headers.Cookie', { userPool, routes: [{ ...bearer, headers: { Cookie: 'hush' } }] }, /browsers let no script set it/],
  ['routes[0].headers.sec-fetch-mode', { userPool, routes: [{ ...bearer, headers: new Headers({ 'Sec-Fetch-Mode': 'hush' }) }] }, /browsers let no script set it/],
  ['routes[0].headers.x-key', { userPool, routes: [{ ...bearer, headers: new Map([['x-key', undefined]]) }] }, /not a valid header/],
  ['routes[0].match', { userPool, routes: [{ ...bearer, match: 'https://api.example.com/(\\d+)' }] }, /no regular expression/],
  ['routes[0].auth', { userPool, routes: [{ ...bearer, auth: 'jwt' }] }, /got 'jwt', takes 'none' or 'bearer' or 'iam'/],
  ['routes[0].auth', { routes: [bearer] }, /got 'bearer', which needs a userPool\./],
  ['routes[0].auth', { userPool, routes: [iam] }, /got 'iam', which needs an identityPool\./],
  ['routes[0].auth', { identityPool, routes: [iam] }, /got 'iam', which needs a userPool and an identityPool\./],
  ['routes[0].region', { userPool, identityPool, routes: [{ ...iam, match: 'https://api.example.com/*' }] }, /'api\.example\.com' does not name one/],
  ['routes[0].region', { userPool, identityPool, routes: [{ ...iam, region: 'us-east-1' }] }, /got 'us-east-1', takes 'ap-northeast-1', which is in the host/],
  ['routes[0].region', { userPool, identityPool, routes: [{ ...iam, region: 'Tokyo' }] }, /takes a region such as/],
  ['routes[0].credential', { userPool, routes: [{ ...bearer, credential: 'include' }] }, /did you mean 'credentials'\?/],
  ['routes[0].credentials', { userPool, routes: [{ ...bearer, credentials: 'included' }] }, /'omit' or 'same-origin' or 'include'/],
  ['routes[0].token', { userPool, routes: [{ ...bearer, token: 'idToken' }] }, /'id' or 'access'/],
  ['routes[0].headers', { userPool, routes: [{ ...bearer, headers: [['a', 'b']] }] }, /got an array, takes an object/],
  ['routes[0].headers.x key', { userPool, routes: [{ ...bearer, headers: { 'x key': 'hush' } }] }, /not a valid header/],
  ['routes[0].headers.x-key', { userPool, routes: [{ ...bearer, headers: { 'x-key': 'hush\n' + 'x: y' } }] }, /not a valid header/],
  ['routes[0].signAs', { userPool, identityPool, routes: [{ ...iam, signAs: 'abc123' }] }, /takes an absolute http or https URL/],
  ['routes[0].signAs.origin', { userPool, identityPool, routes: [{ ...iam, signAs: { stripPrefix: '/api' } }] }, /got nothing/],
  ['routes[0].signAs.stripPrefix', { userPool, identityPool, routes: [{ ...iam, signAs: { origin: 'https://a.example', stripPrefix: 'api' } }] }, /takes a path prefix/],
  ['routes[0].kind', { userPool, routes: [{ ...bearer, kind: 'alb' }] }, /'http-api' or/],
  ['storage', { storage: 'cookie' }, /got 'cookie', takes 'memory' or 'session' or 'local'/],
  ['storage', { storage: null }, /got null, takes 'memory' or 'session' or 'local'/],
  ['storage.setItem', { storage: { getItem: () => null } }, /got nothing, takes a function/],
  ['refreshAhead', { refreshAhead: -1 }, /got -1, takes a whole number of seconds/],
  ['refreshAhead', { refreshAhead: 0.5 }, /got 0.5/],
  ['refreshAhead', { refreshAhead: Infinity }, /got Infinity/],
  ['refreshAhead', { refreshAhead: '60' }, /got '60'/],
  ['locale', { locale: 'fr' }, /got 'fr', takes 'en' or 'ja'/],
  ['diagnosis', { diagnosis: null }, /got null, takes an object/],
  ['diagnosis.console', { diagnosis: { console: true } }, /got true, takes 'auto' or 'on' or 'off'/],
  ['diagnosis.maxRequests', { diagnosis: { maxRequests: 16 } }, /got 16, takes a whole number from 0 to 15/],
  ['diagnosis.maxRequests', { diagnosis: { maxRequests: -1 } }, /got -1/],
  ['diagnosis.maxRequests', { diagnosis: { maxRequests: '3' } }, /got '3'/],
  ['diagnosis.timeout', { diagnosis: { timeout: 1.5 } }, /got 1.5, takes a whole number of milliseconds, 0 or more/],
  ['diagnosis.timeout', { diagnosis: { timeout: NaN } }, /got NaN/],
  ['diagnosis.maxRequest', { diagnosis: { maxRequest: 3 } }, /did you mean 'maxRequests'\?/],
  ['probes', { probes: false }, /got false, takes 'on' or 'off'/],
];

for (const [field, config, says] of REFUSED) {
  test(`refuses ${field}: ${says.source}`, () => {
    assert.throws(
      () => createClient(config as ClientConfig),
      (error: unknown) => {
        assert.ok(isGatepassError(error));
        assert.equal(error.code, 'invalid-configuration');
        assert.ok(error.message.startsWith(`${field}: `), error.message);
        assert.match(error.message, says);
        assert.ok(error.help.length > 10 && error.help.endsWith('.'), error.help);
        assert.doesNotMatch(error.message + error.help, /hush/);
        assert.doesNotMatch(error.help, /because|: tokens/, 'advice, no reasons');
        return true;
      },
    );
  });
}

test("a route's headers are a plain object, Headers or a Map", () => {
  const headersOf = (headers: unknown) => check({ userPool, routes: [{ ...bearer, headers } as RouteConfig] }).core.routes[0]?.headers;
  const expected = [['x-api-key', 'k'], ['x-two', '2']];
  for (const headers of [Object.fromEntries(expected) as object, new Headers(expected as [string, string][]), new Map(expected as [string, string][])]) {
    assert.deepEqual(headersOf(headers), expected);
  }
});

test('names that only begin like a forbidden one are free', () => {
  const headers = { hostess: '1', 'x-origin': '2', secret: '3', dated: '4', authorization: '5', via2: '6' };
  assert.deepEqual(check({ userPool, routes: [{ ...bearer, headers }] }).core.routes[0]?.headers, Object.entries(headers));
});
