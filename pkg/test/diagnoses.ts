/** Diagnoses as the module gives them. */
import type { Diagnosis } from '../src/index.js';

export const DIAGNOSIS: Diagnosis = {
  verdict: 'certain',
  findings: [
    {
      code: 'origin-not-allowed',
      corsError: 'MissingAllowOriginHeader',
      layer: 'api-gateway',
      title: 'The API does not allow http://localhost:5173.',
      detail: 'Its CORS configuration lists other origins, 100% of them.',
      fixes: [
        { tool: 'sam', text: "AllowOrigins:\n  - 'http://localhost:5173'" },
        { tool: 'cli', text: 'aws apigatewayv2 update-api --api-id abc123' },
      ],
      docs: 'docs/diagnosis.md#origin-not-allowed',
    },
  ],
  request: {
    url: 'https://api.example.com/items', method: 'GET', headerNames: ['authorization'], credentials: 'omit',
    origin: 'http://localhost:5173', preflighted: true,
  },
  evidence: [
    { probe: 'online', outcome: 'yes', text: 'The browser is online.' },
    { probe: 'simple-get', outcome: 'failed', text: 'A plain GET was blocked.' },
    { probe: 'get-with-authorization', outcome: 'readable', status: 401, text: 'A GET with Authorization could be read, status 401.' },
  ],
};

const [FIRST] = DIAGNOSIS.findings;

export const AMBIGUOUS: Diagnosis = {
  ...DIAGNOSIS,
  verdict: 'ambiguous',
  findings: [FIRST, { ...FIRST, code: 'cors-not-configured', title: 'The API has no CORS configuration.', fixes: [] }],
};

export const JAPANESE: Diagnosis = {
  ...DIAGNOSIS,
  verdict: 'likely',
  findings: [{ ...FIRST, title: 'API が http://localhost:5173 を許可していません。', detail: 'CORS 設定には別のオリジンだけがあります。' }],
};
