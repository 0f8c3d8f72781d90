import type { Diagnosis, Finding } from 'gatepass';

import { useTexts } from '../texts';
import { type Lane, lanesOf, type Way } from './stops';

interface Props {
  way: Way;
  method: string;
  preflighted: boolean;
  diagnosis: Diagnosis | null;
  /** What is at fault, where somebody knows. */
  truth: Finding | undefined;
  answered: boolean;
}

/** The way of a call, stop by stop, and where it broke: in truth, or as far as the diagnosis can say. */
export function Exchange({ way, method, preflighted, diagnosis, truth, answered }: Props) {
  const { t } = useTexts();
  const known: Diagnosis | null = diagnosis && truth ? { ...diagnosis, verdict: 'certain', findings: [truth] } : diagnosis;
  return (
    <figure className="exchange" aria-label={truth ? t.exchange.truth : t.exchange.label}>
      {lanesOf(way, preflighted, known, answered).map((lane) => (
        <LaneView key={lane.name} lane={lane} method={method} />
      ))}
    </figure>
  );
}

function LaneView({ lane, method }: { lane: Lane; method: string }) {
  const { t } = useTexts();
  return (
    <div className="lane" data-lane={lane.name} data-came={lane.came} data-sure={'sure' in lane ? lane.sure : undefined}>
      <p className="lane-name">
        <code>{lane.name === 'preflight' ? 'OPTIONS' : method}</code> {t.exchange.lanes[lane.name]}
      </p>
      {'stops' in lane ? (
        <ol>
          {lane.stops.map(({ stop, state }) => (
            <li key={stop} data-stop={stop} data-state={state}>
              <span className="exchange-dot" aria-hidden="true" />
              <span className="exchange-name">{t.exchange.stops[stop]}</span>
              <span className="unseen">: {t.exchange[state]}</span>
            </li>
          ))}
        </ol>
      ) : (
        <p className="lane-came">{(lane.sure ? t.exchange.came : t.exchange.likely)[lane.came]}</p>
      )}
    </div>
  );
}
