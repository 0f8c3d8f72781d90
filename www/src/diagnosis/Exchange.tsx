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

/**
 * The way of a call, stop by stop, and where it broke as far as the diagnosis can say. Where somebody knows what is at fault, the truth
 * stands before it, or alone if the diagnosis says just that.
 */
export function Exchange({ way, method, preflighted, diagnosis, truth, answered }: Props) {
  const { t } = useTexts();
  const lanesFor = (known: Diagnosis | null) => lanesOf(way, preflighted, known, answered);
  const guess = lanesFor(diagnosis);
  if (!diagnosis) return <Picture lanes={guess} method={method} />;
  if (!truth) return <Picture lanes={guess} method={method} caption={t.exchange.guess} />;
  const real = lanesFor({ ...diagnosis, verdict: 'certain', findings: [truth] });
  if (JSON.stringify(real) === JSON.stringify(guess)) return <Picture lanes={real} method={method} caption={t.exchange.both} />;
  return (
    <>
      <Picture lanes={real} method={method} caption={t.exchange.truth} />
      <Picture lanes={guess} method={method} caption={t.exchange.guess} />
    </>
  );
}

function Picture({ lanes, method, caption }: { lanes: Lane[]; method: string; caption?: string }) {
  const { t } = useTexts();
  return (
    <figure className="exchange" aria-label={caption ?? t.exchange.label}>
      {caption !== undefined && <figcaption className="label">{caption}</figcaption>}
      <div className="lanes">
        {lanes.map((lane) => (
          <LaneView key={lane.name} lane={lane} method={method} />
        ))}
      </div>
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
