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
}

/** How a call ended: what came back, and, where that is no success, the browser's word beside gatepass's. */
export function OutcomeView({ outcome, way, method }: Props) {
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
      <Exchange way={way} method={method} diagnosis={diagnosis} />
      {outcome.kind === 'answered' && !diagnosis && (
        <>
          <p className="status" data-status="ok">
            {outcome.status}
          </p>
          <Saw body={outcome.body} />
        </>
      )}
      {diagnosis && (
        <div className="beside">
          <section aria-label={outcome.kind === 'failed' ? t.diagnosis.browser : t.diagnosis.answer}>
            <h4 className="label">{outcome.kind === 'failed' ? t.diagnosis.browser : t.diagnosis.answer}</h4>
            {outcome.kind === 'failed' ? (
              <p className="browser-says">{outcome.browserSays}</p>
            ) : (
              <>
                <p className="status" data-status="error">
                  {outcome.status}
                </p>
                <pre className="browser-says">
                  {typeof outcome.body === 'string' ? outcome.body : JSON.stringify(outcome.body, null, 2)}
                </pre>
              </>
            )}
          </section>
          <section aria-label={t.diagnosis.gatepass}>
            <h4 className="label">{t.diagnosis.gatepass}</h4>
            <DiagnosisView diagnosis={diagnosis} />
          </section>
        </div>
      )}
    </div>
  );
}
