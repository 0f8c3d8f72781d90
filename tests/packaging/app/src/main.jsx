import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createClient } from 'gatepass';
import { GatepassProvider } from 'gatepass/react';
import { App } from './App.jsx';

const outputs = await (await fetch('/local-aws/outputs.json')).json();
const { userPool, identityPool, doors } = outputs;
const gp = createClient({
  userPool,
  identityPool,
  routes: [
    { match: `${doors['http-api'].origin}/*`, auth: 'bearer' },
    // Nobody listens there.
    { match: 'http://127.0.0.1:9/*', auth: 'bearer' },
  ],
});

createRoot(document.getElementById('root')).render(
  <StrictMode>
    <GatepassProvider client={gp}>
      <App client={gp} outputs={outputs} />
    </GatepassProvider>
  </StrictMode>,
);
