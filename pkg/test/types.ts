/** What the types promise; compiled, never run. */
import type { AxiosInstance } from 'axios';
import { withGatepass } from '../src/axios.js';
import {
  createClient, diagnosisOf, isGatepassError,
  type AwsCredentials, type Client, type ClientEvent, type Diagnosis, type GatepassError, type GatepassErrorCode, type RouteConfig, type Session, type SignInStep,
} from '../src/index.js';
import { DiagnosisOverlay, useDiagnosis, useSession, useSignIn } from '../src/react.js';
import { explainExchange, type Explanation } from '../src/diagnose.js';
import { presignUrl, signRequest, type SignedRequest, type SignOptions } from '../src/sigv4.js';
import { connectWebSocket, type ReconnectingEvent } from '../src/websocket.js';

type Equals<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function check<Holds extends true>(): Holds | undefined {
  return undefined;
}

declare const client: Client;
declare const axios: AxiosInstance;
declare const unknown: unknown;

check<Equals<Client['fetch'], typeof fetch>>();
check<Equals<Awaited<ReturnType<Client['session']>>, Session | null>>();
check<Equals<Awaited<ReturnType<Client['signIn']>>, SignInStep>>();
check<Equals<Awaited<ReturnType<Client['explain']>>, Diagnosis>>();
check<Equals<Diagnosis['findings'][0]['fixes'][number]['tool'], 'console' | 'sam' | 'cloudformation' | 'terraform' | 'cdk' | 'cli' | 'code'>>();
check<Equals<Awaited<ReturnType<typeof explainExchange>>, Explanation>>();
check<Equals<Explanation['findings'], Diagnosis['findings']>>();
check<Equals<Session['expiresAt'], Date>>();
check<Equals<GatepassError['code'], GatepassErrorCode>>();
check<Equals<ReturnType<typeof diagnosisOf>, Diagnosis | undefined>>();

// A credential provider of the AWS SDK for JavaScript v3.
interface AwsCredentialIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}
client.credentials satisfies (properties?: Record<string, unknown>) => Promise<AwsCredentialIdentity>;
check<Equals<Awaited<ReturnType<Client['credentials']>>, AwsCredentials>>();

// The client's credentials sign, what is signed can be sent, and region and service are never guessed.
export const signing = [
  () => signRequest({ url: 'https://example.com' }, { credentials: client.credentials, region: 'us-east-1', service: 'lambda' }),
  (signed: SignedRequest) => fetch(signed.url, signed),
  (signed: SignedRequest) => new Request(signed.url, signed),
  // @ts-expect-error -- the region is missing
  (credentials: AwsCredentials) => signRequest({ url: 'https://example.com' }, { credentials, service: 'lambda' }),
  // @ts-expect-error -- no such choice
  (options: SignOptions) => signRequest({ url: 'https://example.com' }, { ...options, payload: 'streamed' }),
  // @ts-expect-error -- a signed request does not expire by itself
  (options: SignOptions) => signRequest({ url: 'https://example.com' }, { credentials: options.credentials, region: 'a', service: 'b', expiresIn: 60 }),
  (options: SignOptions) => presignUrl(new Request('https://example.com'), { ...options, expiresIn: 60 }),
];

// A step of the sign-in is told apart by its status.
export function step(taken: SignInStep): string {
  switch (taken.status) {
    case 'signed-in':
      // @ts-expect-error -- there is no challenge any more
      void taken.challenge;
      return taken.session.username;
    case 'challenge':
      // @ts-expect-error -- there is no session yet
      void taken.session;
      return taken.requiredAttributes.join();
  }
}

export function heard(event: ClientEvent): Diagnosis | undefined {
  // @ts-expect-error -- only one event has a diagnosis
  void event.diagnosis;
  return event.type === 'diagnosis' ? event.diagnosis : undefined;
}

export function failed(): string | undefined {
  // @ts-expect-error -- unknown until it is told
  void unknown.code;
  return isGatepassError(unknown) ? (unknown.service?.exception ?? unknown.help) : undefined;
}

export const refused = [
  // @ts-expect-error -- a list of pairs, not an object
  () => explainExchange({ origin: 'https://app.example.com', url: 'https://api.example.com', headers: { a: 'b' } }, {}),
  // @ts-expect-error -- no such engine
  () => explainExchange({ origin: 'https://app.example.com', url: 'https://api.example.com' }, {}, { engine: 'gecko' }),
  // @ts-expect-error -- no such option
  () => createClient({ userpool: {} }),
  // @ts-expect-error -- the client id is missing
  () => createClient({ userPool: { userPoolId: 'ap-northeast-1_AbCdEfGhI' } }),
  // @ts-expect-error -- auth is missing
  () => createClient({ routes: [{ match: 'https://api.example.com/*' }] }),
  // @ts-expect-error -- no such auth
  () => ({ match: 'https://api.example.com/*', auth: 'jwt' }) satisfies RouteConfig,
  // @ts-expect-error -- no such mode
  () => ({ match: 'https://api.example.com/*', auth: 'none', credentials: 'included' }) satisfies RouteConfig,
  // @ts-expect-error -- no such choice
  () => createClient({ diagnosis: { console: true } }),
  // @ts-expect-error -- a number
  () => createClient({ diagnosis: { maxRequests: '15' } }),
  // @ts-expect-error -- no such option
  () => createClient({ diagnosis: { requests: 15 } }),
  // @ts-expect-error -- a store needs its three functions
  () => createClient({ storage: { getItem: () => null } }),
  // @ts-expect-error -- no such challenge answer
  () => client.respondToChallenge({ password: 'x' }),
  // @ts-expect-error -- no such time
  () => DiagnosisOverlay({ when: true }),
  // @ts-expect-error -- a role of the pool, of the group, or an ARN
  () => createClient({ identityPool: { identityPoolId: '', role: 'admin' } }),
  // @ts-expect-error -- no such flow
  () => createClient({ identityPool: { identityPoolId: '', flow: 'basic' } }),
  // @ts-expect-error -- a token for each provider
  () => createClient({ identityPool: { identityPoolId: '', logins: () => ['token'] } }),
  // @ts-expect-error -- the identity id is missing
  () => createClient({ identityPool: { identityPoolId: '', developerIdentity: () => ({ token: '' }) } }),
  // @ts-expect-error -- no such identity
  () => ({ match: 'https://api.example.com/*', auth: 'iam', identity: 'admin' }) satisfies RouteConfig,
  // @ts-expect-error -- a choice, not a boolean
  () => ({ match: 'https://api.example.com/*', auth: 'iam', payload: false }) satisfies RouteConfig,
  // @ts-expect-error -- in seconds
  () => client.presign('https://api.example.com/', { expiresIn: '15m' }),
  // @ts-expect-error -- in the query or as a subprotocol
  () => connectWebSocket(client, 'wss://api.example.com', { token: { header: 'Authorization' } }),
  // @ts-expect-error -- not both
  () => connectWebSocket(client, 'wss://api.example.com', { token: { query: 'token', protocol: (token: string) => token } }),
  // @ts-expect-error -- not a boolean
  () => connectWebSocket(client, 'wss://api.example.com', { reconnect: false }),
  // @ts-expect-error -- no such code
  (error: GatepassError) => error.code === 'no-such-code',
];

export const taken = [
  () => createClient({ storage: window.localStorage }),
  () => createClient({ diagnosis: { console: 'on', maxRequests: 3, timeout: 500 } }),
  () => check<Equals<ReturnType<typeof withGatepass<AxiosInstance>>, AxiosInstance>>(),
  () => withGatepass(axios, { fetch }),
  () => DiagnosisOverlay({ when: 'always' }),
  () => createClient({ identityPool: { identityPoolId: '', flow: 'classic', role: 'arn:aws:iam::123456789012:role/admin' }, stsEndpoint: 'http://127.0.0.1' }),
  () => createClient({ identityPool: { identityPoolId: '', logins: () => Promise.resolve({ 'accounts.google.com': 'token' }) } }),
  () => check<Equals<ReturnType<Client['presign']>, Promise<string>>>(),
  () => client.presign(new URL('wss://api.example.com'), { expiresIn: 60, method: 'PUT', headers: { 'content-type': 'image/png' } }),
  () => client.credentials({ identity: 'guest', role: 'group', forceRefresh: true }),
  () => connectWebSocket(client, 'wss://api.example.com', { token: { query: 'token' }, reconnect: 'off', keepAlive: { message: 'ping' } }),
];

export function socketOf(): void {
  const socket = connectWebSocket(client, 'wss://api.example.com');
  // What libraries use of a WebSocket.
  socket satisfies Pick<WebSocket, 'readyState' | 'send' | 'close' | 'binaryType' | 'protocol' | 'bufferedAmount' | 'extensions' | 'url' | 'OPEN'>;
  socket.onmessage = (event) => {
    check<Equals<typeof event, MessageEvent<unknown>>>();
  };
  socket.addEventListener('reconnecting', (event) => {
    check<Equals<typeof event, ReconnectingEvent>>();
  });
  socket.addEventListener('close', ({ code }) => code.toFixed(), { once: true });
  socket.addEventListener('error', ({ error }) => isGatepassError(error) && error.help);
  // @ts-expect-error -- the app does not set it
  socket.readyState = 1;
}

export function Hooks(): string {
  const state = useSession();
  const { step: current } = useSignIn();
  const { diagnosis } = useDiagnosis();
  check<Equals<typeof current, SignInStep | null>>();
  check<Equals<typeof diagnosis, Diagnosis | null>>();
  return state.status === 'signed-in' ? state.session.username : state.status;
}
