import type { Scenario } from '../outputs';
import { surroundingsOf } from '../outputs';

/** Chromium's own words (`cors_error_string.cc`): V is the value that it names. They are in English in every browser. */
const WORDS: Record<string, string> = {
  WildcardOriginNotAllowed:
    "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
  MissingAllowOriginHeader: "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
  MultipleAllowOriginValues:
    "The 'Access-Control-Allow-Origin' header contains multiple values 'V', but only one is allowed. Have the server send the header with a valid value.",
  InvalidAllowOriginValue:
    "The 'Access-Control-Allow-Origin' header contains the invalid value 'V'. Have the server send the header with a valid value.",
  AllowOriginMismatch:
    "The 'Access-Control-Allow-Origin' header has a value 'V' that is not equal to the supplied origin. Have the server send the header with a valid value.",
  InvalidAllowCredentials:
    "The value of the 'Access-Control-Allow-Credentials' header in the response is 'V' which must be 'true' when the request's credentials mode is 'include'.",
  InvalidStatus: 'It does not have HTTP ok status.',
  DisallowedRedirect: 'Redirect is not allowed for a preflight request.',
  InvalidAllowMethodsPreflightResponse: 'Cannot parse Access-Control-Allow-Methods response header field in preflight response.',
  InvalidAllowHeadersPreflightResponse: 'Cannot parse Access-Control-Allow-Headers response header field in preflight response.',
  MethodDisallowedByPreflightResponse: 'Method V is not allowed by Access-Control-Allow-Methods in preflight response.',
  HeaderDisallowedByPreflightResponse:
    'Request header field V is not allowed by Access-Control-Allow-Headers in preflight response.',
  RedirectContainsCredentials:
    "Redirect location 'V' contains a username and password, which is disallowed for cross-origin requests.",
  InsecureLocalNetwork:
    'The request client is not a secure context and the resource is in more-private address space `loopback`.',
  InvalidLocalNetworkAccess: 'Request had a target IP address space of `local` yet the resource is in address space `loopback`.',
  LocalNetworkAccessPermissionDenied: 'Permission was denied for this request to access the `loopback` address space.',
};

const PREFLIGHT = "Response to preflight request doesn't pass access control check: ";

/** What Chromium prints in its console for a scenario's failure, or null for one that it prints nothing of. */
export function consoleOf(scenario: Scenario, url: string, origin: string): string | null {
  const { code, corsError, failedParameter = '', netError } = scenario.expect;
  const { csp, page } = surroundingsOf(scenario);
  // The hop that a redirect led to, and that the page had better call itself.
  const last = code === 'redirected' && scenario.fixedRequest ? scenario.fixedRequest.url + new URL(url).search : null;
  const at = last === null ? `'${url}'` : `'${last}' (redirected from '${url}')`;
  switch (corsError) {
    case 'DisallowedByMode':
      return `Fetch API cannot load ${url}. Request mode is "same-origin" but the URL's origin is not same as the request origin ${origin}.`;
    case 'NoCorsRedirectModeNotFollow':
      return `Fetch API cannot load ${url}. Request mode is "no-cors" but the redirect mode is not "follow".`;
    case 'CorsDisabledScheme':
      return `Fetch API cannot load ${url}. URL scheme "${new URL(url).protocol.slice(0, -1)}" is not supported.`;
    case null:
      break;
    default: {
      const [, prefix, name] = /^(Preflight)?(.*)$/.exec(corsError) ?? [];
      const words = WORDS[name ?? '']?.replace('V', () => failedParameter);
      return words === undefined
        ? null
        : `Access to fetch at ${at} from origin '${origin}' has been blocked by CORS policy: ${prefix ? PREFLIGHT : ''}${words}`;
    }
  }
  if (csp !== undefined) {
    return `Connecting to '${url}' violates the following Content Security Policy directive: "${csp}". The action has been blocked.`;
  }
  if (page === 'https') {
    return `Mixed Content: The page at '${origin}/' was loaded over HTTPS, but requested an insecure resource '${url}'. This request has been blocked; the content must be served over HTTPS.`;
  }
  return netError === undefined ? null : `GET ${url} ${netError}`;
}
