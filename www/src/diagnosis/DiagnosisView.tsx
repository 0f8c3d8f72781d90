import type { Diagnosis, Finding } from 'gatepass';

import { useTexts } from '../texts';
import { Fixes } from './Fixes';
import { SHOWN_FINDINGS } from './stops';

interface Props {
  diagnosis: Diagnosis;
  /** The finding that is right, where somebody knows. */
  truth?: Finding | undefined;
}

/** A diagnosis as gatepass gives it: the verdict, the findings with their fixes, and the evidence. */
export function DiagnosisView({ diagnosis, truth }: Props) {
  const { t } = useTexts();
  const [first, ...rest] = diagnosis.findings;
  const others = rest.slice(0, SHOWN_FINDINGS - 1);
  const lessLikely = rest.slice(SHOWN_FINDINGS - 1);
  return (
    <div className="diagnosis" data-verdict={diagnosis.verdict}>
      <p className="verdict">
        <strong>{t.diagnosis.verdict[diagnosis.verdict]}</strong> {t.diagnosis.verdictAbout[diagnosis.verdict]}
      </p>
      <FindingView finding={first} truth={truth} />
      {others.length > 0 && (
        <section className="also" aria-label={t.diagnosis.alsoPossible}>
          <h5>{t.diagnosis.alsoPossible}</h5>
          <Others findings={others} truth={truth} />
          {lessLikely.length > 0 && (
            <details>
              <summary>
                {t.diagnosis.lessLikely(lessLikely.length)} {lessLikely.some((finding) => finding === truth) && <Truth among />}
              </summary>
              <Others findings={lessLikely} truth={truth} />
            </details>
          )}
        </section>
      )}
      {diagnosis.evidence.length > 0 && (
        <details className="evidence">
          <summary>{t.diagnosis.evidence}</summary>
          <ul>
            {diagnosis.evidence.map(({ probe, outcome, status, text }, at) => (
              <li key={at}>
                <span className="chip" data-outcome={outcome}>
                  {status ?? t.diagnosis.outcomes[outcome]}
                </span>
                <span>
                  {text} <code>{probe}</code>
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Says of a finding that it is right, or of several that one of them is. */
function Truth({ among }: { among?: boolean }) {
  const { t } = useTexts();
  return <span className="chip truth">{among ? t.diagnosis.truthAmong : t.diagnosis.truth}</span>;
}

function Others({ findings, truth }: { findings: Finding[]; truth: Finding | undefined }) {
  return (
    <ul>
      {findings.map((finding) => (
        <li key={`${finding.code} ${finding.corsError ?? ''}`}>
          <details>
            <summary>
              <span className="headline">{finding.title}</span> {finding === truth && <Truth />}
            </summary>
            <FindingView finding={finding} truth={undefined} untitled />
          </details>
        </li>
      ))}
    </ul>
  );
}

function FindingView({ finding, truth, untitled }: { finding: Finding; truth: Finding | undefined; untitled?: boolean }) {
  const { t } = useTexts();
  return (
    <div
      className="finding"
      data-code={finding.code}
      data-layer={finding.layer}
      data-cors-error={finding.corsError}
      data-failed-parameter={finding.failedParameter}
    >
      {!untitled && <h4 className="headline">{finding.title}</h4>}
      <p className="chips">
        {finding === truth && <Truth />}
        <span className="chip">{t.layers[finding.layer]}</span>
        <code className="chip">{finding.code}</code>
        {finding.corsError && (
          <code className="chip">
            {finding.corsError}
            {finding.failedParameter && ` (${finding.failedParameter})`}
          </code>
        )}
      </p>
      <p className="finding-detail">{finding.detail}</p>
      {finding.fixes.length > 0 && <Fixes fixes={finding.fixes} />}
    </div>
  );
}
