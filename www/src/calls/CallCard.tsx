import { useId } from 'react';

import { needsPreflight, type Way } from '../diagnosis/stops';
import { ActionButton } from '../parts/ActionButton';
import { useTexts } from '../texts';
import type { Outcome } from './outcome';
import { OutcomeView } from './OutcomeView';
import { useCall } from './useCall';

interface Props {
  texts: { title: string; about: string; auth: string };
  way: Way;
  url: string;
  code: string;
  ready: boolean;
  call: () => Promise<Outcome>;
}

/** One call: what it is, a button to send it, and what came of it. */
export function CallCard({ texts, way, url, code, ready, call }: Props) {
  const { t } = useTexts();
  const heading = useId();
  const { outcome, pending, run } = useCall();
  return (
    <article className="call" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{texts.title}</h3>
        <span className="chip">{texts.auth}</span>
      </header>
      <p>{texts.about}</p>
      <div className="call-line">
        <code title={url}>{code}</code>
        <ActionButton primary disabled={!ready || pending} onAct={() => void run(call)}>
          {outcome ? t.calls.sendAgain : t.calls.send}
        </ActionButton>
      </div>
      <div className="call-result">
        {!ready && <p className="note">{t.calls.signInFirst}</p>}
        {pending && <p className="note working">{t.calls.sending}</p>}
        {outcome && <OutcomeView outcome={outcome} way={way} method="GET" preflighted={needsPreflight(way.auth, 'GET', [])} />}
      </div>
    </article>
  );
}
