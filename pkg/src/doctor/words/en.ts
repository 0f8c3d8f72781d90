/** English. */

const list = new Intl.ListFormat('en', { type: 'disjunction' });

export const en = {
  help: `gatepass doctor: why the browser says no to a call, and the lines that mend it

Usage: gatepass doctor <url> --origin <origin> [options]

It sends what a browser would send, the preflight first, and decides as the browser decides.

The call:
  --origin <origin>       the page's origin: https://app.example.com
  --method <method>       GET if not given, or POST with --data
  --header <name: value>  a header that the page sets; any number of them
  --token <token>         sent as "authorization: Bearer …"; "-" reads it from standard input.
                          The variable GATEPASS_TOKEN does the same and stays out of the shell's history.
  --credentials <mode>    omit, same-origin (if not given) or include
  --data <text>           the body
  --send all              really send a call that can change something.
                          If not given, a GET without a body goes in its place.

What is known of the API, for a sharper diagnosis:
  --kind <kind>           http-api, rest-api, function-url, cloudfront, sam-local, localstack, custom
  --auth <auth>           none, bearer or iam
  --engine <engine>       chromium (if not given), firefox, webkit, or spec: the Fetch standard

What is printed:
  --tool <tool>           the fixes for this tool only; any number of them:
                          console, sam, cloudformation, terraform, cdk, cli, code
  --json                  the whole report as JSON
  --locale <locale>       en or ja; if not given, as LANG says
  --no-color              no colours; so does the variable NO_COLOR
  --timeout <seconds>     for all requests together; 10 if not given
  --help, --version

Exit codes:
  0  the page may read the answer
  1  the browser blocks the call
  2  the command line is wrong
  3  the page may read the answer, and its status is an error (400 or more)
  4  nothing answered
`,

  noCommand: "write 'gatepass doctor <url> --origin <origin>'; 'gatepass --help' tells the rest",
  unknownCommand: (name: string) => `there is no command '${name}'; write 'gatepass doctor <url> --origin <origin>'`,
  noUrl: "the URL is missing; write 'gatepass doctor https://api.example.com/items --origin https://app.example.com'",
  notAUrl: (got: string) => `'${got}' is not an absolute http or https URL; write one such as 'https://api.example.com/items'`,
  oneTooMany: (got: string) => `'${got}' is one argument too many; give one URL, and put quotes around what holds spaces`,
  unknownOption: (name: string, meant: string | undefined) =>
    `there is no option '${name}'; ${meant ? `write '${meant}'` : "'gatepass --help' lists them"}`,
  needsValue: (name: string) => `${name} needs a value; write '${name} …'`,
  takesNone: (name: string) => `${name} takes no value; write '${name}' alone`,
  oneOf: (name: string, got: string, names: readonly string[]) => `${name} takes ${list.format(names)}, not '${got}'`,
  noOrigin: "the page's origin is missing; write '--origin https://app.example.com'",
  notAnOrigin: (got: string, meant: string) => `--origin takes scheme, host and port only, not '${got}'; write '--origin ${meant}'`,
  notAHeader: "--header takes a name, a colon and a value; write --header 'content-type: application/json'",
  badHeader: (name: string) => `HTTP does not allow the header '${name}' with that value; write letters, digits and signs of ASCII in one line`,
  forbiddenHeader: (name: string) => `the browser lets no script set '${name}'; leave that header out`,
  headerOfOption: (name: string, option: string) => `the browser sets '${name}' itself; write '${option}' in its place`,
  emptyToken: "the token is empty; write '--token <token>', or '--token -' and hand it in on standard input",
  badToken: 'the token holds characters that no token has; write the token alone, without spaces or quotes',
  twoTokens: "there is a token and a header 'authorization'; write one of them",
  bodyOfGet: (method: string) => `browsers send no body with ${method}; leave --data out, or write '--method POST'`,
  notATime: (got: string) => `--timeout takes a number of seconds from 0.1 to 600, not '${got}'; write '--timeout 10'`,
  proxied: (variable: string) =>
    `${variable} is set, and the doctor does not use it: a browser behind that proxy may reach the server; run it where no proxy is needed`,
  broken: (message: string) => `the doctor itself failed: ${message}`,

  blocked: (engine: string, error: string | null) => `${engine} blocks this call${error === null ? '' : `: ${error}`}`,
  readable: (status: number) => `the page may read the answer (${status})`,
  readableError: (status: number) => `the page may read the answer, but its status is ${status}`,
  nothingAnswered: 'nothing answered',
  fromPage: (origin: string) => `called by a page of ${origin}`,
  preflight: 'preflight',
  foreign: 'a preflight of another page, to see whether just any origin is let in',
  moreSteps: (count: number) => `… ${count} more requests …`,
  beyond: 'the browser does not get this far: asked to see who answers',
  standIn: (method: string) => `in the place of ${method}; --send all sends that`,
  missing: 'missing',
  moreHeaders: (count: number) => (count === 1 ? '… and 1 more header' : `… and ${count} more headers`),
  failures: {
    dns: 'there is no such host',
    refused: 'nobody listens there',
    reset: 'the connection was lost',
    tls: 'TLS failed',
    'connect-timeout': 'no connection within the time limit',
    timeout: 'no answer within the time limit',
    'not-http': 'the answer is not HTTP',
    'too-large': 'the headers are larger than a browser reads (256 KiB)',
    other: 'the request failed',
  },
  marks: {
    WildcardOriginNotAllowed: () => "void with credentials: 'include'",
    MissingAllowOriginHeader: (_: string, origin: string) => `must be ${origin}`,
    MultipleAllowOriginValues: () => 'only one value is allowed',
    InvalidAllowOriginValue: () => 'not an origin',
    AllowOriginMismatch: (_: string, origin: string) => `must be ${origin}`,
    InvalidAllowCredentials: () => "must be true with credentials: 'include'",
    InvalidStatus: () => 'a preflight needs a status from 200 to 299',
    DisallowedRedirect: () => 'a preflight must not be redirected',
    InvalidAllowMethodsPreflightResponse: () => 'not a list of methods',
    InvalidAllowHeadersPreflightResponse: () => 'not a list of header names',
    MethodDisallowedByPreflightResponse: (what: string) => `must name ${what}`,
    HeaderDisallowedByPreflightResponse: (what: string) => `must name ${what}`,
    RedirectContainsCredentials: () => 'must not hold a user name or password',
  },
  engines: { chromium: 'Chromium', firefox: 'Firefox', webkit: 'WebKit', spec: 'The Fetch standard' },
  also: 'also',
  orElse: 'or else',
  fix: (tool: string) => `fix: ${tool}`,
  noFix: (tool: string) => `nothing to mend with ${tool}`,
  moreFixes: (tools: readonly string[]) => `more fixes: ${tools.map((tool) => `--tool ${tool}`).join(', ')}`,
  docs: (page: string) => `more in ${page} of the package gatepass`,
};
