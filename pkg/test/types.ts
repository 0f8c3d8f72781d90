/** What the types promise; compiled, never run. */
import type { AxiosInstance } from 'axios';
import { withGatepass } from '../src/axios.js';
import {
  createClient, diagnosisOf, isGatepassError,
  type AwsCredentials, type Client, type ClientEvent, type Diagnosis, type GatepassError, type GatepassErrorCode, type RouteConfig, type Session, type SignInStep,
} from '../src/index.js';
import { DiagnosisOverlay, useDiagnosis, useSession, useSignIn } from '../src/react.js';
import { explainExchange, type Explanation } from '../src/diagnose.js';

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
  // @ts-expect-error -- no such code
  (error: GatepassError) => error.code === 'no-such-code',
];

export const taken = [
  () => createClient({ storage: window.localStorage }),
  () => createClient({ diagnosis: { console: 'on', maxRequests: 3, timeout: 500 } }),
  () => check<Equals<ReturnType<typeof withGatepass<AxiosInstance>>, AxiosInstance>>(),
  () => withGatepass(axios, { fetch }),
  () => DiagnosisOverlay({ when: 'always' }),
];

export function Hooks(): string {
  const state = useSession();
  const { step: current } = useSignIn();
  const { diagnosis } = useDiagnosis();
  check<Equals<typeof current, SignInStep | null>>();
  check<Equals<typeof diagnosis, Diagnosis | null>>();
  return state.status === 'signed-in' ? state.session.username : state.status;
}
