import type { Diagnosis, Finding, FindingCode, Layer, RouteKind } from 'gatepass';

export type Stop =
  | 'page'
  | 'network'
  | 'cloudfront'
  | 'gateway'
  | 'server'
  | 'emulator'
  | 'url'
  | 'authorizer'
  | 'iam'
  | 'function'
  | 'elsewhere';

export type StopState = 'passed' | 'broke' | 'suspect' | 'perhaps' | 'unreached';

export interface Way {
  kind: RouteKind | undefined;
  auth: 'none' | 'bearer' | 'iam';
}

/** How far one of the browser's two requests came: the preflight, or the call itself. */
export type Lane =
  | { name: 'preflight' | 'request'; came: 'passed' | 'unsent'; sure: boolean }
  | { name: 'preflight' | 'request'; came: 'stopped' | 'answered'; stops: { stop: Stop; state: StopState }[] };

/** How many findings are shown, and marked, at once; the rest are less likely. */
export const SHOWN_FINDINGS = 4;

/** The first server that the browser talks to, and the one that decides on CORS, if it is another. */
const DOORS: Partial<Record<RouteKind, Stop[]>> = {
  cloudfront: ['cloudfront', 'gateway'],
  'function-url': ['url'],
  'sam-local': ['emulator'],
  localstack: ['emulator'],
  custom: ['server'],
};

const REDIRECTS: FindingCode[] = ['redirected', 'redirect-with-credentials', 'redirect-refused', 'preflight-redirected'];
const isRedirect = ({ code }: Finding) => REDIRECTS.includes(code);

const STOPS_OF_LAYER: Record<Layer, Stop[]> = {
  client: ['page'],
  page: ['page'],
  network: ['network'],
  cloudfront: ['cloudfront', 'gateway', 'server'],
  'api-gateway': ['gateway', 'url', 'emulator', 'server'],
  authorizer: ['authorizer', 'iam', 'gateway', 'url', 'emulator', 'server'],
  iam: ['iam', 'authorizer', 'gateway', 'url', 'emulator', 'server'],
  integration: ['function'],
  cognito: ['authorizer', 'page'],
  emulator: ['emulator', 'gateway', 'server'],
};

/** The way of a call, one lane for each request that the browser makes or would have made. */
export function lanesOf({ kind, auth }: Way, preflighted: boolean, diagnosis: Diagnosis | null, answered: boolean): Lane[] {
  const doors = (kind && DOORS[kind]) ?? ['gateway'];
  const shown = diagnosis ? shownFindings(diagnosis) : [];
  const [redirect] = shown.filter(isRedirect);
  // A function URL knows IAM only: a Bearer token is for the function's own code to check.
  const guard: Stop[] = auth === 'iam' ? ['iam'] : auth === 'bearer' && kind !== 'function-url' ? ['authorizer'] : [];
  const wire: Stop[] = shown.some((finding) => finding.layer === 'network' && !isRedirect(finding)) ? ['network'] : [];
  const onlyRedirect = redirect !== undefined && shown.length === 1;
  const way: Stop[] = onlyRedirect ? doors.slice(0, 1) : [...doors, ...guard, 'function'];
  const stops: Stop[] = ['page', ...wire, ...way, ...(redirect ? (['elsewhere'] as const) : [])];

  const lane = (name: Lane['name'], findings: Finding[]): Lane => ({
    name,
    came: answered && name === 'request' ? 'answered' : 'stopped',
    stops: statesOf(stops, doors, findings, diagnosis?.verdict === 'ambiguous' ? 'suspect' : 'broke'),
  });
  if (!preflighted) return [lane('request', shown)];

  const inPreflight = answered ? [] : shown.filter(isOfPreflight);
  const inRequest = shown.filter((finding) => !inPreflight.includes(finding));
  // What is less likely, and not marked, may still say that it was the other request.
  const all = diagnosis?.findings ?? [];
  if (inPreflight.length === 0) {
    const sure = answered || !all.some(isOfPreflight);
    return [{ name: 'preflight', came: 'passed', sure }, lane('request', inRequest)];
  }
  if (inRequest.length === 0) {
    return [lane('preflight', inPreflight), { name: 'request', came: 'unsent', sure: all.every(isOfPreflight) }];
  }
  return [lane('preflight', inPreflight), lane('request', inRequest)];
}

/** The findings that are marked: one, unless the page cannot tell which. */
const shownFindings = ({ verdict, findings }: Diagnosis): Finding[] =>
  findings.slice(0, verdict === 'ambiguous' ? SHOWN_FINDINGS : 1);

/** CORS errors that a browser raises before it sends anything. */
const UNSENT = [
  'DisallowedByMode',
  'CorsDisabledScheme',
  'NoCorsRedirectModeNotFollow',
  'InsecureLocalNetwork',
  'InvalidLocalNetworkAccess',
  'LocalNetworkAccessPermissionDenied',
];

const isUnsent = ({ corsError }: Finding) => corsError === undefined || UNSENT.includes(corsError);

/** What no CORS check stopped was stopped at the first request. */
const isOfPreflight = (finding: Finding) => isUnsent(finding) || finding.corsError?.includes('Preflight');

function statesOf(
  stops: Stop[],
  doors: Stop[],
  findings: Finding[],
  mark: 'broke' | 'suspect',
): { stop: Stop; state: StopState }[] {
  const marked = findings.map((finding) => stops.indexOf(placeOf(finding, stops, doors)));
  const first = marked.length === 0 ? stops.length : Math.min(...marked);
  const last = Math.max(...marked);
  // The request is wrong, and it took a server to say so.
  const refused = findings.every((finding) => finding.layer === 'client' && !isUnsent(finding));
  const reached = refused ? Math.max(first, ...doors.map((door) => stops.indexOf(door) + 1)) : first;
  return stops.map((stop, at) => {
    if (marked.includes(at)) return { stop, state: mark };
    // It may be the redirect that a page may not read, or what it leads to.
    const followed = stop === 'elsewhere' && findings.some(({ code }) => code === 'redirected');
    const state: StopState = at < reached ? 'passed' : at < last || followed ? 'perhaps' : 'unreached';
    return { stop, state };
  });
}

/** Where a finding lies among the stops: what redirects is the first server on the way. */
function placeOf(finding: Finding, stops: Stop[], doors: Stop[]): Stop {
  const candidates = isRedirect(finding) ? doors : STOPS_OF_LAYER[finding.layer];
  return candidates.find((stop) => stops.includes(stop)) ?? 'page';
}

const SAFELISTED_METHODS = ['GET', 'HEAD', 'POST'];
const SAFELISTED_HEADERS = ['accept', 'accept-language', 'content-language'];
const SAFELISTED_TYPES = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** Whether the browser asks first, as the Fetch standard has it (CORS-safelisted methods and request-headers). */
export function needsPreflight(auth: Way['auth'], method: string, headers: [name: string, value: string][]): boolean {
  const isSafe = ([name, value]: [string, string]) =>
    SAFELISTED_HEADERS.includes(name.toLowerCase()) ||
    (name.toLowerCase() === 'content-type' && SAFELISTED_TYPES.includes((value.split(';')[0] ?? '').trim().toLowerCase()));
  return auth !== 'none' || !SAFELISTED_METHODS.includes(method.toUpperCase()) || !headers.every(isSafe);
}
