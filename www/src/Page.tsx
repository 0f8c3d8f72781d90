import type { Client } from 'gatepass';
import { useSession } from 'gatepass/react';
import { useMemo } from 'react';

import { Calls } from './calls/Calls';
import { makeApi } from './client';
import { Lab } from './lab/Lab';
import type { Outputs } from './outputs';
import { Gate } from './session/Gate';
import { Pass } from './session/Pass';
import { useTexts } from './texts';

interface Props {
  outputs: Outputs;
  client: Client;
}

export function Page({ outputs, client }: Props) {
  const { t } = useTexts();
  const state = useSession();
  const { session } = state;
  const api = useMemo(() => makeApi(client), [client]);
  const [before, quoted, after] = t.headline;

  return (
    <main>
      <section className="opening">
        <h1>
          {before}
          <code>{quoted}</code>
          {after}
        </h1>
        <p>{t.lead}</p>
      </section>
      <div className="gate">
        {state.status === 'loading' && (
          <section className="pass" aria-label={t.pass.heading} aria-busy="true">
            <p className="pass-body note working">{t.pass.loading}</p>
          </section>
        )}
        {session && <Pass session={session} onSignOut={() => void client.signOut()} />}
        {(state.status === 'signed-out' || state.status === 'failed') && <Gate users={outputs.users} state={state} />}
        <Calls outputs={outputs} client={client} api={api} signedIn={session !== null} />
      </div>
      <Lab outputs={outputs} client={client} username={session?.username ?? null} />
    </main>
  );
}
