import type { RouteKind } from 'gatepass';

import { callOf, type Scenario } from '../outputs';
import { textsOf } from '../texts';

/** What of a scenario one can choose by. */
export const FACETS = ['layer', 'kind', 'article'] as const;
export type Facet = (typeof FACETS)[number];

/** What is looked for; an empty string looks for nothing. */
export type Query = Record<Facet | 'text', string>;

export const NOTHING: Query = { text: '', layer: '', kind: '', article: '' };

/** The choice `article=any`: every scenario that an article tells of. */
export const ANY_ARTICLE = 'any';

export const kindOf = ({ route }: Scenario): RouteKind => route.kind ?? 'custom';

const plain = (text: string) => text.normalize('NFKC').toLowerCase();

/** The header of the answer that a CORS error is about. */
function headerOf(corsError: string | null): string {
  const found = /AllowOrigin|WildcardOrigin|AllowCredentials|AllowHeaders|HeaderDisallowed|AllowMethods|MethodDisallowed/.exec(corsError ?? '');
  switch (found?.[0]) {
    case undefined:
      return '';
    case 'AllowOrigin':
    case 'WildcardOrigin':
      return 'access-control-allow-origin acao';
    case 'AllowCredentials':
      return 'access-control-allow-credentials acac';
    case 'AllowHeaders':
    case 'HeaderDisallowed':
      return 'access-control-allow-headers acah';
    default:
      return 'access-control-allow-methods acam';
  }
}

const HEADERS_OF_AUTH = { none: '', bearer: 'authorization bearer', iam: 'authorization x-amz-date x-amz-security-token sigv4' };

/** Everything that a scenario can be found by, in both languages. */
export function textOf(scenario: Scenario): string {
  const { id, article, title, story, fixTitle, layer, route, expect } = scenario;
  const { method, url, headers, mode, redirect, credentials } = callOf(scenario);
  const named = Object.values(textsOf).flatMap((t) => [
    t.lab.kinds[kindOf(scenario)],
    t.layers[layer],
    ...(article === undefined ? [] : [`${t.lab.article} ${article}`]),
  ]);
  const words = [
    id,
    ...[title, story, fixTitle].flatMap(({ en, ja }) => [en, ja]),
    ...named,
    ...[expect.code, expect.corsError, expect.failedParameter, expect.netError, headerOf(expect.corsError)],
    ...[layer, route.kind, HEADERS_OF_AUTH[route.auth]],
    ...[method, url, mode, redirect, credentials, ...headers.flat()],
  ];
  return plain(words.filter((word) => word !== undefined && word !== null).join('\n'));
}

export const valueOf = (scenario: Scenario, facet: Facet): string =>
  facet === 'kind' ? kindOf(scenario) : facet === 'layer' ? scenario.layer : (scenario.article ?? '');

/** Whether a scenario has what a facet asks for. */
function fits(scenario: Scenario, facet: Facet, wanted: string): boolean {
  const value = valueOf(scenario, facet);
  return wanted === '' || value === wanted || (wanted === ANY_ARTICLE && value !== '');
}

/** A test of scenarios: each word is somewhere in their text, and each facet fits, but for one that is left open. */
export function matcherOf(query: Query, index: Map<string, string>, open?: Facet): (scenario: Scenario) => boolean {
  const words = plain(query.text).split(/\s+/).filter(Boolean);
  const facets = FACETS.filter((facet) => facet !== open);
  return (scenario) =>
    facets.every((facet) => fits(scenario, facet, query[facet])) &&
    words.every((word) => index.get(scenario.id)?.includes(word));
}
