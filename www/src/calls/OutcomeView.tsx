import type { Finding } from 'gatepass';

import { DiagnosisView } from '../diagnosis/DiagnosisView';
import { Exchange } from '../diagnosis/Exchange';
import type { Way } from '../diagnosis/stops';
import { useTexts } from '../texts';
import type { Outcome } from './outcome';
import { Saw } from './Saw';

interface Props {
  outcome: Outcome;
  way: Way;
  method: string;
  /** Whether the browser asks first, where no diagnosis says so. */
  preflighted: boolean;
  /** What stands in the browser's console, where somebody knows: no page can read it. */
  consoleSays?: string | null;
  /** What is at fault, where somebody knows. */
  truth?: Finding | undefined;
}

/** How a call ended: what came back, and, where that is no success, the browser's word and then gatepass's. */
export function OutcomeView({ outcome, way, method, preflighted, consoleSays, truth }: Props) {
  const { t } = useTexts();
  if (outcome.kind === 'refused') {
    return (
      <p className="problem" role="alert">
        <strong>{outcome.message}</strong> {outcome.help}
      </p>
    );
  }
  const { diagnosis } = outcome;
  return (
    <div className="outcome">
      {(diagnosis ?? outcome.kind === 'answered') && (
        <Exchange
          way={way}
          method={method}
          preflighted={diagnosis?.request.preflighted ?? preflighted}
          diagnosis={diagnosis}
          truth={truth}
          answered={outcome.kind === 'answered'}
        />
      )}
      {outcome.kind === 'answered' && !diagnosis && (
        <>
          <p className="status" data-status="ok">
            {outcome.status}
          </p>
          <Saw body={outcome.body} />
        </>
      )}
      {outcome.kind === 'answered' && diagnosis && (
        <section aria-label={t.diagnosis.answer}>
          <h4 className="label">{t.diagnosis.answer}</h4>
          <div className="answered">
            <p className="status" data-status="error">
              {outcome.status}
            </p>
            <pre className="browser-says">
              {typeof outcome.body === 'string' ? outcome.body : JSON.stringify(outcome.body, null, 2)}
            </pre>
          </div>
        </section>
      )}
      {outcome.kind === 'failed' && (
        <section aria-label={t.diagnosis.browser}>
          <h4 className="label">{t.diagnosis.browser}</h4>
          <p className="browser-says">{outcome.browserSays}</p>
          {consoleSays && (
            <>
              <h5 className="label">{t.diagnosis.console}</h5>
              <pre className="console-says">{consoleSays}</pre>
            </>
          )}
          {!diagnosis && <p className="note">{t.diagnosis.none}</p>}
        </section>
      )}
      {diagnosis && (
        <section aria-label={t.diagnosis.gatepass}>
          <h4 className="label">{t.diagnosis.gatepass}</h4>
          <DiagnosisView diagnosis={diagnosis} truth={truth} />
        </section>
      )}
    </div>
  );
}
