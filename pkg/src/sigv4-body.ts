import type { SignerModule } from './sigv4-module.js';
import { refusal } from './sigv4-refusal.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** A body that can be sent after it was hashed. */
export interface Content {
  /** What to send. */
  body: BodyInit | null;
  /** The same, to be hashed. */
  hashed: string | Bytes | Blob;
  /** The `content-type` that fetch would set. */
  type?: string | null;
}

/** What is kept of a stream: more is to be a Blob, which is read piece by piece. */
const STREAM_LIMIT = 16 << 20;
/** Below, WebCrypto takes longer to begin than the module to end: they are even at some 3 KiB in Chromium, at 16 KiB in Node. */
const CROSSOVER = 8 << 10;
/** What WebCrypto, which takes a body as a whole, is given of a Blob. */
const BLOB_LIMIT = 64 << 20;
/** What the module hashes in a few milliseconds; then the page has its turn. */
const PIECE = 1 << 20;

/** Reads a body as fetch does. */
export function contentOf(body: unknown, unsigned: boolean): Content | Promise<Content> {
  if (body === null || body === undefined) return { body: null, hashed: '' };
  if (typeof body === 'string') return { body, hashed: body, type: 'text/plain;charset=UTF-8' };
  if (ArrayBuffer.isView(body)) return contentOfBytes(body.buffer, body.byteOffset, body.byteLength);
  if (body instanceof URLSearchParams) {
    const query = body.toString();
    return { body: query, hashed: query, type: 'application/x-www-form-urlencoded;charset=UTF-8' };
  }
  // By its tag, a value of another realm is known too.
  switch (Object.prototype.toString.call(body)) {
    case '[object ArrayBuffer]':
    case '[object SharedArrayBuffer]':
      return contentOfBytes(body as ArrayBufferLike, 0, (body as ArrayBufferLike).byteLength);
    case '[object Blob]':
    case '[object File]':
      return { body: body as Blob, hashed: body as Blob, type: (body as Blob).type };
    case '[object FormData]':
      return contentOfForm(body as FormData);
    case '[object ReadableStream]':
      return unsigned ? { body: body as ReadableStream, hashed: '' } : contentOfStream(body as ReadableStream<unknown>);
    default:
      throw refusal('request.body is nothing that fetch sends.', 'Give a string (JSON.stringify), bytes, a Blob, FormData or URLSearchParams.');
  }
}

/** Reads the body of a request from a clone, so that the request can still be sent. */
export async function contentOfRequest(request: Request, unsigned: boolean): Promise<Content> {
  // `undefined` in browsers that do not show it.
  if (request.body === null) return { body: null, hashed: '' };
  if (request.bodyUsed || (request.body as ReadableStream | undefined)?.locked) {
    throw refusal('The body of the request has been read.', 'Sign the request before it is sent or read, or sign a clone of it.');
  }
  const copy = request.clone();
  if (!unsigned && (copy.body as ReadableStream | undefined)) return contentOfStream(copy.body as ReadableStream<unknown>);
  // A Blob is not in the page's memory, and its length is known, which S3 wants to be told. (Browsers that do not show a body send no stream.)
  const blob = await copy.blob();
  return blob.size === 0 ? { body: null, hashed: '' } : { body: blob, hashed: blob };
}

/** Shared memory is copied: fetch does not take it, and it could change between the hash and the sending. */
function contentOfBytes(buffer: ArrayBufferLike, offset: number, length: number): Content {
  const bytes = buffer instanceof ArrayBuffer ? new Uint8Array(buffer, offset, length) : new Uint8Array(buffer, offset, length).slice();
  return { body: bytes, hashed: bytes };
}

/** The boundary is made up anew whenever a form is sent, so it is sent as bytes. */
async function contentOfForm(form: FormData): Promise<Content> {
  const response = new Response(form);
  const type = response.headers.get('content-type');
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { body: bytes, hashed: bytes, type };
}

async function contentOfStream(stream: ReadableStream<unknown>): Promise<Content> {
  if (stream.locked) throw refusal('request.body is a stream that is being read.', 'Sign before you read it, or give a Blob.');
  const pieces: Bytes[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!(value instanceof Uint8Array)) {
      drop(reader);
      throw refusal('request.body is a stream of something other than bytes.', 'Give a stream of Uint8Array, as fetch wants it.');
    }
    pieces.push(value as Bytes);
    length += value.length;
    if (length > STREAM_LIMIT) {
      drop(reader);
      throw refusal('request.body is a stream of more than 16 MiB, which has to be read before it is sent.', "Give { url, method, headers, body } with a Blob, or, for S3, payload: 'unsigned'.");
    }
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return { body: bytes, hashed: bytes };
}

/** Nothing more is read. Of a clone's stream that comes to an end only with the request's own. */
function drop(reader: ReadableStreamDefaultReader<unknown>): void {
  reader.cancel().catch(() => undefined);
}

/** The hex SHA-256 of a body; `undefined` where it is a text that the signer had better hash itself. */
export function digest(body: Content['hashed'], module: SignerModule): Promise<string> | undefined {
  if (typeof body !== 'string') return hashOf(body, module);
  return body.length < CROSSOVER ? undefined : hashOf(new TextEncoder().encode(body), module);
}

async function hashOf(body: Bytes | Blob, module: SignerModule): Promise<string> {
  const size = body instanceof Uint8Array ? body.length : body.size;
  // Pages that were not loaded over https have no WebCrypto.
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle;
  if (subtle && size > CROSSOVER && (body instanceof Uint8Array || size <= BLOB_LIMIT)) {
    const hash = await subtle.digest('SHA-256', body instanceof Uint8Array ? body : await body.arrayBuffer());
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  let hash = '';
  const number = module.beginHash();
  try {
    for (let at = 0; at < size; at += PIECE) {
      if (at > 0) await pause();
      const piece = body instanceof Uint8Array ? body.subarray(at, at + PIECE) : new Uint8Array(await body.slice(at, at + PIECE).arrayBuffer());
      module.updateHash(number, piece);
    }
  } finally {
    hash = module.endHash(number);
  }
  return hash;
}

/** A turn for the page. (A timer would wait for seconds where the page is hidden.) */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
