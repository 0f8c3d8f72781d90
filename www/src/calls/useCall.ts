import { isGatepassError } from 'gatepass';
import { useState } from 'react';

import { useAnnounce } from '../parts/Announcer';
import { useTexts } from '../texts';
import type { Texts } from '../texts/en';
import type { Outcome } from './outcome';

/** One call at a time, and how the last one ended. */
export function useCall() {
  const { t } = useTexts();
  const announce = useAnnounce();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [pending, setPending] = useState(false);

  const end = (ended: Outcome) => {
    setOutcome(ended);
    announce(gist(t, ended));
  };

  const run = async (call: () => Promise<Outcome>) => {
    setPending(true);
    setOutcome(null);
    announce(t.calls.sending);
    try {
      end(await call());
    } catch (error) {
      // What fails to be explained is still shown.
      end({ kind: 'refused', message: String(error), help: isGatepassError(error) ? error.help : '' });
    } finally {
      setPending(false);
    }
  };

  return { outcome, pending, run };
}

/** The whole is on the page; a screen reader is told the verdict and the headline. */
function gist(t: Texts, outcome: Outcome): string {
  if (outcome.kind === 'refused') return outcome.message;
  if (outcome.diagnosis === null) return outcome.kind === 'failed' ? t.diagnosis.none : t.calls.succeeds;
  const { verdict, findings } = outcome.diagnosis;
  return `${t.diagnosis.verdict[verdict]}: ${findings[0].title}`;
}
