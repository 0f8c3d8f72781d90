import type { Session } from 'gatepass';

import { useTexts } from '../texts';
import { TimeLeft } from './TimeLeft';

interface Props {
  session: Session;
  onSignOut: () => void;
}

/** The session, as a pass to show at the gate. */
export function Pass({ session, onSignOut }: Props) {
  const { t } = useTexts();
  const issuedAt = Number(session.claims['iat']) * 1000;
  return (
    <section className="pass" aria-labelledby="pass-heading" data-role={session.groups.includes('admin') ? 'admin' : 'general'}>
      <header>
        <h2 id="pass-heading">{t.pass.heading}</h2>
      </header>
      <div className="pass-body">
        <p className="label">{t.pass.signedInAs}</p>
        <p className="pass-name">{session.username}</p>
        <dl>
          <div>
            <dt>{t.pass.groups}</dt>
            <dd className="chips">
              {session.groups.length === 0 && t.pass.noGroups}
              {session.groups.map((group) => (
                <span className="chip" key={group}>
                  {group}
                </span>
              ))}
            </dd>
          </div>
          {session.preferredRole && (
            <div>
              <dt>{t.pass.role}</dt>
              <dd>
                <code>{session.preferredRole.split('/').at(-1)}</code>
              </dd>
            </div>
          )}
        </dl>
        <details>
          <summary>{t.pass.claims}</summary>
          <dl className="claims">
            {Object.entries(session.claims).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
      <div className="pass-stub">
        <TimeLeft issuedAt={issuedAt} expiresAt={session.expiresAt.getTime()} />
        <button type="button" onClick={onSignOut}>
          {t.pass.signOut}
        </button>
      </div>
    </section>
  );
}
