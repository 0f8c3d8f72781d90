import { NOTHING, type Query } from './search';

/** What of the lab stands in the page's address, so that it can be handed on. */
export interface Place {
  query: Query;
  chosen: string;
}

const NAMES = { text: 'q', layer: 'layer', kind: 'kind', article: 'article' } as const;
const CHOSEN = 'case';

const keys = Object.keys(NAMES) as (keyof typeof NAMES)[];

export function readAddress(): Place {
  const given = new URLSearchParams(location.search);
  const query = { ...NOTHING };
  for (const key of keys) query[key] = given.get(NAMES[key]) ?? '';
  return { query, chosen: given.get(CHOSEN) ?? '' };
}

/** Without a new entry in the history: going back leaves the page, not the last letter that was typed. */
export function writeAddress({ query, chosen }: Place) {
  const address = new URL(location.href);
  const set = (name: string, value: string) => {
    if (value === '') address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  };
  for (const key of keys) set(NAMES[key], query[key]);
  set(CHOSEN, chosen);
  if (address.href !== location.href) history.replaceState(history.state, '', address);
}
