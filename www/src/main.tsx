import './styles/index.css';

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { App } from './App';
import { Notice } from './parts/Notice';
import { loadOutputs } from './outputs';

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');
const root = createRoot(container);

root.render(<Notice about="loading" />);
try {
  const outputs = await loadOutputs();
  root.render(
    <StrictMode>
      <App outputs={outputs} />
    </StrictMode>,
  );
} catch {
  root.render(<Notice about="noOutputs" />);
}
