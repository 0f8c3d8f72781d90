import { callOf, routeOf, type Scenario } from '../outputs';
import { useTexts } from '../texts';

/** The request as the page writes it, and what gatepass adds to it. */
export function RequestView({ scenario }: { scenario: Scenario }) {
  const { t } = useTexts();
  const request = callOf(scenario);
  const route = routeOf(scenario);
  const added = { none: null, bearer: 'authorization: Bearer <IdToken>', iam: 'authorization: AWS4-HMAC-SHA256 …' }[route.auth];
  return (
    <section className="request" aria-label={t.lab.request}>
      <pre>
        <strong>{request.method}</strong> {request.url}
        {request.headers.map(([name, value]) => `\n${name}: ${value}`)}
        {added && <span className="added">{`\n${added}`}</span>}
        {route.signAs !== undefined && `\n(signAs: ${typeof route.signAs === 'string' ? route.signAs : route.signAs.origin})`}
        {request.credentials && `\n(credentials: '${request.credentials}')`}
        {request.body !== undefined && `\n\n${request.body}`}
      </pre>
    </section>
  );
}
