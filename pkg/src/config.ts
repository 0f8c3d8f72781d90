import { GatepassFailure } from './errors.js';
import { parseMatch, type Matcher } from './match.js';
import type { Auth, ClientConfig, DeveloperIdentity, DiagnosisConfig, IdentityPoolConfig, Logins, RoleChoice, TokenStorage } from './types.js';
import type { CoreConfig, CoreIdentityPool, CoreRoute } from './wire.js';

/** A configuration that cannot be wrong. */
export interface Checked {
  core: CoreConfig;
  matchers: Matcher[];
  storage: TokenStorage | undefined;
  logins: IdentityPoolConfig['logins'];
  developerIdentity: IdentityPoolConfig['developerIdentity'];
  diagnosis: Required<DiagnosisConfig>;
}

/** Checks what the app wrote, and writes out what it left to be inferred. */
export function check(config: ClientConfig): Checked {
  const { userPool, identityPool, stsEndpoint, routes, storage, refreshAhead, locale, probes, diagnosis } = clientFields(config, '');
  const custom = typeof storage === 'string' ? undefined : storage;
  return {
    core: {
      userPool: userPool && { ...userPool, ...place(userPool.userPoolId.split('_')[0], 'cognito-idp', userPool.endpoint) },
      identityPool: identityPool && pool(identityPool, stsEndpoint),
      routes: routes.map(({ match, ...route }, index) => {
        const at = `routes[${index}]`;
        const { auth, token, identity } = route;
        // The identity pool's role is its users'; the classic flow takes any that the app names.
        const inherited = identity === 'guest' && identityPool?.flow === 'enhanced' ? undefined : identityPool?.role;
        const role = route.role ?? inherited ?? 'pool';
        if (auth === 'bearer' && !userPool) needs(at, auth, 'a userPool');
        if (auth === 'iam') {
          if (!identityPool) needs(at, auth, 'an identityPool');
          // The identity pool gives its credentials for somebody's token.
          if (!userPool && identity !== 'guest' && loginOf(identityPool) === 'user-pool') needs(at, auth, 'a userPool and an identityPool');
          checkRole(identityPool, role, `${at}.role`, identity);
        }
        if (token && auth !== 'bearer') belongs(at, 'token', 'bearer');
        for (const option of ['signAs', 'identity', 'role', 'payload'] as const) {
          if (route[option] && auth !== 'iam') belongs(at, option, 'iam');
        }
        const { service, region } = scope(route, match.origin, at);
        if (route.payload === 'unsigned' && /^(?:execute-api|lambda)$/.test(service)) {
          refuse(`${at}.payload`, `'${service}' refuses a signature that does not cover the body.`, 'Leave it out.');
        }
        return {
          ...route,
          service,
          region,
          match: match.text,
          token: token ?? 'id',
          identity: identity ?? 'user',
          role,
          // S3 takes an unsigned payload over TLS only.
          payload: route.payload ?? (service === 's3' && match.origin.startsWith('https:') ? 'unsigned' : 'signed'),
          probes: route.probes ?? probes,
        };
      }),
      storage: custom ? 'custom' : (storage as StorageName),
      refreshAhead,
      locale,
    },
    matchers: routes.map(({ match }) => match),
    storage: custom,
    logins: identityPool?.logins,
    developerIdentity: identityPool?.developerIdentity,
    diagnosis,
  };
}

/** Where a pool is. */
function place(region = '', service: string, endpoint: URL | undefined) {
  const suffix = region.startsWith('cn-') ? 'com.cn' : 'com';
  return { region, endpoint: endpoint?.href ?? `https://${service}.${region}.amazonaws.${suffix}/` };
}

function pool(given: GivenIdentityPool, stsEndpoint: URL | undefined): CoreIdentityPool {
  const { identityPoolId, flow, role = 'pool' } = given;
  const region = identityPoolId.split(':')[0];
  if (given.logins && given.developerIdentity) {
    refuse('identityPool.developerIdentity', 'there are logins, too.', 'Give one of them: either says who the user is.');
  }
  return {
    identityPoolId,
    endpoint: place(region, 'cognito-identity', given.endpoint).endpoint,
    stsEndpoint: place(region, 'sts', stsEndpoint).endpoint,
    flow,
    role: checkRole(given, role, 'identityPool.role'),
    login: loginOf(given),
  };
}

function loginOf({ logins, developerIdentity }: GivenIdentityPool): CoreIdentityPool['login'] {
  if (logins) return 'logins';
  return developerIdentity ? 'developer-identity' : 'user-pool';
}

/** STS is asked for one role; a group is the user pool's. */
function checkRole(pool: GivenIdentityPool, role: RoleChoice, at: string, identity?: 'user' | 'guest'): RoleChoice {
  if (role === 'pool' && pool.flow === 'classic') {
    refuse(at, "the classic flow knows no rule of the pool's.", "Set it to a role's ARN, or a user's to 'group'.");
  }
  if (role === 'group' && (identity === 'guest' || loginOf(pool) !== 'user-pool')) {
    refuse(at, 'only users of the user pool have groups.', "Set it to a role's ARN, or leave it out.");
  }
  return role;
}

/**
 * AWS's own hosts that name the region, with the service that a request is signed for.
 * @see https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
 */
const HOSTS: [service: string, host: RegExp][] = [
  ['execute-api', /^[^.]+\.execute-api\.([^.]+)\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/],
  ['lambda', /^[^.]+\.lambda-url\.([^.]+)\.on\.aws$/],
  ['appsync', /^[^.]+\.appsync-(?:realtime-)?api\.([^.]+)\.amazonaws\.com$/],
  ['s3', /^(?:.+\.)?s3\.(?:dualstack\.)?([a-z]+-[^.]+)\.amazonaws\.com(?:\.cn)?$/],
  ['iot', /^[^.]+\.iot\.([^.]+)\.amazonaws\.com(?:\.cn)?$/],
];

/** What a signature is made for. The region is read from AWS's own hosts and never guessed. */
function scope(route: Pick<CoreRoute, 'auth' | 'signAs' | 'kind'> & { region?: string; service?: string }, origin: string, at: string) {
  const host = new URL(route.signAs?.origin ?? origin).hostname;
  const [found, named] = HOSTS.map(([service, pattern]) => [service, pattern.exec(host)?.[1]] as const).find(([, region]) => region) ?? [];
  const region = route.region ?? named;
  if (named && region !== named) mistaken(`${at}.region`, region, `'${named}', which is in the host name`);
  // Over WebSocket AWS IoT is another service than over HTTP.
  const known = found === 'iot' ? (origin.startsWith('ws') ? 'iotdevicegateway' : 'iotdata') : found;
  const service = route.service ?? known;
  if (route.auth === 'iam') {
    if (!service && (host.endsWith('.cloudfront.net') || (route.kind === 'cloudfront' && !route.signAs))) {
      refuse(`${at}.signAs`, `missing, and CloudFront does not tell what is behind '${host}'.`, `Set ${at}.signAs to the API's own origin.`);
    }
    const isAws = !service && /\.(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws)$/.test(host);
    const name = `${at}.service to the service's signing name.`;
    if (!region) {
      const help = `Set ${at}.region to the region of the API, ${isAws ? `and ${name}` : `or ${at}.signAs to the API's own origin.`}`;
      refuse(`${at}.region`, `missing, and '${host}' does not name one${isAws ? ', nor a service that is known' : ''}.`, help);
    }
    if (isAws) refuse(`${at}.service`, `missing, and '${host}' is of none that is known.`, `Set ${name}`);
  }
  // A custom domain is API Gateway's: docs/adr/0015.
  return { region, service: service ?? 'execute-api' };
}

function needs(at: string, auth: Auth, pools: string): never {
  refuse(`${at}.auth`, `got '${auth}', which needs ${pools}.`, `Configure ${pools}, or give the route another auth.`);
}

function belongs(at: string, option: string, auth: Auth): never {
  refuse(`${at}.${option}`, `only a route with auth '${auth}' takes it.`, `Leave it out, or set ${at}.auth to '${auth}'.`);
}

function refuse(at: string, problem: string, help: string): never {
  throw new GatepassFailure('invalid-configuration', `${at || 'The configuration'}: ${problem}`, help);
}

function mistaken(at: string, got: unknown, takes: string, why = ''): never {
  refuse(at, `got ${show(got)}, takes ${takes}${why}.`, `Set ${at || 'it'} to ${takes}.`);
}

function show(value: unknown): string {
  // A user name, a password and a query can be secrets.
  if (typeof value === 'string') return `'${value.replace(/^(\w+:\/\/)?.*@/s, '$1…@').replace(/([?#]).*/s, '$1…').slice(0, 99)}'`;
  if (Array.isArray(value)) return 'an array';
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

type Parser<T> = (value: unknown, at: string) => T;

const text =
  (pattern: RegExp, takes: string): Parser<string> =>
  (value, at) =>
    typeof value === 'string' && pattern.test(value) ? value : mistaken(at, value, takes);

const oneOf =
  <T extends string>(...names: T[]): Parser<T> =>
  (value, at) =>
    names.find((name) => name === value) ?? mistaken(at, value, names.map(show).join(' or '));

function optional<T>(parser: Parser<T>): Parser<T | undefined>;
function optional<T>(parser: Parser<T>, fallback: T): Parser<T>;
function optional<T>(parser: Parser<T>, fallback?: T): Parser<T | undefined> {
  return (value, at) => (value === undefined ? fallback : parser(value, at));
}

const list =
  <T>(parser: Parser<T>): Parser<T[]> =>
  (value, at) =>
    // Unlike `map`, `from` does not pass over holes.
    Array.isArray(value) ? Array.from(value, (item, index) => parser(item, `${at}[${index}]`)) : mistaken(at, value, 'an array');

function object(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || !value || Array.isArray(value)) return mistaken(at, value, 'an object');
  return value as Record<string, unknown>;
}

function record<T>(fields: { [K in keyof T]: Parser<T[K]> }): Parser<T> {
  const known = Object.keys(fields) as (keyof T & string)[];
  return (value, at) => {
    const given = object(value, at);
    const path = (name: string) => (at ? `${at}.${name}` : name);
    for (const name of Object.keys(given)) {
      if (known.includes(name as keyof T & string)) continue;
      const meant = known.find((option) => isClose(option.toLowerCase(), name.toLowerCase(), 2));
      const hint = meant ? `; did you mean '${meant}'?` : '.';
      refuse(path(name), `no such option${hint}`, `${at || 'createClient'} takes ${known.join(', ')}.`);
    }
    return Object.fromEntries(known.map((name) => [name, fields[name](given[name], path(name))])) as T;
  };
}

/** Whether so many insertions, deletions and replacements make one word of the other. */
export function isClose(a: string, b: string, edits: number): boolean {
  if (edits < 0) return false;
  if (!a || !b) return a.length + b.length <= edits;
  if (b.startsWith(a.charAt(0))) return isClose(a.slice(1), b.slice(1), edits);
  return [
    [a.slice(1), b],
    [a, b.slice(1)],
    [a.slice(1), b.slice(1)],
  ].some(([c = '', d = '']) => isClose(c, d, edits - 1));
}

const url: Parser<URL> = (value, at) => {
  try {
    const parsed = new URL(value as string);
    if (typeof value === 'string' && /^https?:$/.test(parsed.protocol) && !/[?#@]/.test(value)) return parsed;
  } catch {
    // not a URL at all
  }
  return mistaken(at, value, 'an absolute http or https URL without query, hash or user name');
};

const match: Parser<Matcher> = (value, at) => {
  const parsed = typeof value === 'string' ? parseMatch(value) : 'origin';
  switch (parsed) {
    case 'origin':
      return mistaken(at, value, "a URL of http, https, ws or wss, such as 'https://api.example.com/*'");
    case 'user':
      return mistaken(at, value, 'a URL without user name and password');
    case 'host':
      return mistaken(at, value, 'a URL whose host has no wildcards', ': tokens go only to hosts that are named');
    case 'path':
      return mistaken(at, value, "a URL whose path has '*' at its end or for a segment, ':name' for a segment, and no regular expression");
    case 'query':
      return mistaken(at, value, "a URL without '?' and '#'", ': query and hash play no part');
    default:
      return parsed;
  }
};

// https://fetch.spec.whatwg.org/#forbidden-request-header
export const FORBIDDEN_HEADER =
  /^(?:accept-(?:charset|encoding)|access-control-request-.*|connection|content-length|cookie2?|date|dnt|expect|host|keep-alive|origin|referer|set-cookie|te|trailer|transfer-encoding|upgrade|via|(?:proxy|sec)-.*)$/i;

const headers: Parser<[string, string][]> = (value, at) => {
  const given = object(value, at);
  // Headers and Maps have no entries of their own.
  const entries = Symbol.iterator in given ? [...(given as unknown as Iterable<[string, unknown]>)] : Object.entries(given);
  return entries.map(([name, content]) => {
    if (FORBIDDEN_HEADER.test(name)) refuse(`${at}.${name}`, 'browsers let no script set it.', 'Leave it out: the browser sets it itself.');
    try {
      new Headers([[name, content as string]]);
      if (typeof content === 'string') return [name, content];
    } catch {
      // not a header
    }
    // The value stays out of the message: it may be a key.
    return refuse(`${at}.${name}`, 'not a valid header.', 'Give a header name and a string that HTTP allows.');
  });
};

type StorageName = 'memory' | 'session' | 'local';
const storageName = oneOf<StorageName>('memory', 'session', 'local');
const storage: Parser<StorageName | TokenStorage> = (value, at) => {
  if (typeof value !== 'object' || !value) return storageName(value, at);
  for (const method of ['getItem', 'setItem', 'removeItem'] as const) {
    const member = object(value, at)[method];
    if (typeof member !== 'function') mistaken(`${at}.${method}`, member, 'a function');
  }
  return value as TokenStorage;
};

const whole =
  (takes: string, most = 2 ** 32 - 1): Parser<number> =>
  (value, at) =>
    typeof value === 'number' && value >>> 0 === value && value <= most ? value : mistaken(at, value, `a whole number ${takes}`);

const onOff = oneOf('on', 'off');
const region = text(/^[a-z]{2,}(-[a-z]+)+-\d+$/, "a region such as 'ap-northeast-1'");

const userPool = record({
  userPoolId: text(/^[a-z]{2,}(-[a-z]+)+-\d+_[\dA-Za-z]+$/, "a user pool id such as 'ap-northeast-1_AbCdEfGhI'"),
  clientId: text(/^[\w+]+$/, 'the id of an app client'),
  endpoint: optional(url),
});

const role: Parser<RoleChoice> = (value, at) =>
  typeof value === 'string' && /^(?:pool|group|arn:[\w-]+:iam::\d{12}:role\/.+)$/.test(value)
    ? (value as RoleChoice)
    : mistaken(at, value, "'pool', 'group' or the ARN of a role");

const callback =
  <T>(): Parser<(() => T | Promise<T>) | undefined> =>
  (value, at) =>
    value === undefined || typeof value === 'function' ? (value as (() => T) | undefined) : mistaken(at, value, 'a function');

type GivenIdentityPool = ReturnType<typeof identityPool>;
const identityPool = record({
  identityPoolId: text(
    /^[a-z]{2,}(-[a-z]+)+-\d+:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i,
    "an identity pool id such as 'ap-northeast-1:01234567-89ab-cdef-0123-456789abcdef'",
  ),
  endpoint: optional(url),
  flow: optional(oneOf('enhanced', 'classic'), 'enhanced'),
  role: optional(role),
  logins: callback<Logins | null>(),
  developerIdentity: callback<DeveloperIdentity | null>(),
});

const signAsFields = record({
  origin: url,
  stripPrefix: optional(text(/^\/[^?#]*$/, "a path prefix such as '/api'")),
});
const signAs: Parser<CoreRoute['signAs']> = (value, at) => {
  const { origin, stripPrefix = '' } = typeof value === 'string' ? { origin: url(value, at) } : signAsFields(value, at);
  return { origin: origin.origin, pathPrefix: origin.pathname.replace(/\/$/, ''), stripPrefix: stripPrefix.replace(/\/$/, '') };
};

const routeFields = record({
  match,
  auth: oneOf('none', 'bearer', 'iam'),
  token: optional(oneOf('id', 'access')),
  credentials: optional(oneOf('omit', 'same-origin', 'include')),
  headers: optional(headers, []),
  service: optional(text(/^[\w-]+$/, "a service's signing name, such as 'execute-api'")),
  region: optional(region),
  signAs: optional(signAs),
  identity: optional(oneOf('user', 'guest')),
  role: optional(role),
  payload: optional(oneOf('signed', 'unsigned')),
  contentSha256: optional(oneOf('send', 'omit'), 'omit'),
  kind: optional(oneOf('http-api', 'rest-api', 'function-url', 'cloudfront', 'sam-local', 'localstack', 'custom')),
  probes: optional(onOff),
});

const routeList = optional(list(routeFields), []);

/** The routes alone, for a tool that makes no call of its own. */
export const checkRoutes = (routes: unknown) => routeList(routes, 'routes');

const diagnosisFields = record({
  console: optional(oneOf('auto', 'on', 'off'), 'auto'),
  maxRequests: optional(whole('from 0 to 15', 15), 15),
  timeout: optional(whole('of milliseconds, 0 or more'), 2000),
});

const clientFields = record({
  userPool: optional(userPool),
  identityPool: optional(identityPool),
  stsEndpoint: optional(url),
  routes: routeList,
  storage: optional(storage, 'session'),
  refreshAhead: optional(whole('of seconds, 0 or more'), 60),
  locale: optional(oneOf('en', 'ja'), 'en'),
  probes: optional(onOff, 'on'),
  diagnosis: (value = {}, at) => diagnosisFields(value, at),
});
