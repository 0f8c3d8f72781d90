import { useState } from 'react';
import axios from 'axios';
import { diagnosisOf, isGatepassError } from 'gatepass';
import { withGatepass } from 'gatepass/axios';
import { useSession } from 'gatepass/react';

export function App({ client, outputs }) {
  const { session } = useSession();
  const [said, setSaid] = useState('');
  const api = withGatepass(axios.create(), client);
  const general = outputs.users.find((user) => user.role === 'general');

  /** A button that does something and says how it went. */
  const button = (label, act) => (
    <button
      onClick={async () => {
        setSaid('…');
        try {
          setSaid(await act());
        } catch (error) {
          setSaid(isGatepassError(error) ? `${error.code}: ${error.help}` : `${error.message} / ${diagnosisOf(error)?.verdict}`);
        }
      }}
    >
      {label}
    </button>
  );

  return (
    <main>
      {button('sign in', async () => {
        const { status } = await client.signIn({ username: general.username, password: general.password });
        return status;
      })}
      {button('call', async () => {
        const { status, data } = await api.get(`${outputs.doors['http-api'].origin}/items`);
        return `${status} for ${data.claims['cognito:username']}`;
      })}
      {button('fail', async () => (await client.fetch('http://127.0.0.1:9/items')).status)}
      <p id="user">{session ? session.username : 'nobody'}</p>
      <p id="said">{said}</p>
    </main>
  );
}
