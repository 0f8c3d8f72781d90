import type { Diagnosis } from 'gatepass';

import { useTexts } from '../texts';
import { brokeInPreflight, statesOf, stopsOf, type Way } from './stops';

interface Props {
  way: Way;
  method: string;
  diagnosis: Diagnosis | null;
}

/** The way of a request, stop by stop, and where it broke. */
export function Exchange({ way, method, diagnosis }: Props) {
  const { t } = useTexts();
  const stops = stopsOf(way);
  const states = statesOf(stops, diagnosis);
  return (
    <figure className="exchange">
      <figcaption>
        <span className="unseen">{t.exchange.label}: </span>
        {brokeInPreflight(diagnosis) ? (
          <>
            <code>OPTIONS</code> {t.exchange.preflight}
          </>
        ) : (
          <code>{method}</code>
        )}
      </figcaption>
      <ol>
        {stops.map((stop, at) => {
          const state = states[at] ?? 'unreached';
          return (
            <li key={stop} data-state={state}>
              <span className="exchange-dot" aria-hidden="true" />
              <span className="exchange-name">{t.exchange.stops[stop]}</span>
              <span className="unseen">: {t.exchange[state]}</span>
            </li>
          );
        })}
      </ol>
    </figure>
  );
}
