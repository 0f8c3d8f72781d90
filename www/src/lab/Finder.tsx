import type { Layer, RouteKind } from 'gatepass';
import { type KeyboardEvent, useEffect } from 'react';

import type { Scenario } from '../outputs';
import { useAnnounce } from '../parts/Announcer';
import { useTexts } from '../texts';
import type { Texts } from '../texts/en';
import { ANY_ARTICLE, type Facet, FACETS, matcherOf, NOTHING, type Query, valueOf } from './search';

interface Props {
  scenarios: Scenario[];
  index: Map<string, string>;
  query: Query;
  found: number;
  onQuery: (query: Query) => void;
  /** From the search field into the list. */
  onEnter: () => void;
}

/** How long somebody pauses who has finished typing. */
const PAUSE = 500;

/** Search and filters; each choice of a filter says how many it would find. */
export function Finder({ scenarios, index, query, found, onQuery, onEnter }: Props) {
  const { t } = useTexts();
  const announce = useAnnounce();
  const isOpen = [query.text, ...FACETS.map((facet) => query[facet])].every((wanted) => wanted === '');
  const count = t.lab.found(found, scenarios.length);

  useEffect(() => {
    if (isOpen) return;
    const timer = setTimeout(() => {
      announce(count);
    }, PAUSE);
    return () => {
      clearTimeout(timer);
    };
  }, [announce, isOpen, count]);

  const enter = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
    event.preventDefault();
    onEnter();
  };

  return (
    <search className="finder" aria-label={t.lab.find}>
      <label className="field finder-text">
        {t.lab.search}
        <input
          type="search"
          placeholder={t.lab.searchHint}
          value={query.text}
          onKeyDown={enter}
          onChange={(event) => {
            onQuery({ ...query, text: event.target.value });
          }}
        />
      </label>
      {FACETS.map((facet) => {
        const rest = scenarios.filter(matcherOf(query, index, facet));
        return (
          <label key={facet} className="field">
            {t.lab.facets[facet]}
            <select
              value={query[facet]}
              onChange={(event) => {
                onQuery({ ...query, [facet]: event.target.value });
              }}
            >
              <option value="">
                {t.lab.all} ({rest.length})
              </option>
              {choicesOf(facet, scenarios).map((value) => (
                <option key={value} value={value}>
                  {nameOf(t, facet, value)} ({countOf(rest, facet, value)})
                </option>
              ))}
            </select>
          </label>
        );
      })}
      <p className="finder-found">
        {count}
        {!isOpen && (
          <button
            type="button"
            onClick={() => {
              onQuery(NOTHING);
            }}
          >
            {t.lab.clear}
          </button>
        )}
      </p>
    </search>
  );
}

function choicesOf(facet: Facet, scenarios: Scenario[]): string[] {
  const values = [...new Set(scenarios.map((scenario) => valueOf(scenario, facet)))].filter((value) => value !== '');
  return facet === 'article' ? [ANY_ARTICLE, ...values.sort()] : values;
}

const countOf = (scenarios: Scenario[], facet: Facet, wanted: string) =>
  scenarios.map((scenario) => valueOf(scenario, facet)).filter((value) => value === wanted || (wanted === ANY_ARTICLE && value !== ''))
    .length;

function nameOf(t: Texts, facet: Facet, value: string): string {
  if (facet === 'layer') return t.layers[value as Layer];
  if (facet === 'kind') return t.lab.kinds[value as RouteKind];
  return value === ANY_ARTICLE ? t.lab.anyArticle : `${t.lab.article} ${value}`;
}
