import { useSyncExternalStore } from 'react';

import { callOf, type Scenario, type Surroundings } from '../outputs';
import { useTexts } from '../texts';
import type { Texts } from '../texts/en';

type State = keyof Texts['lab']['byHand']['states'];

function stateOf({ offline, blocked, page, localNetwork }: Surroundings): State | null {
  if (offline) return 'offline';
  if (blocked) return 'blocked';
  if (localNetwork === 'denied') return 'denied';
  return page ?? null;
}

/** What the browser must be before a scenario's call fails, where no page can bring that about. */
export const byHandOf = (scenario: Scenario): State | null => stateOf(scenario.browser ?? {});

/** Whether this very page can be in that state: it is served from this machine over http. */
export const canBeHere = (state: State | null): boolean => state !== 'https' && state !== 'http';

/** Says what state the browser must be in, how to get there and back, and, where the page can know, whether it is. */
export function ByHand({ scenario, state }: { scenario: Scenario; state: State }) {
  const { t } = useTexts();
  const online = useOnline();
  const { title, steps } = t.lab.byHand.states[state];
  return (
    <section className="by-hand" aria-label={t.lab.byHand.heading}>
      <p>
        <strong>{title}</strong>
      </p>
      <ol>
        {steps({ page: location.host, api: new URL(callOf(scenario).url).host }).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {state === 'offline' && (
        <p className="by-hand-now" data-state={online ? 'no' : 'yes'}>
          {online ? t.lab.byHand.online : t.lab.byHand.offline}
        </p>
      )}
    </section>
  );
}

const useOnline = () =>
  useSyncExternalStore(
    (listener) => {
      addEventListener('online', listener);
      addEventListener('offline', listener);
      return () => {
        removeEventListener('online', listener);
        removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
