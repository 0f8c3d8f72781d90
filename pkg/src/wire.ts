/** What passes between this face and the WASM modules. */
import type {
  Auth,
  AwsCredentials,
  ChallengeAnswer,
  ClientEvent,
  CredentialsOptions,
  Diagnosis,
  IdentityPoolConfig,
  Locale,
  PresignOptions,
  RouteKind,
  Session,
  SessionOptions,
  SignInOptions,
  SignInStep,
  SignOutOptions,
  TokenStorage,
} from './types.js';

/** The configuration after its check: nothing is left to be inferred. */
export interface CoreConfig {
  userPool: { userPoolId: string; clientId: string; region: string; endpoint: string } | undefined;
  identityPool: CoreIdentityPool | undefined;
  routes: CoreRoute[];
  storage: 'memory' | 'session' | 'local' | 'custom';
  refreshAhead: number;
  locale: Locale;
}

export interface CoreIdentityPool {
  identityPoolId: string;
  endpoint: string;
  stsEndpoint: string;
  flow: 'enhanced' | 'classic';
  role: string;
  /** Who says who the user is. */
  login: 'user-pool' | 'logins' | 'developer-identity';
}

export interface CoreRoute {
  match: string;
  auth: Auth;
  token: 'id' | 'access';
  credentials: RequestCredentials | undefined;
  headers: [name: string, value: string][];
  service: string;
  region: string | undefined;
  signAs: { origin: string; pathPrefix: string; stripPrefix: string } | undefined;
  identity: 'user' | 'guest';
  /** The identity pool's, unless the route has one. */
  role: string;
  payload: 'signed' | 'unsigned';
  contentSha256: 'send' | 'omit';
  kind: RouteKind | undefined;
  probes: 'on' | 'off';
}

/** A call that failed, as the core hands it over. Both modules know more of it than the face. */
export interface Failure {
  request: { method: string; url: string };
  [more: string]: unknown;
}

/** What a response answers. */
export interface Question {
  request: Request;
  route: number;
  /** What the signature was computed from, where the server may have refused it. */
  canonicalRequest?: string | undefined;
}

/** What the core module finds in the face. */
export interface Host {
  /** `storage: 'memory'` lives here, so that it outlives a module that trapped. */
  memory: Map<string, string>;
  storage: TokenStorage | undefined;
  logins: IdentityPoolConfig['logins'];
  developerIdentity: IdentityPoolConfig['developerIdentity'];
  emit(event: ClientEvent): void;
  /** What a response answers is kept here, so that it can be explained by a module that was made later. */
  answered(response: Response, request: Request, route: number, canonicalRequest?: string): void;
  question(response: unknown): Question | undefined;
  /** Loads the diagnosis module. */
  diagnosis(): Promise<Omit<DiagnosisModule, 'tell'>>;
}

export interface CoreModule {
  /** `config` is a {@link CoreConfig} as JSON. */
  Client: new (config: string, host: Host) => CoreClient;
}

export interface CoreClient {
  fetch(route: number, input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  sign(route: number, input: RequestInfo | URL, init?: RequestInit): Promise<Request>;
  presign(route: number, input: RequestInfo | URL, options?: PresignOptions): Promise<string>;
  signIn(options: SignInOptions): Promise<SignInStep>;
  respondToChallenge(answer: ChallengeAnswer): Promise<SignInStep>;
  session(options?: SessionOptions): Promise<Session | null>;
  credentials(options?: CredentialsOptions): Promise<AwsCredentials>;
  explain(subject: unknown): Promise<Diagnosis>;
  signOut(options?: SignOutOptions): Promise<void>;
  close(): void;
}

/** Called by the core module only. */
export interface DiagnosisModule {
  /** What it is to say, in one language: once, before it is asked. */
  tell(texts: string): void;
  /**
   * The face adds `limits: { requests, milliseconds }`, `anew` where the call was answered since it last failed and, under a dev server
   * that has one, the path of its `helper`.
   */
  diagnose(failure: Failure): Promise<Diagnosis>;
  explainResponse(answer: object, response: Response): Promise<Diagnosis>;
}
