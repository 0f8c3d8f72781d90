/** Whether the pages of the dev server have the script that tells them where the helper is. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Pages {
  /** A page has the script. */
  told(): void;
  /** Listens to what is served; `warn` is called once, with the second page if the first never asked for the script. */
  listener(warn: () => void): (request: IncomingMessage, response: ServerResponse, next: () => void) => void;
}

export function newPages(): Pages {
  let state: 'unseen' | 'served' | 'settled' = 'unseen';
  return {
    told: () => (state = 'settled'),
    listener: (warn) => (request, response, next) => {
      if (state !== 'settled' && request.headers['sec-fetch-dest'] === 'document') {
        if (state === 'served') {
          state = 'settled';
          warn();
        }
        response.on('finish', () => {
          if (state === 'unseen' && /^text\/html\b/.test(String(response.getHeader('content-type')))) state = 'served';
        });
      }
      next();
    },
  };
}
