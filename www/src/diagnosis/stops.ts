import type { Diagnosis, Finding, Layer, RouteKind } from 'gatepass';

export type Stop = 'page' | 'cloudfront' | 'gateway' | 'emulator' | 'url' | 'authorizer' | 'iam' | 'function';

export type StopState = 'passed' | 'broke' | 'suspect' | 'unreached';

export interface Way {
  kind: RouteKind | undefined;
  auth: 'none' | 'bearer' | 'iam';
}

/** The stops between the page and the function, in the order in which a request meets them. */
export function stopsOf({ kind, auth }: Way): Stop[] {
  const guard: Stop[] = auth === 'none' ? [] : [auth === 'iam' ? 'iam' : 'authorizer'];
  switch (kind) {
    case 'cloudfront':
      return ['page', 'cloudfront', 'gateway', ...guard, 'function'];
    case 'function-url':
      return ['page', 'url', ...guard, 'function'];
    case 'sam-local':
    case 'localstack':
      return ['page', 'emulator', ...guard, 'function'];
    default:
      return ['page', 'gateway', ...guard, 'function'];
  }
}

const stopsOfLayer: Record<Layer, Stop[]> = {
  client: ['page'],
  page: ['page'],
  network: ['cloudfront', 'gateway', 'url', 'emulator'],
  cloudfront: ['cloudfront'],
  'api-gateway': ['gateway', 'url', 'emulator'],
  authorizer: ['authorizer', 'iam', 'gateway'],
  iam: ['iam', 'authorizer', 'gateway'],
  integration: ['function'],
  cognito: ['authorizer', 'page'],
  emulator: ['emulator', 'gateway'],
};

const stopOf = (finding: Finding, stops: Stop[]) => stopsOfLayer[finding.layer].find((stop) => stops.includes(stop));

/** How many findings are shown, and marked, at once; the rest are less likely. */
export const SHOWN_FINDINGS = 4;

/** How far the request came. Without a diagnosis it went all the way. */
export function statesOf(stops: Stop[], diagnosis: Diagnosis | null): StopState[] {
  if (!diagnosis) return stops.map(() => 'passed');
  const candidates = diagnosis.findings.slice(0, diagnosis.verdict === 'ambiguous' ? SHOWN_FINDINGS : 1);
  const places = candidates.map((finding) => stopOf(finding, stops)).filter((stop) => stop !== undefined);
  const first = Math.min(...places.map((stop) => stops.indexOf(stop)));
  const mark: StopState = diagnosis.verdict === 'ambiguous' ? 'suspect' : 'broke';
  return stops.map((stop, at) => {
    if (places.includes(stop)) return mark;
    return at < first ? 'passed' : 'unreached';
  });
}

/** Whether it was the preflight that broke, as far as the first finding can tell. */
export const brokeInPreflight = (diagnosis: Diagnosis | null) =>
  diagnosis?.findings[0].corsError?.includes('Preflight') ?? false;
