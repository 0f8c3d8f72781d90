import type { AxiosInstance } from 'axios';
import type { Client } from 'gatepass';

import type { Way } from '../diagnosis/stops';
import { type DoorName, type Outputs, webSocketUrl } from '../outputs';
import { useTexts } from '../texts';
import type { Texts } from '../texts/en';
import { CallCard } from './CallCard';
import { LinkCard } from './LinkCard';
import { LiveCard } from './LiveCard';
import { type Outcome, outcomeOfError } from './outcome';

interface Call {
  texts: keyof Pick<Texts['calls'], 'general' | 'admin' | 'cloudfront'>;
  way: Way;
  door: DoorName;
  path: string;
  code: string;
}

/** The calls of a day: a Bearer call, an admin call, and the admin call through CloudFront. */
const CALLS: Call[] = [
  {
    texts: 'general',
    way: { kind: 'http-api', auth: 'bearer' },
    door: 'http-api',
    path: '/items',
    code: 'await axios.get(`${httpApi}/items`)',
  },
  {
    texts: 'admin',
    way: { kind: 'rest-api', auth: 'iam' },
    door: 'rest-api',
    path: '/api/admin/report',
    code: 'await axios.get(`${restApi}/api/admin/report`)',
  },
  {
    texts: 'cloudfront',
    way: { kind: 'cloudfront', auth: 'iam' },
    door: 'cloudfront',
    path: '/api/admin/report',
    code: 'await axios.get(`${cloudFront}/api/admin/report`)',
  },
];

interface Props {
  outputs: Outputs;
  client: Client;
  api: AxiosInstance;
  signedIn: boolean;
}

export function Calls({ outputs, client, api, signedIn }: Props) {
  const { t } = useTexts();

  const get = async (url: string): Promise<Outcome> => {
    try {
      const response = await api.get<unknown>(url);
      return { kind: 'answered', status: response.status, body: response.data, diagnosis: null };
    } catch (error) {
      return outcomeOfError(client, error);
    }
  };

  return (
    <section className="calls" aria-labelledby="calls-heading">
      <header className="section-head">
        <h2 id="calls-heading">{t.calls.heading}</h2>
        <p>{t.calls.lead}</p>
      </header>
      {CALLS.map(({ texts, way, door, path, code }) => {
        const url = outputs.doors[door].origin + path;
        return (
          <CallCard
            key={texts}
            texts={t.calls[texts]}
            way={way}
            url={url}
            code={code}
            ready={signedIn}
            call={() => get(url)}
          />
        );
      })}
      {/* A link is one user's. */}
      <LinkCard
        key={String(signedIn)}
        client={client}
        url={`${outputs.doors['rest-api'].origin}/api/admin/report`}
        ready={signedIn}
      />
      <LiveCard client={client} url={webSocketUrl(outputs)} ready={signedIn} />
    </section>
  );
}
