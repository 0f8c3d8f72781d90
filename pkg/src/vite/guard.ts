/** Who may ask the dev server, and for what: a page that it served itself, on this machine. */
import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../doctor/loopback.js';

/** What is answered in the place of a diagnosis. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const BODY_LIMIT = 64 * 1024;

/** Throws a {@link Refusal} for everyone but a page of this server's own. Gives the page's origin. */
export function pageOf({ method, headers, socket }: IncomingMessage): string {
  const { host, origin, 'sec-fetch-site': site, 'content-type': type } = headers;
  if (!isLoopbackAddress(socket.remoteAddress)) throw new Refusal(403, 'only for clients on this machine');
  // A name of somebody else's that leads here (DNS rebinding) shows in Host.
  if (!isLoopbackHost(host)) throw new Refusal(403, 'only where the dev server is called localhost');
  if (site !== undefined && site !== 'same-origin') throw new Refusal(403, 'only for pages of this dev server');
  if (method !== 'POST') throw new Refusal(405, 'only POST');
  // Browsers send it with every POST. The scheme is not compared: a proxy may have added TLS.
  if (origin === undefined || !URL.canParse(origin) || new URL(origin).host !== host) throw new Refusal(403, 'only for pages of this dev server');
  // No form and no request without a preflight can have this type.
  if (!/^application\/json(?:\s*;|$)/i.test(type ?? '')) throw new Refusal(415, 'only application/json');
  return origin;
}

/** The body, unless it is longer than any call's description. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  // While nothing is read of it the refusal still reaches who is writing.
  refuseLonger(Number(request.headers['content-length'] ?? 0));
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    refuseLonger(length);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function refuseLonger(length: number): void {
  if (length > BODY_LIMIT) throw new Refusal(413, `longer than ${BODY_LIMIT} bytes`);
}

function isLoopbackAddress(address = ''): boolean {
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}

function isLoopbackHost(host = ''): boolean {
  return URL.canParse(`http://${host}`) && isLoopback(new URL(`http://${host}`).hostname);
}
