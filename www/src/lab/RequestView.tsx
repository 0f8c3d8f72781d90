import { callOf, routeOf, type Scenario, surroundingsOf } from '../outputs';
import { useTexts } from '../texts';

/** The request as the page writes it, and what gatepass adds to it. */
export function RequestView({ scenario }: { scenario: Scenario }) {
  const { t } = useTexts();
  const { method, url, headers, body, ...options } = callOf(scenario);
  const { auth, signAs } = routeOf(scenario);
  const { csp } = surroundingsOf(scenario);
  const added = { none: null, bearer: 'authorization: Bearer <IdToken>', iam: 'authorization: AWS4-HMAC-SHA256 …' }[auth];
  return (
    <section className="request" aria-label={t.lab.request}>
      <pre>
        <strong>{method}</strong> {url}
        {headers.map(([name, value]) => `\n${name}: ${value}`)}
        {added && <span className="added">{`\n${added}`}</span>}
        {signAs !== undefined && `\n(signAs: ${typeof signAs === 'string' ? signAs : signAs.origin})`}
        {Object.entries(options).map(([name, value]) => `\n(${name}: '${value}')`)}
        {body !== undefined && `\n\n${shortened(body)}`}
        {csp !== undefined && (
          <>
            {'\n\n'}
            <span className="note">{t.lab.policy}</span> {csp}
          </>
        )}
      </pre>
    </section>
  );
}

const LONG = 160;
const shortened = (body: string) => (body.length > LONG ? `${body.slice(0, LONG)}…` : body);
