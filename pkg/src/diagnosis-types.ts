/** Why a call failed, and how to mend it. */
export interface Diagnosis {
  /** `certain` only if nothing else fits the evidence. */
  verdict: 'certain' | 'likely' | 'ambiguous';
  /** Most likely first, never empty. */
  findings: [Finding, ...Finding[]];
  request: DiagnosedRequest;
  /** What was tried, and what came back. */
  evidence: Evidence[];
}

export interface DiagnosedRequest {
  url: string;
  method: string;
  headerNames: string[];
  credentials: RequestCredentials;
  /** The page's origin. */
  origin: string;
  /** Whether the browser asks first, with an OPTIONS request. */
  preflighted: boolean;
}

export interface Finding {
  /** A name of the fault that never changes. */
  code: FindingCode;
  /** Chromium's name of the CORS error, where there is one. */
  corsError?: string;
  /** The header or method that Chromium names with it. */
  failedParameter?: string;
  /** Where the fault is. */
  layer: Layer;
  title: string;
  detail: string;
  /** How to mend it, filled in with the call's own origin, headers and method. */
  fixes: Fix[];
  /** Its place in this package's `docs/diagnosis.md`: `docs/diagnosis.md#origin-not-allowed` for example. */
  docs: string;
}

export type Layer =
  | 'client'
  | 'page'
  | 'network'
  | 'cloudfront'
  | 'api-gateway'
  | 'authorizer'
  | 'iam'
  | 'integration'
  | 'cognito'
  | 'emulator';

export interface Fix {
  tool: 'console' | 'sam' | 'cloudformation' | 'terraform' | 'cdk' | 'cli' | 'code';
  text: string;
}

export interface Evidence {
  /** What was tried: a name that never changes. */
  probe: string;
  outcome: 'readable' | 'opaque' | 'redirect' | 'failed' | 'yes' | 'no';
  /** The HTTP status, where it could be read. */
  status?: number;
  /** The same as a sentence. */
  text: string;
}

/** What `fetch` rejects with when the network fails: the browser's own message with the headline in brackets. */
export interface DiagnosedError extends TypeError {
  diagnosis: Diagnosis;
}

export type FindingCode =
  | 'mode-same-origin'
  | 'no-cors-redirect-mode'
  | 'unsupported-scheme'
  | 'url-has-credentials'
  | 'redirect-refused'
  | 'method-lower-case'
  | 'offline'
  | 'csp-connect-src'
  | 'mixed-content'
  | 'extension-blocked'
  | 'local-network-denied'
  | 'local-network-insecure'
  | 'target-address-space'
  | 'stream-needs-http2'
  | 'unreachable'
  | 'preflight-connection-lost'
  | 'preflight-authorizer'
  | 'preflight-authorizer-no-cors'
  | 'cors-not-configured'
  | 'origin-not-allowed'
  | 'header-not-allowed'
  | 'method-not-allowed'
  | 'allow-headers-malformed'
  | 'allow-methods-malformed'
  | 'wildcard-with-credentials'
  | 'credentials-not-allowed'
  | 'options-missing'
  | 'options-needs-auth'
  | 'options-needs-auth-readable'
  | 'options-mock-fails'
  | 'preflight-status'
  | 'response-without-cors'
  | 'gateway-error-without-cors'
  | 'iam-error-without-cors'
  | 'origin-mismatch'
  | 'origin-list'
  | 'origin-malformed'
  | 'duplicate-allow-origin'
  | 'refused-before-routing'
  | 'wrong-path'
  | 'function-url-no-cors'
  | 'function-url-duplicate-cors'
  | 'function-url-forbidden'
  | 'cloudfront-methods'
  | 'cloudfront-host-forwarded'
  | 'cloudfront-authorization-dropped'
  | 'cloudfront-signature-host'
  | 'cloudfront-cached-cors'
  | 'cloudfront-error-page'
  | 'cloudfront-origin-failure'
  | 'cloudfront-cors-policy'
  | 'cloudfront-blocked'
  | 'preflight-redirected'
  | 'redirected'
  | 'redirect-with-credentials'
  | 'sam-local-no-cors'
  | 'sam-local-authorizer'
  | 'localstack-origin'
  | 'jwt-rejected'
  | 'cognito-token-rejected'
  | 'http-api-forbidden'
  | 'iam-not-authorized'
  | 'policy-denied'
  | 'appsync-unauthorized'
  | 'resource-policy-denied'
  | 'signature-mismatch'
  | 'signature-path'
  | 'signature-object-key'
  | 'signature-key'
  | 'signature-scope'
  | 'incomplete-signature'
  | 'signature-expired'
  | 'security-token-rejected'
  | 'access-key-unknown'
  | 'presigned-url-expired'
  | 'missing-authentication-token'
  | 'bearer-at-wrong-path'
  | 'authorizer-denied'
  | 'forbidden'
  | 'http-api-integration-error'
  | 'rest-integration-error'
  | 'caller-credentials'
  | 'malformed-proxy-response'
  | 'integration-timeout'
  | 'throttled'
  | 'not-found'
  | 'request-refused'
  | 'application-answered'
  | 'answered'
  | 'unexplained'
  | 'host-not-found'
  | 'connection-refused'
  | 'connection-reset'
  | 'certificate-invalid'
  | 'timed-out'
  | 'not-http'
  | 'answer-too-large'
  | 'preflight-not-given'
  | 'redirect-loop'
  | 'preflight-without-cors'
  | 'opaque-answer'
  | 'origin-reflected'
  | 'authorization-wildcard';
