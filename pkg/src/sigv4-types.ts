/** A request to sign. */
export interface SignableRequest {
  /**
   * The absolute URL. It is signed as fetch sends it: dot segments are resolved, and what a URL cannot hold is percent-encoded. A signature that it has
   * (a signed URL's `X-Amz-…` parameters) is replaced.
   */
  url: string | URL;
  /** @defaultValue `'GET'` */
  method?: string;
  /**
   * The headers that are sent. A record may hold `host`, where the server sees another one than that of the URL; pairs may repeat a name.
   */
  headers?: HeadersInit;
  /**
   * What is sent. A stream, and the body of a `Request`, is read as a whole, up to 16 MiB, unless the payload is unsigned. Bytes are not copied: leave them as
   * they are until they are sent.
   */
  body?: BodyInit | null;
}

/** AWS credentials, as every AWS SDK for JavaScript v3 has them. */
export interface SigningCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /**
   * Temporary credentials, those of an identity pool for example, are of no use without it. Those of a session of S3 Express are signed without it:
   * their token is the header `x-amz-s3session-token` of the request.
   */
  sessionToken?: string;
}

/** See {@link signRequest}. */
export interface SignOptions {
  /** The credentials, or what gives them: `gp.credentials`, or any credential provider of an AWS SDK v3. */
  credentials: SigningCredentials | (() => SigningCredentials | Promise<SigningCredentials>);
  /** For example `ap-northeast-1`. It is never guessed. A signature for several regions (SigV4A) is not supported. */
  region: string;
  /** The service's signing name, for example `execute-api`, `lambda`, `s3`, `appsync`, `iotdevicegateway`. It is never guessed. */
  service: string;
  /**
   * The moment of signing, which may be five minutes off the server's clock.
   * @defaultValue now
   */
  date?: Date;
  /**
   * `unsigned` signs the word UNSIGNED-PAYLOAD in the place of the body's hash, and adds `x-amz-content-sha256`, which says so. S3 takes that.
   * A signed URL for S3 never covers a body, and VPC Lattice takes no other payload.
   * @defaultValue `'unsigned'` for S3 over https, `'signed'` for everything else
   */
  payload?: 'signed' | 'unsigned';
  /**
   * Whether dot segments are resolved and repeated slashes merged in what is signed. fetch resolves dot segments whatever is signed; so for a client that
   * does not, `false` leaves the path of a text as it is written. (Not for S3, whose `false` merges no slashes, and nothing else.)
   * @defaultValue `false` for S3, `true` for everything else
   */
  normalizePath?: boolean;
  /**
   * Whether the path is percent-encoded once more in what is signed. If not, it is decoded first, as S3 does it: `%2F` is a slash there, and `+` a space.
   * @defaultValue `false` for S3, `true` for everything else
   */
  doubleEncode?: boolean;
  /**
   * Whether the session token is part of what is signed, or added afterwards.
   * @defaultValue `'appended'` for AWS IoT's WebSocket (`iotdevicegateway`), `'signed'` for everything else
   */
  sessionToken?: 'signed' | 'appended';
  /**
   * `all`: every header given but those that browsers, proxies or CDNs set, change or take away: `accept`, `range`, `if-…`, `x-forwarded-…` and the like. `durable`: `host`, `content-type` and `x-amz-*` alone.
   * @defaultValue `'all'`
   */
  signedHeaders?: 'all' | 'durable';
}

/** See {@link presignUrl}. */
export interface PresignOptions extends SignOptions {
  /**
   * For how many seconds the URL is good: 1 to 604800 (a week), and never longer than the credentials.
   * @defaultValue `900`
   */
  expiresIn?: number;
}

/** How a signature came about: compare it with what a server says that it expected. */
export interface Signature {
  canonicalRequest: string;
  stringToSign: string;
  /** In hex. */
  signature: string;
}

/** A signed request: `fetch(signed.url, signed)` sends it. */
export interface SignedRequest extends Signature {
  /** The URL to send: the one given, with what a URL cannot hold percent-encoded, and `%20` for every `+` of the query. */
  url: string;
  method: string;
  /** The headers to set, names in lower case: those given, the body's `content-type`, and the signature's. */
  headers: Record<string, string>;
  /** The body to send: what was hashed. */
  body: BodyInit | null;
}

/** A signed URL. */
export interface PresignedUrl extends Signature {
  /** To be used as it is, with the method, the headers and the body that were signed. */
  url: string;
}
