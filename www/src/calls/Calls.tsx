import type { AxiosInstance } from 'axios';
import type { Client } from 'gatepass';

import type { Outputs } from '../outputs';
import { useTexts } from '../texts';
import { CallCard } from './CallCard';
import { type Outcome, outcomeOfError } from './outcome';

interface Props {
  outputs: Outputs;
  client: Client;
  api: AxiosInstance;
  signedIn: boolean;
}

/** The three calls of a day: a Bearer call, an admin call, and the admin call through CloudFront. */
export function Calls({ outputs, client, api, signedIn }: Props) {
  const { t } = useTexts();
  const { doors } = outputs;

  const get = (url: string) => async (): Promise<Outcome> => {
    try {
      const response = await api.get<unknown>(url);
      return { kind: 'answered', status: response.status, body: response.data, diagnosis: null };
    } catch (error) {
      return outcomeOfError(client, error);
    }
  };

  const items = `${doors['http-api'].origin}/items`;
  const report = `${doors['rest-api'].origin}/api/admin/report`;
  const reportBehindCloudFront = `${doors.cloudfront.origin}/api/admin/report`;

  return (
    <section className="calls" aria-labelledby="calls-heading">
      <header className="section-head">
        <h2 id="calls-heading">{t.calls.heading}</h2>
        <p>{t.calls.lead}</p>
      </header>
      <CallCard
        title={t.calls.general.title}
        about={t.calls.general.about}
        authName={t.calls.general.auth}
        way={{ kind: 'http-api', auth: 'bearer' }}
        url={items}
        code="await axios.get(`${httpApi}/items`)"
        ready={signedIn}
        call={get(items)}
      />
      <CallCard
        title={t.calls.admin.title}
        about={t.calls.admin.about}
        authName={t.calls.admin.auth}
        way={{ kind: 'rest-api', auth: 'iam' }}
        url={report}
        code="await axios.get(`${restApi}/api/admin/report`)"
        ready={signedIn}
        call={get(report)}
      />
      <CallCard
        title={t.calls.cloudfront.title}
        about={t.calls.cloudfront.about}
        authName={t.calls.cloudfront.auth}
        way={{ kind: 'cloudfront', auth: 'iam' }}
        url={reportBehindCloudFront}
        code="await axios.get(`${cloudFront}/api/admin/report`)"
        ready={signedIn}
        call={get(reportBehindCloudFront)}
      />
    </section>
  );
}
