import type { Diagnosis } from './diagnosis-types.js';

export type * from './diagnosis-types.js';

/** What a client is made from. See {@link createClient}. */
export interface ClientConfig {
  /** The Cognito user pool that users sign in to. Needed by routes with `auth: 'bearer'` or `'iam'`. */
  userPool?: UserPoolConfig;
  /** The Cognito identity pool that gives AWS credentials. Needed by routes with `auth: 'iam'`. */
  identityPool?: IdentityPoolConfig;
  /** Which requests get what. The first route that matches wins; a URL that no route matches is left untouched. */
  routes?: RouteConfig[];
  /**
   * Where the session is kept: for this page (`memory`), this tab (`session`), this browser (`local`), or a store of your own.
   * @defaultValue `'session'`
   */
  storage?: 'memory' | 'session' | 'local' | TokenStorage;
  /**
   * Another server that speaks STS's query API, for the identity pool's classic flow: a local one, a proxy.
   * @defaultValue STS of the identity pool's region
   */
  stsEndpoint?: string;
  /**
   * How many seconds before its expiry a token is refreshed.
   * @defaultValue `60`
   */
  refreshAhead?: number;
  /**
   * The language of diagnoses.
   * @defaultValue `'en'`
   */
  locale?: Locale;
  /**
   * Whether a failed call may be probed to find out why it failed: a few requests, each a GET of the call's own URL (without the
   * call's headers, with made-up values for them, or with their own, the token included) or a HEAD of the page.
   * @defaultValue `'on'`
   */
  probes?: 'on' | 'off';
  /** How a failed call is diagnosed, and who is told. */
  diagnosis?: DiagnosisConfig;
}

/** See {@link ClientConfig.diagnosis}. */
export interface DiagnosisConfig {
  /**
   * Whether a diagnosis is printed to the browser's console: `auto` prints while developing, where `process.env.NODE_ENV` (which bundlers
   * replace) is not `'production'`.
   * @defaultValue `'auto'`
   */
  console?: 'auto' | 'on' | 'off';
  /**
   * How many requests one diagnosis may send, 0 to 15. With 0 it sends none, not even to the dev server's helper.
   * @defaultValue `15`
   */
  maxRequests?: number;
  /**
   * How many milliseconds they may take together. The call rejects that much later at most.
   * @defaultValue `2000`
   */
  timeout?: number;
}

export interface UserPoolConfig {
  /** For example `ap-northeast-1_AbCdEfGhI`. The region is read from it. */
  userPoolId: string;
  /** The id of an app client without a secret. */
  clientId: string;
  /** Another server that speaks Cognito's JSON API: a local one, a proxy. */
  endpoint?: string;
}

export interface IdentityPoolConfig {
  /** For example `ap-northeast-1:01234567-89ab-cdef-0123-456789abcdef`. The region is read from it. */
  identityPoolId: string;
  /** Another server that speaks the identity pool's JSON API: a local one, a proxy. */
  endpoint?: string;
  /**
   * `enhanced`: the pool hands out the credentials. `classic`: it hands out a token, for which STS gives the credentials of a role that
   * the app names; the pool must allow that flow.
   * @defaultValue `'enhanced'`
   */
  flow?: 'enhanced' | 'classic';
  /**
   * Which role the credentials are of.
   * @defaultValue `'pool'`
   */
  role?: RoleChoice;
  /**
   * Whom the identity pool is told about, in the place of the user pool's user; `null` where nobody is signed in. It is asked before the first
   * use of credentials in the life of the page, kept ones too, and whenever new ones are fetched: they are used for that user only. Where your user
   * changes within that life, call {@link Client.signOut}.
   * @example () => ({ 'accounts.google.com': googleIdToken })
   */
  logins?: () => Logins | null | Promise<Logins | null>;
  /** A developer-authenticated identity: what your back end got from `GetOpenIdTokenForDeveloperIdentity`. Asked as `logins` is. */
  developerIdentity?: () => DeveloperIdentity | null | Promise<DeveloperIdentity | null>;
}

/**
 * `pool`: what the identity pool's own rules give. `group`: the role of the user's group, that is `cognito:preferred_role`, or the only
 * one of `cognito:roles`; where that is ambiguous the call rejects with `role-ambiguous`. An ARN: that role.
 */
export type RoleChoice = 'pool' | 'group' | `arn:${string}`;

/** A token for each identity provider, by the provider's name in the identity pool. */
export type Logins = Record<string, string>;

/** What `GetOpenIdTokenForDeveloperIdentity` gives to a back end. */
export interface DeveloperIdentity {
  identityId: string;
  token: string;
}

export interface RouteConfig {
  /**
   * Origin and path, in `URLPattern`'s syntax without regular expressions: `*` at the end or as a whole segment,
   * `:name` for one segment. Query and hash play no part. A WebSocket's begins with `wss:`.
   * @example 'https://api.example.com/*'
   */
  match: string;
  /** `bearer`: the user's token in `Authorization`, for a WebSocket where its option `token` says. `iam`: an AWS Signature Version 4. `none`: neither. */
  auth: Auth;
  /**
   * Which token `bearer` sends: the IdToken or the AccessToken. Other routes refuse the option.
   * @defaultValue `'id'`
   */
  token?: 'id' | 'access';
  /**
   * The fetch credentials mode (cookies, not the `Authorization` header) where the call itself names none.
   * Unset, it is `omit` for another origin and `same-origin` for the page's own.
   */
  credentials?: RequestCredentials;
  /** Headers that every call of this route carries, an API key for example. */
  headers?: Record<string, string> | Headers | Map<string, string>;
  /**
   * The service that a signature is made for.
   * @defaultValue `'execute-api'`, `'lambda'`, `'appsync'`, `'s3'`, and for AWS IoT `'iotdevicegateway'` (`wss:`) or `'iotdata'` for the hosts of these;
   * `'execute-api'` for a custom domain. Never guessed for other hosts of AWS, nor for CloudFront, which takes `signAs`.
   */
  service?: string;
  /** The region that a signature is made for. Read from AWS's own hosts (`execute-api`, `lambda-url` …); any other host needs it. */
  region?: string;
  /**
   * What API Gateway sees when CloudFront stands before it and does not forward Host: the request goes to CloudFront,
   * the signature is made for this origin. A path in it is put before the request's path. Only for `iam`.
   * @example 'https://abc123.execute-api.ap-northeast-1.amazonaws.com'
   */
  signAs?: string | SignAs;
  /**
   * Whose credentials sign: the signed-in user's, or a guest's of the identity pool. A user who is not signed in is never taken for a guest.
   * Only for `iam`.
   * @defaultValue `'user'`
   */
  identity?: 'user' | 'guest';
  /** Which role the credentials are of. Overrides the identity pool's. Only for `iam`. */
  role?: RoleChoice;
  /**
   * Whether the signature covers the body. API Gateway and Lambda refuse one that does not, so `'unsigned'` is refused for them. Only for `iam`.
   * @defaultValue `'unsigned'` for S3 over https, else `'signed'`
   */
  payload?: 'signed' | 'unsigned';
  /**
   * `send` adds `x-amz-content-sha256`, the hash of the body: CloudFront's origin access control wants it before a function URL.
   * @defaultValue `'omit'`: only where the service that is signed for wants it
   */
  contentSha256?: 'send' | 'omit';
  /** What answers there: a hint for diagnosis. */
  kind?: RouteKind;
  /** Whether a failed call of this route may be probed. Overrides the client's `probes`. */
  probes?: 'on' | 'off';
}

/** `signAs` for a distribution that removes a prefix from the path. */
export interface SignAs {
  /** The origin that the signature is made for. A path in it is put before the request's path. */
  origin: string;
  /** The beginning of the request's path that CloudFront removes. */
  stripPrefix?: string;
}

export type Auth = 'none' | 'bearer' | 'iam';
export type Locale = 'en' | 'ja';
export type RouteKind =
  | 'http-api'
  | 'rest-api'
  | 'function-url'
  | 'cloudfront'
  | 'sam-local'
  | 'localstack'
  | 'custom';

/** A store for the session: one string under one key. */
export interface TokenStorage {
  getItem(key: string): string | null | Promise<string | null>;
  setItem(key: string, value: string): void | Promise<void>;
  removeItem(key: string): void | Promise<void>;
}

/** Signs users in, and calls APIs for them. No method needs its `this`: each can be taken off and handed on. */
export interface Client {
  /**
   * The browser's `fetch`, with what the matching route asks for. It resolves and rejects as the browser's does; a network
   * failure of a matched call carries a {@link Diagnosis}.
   */
  readonly fetch: typeof fetch;
  /**
   * The request as {@link fetch} would send it, signed or with its token, and not sent. What no request can be made of rejects with
   * `invalid-argument`, where `fetch` has the browser's own `TypeError`.
   */
  readonly sign: (input: RequestInfo | URL, init?: RequestInit) => Promise<Request>;
  /**
   * A URL with the signature in its query, for a route with `auth: 'iam'`: for a download link, an `<img>`, a WebSocket (which
   * `gatepass/websocket` signs anew with every connection). Whoever has it can use it until it expires.
   */
  readonly presign: (input: RequestInfo | URL, options?: PresignOptions) => Promise<string>;
  /** Begins a sign-in. A wrong password rejects with the code `wrong-credentials`. */
  readonly signIn: (options: SignInOptions) => Promise<SignInStep>;
  /** Answers the challenge that the last step of the sign-in asked for. */
  readonly respondToChallenge: (answer: ChallengeAnswer) => Promise<SignInStep>;
  /** The session, refreshed if it is about to expire, or `null` if nobody is signed in. */
  readonly session: (options?: SessionOptions) => Promise<Session | null>;
  /**
   * AWS credentials from the identity pool, kept and renewed ahead of their expiry; as a function it is a credential provider of the AWS SDK for
   * JavaScript v3. Rejects with `not-signed-in` where nobody is signed in, with `role-ambiguous` where the user's groups leave the role open.
   */
  readonly credentials: (options?: CredentialsOptions) => Promise<AwsCredentials>;
  /**
   * Says why a call failed: takes what `fetch` (or axios) rejected with, or a response. Rejects for a {@link GatepassError}, which
   * explains itself.
   */
  readonly explain: (subject: unknown) => Promise<Diagnosis>;
  /** Forgets the session and revokes its refresh token; `global` ends the user's sessions on every device. */
  readonly signOut: (options?: SignOutOptions) => Promise<void>;
  /** Calls the listener at every event until the returned function is called. */
  readonly subscribe: (listener: (event: ClientEvent) => void) => () => void;
  /** Ends the client: later calls reject with the code `client-closed`. The session stays where it is kept. */
  readonly close: () => void;
}

export interface PresignOptions {
  /**
   * For how many seconds the URL is to be good, a week at most. Where the credentials at hand end sooner, new ones are fetched first; and as no URL
   * outlives its credentials, which are good for an hour as a rule, it says (`X-Amz-Expires`) no more than is left of them.
   * @defaultValue `900`
   */
  expiresIn?: number;
  /** @defaultValue `'GET'` */
  method?: string;
  /** Headers that are signed, and must be sent with the request as they are here. */
  headers?: HeadersInit;
  /** New credentials, even if those at hand are still good. */
  forceRefresh?: boolean;
}

export interface CredentialsOptions {
  /**
   * Whose: the signed-in user's, or a guest's.
   * @defaultValue `'user'`
   */
  identity?: 'user' | 'guest';
  /** Of which role. Overrides the identity pool's. */
  role?: RoleChoice;
  /** New ones, even if those at hand are still good. */
  forceRefresh?: boolean;
}

export interface SignInOptions {
  username: string;
  password: string;
  /**
   * `USER_SRP_AUTH` proves the password without sending it.
   * @defaultValue `'USER_SRP_AUTH'`
   */
  flow?: 'USER_SRP_AUTH' | 'USER_PASSWORD_AUTH';
}

/** Where a sign-in stands. */
export type SignInStep = SignedIn | NewPasswordRequired;

export interface SignedIn {
  status: 'signed-in';
  session: Session;
}

/** The user must choose a new password: answer with {@link Client.respondToChallenge}. */
export interface NewPasswordRequired {
  status: 'challenge';
  challenge: 'NEW_PASSWORD_REQUIRED';
  /** The attributes that the answer must hold. */
  requiredAttributes: string[];
  /** The attributes that the user has. */
  userAttributes: Record<string, string>;
}

export interface ChallengeAnswer {
  newPassword: string;
  userAttributes?: Record<string, string>;
}

export interface SessionOptions {
  /** Refresh the tokens even if they are still good, after the user's groups have changed for example. */
  refresh?: boolean;
}

export interface SignOutOptions {
  /** End the user's sessions on every device. */
  global?: boolean;
}

export interface Session {
  username: string;
  /** The user's `sub`. */
  userId: string;
  idToken: string;
  accessToken: string;
  expiresAt: Date;
  /** The claims of the IdToken. */
  claims: Record<string, unknown>;
  /** `cognito:groups` */
  groups: string[];
  /** `cognito:roles` */
  roles: string[];
  /** `cognito:preferred_role` */
  preferredRole: string | null;
}

/** The AWS SDK for JavaScript v3's `AwsCredentialIdentity`, and whose it is. */
export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  /** When AWS stops accepting them, by AWS's clock. They are handed out until five minutes before that. */
  expiration: Date;
  identityId: string;
}

/** What {@link Client.subscribe} tells; with `storage: 'local'` also of what other tabs do. */
export type ClientEvent =
  | { type: 'signed-in' | 'signed-out' | 'session-expired' | 'token-refreshed' }
  /** Refreshed tokens could not be stored: they last until the page is left. */
  | { type: 'storage-failed'; error: GatepassError }
  | { type: 'diagnosis'; diagnosis: Diagnosis };

/** What the SDK itself refuses or fails at. No secret is ever part of it. */
export interface GatepassError extends Error {
  name: 'GatepassError';
  /** What went wrong, as a name that never changes. */
  code: GatepassErrorCode;
  /** What to do about it. */
  help: string;
  /** Whether the same call may succeed later without any change. */
  retryable: boolean;
  cause?: unknown;
  /** What Cognito said, where it spoke. */
  service?: { exception: string; requestId?: string };
}

export type GatepassErrorCode =
  | 'invalid-configuration'
  | 'invalid-argument'
  | 'client-closed'
  | 'not-signed-in'
  | 'session-expired'
  | 'wrong-credentials'
  | 'user-not-found'
  | 'user-not-confirmed'
  | 'password-reset-required'
  | 'password-policy'
  | 'unsupported-challenge'
  | 'challenge-expired'
  | 'throttled'
  | 'service-error'
  | 'service-refused'
  | 'bad-response'
  | 'network'
  | 'storage'
  | 'identity-refused'
  | 'role-ambiguous'
  | 'handshake-refused'
  | 'not-connected'
  | 'module-blocked'
  | 'module-unsupported'
  | 'module-crashed'
  | 'unexpected';
