import type { Client } from './types.js';

/** What the helper uses of a client. */
export type WebSocketClient = Pick<Client, 'presign' | 'session' | 'sign' | 'subscribe'>;

/** What `connectWebSocket` takes. */
export interface WebSocketOptions {
  /** Subprotocols, `'mqtt'` for AWS IoT. */
  protocols?: string | string[];
  /**
   * Where an authorizer looks for the user's token, for a URL that a route with `auth: 'bearer'` matches. Without it the URL is presigned, which
   * takes a route with `auth: 'iam'`. Either goes over `wss:` only, or to the device itself.
   */
  token?: WebSocketToken;
  /** Another way to authorize a handshake, asked for each one, in the place of `token` and of the presigned URL. */
  authorize?: (handshake: { url: string; renew: boolean }) => Handshake | Promise<Handshake>;
  /**
   * For how many seconds a presigned URL is good. Only the handshake must come in time: the connection outlives it.
   * @defaultValue `300`
   */
  expiresIn?: number;
  /** Whether and when a lost connection is made again. */
  reconnect?: 'off' | ReconnectOptions;
  /**
   * How many messages wait for the next connection; with `0`, and beyond it, `send` throws `not-connected`.
   * @defaultValue `100`
   */
  queue?: number;
  /** A message that is sent again and again: API Gateway ends a connection on which nothing was sent for ten minutes. */
  keepAlive?: { message: WebSocketData; /** In milliseconds, 300,000 unless said otherwise. */ every?: number };
  /**
   * How many milliseconds one attempt may take.
   * @defaultValue `30_000`
   */
  handshakeTimeout?: number;
  /** Its abort closes the connection for good. */
  signal?: AbortSignal;
  /** What stands in for the browser's own, in tests or where there is no `WebSocket`. */
  runtime?: Partial<WebSocketRuntime>;
}

/** The token that the route names (`token: 'id'` or `'access'`), in a parameter of the query or as subprotocols that are made of it. */
export type WebSocketToken =
  | { query: string; protocol?: undefined }
  | { protocol: (token: string) => string | string[]; query?: undefined };

/** What a connection is opened with. */
export interface Handshake {
  url?: string;
  protocols?: string | string[];
}

/** An attempt waits a random time, at most `firstDelay`, then twice as long and so on up to `maxDelay`. All times are milliseconds. */
export interface ReconnectOptions {
  /** @defaultValue `1000` */
  firstDelay?: number;
  /** @defaultValue `30_000` */
  maxDelay?: number;
  /**
   * How often in a row.
   * @defaultValue `Infinity`
   */
  attempts?: number;
  /**
   * A connection that lasts as long starts the count anew.
   * @defaultValue `10_000`
   */
  stableAfter?: number;
  /** Close codes after which there is no other attempt: `[1000, 4001]` for example. */
  exceptCodes?: number[];
}

export type WebSocketData = Parameters<WebSocket['send']>[0];

/** See {@link WebSocketOptions.runtime}. */
export interface WebSocketRuntime {
  WebSocket: new (url: string, protocols: string[]) => WebSocket;
  setTimeout: (run: () => void, milliseconds: number) => unknown;
  clearTimeout: (timer: unknown) => void;
  random: () => number;
}
