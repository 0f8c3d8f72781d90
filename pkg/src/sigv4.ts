import { GatepassFailure } from './errors.js';
import type { Instance } from './module.js';
import { signerModule, type SignerModule } from './sigv4-module.js';
import { prepare, seconds, type Prepared } from './sigv4-request.js';
import { refusal } from './sigv4-refusal.js';
import type { PresignedUrl, PresignOptions, SignableRequest, Signature, SignedRequest, SignOptions } from './sigv4-types.js';

export { isGatepassError } from './errors.js';
export type {
  PresignedUrl,
  PresignOptions,
  SignableRequest,
  Signature,
  SignedRequest,
  SigningCredentials,
  SignOptions,
} from './sigv4-types.js';
export type { GatepassError, GatepassErrorCode } from './types.js';

/**
 * Signs a request with AWS Signature Version 4, in its headers. It needs no client, and works in browsers, workers and Node.
 *
 * ```ts
 * const signed = await signRequest(
 *   { url: 'https://abc123.execute-api.ap-northeast-1.amazonaws.com/api/items', method: 'POST', body: JSON.stringify(item) },
 *   { credentials: gp.credentials, region: 'ap-northeast-1', service: 'execute-api' },
 * );
 * const response = await fetch(signed.url, signed);
 * ```
 * @param request What is to be sent. A `Request` is read from a clone, and stays as it was.
 * @param options Whose signature it is, and where it is good.
 * @throws {@link GatepassError} `invalid-argument`, saying what is wrong with the request, the credentials or the options, and what to do.
 */
export async function signRequest(request: SignableRequest | Request, options: SignOptions): Promise<SignedRequest> {
  const { prepared, url, canonicalRequest, stringToSign, signature, answer } = await signed(request, options);
  const { method, headers, token, body } = prepared;
  if (token !== '') headers['x-amz-security-token'] = token;
  for (let at = FIXED; at < answer.length; at += 2) headers[answer[at] ?? ''] = answer[at + 1] ?? '';
  return { url, method, headers, body, canonicalRequest, stringToSign, signature };
}

/**
 * Signs a request with AWS Signature Version 4, in the query of its URL. It needs no client, and works in browsers, workers and Node.
 *
 * ```ts
 * const { url } = await presignUrl(
 *   { url: 'wss://abc123.execute-api.ap-northeast-1.amazonaws.com/prod' },
 *   { credentials: gp.credentials, region: 'ap-northeast-1', service: 'execute-api', expiresIn: 60 },
 * );
 * const socket = new WebSocket(url);
 * ```
 * @param request What the URL is to be used for. Headers that are given are signed, and have to be sent with it.
 * @param options Whose signature it is, where it is good, and for how long.
 * @throws {@link GatepassError} `invalid-argument`, saying what is wrong with the request, the credentials or the options, and what to do.
 */
export async function presignUrl(request: SignableRequest | Request, options: PresignOptions): Promise<PresignedUrl> {
  const { url, canonicalRequest, stringToSign, signature } = await signed(request, options, () => expiry(options.expiresIn));
  return { url, canonicalRequest, stringToSign, signature };
}

function expiry(seconds = 900): number {
  if (typeof seconds === 'number') return seconds;
  throw refusal('options.expiresIn is no number.', 'Give a number of seconds between 1 and 604800 (one week).');
}

interface Answer extends Signature {
  prepared: Prepared;
  url: string;
  /** The module's: what stands here already, then names and values of headers in turn. */
  answer: string[];
}

/** URL, canonical request, string to sign, signature. */
const FIXED = 4;

let instance: Instance<SignerModule> | undefined;

/** Whose signatures the module makes. */
let told: { module: SignerModule; id: string; secret: string; token: string } | undefined;

/** Tells the module, unless it knows. */
function setCredentials(module: SignerModule, { id, secret, token }: Prepared): void {
  if (told?.module === module && told.id === id && told.secret === secret && told.token === token) return;
  module.setCredentials(`${id}\n${secret}\n${token}`);
  told = { module, id, secret, token };
}

/** Nobody says when the credentials go: a key and its secret are wiped when they did not sign for so long, or for twice as long. */
const DISUSE = 5 * 60_000;
let watched: Instance<SignerModule> | undefined;

function watch(signer: Instance<SignerModule>): void {
  watched = signer;
  const timer: unknown = setTimeout(() => {
    watched = told = undefined;
    if (!signer.alive) return;
    signer.module.setCredentials('');
    if (signer.module.forgetKeys() > 0) watch(signer);
  }, DISUSE);
  // Node would not end before.
  (timer as { unref?: () => void }).unref?.();
}

/** Nothing is waited for but what is not there yet: the module, the credentials, a body that is no text. */
async function signed(request: SignableRequest | Request, options: SignOptions, expires?: () => number): Promise<Answer> {
  if (!instance?.alive) instance = await signerModule();
  const { module, crash } = instance;
  if (watched !== instance) watch(instance);
  const prepared = await prepare(request, options, module);
  let answer;
  try {
    setCredentials(module, prepared);
    answer = module.sign(prepared.question, seconds(options.date), expires?.()).split('\0');
  } catch (error) {
    throw error instanceof WebAssembly.RuntimeError ? crash(error.message) : error;
  }
  const [url = '', canonicalRequest = '', stringToSign = '', signature = ''] = answer;
  if (url === '') throw new GatepassFailure('invalid-argument', canonicalRequest, stringToSign);
  return { prepared, url, canonicalRequest, stringToSign, signature, answer };
}
