import type { Client } from 'gatepass';
import { useId } from 'react';

import { ActionButton } from '../parts/ActionButton';
import { useTexts } from '../texts';
import { type Line, useLiveSocket } from './useLiveSocket';

interface Props {
  client: Client;
  url: string;
  ready: boolean;
}

/** A WebSocket of a signed API: connect, hear an echo, have it cut, and see it come back. */
export function LiveCard({ client, url, ready }: Props) {
  const { t } = useTexts();
  const heading = useId();
  const { state, lines, connect, send, close } = useLiveSocket(client, url);
  const isClosed = state === 'closed';
  return (
    <article className="call" aria-labelledby={heading}>
      <header>
        <h3 id={heading}>{t.calls.live.title}</h3>
        <span className="chip">{t.calls.live.auth}</span>
      </header>
      <p>{t.calls.live.about}</p>
      <div className="call-line">
        <code title={url}>connectWebSocket(gp, webSocketApi)</code>
        <ActionButton primary={isClosed} disabled={!ready} onAct={isClosed ? connect : close}>
          {isClosed ? t.calls.live.connect : t.calls.live.disconnect}
        </ActionButton>
      </div>
      <div className="call-result">
        {!ready && <p className="note">{t.calls.signInFirst}</p>}
        {!isClosed && (
          <div className="live-actions">
            <ActionButton disabled={state !== 'open'} onAct={() => send(t.calls.live.greeting)}>
              {t.calls.live.say}
            </ActionButton>
            <ActionButton disabled={state !== 'open'} onAct={() => send('{"action":"close"}')}>
              {t.calls.live.cut}
            </ActionButton>
          </div>
        )}
        <ol className="live" aria-live="polite" aria-label={t.calls.live.log}>
          {lines.map((line) => (
            <li key={line.id} data-kind={line.kind}>
              <Words line={line} />
            </li>
          ))}
        </ol>
      </div>
    </article>
  );
}

function Words({ line }: { line: Line }) {
  const { live } = useTexts().t.calls;
  switch (line.kind) {
    case 'open':
      return live.open;
    case 'message':
      return live.message(line.body, line.connection);
    case 'reconnecting':
      return live.reconnecting(line.code, (line.delay / 1000).toFixed(1));
    case 'error':
      return (
        <>
          <strong>{line.message}</strong> {line.help}
        </>
      );
    case 'close':
      return live.closed;
  }
}
