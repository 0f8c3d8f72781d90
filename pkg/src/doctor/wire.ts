/** One request by Node's own means, and everything that came back: nothing is followed, merged or hidden as a `fetch` would. */
import { request as overHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as overHttps } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { HeaderPairs, WireOutcome, WireRequest } from '../exchange-types.js';
import type { WireFailure } from './examination.js';

/** Enough to recognise who answered. */
const BODY = 8 * 1024;
/** Chromium's own limit: what it can read must be read here, too. */
const HEADERS = 256 * 1024;
/** A body that never ends keeps nobody from the headers. In milliseconds. */
const BODY_PATIENCE = 1_000;

/**
 * Sends requests for so many milliseconds in all, or until `gone`. One that hangs leaves half of them to the others: they may still be
 * answered.
 */
export function sendWithin(milliseconds: number, gone?: AbortSignal): (sent: WireRequest, data?: string) => Promise<WireOutcome> {
  const end = performance.now() + milliseconds;
  return (sent, data) => {
    const left = Math.floor(Math.min(milliseconds / 2, end - performance.now()));
    const late = left > 0 ? AbortSignal.timeout(left) : AbortSignal.abort();
    return send(sent, gone ? AbortSignal.any([late, gone]) : late, data);
  };
}

/** How far a request has come. A host without TLS is connected to when TCP is; one with it, when TLS stands. */
type Stage = 'connecting' | 'handshake' | 'connected';

/** Sends the request, with `data` where its body is given, until `signal` says that time is up. Never rejects. */
export function send(sent: WireRequest, signal: AbortSignal, data = ''): Promise<WireOutcome> {
  const start = performance.now();
  return new Promise((settle) => {
    const body = sent.body === 'given' ? Buffer.from(data) : undefined;
    let request: ClientRequest | undefined;
    let stage: Stage = 'connecting';
    let answered = false;
    const fail = (error: NodeJS.ErrnoException) => {
      // The answer is known; of its body there is what had come.
      if (!answered) settle(failed(error, signal, stage, start));
    };
    try {
      request = open(new URL(sent.url), signal);
      request.on('error', fail);
      // Node writes every method in capitals; browsers do not.
      request.method = sent.method;
      for (const [name, value] of withIdentity(sent.headers)) request.appendHeader(name, value);
      const length = body?.length ?? (/^(?:POST|PUT)$/.test(sent.method) ? 0 : undefined);
      if (length !== undefined) request.setHeader('content-length', length);
    } catch (error) {
      fail(error as NodeJS.ErrnoException);
      request?.destroy();
      return;
    }
    request.maxHeadersCount = 0;
    request.on('socket', (socket) => {
      socket.once('connect', () => (stage = 'encrypted' in socket ? 'handshake' : 'connected'));
      socket.once('secureConnect', () => (stage = 'connected'));
    });
    request.on('response', (response) => {
      answered = true;
      const headers = pairs(response.rawHeaders);
      void bodyOf(response).then((body) => {
        settle({ status: response.statusCode ?? 0, headers, body });
        response.destroy();
      });
    });
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      settle({ failure: 'not-http', message: 'the server switches to another protocol (101)' });
    });
    request.on('close', () => {
      fail(Object.assign(new Error('the connection was closed without an answer'), { code: 'ECONNRESET' }));
    });
    request.end(body);
  });
}

function open(url: URL, signal: AbortSignal): ClientRequest {
  const options = {
    method: 'GET',
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    // A connection that is used again can be closed under the next request, which would look like a refusal of it.
    agent: false as const,
    maxHeaderSize: HEADERS,
    // Browsers forgive most of what the strict parser does not.
    insecureHTTPParser: true,
    signal,
  };
  return url.protocol === 'https:' ? overHttps(options) : overHttp(options);
}

/** Asks for the body as it is, so that it can be cut anywhere. */
function withIdentity(headers: HeaderPairs): HeaderPairs {
  const asked = headers.some(([name]) => name.toLowerCase() === 'accept-encoding');
  return asked ? headers : [...headers, ['accept-encoding', 'identity']];
}

function pairs(raw: string[]): HeaderPairs {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? '']);
}

/** The beginning of the body, of which an end without a beginning, a damage and a lack of patience leave what there is. */
async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  const enough = setTimeout(() => response.destroy(), BODY_PATIENCE);
  try {
    for await (const chunk of decoded(response) as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= BODY) break;
    }
  } catch {
    // what has come will do
  }
  clearTimeout(enough);
  const bytes = Buffer.concat(chunks).subarray(0, BODY);
  // As a stream: a character that the cut went through is left out.
  return new TextDecoder().decode(bytes, { stream: true });
}

/** Some servers compress whatever they are asked for. */
function decoded(response: IncomingMessage): Readable {
  const decoder = decoderOf(response.headers['content-encoding']);
  return decoder ? pipeline(response, decoder, () => undefined) : response;
}

function decoderOf(encoding = '') {
  switch (encoding.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

function failed(error: NodeJS.ErrnoException, signal: AbortSignal, stage: Stage, start: number): WireOutcome {
  const { code = '', syscall } = error;
  if (signal.aborted) {
    const waited = ((performance.now() - start) / 1000).toFixed(1);
    return { failure: stage === 'connected' ? 'timeout' : 'connect-timeout', message: `gave up after ${waited} s` };
  }
  return { failure: kindOf(code, syscall, stage), message: error.message || code };
}

function kindOf(code: string, syscall: string | undefined, stage: Stage): WireFailure['failure'] {
  if (syscall === 'getaddrinfo') return 'dns';
  switch (code) {
    case 'ECONNREFUSED':
      return 'refused';
    case 'ETIMEDOUT':
      return stage === 'connected' ? 'timeout' : 'connect-timeout';
    case 'ECONNRESET':
    case 'ECONNABORTED':
    case 'EPIPE':
    // It ended in the middle of its headers.
    case 'HPE_INVALID_EOF_STATE':
      return 'reset';
    case 'HPE_HEADER_OVERFLOW':
      return 'too-large';
    default:
      if (code.startsWith('HPE_')) return 'not-http';
      return stage === 'handshake' ? 'tls' : 'other';
  }
}
