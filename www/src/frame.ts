// The document that a scenario's call is made from where the scenario is about the page's own policy: the policy is this
// document's, and so is the client.
import type { Job } from './lab/sendFromFrame';
import { makeScenarioClient } from './client';
import { send } from './lab/send';

addEventListener('message', ({ data, source, ports: [port] }: MessageEvent<Job>) => {
  if (source !== parent || port === undefined) return;
  const { policy, outputs, locale, scenario } = data;
  const meta = document.createElement('meta');
  meta.httpEquiv = 'Content-Security-Policy';
  meta.content = policy;
  document.head.append(meta);
  const client = makeScenarioClient(outputs, locale, scenario);
  void send(client, scenario, locale).then((outcome) => {
    client.close();
    port.postMessage(outcome);
  });
});
