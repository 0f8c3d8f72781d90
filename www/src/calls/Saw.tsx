import { useTexts } from '../texts';

/** What the echo function of the local AWS answers: the request as it saw it. */
interface Echo {
  claims?: Record<string, unknown> | null;
  identity?: Record<string, unknown>;
}

const isEcho = (body: unknown): body is Echo => typeof body === 'object' && body !== null && ('claims' in body || 'identity' in body);

function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function callerOf({ claims, identity }: Echo): string | null {
  const caller = claims?.['cognito:username'] ?? claims?.['username'] ?? identity?.['userArn'] ?? identity?.['caller'];
  return caller === undefined || caller === null ? null : text(caller);
}

/** The caller as the server saw it, and the answer in full. */
export function Saw({ body }: { body: unknown }) {
  const { t } = useTexts();
  const caller = isEcho(body) ? callerOf(body) : null;
  const groups = isEcho(body) ? body.claims?.['cognito:groups'] : undefined;
  return (
    <div className="saw">
      <p className="label">{t.calls.saw}</p>
      <dl>
        {caller && (
          <div>
            <dt>{t.calls.caller}</dt>
            <dd>
              <code>{caller}</code>
            </dd>
          </div>
        )}
        {groups !== undefined && (
          <div>
            <dt>{t.calls.groups}</dt>
            <dd>
              <code>{text(groups)}</code>
            </dd>
          </div>
        )}
      </dl>
      <details open={!caller && groups === undefined}>
        <summary>{t.calls.whole}</summary>
        <pre>{typeof body === 'string' ? body : JSON.stringify(body, null, 2)}</pre>
      </details>
    </div>
  );
}
