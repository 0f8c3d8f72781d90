import type { Outcome } from '../calls/outcome';
import type { Outputs, Scenario } from '../outputs';
import type { Locale } from '../texts';

/** What the frame is told. */
export interface Job {
  policy: string;
  outputs: Outputs;
  locale: Locale;
  scenario: Scenario;
}

/** Sends a scenario's request from a document of its own, which lives under the given Content Security Policy. */
export async function sendFromFrame(job: Job): Promise<Outcome> {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.src = '/frame.html';
  try {
    await new Promise((resolve, reject) => {
      frame.addEventListener('load', resolve);
      frame.addEventListener('error', reject);
      document.body.append(frame);
    });
    const { port1, port2 } = new MessageChannel();
    const answered = new Promise<Outcome>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<Outcome>) => {
        resolve(data);
      };
    });
    frame.contentWindow?.postMessage(job, location.origin, [port2]);
    return await answered;
  } finally {
    frame.remove();
  }
}
