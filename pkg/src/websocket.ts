import { GatepassFailure, isGatepassError } from './errors.js';
import type { WebSocketClient, WebSocketData, WebSocketOptions, WebSocketRuntime } from './websocket-options.js';

export type * from './websocket-options.js';

/** The connection is lost, and will be made again. */
export class ReconnectingEvent extends Event {
  constructor(
    /** How many attempts there will have been with the coming one. */
    readonly attempt: number,
    /** In so many milliseconds, or as soon as the browser is online or the page is looked at again. */
    readonly delay: number,
    /** The close code of the lost connection. */
    readonly code: number,
    /** What the last attempt failed with. */
    readonly error: unknown,
  ) {
    super('reconnecting');
  }
}

/** A handshake was refused, or could not be signed: once, until a connection was open again. */
export class WebSocketErrorEvent extends Event {
  constructor(
    /** A `GatepassError`, or what the app's own callback threw. */
    readonly error: unknown,
  ) {
    super('error');
  }
}

export interface GatepassWebSocketEventMap {
  /** Of each connection, the first and those after it. */
  open: Event;
  message: MessageEvent<unknown>;
  reconnecting: ReconnectingEvent;
  error: WebSocketErrorEvent;
  /** The end: there is no other attempt. */
  close: CloseEvent;
}

type Handler<K extends keyof GatepassWebSocketEventMap> = ((event: GatepassWebSocketEventMap[K]) => unknown) | null;

/**
 * Opens a WebSocket that an IAM or token authorizer protects, and opens it again when it is lost, with a signature or token of that moment. It has
 * WebSocket's own interface; `readyState` is `CONNECTING` while it is being made again. When nobody is signed in any more it ends
 * with an `error` event that says so.
 *
 * A route of the client has to match the URL, with `auth: 'iam'` or, for the option `token`, `auth: 'bearer'`: nothing goes to a place that none names.
 * @example const socket = connectWebSocket(gp, 'wss://abc123.execute-api.ap-northeast-1.amazonaws.com/prod');
 * @throws {@link GatepassError} `invalid-argument` for what is no URL, and the signal's reason if it is aborted already.
 */
export function connectWebSocket(client: WebSocketClient, url: string | URL, options: WebSocketOptions = {}): GatepassWebSocket {
  return new GatepassWebSocket(client, url, options);
}

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** How a connection ends that was not closed by either side. https://websockets.spec.whatwg.org/#feedback-from-the-protocol */
const ABNORMAL = { code: 1006, reason: '', wasClean: false };

/** Made by {@link connectWebSocket}. */
class GatepassWebSocket extends EventTarget {
  readonly CONNECTING = CONNECTING;
  readonly OPEN = OPEN;
  readonly CLOSING = CLOSING;
  readonly CLOSED = CLOSED;

  onopen: Handler<'open'> = null;
  onmessage: Handler<'message'> = null;
  onreconnecting: Handler<'reconnecting'> = null;
  onerror: Handler<'error'> = null;
  onclose: Handler<'close'> = null;

  /** As the app gave it, without token and signature. */
  readonly url: string;

  readonly #client: WebSocketClient;
  readonly #options: WebSocketOptions;
  readonly #runtime: WebSocketRuntime;
  readonly #end = new AbortController();
  #state: WebSocket['readyState'] = CONNECTING;
  #socket: WebSocket | undefined;
  #binaryType: BinaryType = 'blob';
  #queue: { data: WebSocketData; size: number }[] = [];
  readonly #timers = new Set<unknown>();
  #waiting = false;
  /** Counts what was begun: what comes of something older no longer matters. */
  #turn = 0;
  /** Attempts since a connection was stable. */
  #attempts = 0;
  /** Whether the app knows that attempts fail. */
  #told = false;
  #renewal: 'unneeded' | 'next' | 'done' = 'unneeded';

  constructor(client: WebSocketClient, url: string | URL, options: WebSocketOptions) {
    super();
    options.signal?.throwIfAborted();
    this.url = webSocketUrl(url).href;
    this.#client = client;
    this.#options = options;
    this.#runtime = {
      WebSocket: globalThis.WebSocket,
      setTimeout: (run, milliseconds) => setTimeout(run, milliseconds),
      clearTimeout: (timer) => {
        clearTimeout(timer as number);
      },
      random: Math.random,
      ...options.runtime,
    };
    for (const type of ['open', 'message', 'reconnecting', 'error', 'close'] as const) {
      this.addEventListener(type, (event) => this[`on${type}`]?.(event as never));
    }
    const { signal } = this.#end;
    options.signal?.addEventListener('abort', () => { this.close(); }, { signal });
    const page = globalThis as Partial<Pick<typeof globalThis, 'addEventListener'>>;
    for (const type of ['online', 'pageshow', 'visibilitychange']) page.addEventListener?.(type, this.#comeBack, { signal });
    signal.addEventListener('abort', client.subscribe(({ type }) => {
      if (type === 'signed-in' || type === 'signed-out' || type === 'session-expired') this.#changeUser();
    }));
    void this.#connect();
  }

  get readyState(): WebSocket['readyState'] {
    return this.#state;
  }

  get protocol(): string {
    return this.#socket?.protocol ?? '';
  }

  get extensions(): string {
    return this.#socket?.extensions ?? '';
  }

  get bufferedAmount(): number {
    return this.#queue.reduce((sum, { size }) => sum + size, this.#socket?.bufferedAmount ?? 0);
  }

  get binaryType(): BinaryType {
    return this.#binaryType;
  }

  set binaryType(type: BinaryType) {
    this.#binaryType = type;
    if (this.#socket) this.#socket.binaryType = type;
  }

  /**
   * Sends, or keeps for the next connection, as much as `queue` allows. What was handed to a connection that was then lost is not sent again.
   * @throws {@link GatepassError} `not-connected`
   */
  send(data: WebSocketData): void {
    if (this.#state === OPEN) {
      this.#socket?.send(data);
    } else if (this.#state === CONNECTING) {
      const { queue = 100 } = this.#options;
      if (this.#queue.length >= queue) {
        const help = "Send again after the 'open' event, or raise the option 'queue'.";
        throw new GatepassFailure('not-connected', `The WebSocket is not connected, and ${queue} messages wait already.`, help, true);
      }
      // As they are now: the app may write into its buffer again.
      const copy = new Blob([data]);
      this.#queue.push({ data: typeof data === 'string' ? data : copy, size: copy.size });
    }
  }

  /** Ends it for good. What waits to be sent is dropped. */
  close(code?: number, reason?: string): void {
    if (this.#state === OPEN) {
      this.#socket?.close(code, reason);
      this.#enter(CLOSING);
    } else if (this.#state === CONNECTING) {
      this.#drop();
      this.#enter(CLOSING);
      queueMicrotask(() => {
        this.#finish(ABNORMAL);
      });
    }
  }

  override addEventListener<K extends keyof GatepassWebSocketEventMap>(
    type: K,
    listener: (event: GatepassWebSocketEventMap[K]) => unknown,
    options?: AddEventListenerOptions | boolean,
  ): void;
  override addEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: AddEventListenerOptions | boolean): void;
  override addEventListener(type: string, listener: unknown, options?: AddEventListenerOptions | boolean): void {
    super.addEventListener(type, listener as EventListener, options);
  }

  override removeEventListener<K extends keyof GatepassWebSocketEventMap>(
    type: K,
    listener: (event: GatepassWebSocketEventMap[K]) => unknown,
    options?: EventListenerOptions | boolean,
  ): void;
  override removeEventListener(type: string, listener: EventListenerOrEventListenerObject | null, options?: EventListenerOptions | boolean): void;
  override removeEventListener(type: string, listener: unknown, options?: EventListenerOptions | boolean): void {
    super.removeEventListener(type, listener as EventListener, options);
  }

  async #connect(announcement?: ReconnectingEvent): Promise<void> {
    const turn = this.#enter(CONNECTING);
    const { handshakeTimeout = 30_000 } = this.#options;
    this.#after(handshakeTimeout, () => {
      this.#refused(`No connection came about in ${handshakeTimeout} ms.`);
    });
    try {
      const handshake = await this.#authorize();
      if (announcement && turn === this.#turn) this.dispatchEvent(announcement);
      if (turn === this.#turn) this.#open(handshake);
    } catch (error) {
      if (turn !== this.#turn) return;
      if (isGatepassError(error) && !error.retryable) this.#finish(ABNORMAL, error);
      else this.#lost(ABNORMAL, error);
    }
  }

  async #authorize(): Promise<{ url: string; protocols: string[] }> {
    const { token, authorize, expiresIn = 300 } = this.#options;
    const renew = this.#renewal === 'next';
    if (renew) this.#renewal = 'done';
    const protocols = listOf(this.#options.protocols);
    if (authorize) {
      const given = await authorize({ url: this.url, renew });
      return { url: given.url ?? this.url, protocols: given.protocols === undefined ? protocols : listOf(given.protocols) };
    }
    refusePlain(this.url);
    if (!token) return { url: await this.#client.presign(this.url, { expiresIn, forceRefresh: renew }), protocols };
    if (renew) await this.#client.session({ refresh: true });
    const value = await this.#bearer();
    if (token.query === undefined) return { url: this.url, protocols: [...protocols, ...listOf(token.protocol(value))] };
    const url = new URL(this.url);
    url.searchParams.set(token.query, value);
    return { url: url.href, protocols };
  }

  /** The token that the URL's route gives to a call: none goes where no route sends one. */
  async #bearer(): Promise<string> {
    const { headers } = await this.#client.sign(this.url);
    const [, token] = /^Bearer (.+)/.exec(headers.get('authorization') ?? '') ?? [];
    if (token !== undefined) return token;
    const help = "Give the route of this URL auth: 'bearer', or leave the option 'token' out where its auth is 'iam'.";
    throw new GatepassFailure('invalid-argument', 'The route of this URL sends no token.', help);
  }

  #open({ url, protocols }: { url: string; protocols: string[] }): void {
    let socket: WebSocket;
    try {
      socket = new this.#runtime.WebSocket(url, protocols);
    } catch (error) {
      // Its message holds the URL, and that the token or the signature.
      const help = "Check the URL and the subprotocols; a page that came over https connects to 'wss:' only.";
      this.#finish(ABNORMAL, new GatepassFailure('invalid-argument', `The browser refuses to open it: ${(error as Error).name}`, help));
      return;
    }
    this.#socket = socket;
    socket.binaryType = this.#binaryType;
    const current = <E extends Event>(run: (event: E) => void) => (event: E) => {
      if (socket === this.#socket) run(event);
    };
    socket.onopen = current(() => {
      this.#opened(socket);
    });
    socket.onmessage = current(({ data, origin }: MessageEvent<unknown>) => {
      this.dispatchEvent(new MessageEvent('message', { data, origin }));
    });
    socket.onclose = current((event) => {
      if (this.#state === CLOSING) this.#finish(event);
      else if (this.#state === OPEN) this.#lost(event);
      else this.#refused('The handshake was refused, or did not reach the server: browsers tell no more.');
    });
  }

  #opened(socket: WebSocket): void {
    this.#enter(OPEN);
    this.#told = false;
    this.#renewal = 'unneeded';
    const { reconnect = {}, keepAlive } = this.#options;
    const { stableAfter = 10_000 } = reconnect === 'off' ? {} : reconnect;
    this.#after(stableAfter, () => {
      this.#attempts = 0;
    });
    if (keepAlive) {
      const { message, every = 300_000 } = keepAlive;
      const again = () => {
        this.#after(every, () => {
          socket.send(message);
          again();
        });
      };
      again();
    }
    for (const { data } of this.#queue.splice(0)) socket.send(data);
    this.dispatchEvent(new Event('open'));
  }

  #refused(message: string): void {
    // Credentials or a token can have been revoked: once, new ones are taken.
    if (this.#renewal === 'unneeded') this.#renewal = 'next';
    this.#lost(ABNORMAL, new GatepassFailure('handshake-refused', message, this.#help(), true));
  }

  #help(): string {
    const { token, authorize } = this.#options;
    let access = "that the role may do 'execute-api:Invoke' on the API's '<stage>/$connect' ('iot:Connect' with AWS IoT), and the device's clock";
    if (authorize) access = "what the option 'authorize' returns";
    else if (token) {
      const place = token.query === undefined ? 'subprotocol' : `query parameter '${token.query}'`;
      access = `that the authorizer of $connect looks for the ${place} and takes the token that the route's 'token' names`;
    }
    return `Check ${access}; that the URL ends with the stage, as in 'wss://…/prod', or is that of a custom domain; that the integration of $connect answers 200 and names the subprotocol, if one is asked for; the page's connect-src and the network.`;
  }

  /** The connection is gone, or did not come about. */
  #lost(close: CloseEventInit & { code: number }, error?: unknown): void {
    this.#drop();
    const { reconnect = {} } = this.#options;
    if (reconnect === 'off') {
      this.#finish(close, error);
      return;
    }
    const { firstDelay = 1000, maxDelay = 30_000, attempts = Infinity, exceptCodes = [] } = reconnect;
    if (this.#attempts >= attempts || exceptCodes.includes(close.code)) {
      this.#finish(close, error);
      return;
    }
    const turn = this.#enter(CONNECTING);
    // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    const delay = this.#runtime.random() * Math.min(maxDelay, firstDelay * 2 ** this.#attempts++);
    this.#waiting = true;
    this.#after(delay, this.#comeBack);
    if (error !== undefined && !this.#told) {
      this.#told = true;
      this.dispatchEvent(new WebSocketErrorEvent(error));
    }
    // Unless a listener has closed it.
    if (turn === this.#turn) this.dispatchEvent(new ReconnectingEvent(this.#attempts, delay, close.code, error));
  }

  /** Time is up, or the page is looked at or online again. */
  readonly #comeBack = (event?: Event): void => {
    const { navigator, document } = globalThis as { navigator?: Partial<Navigator>; document?: Partial<Document> };
    // The browser tells of a page that is left with the same event as of one that is looked at again.
    const left = event && document?.visibilityState === 'hidden';
    if (this.#waiting && navigator?.onLine !== false && !left) void this.#connect();
  };

  /** Nothing of one user's goes out as another's. Whether this one may connect, the next handshake says. */
  #changeUser(): void {
    if (this.#state >= CLOSING) return;
    this.#queue = [];
    this.#drop();
    this.#attempts = 0;
    if (this.#state !== OPEN) void this.#connect();
    else if (this.#options.reconnect === 'off') this.#finish(ABNORMAL);
    else void this.#connect(new ReconnectingEvent(1, 0, ABNORMAL.code, undefined));
  }

  /** Lets go of the socket without another word from it. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** The end. */
  #finish(close: CloseEventInit, error?: unknown): void {
    this.#drop();
    this.#enter(CLOSED);
    this.#queue = [];
    this.#end.abort();
    if (error !== undefined) this.dispatchEvent(new WebSocketErrorEvent(error));
    this.dispatchEvent(closeEvent(close));
  }

  /** What was under way, timers and all, is over. */
  #enter(state: WebSocket['readyState']): number {
    for (const timer of this.#timers) this.#runtime.clearTimeout(timer);
    this.#timers.clear();
    this.#waiting = false;
    this.#state = state;
    return ++this.#turn;
  }

  #after(milliseconds: number, run: () => void): void {
    const timer = this.#runtime.setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

export type { GatepassWebSocket };

function webSocketUrl(given: string | URL): URL {
  try {
    const url = new URL(given, (globalThis as { location?: Location }).location?.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.hash = '';
    if (/^wss?:$/.test(url.protocol)) return url;
  } catch {
    // not a URL
  }
  throw new GatepassFailure('invalid-argument', "A WebSocket's URL begins with 'wss:'.", "Pass a URL such as 'wss://abc123.execute-api.ap-northeast-1.amazonaws.com/prod'.");
}

/** In the clear anyone on the way could take the token or the signature, and use it. */
function refusePlain(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === 'wss:' || /^(?:(?:.+\.)?localhost|127\.[\d.]+|\[::1\])$/.test(hostname)) return;
  throw new GatepassFailure('invalid-argument', "A token or signature goes over 'wss:', or to the device itself.", "Connect to a 'wss:' URL.");
}

/** Node has the class since version 23. */
function closeEvent(close: CloseEventInit): CloseEvent {
  const { CloseEvent } = globalThis as { CloseEvent?: typeof globalThis.CloseEvent };
  if (CloseEvent) return new CloseEvent('close', close);
  const { code = 0, reason = '', wasClean = false } = close;
  return Object.assign(new Event('close'), { code, reason, wasClean });
}

function listOf(protocols: string | string[] | undefined): string[] {
  return typeof protocols === 'string' ? [protocols] : (protocols ?? []);
}
