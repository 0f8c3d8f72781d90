// What a fix in CloudFormation says, done to the local AWS's configuration.
import { parse } from 'yaml';

import { Site } from './site.mjs';

/** References to other resources stay as they are written. */
const customTags = ['!Ref', '!Sub', '!GetAtt'].map((tag) => ({ tag, resolve: (text) => `${tag} ${text}` }));

/**
 * A copy of the world with the fix in it. `texts` are the finding's, in CloudFormation. Throws when one of them says something that is not
 * understood here, rather than leave it out. `headers` are those that the function is told to
 * return, `wellFormed` says that it is told the form of its answer, `bare` that it is told to return no header of CORS, `atOnce` that it is told to
 * leave its work to others; `role` is the signed-in user's.
 */
export function mended(world, outputs, call, texts, { role, headers, bare, atOnce, wellFormed } = {}) {
  const site = new Site(structuredClone(world), outputs, call);
  site.role = role;
  for (const text of texts) {
    const said = parse(filled(text, site), { customTags });
    if (Array.isArray(said)) allow(site, said);
    else for (const [name, value] of Object.entries(said)) apply(site, name, value, text);
  }
  if (headers) returned(site.ownFunction, headers);
  if (bare) delete site.ownFunction.corsHeaders;
  if (atOnce) delete site.ownFunction.durationMillis;
  if (wellFormed && site.ownFunction.handler === 'malformed') site.ownFunction.handler = 'echo';
  return site.world;
}

/** What stands in capitals is for a person to fill in; AWS's own messages hide most of the account. */
export function filled(text, { world, api, path = '' }) {
  const { apiId = 'API_ID', stage = 'STAGE' } = api ?? {};
  const values = { REGION: world.region, ACCOUNT_ID: world.accountId, API_ID: apiId, STAGE: stage, RATE: 10_000, BURST: 5_000, MAPPING: path.split('/')[1] };
  return text.replace(/\b(REGION|ACCOUNT_ID|API_ID|STAGE|RATE|BURST|MAPPING)\b/g, (name) => values[name]).replace(/(?<=:)\*{8}\d{4}(?=:)/g, world.accountId);
}

function apply(site, name, value, text) {
  const resource = RESOURCES[value?.Type];
  if (resource) return resource(site, value.Properties, text);
  const part = PARTS[name];
  if (!part) throw new Error(`the fix speaks of ${value?.Type ?? name}, which is not known here`);
  part(site, value, text);
}

/** Whole resources, by type. */
const RESOURCES = {
  'AWS::Serverless::Api': (site, { Cors }) => {
    if (site.api.kind !== 'sam-local') throw new Error('a SAM template, and this is no sam local');
    const values = Object.entries(camel(Cors)).map(([name, value]) => [name, unquoted(name, value)]);
    site.api.cors = Object.fromEntries(values);
  },
  // The template's other kind of API: one takes the place of the other.
  'AWS::Serverless::HttpApi': () => undefined,
  'AWS::ApiGatewayV2::Api': (site, { CorsConfiguration }, text) => PARTS.CorsConfiguration(site, CorsConfiguration, text),
  'AWS::ApiGatewayV2::Authorizer': (site, { JwtConfiguration: { Issuer, Audience } }) => {
    const { userPool } = site.outputs;
    if (!Issuer.startsWith('!Sub https://cognito-idp.') || Audience.join() !== '!Ref UserPoolClient') throw new Error(`an authorizer for ${Issuer} and ${Audience}`);
    for (const authorizer of Object.values(site.api.authorizers)) authorizer.audience = [userPool.clientId];
  },
  'AWS::ApiGatewayV2::ApiMapping': (site, { ApiMappingKey = '' }) => {
    if (site.front.kind !== 'custom-domain') throw new Error('a mapping, and there is no domain here');
    // Its API is where the scenario has one without a way to it.
    site.front.mappings = { ...site.front.mappings, [ApiMappingKey]: `${site.name}-api` };
  },
  'AWS::ApiGatewayV2::Route': (site, { RouteKey, AuthorizationType }) => {
    if (AuthorizationType !== 'NONE') throw new Error(`a route with authorization ${AuthorizationType}`);
    site.api.routes[RouteKey] = { function: site.route.function };
  },
  'AWS::ApiGateway::Method': (site, properties) => {
    const { HttpMethod, AuthorizationType, ApiKeyRequired, Integration } = properties;
    const method = (site.resource[HttpMethod] ??= {});
    if (AuthorizationType) method.authorization = AuthorizationType;
    if (ApiKeyRequired !== undefined) method.apiKeyRequired = ApiKeyRequired;
    if (Integration?.Type === 'MOCK') mock(method, Integration);
    if (!method.integration) throw new Error(`${HttpMethod} has no integration`);
  },
  'AWS::ApiGateway::GatewayResponse': (site, { ResponseType, ResponseParameters }, text) => {
    const types = [ResponseType, ...(/the same for (DEFAULT_\dXX)/.exec(text)?.slice(1) ?? [])];
    for (const type of types) gatewayResponse(site, type, ResponseParameters);
  },
  'AWS::ApiGateway::Deployment': (site) => delete site.api.deployed,
  'AWS::ApiGateway::Stage': () => undefined,
  'AWS::Lambda::Url': (site, { Cors }, text) => {
    site.api.cors = beside(site.api.cors, camel(Cors), text);
  },
  'AWS::Lambda::Permission': (site, { Action, Principal }) => {
    (site.ownFunction.policy ??= []).push({ action: Action, principal: Principal });
  },
  'AWS::ElasticLoadBalancingV2::ListenerRule': (site, { Conditions: [{ Values }], Actions: [{ Type }] }) => {
    if (site.front.kind !== 'load-balancer' || Type !== 'forward') throw new Error(`a rule that does ${Type}`);
    const [{ function: name }] = site.front.rules;
    site.front.rules.unshift(...Values.map((pathPattern) => ({ pathPattern, function: name })));
  },
  'AWS::CloudFront::ResponseHeadersPolicy': (site, { ResponseHeadersPolicyConfig: { CorsConfig } }) => {
    const list = (name) => CorsConfig[name].Items.join(',');
    const headers = {
      'access-control-allow-origin': list('AccessControlAllowOrigins'),
      'access-control-allow-methods': list('AccessControlAllowMethods'),
      'access-control-allow-headers': list('AccessControlAllowHeaders'),
    };
    site.behavior.responseHeadersPolicy = { headers, originOverride: CorsConfig.OriginOverride };
  },
};

/** Parts of resources, by the name of the property. */
const PARTS = {
  CorsConfiguration: (site, value, text) => {
    site.api.corsConfiguration = beside(site.api.corsConfiguration, camel(value), text);
  },
  Integration: (site, value, text) => {
    // HTTP APIs have none of their own to configure here.
    if (site.api.kind !== 'rest-api') return;
    if (value.Type === 'MOCK') return mock(site.resource.OPTIONS, value);
    const { integration } = site.resource[site.method];
    if (value.TimeoutInMillis) Object.values(integration)[0].timeoutInMillis = value.TimeoutInMillis;
    if (/delete: Credentials/.test(text)) delete integration[value.Type].credentials;
  },
  ResponseParameters: (site, value) => {
    if (Object.keys(value).some((name) => name.startsWith('gatewayresponse.'))) gatewayResponse(site, 'DEFAULT_4XX', value);
    else Object.assign(site.resource.OPTIONS.integration.MOCK.headers, headersOf(value));
  },
  AllowedMethods: (site, value) => {
    site.behavior.allowedMethods = value.length > 3 ? 'ALL' : 'GET_HEAD_OPTIONS';
  },
  Origins: (site, [{ CustomOriginConfig }]) => {
    site.front.origins[site.behavior.targetOriginId].originProtocolPolicy = CustomOriginConfig.OriginProtocolPolicy;
  },
  CachePolicyId: (site, value) => {
    site.behavior.cachePolicy = known(CACHE_POLICIES, value);
  },
  OriginRequestPolicyId: (site, value) => {
    site.behavior.originRequestPolicy = known(ORIGIN_REQUEST_POLICIES, value);
  },
  ParametersInCacheKeyAndForwardedToOrigin: (site, { HeadersConfig }) => {
    const { custom = {} } = typeof site.behavior.cachePolicy === 'object' ? site.behavior.cachePolicy : {};
    const headers = (custom.headers ?? []).map((name) => name.toLowerCase());
    site.behavior.cachePolicy = { custom: { queryStrings: 'all', ...custom, headers: [...new Set([...headers, ...HeadersConfig.Headers.map((name) => name.toLowerCase())])] } };
  },
  ViewerProtocolPolicy: (site, value) => {
    site.behavior.viewerProtocolPolicy = value;
  },
  Statement: (site, { AndStatement: { Statements } }) => {
    for (const rule of rulesOf(site)) rule.statement = { and: Statements.map((one) => (one === 'THE_RULES_OWN_STATEMENT' ? rule.statement : statement(one))) };
  },
  // Managed rule groups and rate-based rules alone may be scoped down, and the local AWS has none: it changes nothing.
  ScopeDownStatement: (_, value) => void statement(value),
  Policy: (site, { Statement }) => {
    const arn = (resource) => resource.replace(/^execute-api:\//, `arn:aws:execute-api:${site.world.region}:${site.world.accountId}:${site.api.apiId}/`);
    // The condition is for the users' network to be filled in, and this is it.
    site.api.resourcePolicy = Statement.map(({ Effect, Principal, Action, Resource }) => ({ Effect, Principal, Action, Resource: Resource.map(arn) }));
  },
  MethodSettings: (site, [{ ThrottlingRateLimit, ThrottlingBurstLimit }]) => {
    if (site.api.kind !== 'rest-api') return;
    // The list takes the place of the one before, and so of what it said about this method.
    delete site.resource[site.method].throttling;
    site.api.throttling = { rateLimit: ThrottlingRateLimit, burstLimit: ThrottlingBurstLimit };
  },
  EXTRA_CORS_ALLOWED_ORIGINS: (site, value) => {
    site.api.extraCorsAllowedOrigins = value.split(',');
  },
  EXTRA_CORS_ALLOWED_HEADERS: (site, value) => {
    site.api.extraCorsAllowedHeaders = value.split(',');
  },
  DefaultRouteSettings: (site, { ThrottlingRateLimit, ThrottlingBurstLimit }) => {
    if (site.api.kind === 'http-api') site.api.throttling = { rateLimit: ThrottlingRateLimit, burstLimit: ThrottlingBurstLimit };
  },
};

/** AWS's own policies, by the ids that are the same in every account. */
const CACHE_POLICIES = { '4135ea2d-6df8-44a3-9df3-4b5a84be39ad': 'CachingDisabled' };
const ORIGIN_REQUEST_POLICIES = { 'b689b0a8-53d0-40ab-baf2-68738e2966ac': 'allViewerExceptHostHeader' };

function known(policies, id) {
  if (!policies[id]) throw new Error(`a policy with the id ${id}`);
  return policies[id];
}

/** Settings in the place of those before or, where the text says so, lists added to lists. */
function beside(before = {}, said, text) {
  const adds = /add (this )?to what is there/.test(text);
  // What is several names in one is no item.
  const kept = (list = []) => (/one name an item/.test(text) ? list.filter((item) => !/[\s,]/.test(item)) : list);
  const both = (name, value) => (adds && Array.isArray(value) ? [...new Set([...kept(before[name]), ...value])] : value);
  return { ...before, ...Object.fromEntries(Object.entries(said).map(([name, value]) => [name, both(name, value)])) };
}

const rulesOf = ({ front, api }) => (front.webAcl ?? api?.webAcl)?.rules ?? [];

/** The headers become all that a function says about them. */
function returned(own, headers) {
  own.corsHeaders = { ...own.corsHeaders, ...headers };
  for (const name of Object.keys(own.multiValueHeaders ?? {})) if (name in headers) delete own.multiValueHeaders[name];
}

/** Policy statements of the signed-in user's role. */
function allow(site, statements) {
  const { policies } = site.world.roles[site.role];
  policies.mended = statements.map(({ Effect, Action, Resource }) => ({ Effect, Action, Resource: /^!GetAtt .*\.Arn$/.test(Resource) ? '*' : Resource }));
}

function mock(method, { ContentHandling, IntegrationResponses }) {
  const { MOCK = {} } = method.integration ?? {};
  method.integration = { MOCK };
  if (ContentHandling) MOCK.contentHandling = ContentHandling;
  for (const { ResponseParameters } of IntegrationResponses ?? []) MOCK.headers = { ...MOCK.headers, ...headersOf(ResponseParameters) };
}

function gatewayResponse(site, type, parameters) {
  const responses = (site.api.gatewayResponses ??= {});
  const { headers, ...rest } = responses[type] ?? {};
  responses[type] = { ...rest, headers: { ...headers, ...headersOf(parameters) } };
}

/** `method.response.header.X: "'v'"` → `{ x: 'v' }`. */
const headersOf = (parameters) =>
  Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name.split('.').at(-1).toLowerCase(), unquoted(name, value)]));

/** Static values stand in single quotes of their own. */
function unquoted(name, value) {
  const [, inner] = /^'(.*)'$/.exec(value) ?? [];
  if (inner === undefined) throw new Error(`${name} has no single quotes around its value: ${value}`);
  return inner;
}

function statement({ NotStatement, ByteMatchStatement }) {
  if (NotStatement) return { not: statement(NotStatement.Statement) };
  const { FieldToMatch, PositionalConstraint, SearchString } = ByteMatchStatement;
  if (!FieldToMatch.Method) throw new Error('a field that is not the method');
  return { byteMatch: { fieldToMatch: 'method', positionalConstraint: PositionalConstraint, searchString: SearchString } };
}

const camel = (properties) => Object.fromEntries(Object.entries(properties).map(([name, value]) => [name[0].toLowerCase() + name.slice(1), value]));

/** The patch (RFC 6902) that makes one world of the other. */
export const patchTo = (before, after) =>
  ['doors', 'functions', 'roles'].flatMap((part) =>
    Object.entries(after[part])
      .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[part][name]))
      .map(([name, value]) => ({ op: before[part][name] ? 'replace' : 'add', path: `/${part}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, value })),
  );
