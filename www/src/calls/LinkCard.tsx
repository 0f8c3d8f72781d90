import { type AwsCredentials, type Client, isGatepassError } from 'gatepass';
import { useId, useState } from 'react';

import { ActionButton } from '../parts/ActionButton';
import { useTexts } from '../texts';

/** In seconds. */
const EXPIRES_IN = 60;

interface Link {
  url: string;
  until: Date;
  credentials: AwsCredentials;
}

interface Props {
  client: Client;
  url: string;
  ready: boolean;
}

/** A link that carries its signature, and the credentials that it was made with. */
export function LinkCard({ client, url, ready }: Props) {
  const { t, locale } = useTexts();
  const heading = useId();
  const [link, setLink] = useState<Link | null>(null);
  const [problem, setProblem] = useState<{ message: string; help: string } | null>(null);
  const time = (date: Date) => date.toLocaleTimeString(locale);

  const make = async () => {
    setProblem(null);
    try {
      const signed = await client.presign(url, { expiresIn: EXPIRES_IN });
      setLink({ url: signed, until: new Date(Date.now() + EXPIRES_IN * 1000), credentials: await client.credentials() });
    } catch (error) {
      setLink(null);
      setProblem(isGatepassError(error) ? error : { message: String(error), help: '' });
    }
  };

  return (
    <article className="call" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{t.calls.link.title}</h3>
        <span className="chip">{t.calls.link.auth}</span>
      </header>
      <p>{t.calls.link.about}</p>
      <div className="call-line">
        <code title={url}>{`await gp.presign(report, { expiresIn: ${EXPIRES_IN} })`}</code>
        <ActionButton primary disabled={!ready} onAct={() => void make()}>
          {t.calls.link.make}
        </ActionButton>
      </div>
      <div className="call-result" aria-live="polite">
        {!ready && <p className="note">{t.calls.signInFirst}</p>}
        {problem && (
          <p className="problem" role="alert">
            <strong>{problem.message}</strong> {problem.help}
          </p>
        )}
        {ready && link && (
          <dl className="link">
            <div>
              <dt>{t.calls.link.link}</dt>
              <dd>
                <a href={link.url} target="_blank" rel="noreferrer">
                  {t.calls.link.open}
                </a>
              </dd>
            </div>
            <div>
              <dt>{t.calls.link.until}</dt>
              <dd>{time(link.until)}</dd>
            </div>
            <div>
              <dt>{t.calls.link.credentials}</dt>
              <dd>{time(link.credentials.expiration)}</dd>
            </div>
            <div>
              <dt>{t.calls.link.identity}</dt>
              <dd>
                <code>{link.credentials.identityId}</code>
              </dd>
            </div>
          </dl>
        )}
      </div>
    </article>
  );
}
