import type { Layer, RouteConfig, RouteKind } from 'gatepass';

/** A text in both of the page's languages. */
export interface Bilingual {
  en: string;
  ja: string;
}

export type Role = 'general' | 'admin' | 'must-change-password';

export interface DemoUser {
  username: string;
  password: string;
  role: Role;
  about: Bilingual;
}

/** A front door of the local AWS: an origin of its own, as an API has in the cloud. */
export interface Door {
  origin: string;
  kind: RouteKind;
  region: string;
  service: string;
}

/** A call that the page makes. */
export interface Call {
  url: string;
  method: string;
  headers: [name: string, value: string][];
  body?: string;
  credentials?: RequestCredentials;
  mode?: RequestMode;
  redirect?: RequestRedirect;
  targetAddressSpace?: string;
}

/** What only the browser can be. */
export interface Surroundings {
  /** The page's Content Security Policy. */
  csp?: string;
  offline?: true;
  /** An extension blocks the URL. */
  blocked?: true;
  /** What the page is served by, `http` being another machine's. */
  page?: 'https' | 'http';
  /** What the user answered when the browser asked whether the page may reach the local network. */
  localNetwork?: 'denied' | 'granted';
}

/** What the browser itself says of the call. */
export interface Expectation {
  code: string;
  corsError: string | null;
  failedParameter?: string;
  netError?: string;
  status?: number;
}

/** A set-up with one fault in it, and the mending of it. */
export interface Scenario {
  id: string;
  article?: string;
  layer: Layer;
  title: Bilingual;
  story: Bilingual;
  fixTitle: Bilingual;
  request: Call;
  route: RouteConfig;
  /** The call and the route after the fix, where it is the page that has to change. */
  fixedRequest?: Call;
  fixedRoute?: RouteConfig;
  browser?: Surroundings;
  fixedBrowser?: Surroundings;
  expect: Expectation;
  user: 'general' | 'admin' | 'none';
  state: 'broken' | 'fixed';
}

/** What the page sends, and by which route, as the scenario stands. */
export const callOf = ({ state, request, fixedRequest }: Scenario) => (state === 'fixed' && fixedRequest) || request;
export const routeOf = ({ state, route, fixedRoute }: Scenario) => (state === 'fixed' && fixedRoute) || route;
export const surroundingsOf = ({ state, browser, fixedBrowser }: Scenario): Surroundings =>
  (state === 'fixed' ? fixedBrowser : browser) ?? {};

/** What the local AWS tells about itself: what a deployed stack would give as its outputs. */
export interface Outputs {
  region: string;
  userPool: { userPoolId: string; clientId: string; endpoint: string };
  identityPool: { identityPoolId: string; endpoint: string };
  users: DemoUser[];
  doors: Record<DoorName, Door>;
  scenarios: Scenario[];
}

export type DoorName = 'http-api' | 'rest-api' | 'cloudfront' | 'web-socket-iam';

/** The WebSocket API, at its stage. */
export const webSocketUrl = ({ doors }: Outputs) => doors['web-socket-iam'].origin.replace(/^http/, 'ws') + '/prod';

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(path, init);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

export const loadOutputs = () => json<Outputs>('/local-aws/outputs.json');

/** Mends a scenario's set-up, or breaks it again, and gives it back in its new state. */
export const turnScenario = (id: string, turn: 'fix' | 'break') =>
  json<Scenario>(`/local-aws/scenarios/${encodeURIComponent(id)}/${turn}`, { method: 'POST' });
