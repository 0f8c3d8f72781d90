import { isGatepassError } from 'gatepass';
import { useState } from 'react';

import type { Outcome } from './outcome';

/** One call at a time, and how the last one ended. */
export function useCall() {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [pending, setPending] = useState(false);

  const run = async (call: () => Promise<Outcome>) => {
    setPending(true);
    setOutcome(null);
    try {
      setOutcome(await call());
    } catch (error) {
      // What fails to be explained is still shown.
      setOutcome({ kind: 'refused', message: String(error), help: isGatepassError(error) ? error.help : '' });
    } finally {
      setPending(false);
    }
  };

  return { outcome, pending, run };
}
