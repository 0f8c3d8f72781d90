import { useId } from 'react';

import type { Way } from '../diagnosis/stops';
import { useTexts } from '../texts';
import type { Outcome } from './outcome';
import { OutcomeView } from './OutcomeView';
import { useCall } from './useCall';

interface Props {
  title: string;
  about: string;
  authName: string;
  way: Way;
  url: string;
  code: string;
  ready: boolean;
  call: () => Promise<Outcome>;
}

/** One call: what it is, a button to send it, and what came of it. */
export function CallCard({ title, about, authName, way, url, code, ready, call }: Props) {
  const { t } = useTexts();
  const heading = useId();
  const { outcome, pending, run } = useCall();
  return (
    <article className="call" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{title}</h3>
        <span className="chip">{authName}</span>
      </header>
      <p>{about}</p>
      <div className="call-line">
        <code title={url}>{code}</code>
        <button type="button" className="primary" disabled={!ready || pending} onClick={() => void run(call)}>
          {outcome ? t.calls.sendAgain : t.calls.send}
        </button>
      </div>
      <div aria-live="polite">
        {!ready && <p className="note">{t.calls.signInFirst}</p>}
        {pending && <p className="note working">{t.calls.sending}</p>}
        {outcome && <OutcomeView outcome={outcome} way={way} method="GET" />}
      </div>
    </article>
  );
}
