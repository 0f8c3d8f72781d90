//! English.

use super::texts;
use crate::diagnosis::code::Code;

texts! {
    LINES of super::CODES.0;
    ModeSameOrigin {
        title: "the request mode is same-origin, and the URL is on another origin",
        detail: "`mode: \"same-origin\"` forbids every call to another origin. $HOST is another origin than $ORIGIN. Leave the mode out, or say \"cors\".",
    }
    NoCorsRedirectMode {
        title: "no-cors requests must follow redirects",
        detail: "With `mode: \"no-cors\"` browsers accept only `redirect: \"follow\"`. An API call wants `mode: \"cors\"` anyway: a no-cors answer cannot be read.",
    }
    UnsupportedScheme {
        title: "the URL does not begin with https:// or http://",
        detail: "Scripts can call http and https URLs only. Look for a typing error in the URL or in the environment variable that it comes from.",
    }
    UrlHasCredentials {
        title: "the URL contains a user name or password",
        detail: "Browsers refuse to fetch URLs of the form https://user:password@host. Send the credentials in a header.",
    }
    RedirectRefused {
        title: "the server redirects, and the request forbids redirects",
        detail: "`redirect: \"error\"` turns any redirect into a failure. So does gatepass for a call with a signature or with headers of its route: a redirect would carry them to another place. Call the URL that finally answers.",
    }
    MethodLowerCase {
        title: "the method \"$METHOD_SENT\" is sent in lower case; servers allow $METHOD",
        detail: "Browsers upper-case GET, POST, PUT, DELETE, HEAD and OPTIONS, but not this one. It reaches the CORS check as \"$METHOD_SENT\", and Access-Control-Allow-Methods is compared letter for letter. Write it in capitals.",
    }
    Offline {
        title: "the browser is offline",
        detail: "The device has no network connection. Nothing was sent. Try again when it is back.",
    }
    CspConnectSrc {
        title: "the page's Content Security Policy (connect-src) does not allow the API",
        detail: "The browser refused before anything was sent: $API is not among the sources of connect-src. Add exactly that origin.",
    }
    MixedContent {
        title: "an https page cannot call an http URL",
        detail: "The page is on https and the API's URL begins with http://. Browsers block that before anything is sent. Use the https URL: API Gateway, function URLs and CloudFront all have one.",
    }
    ExtensionBlocked {
        title: "something in the browser blocks this URL, probably an extension",
        detail: "The call failed within a millisecond, while other requests work. That is what ad and privacy blockers do; also a company's browser policy.",
    }
    LocalNetworkDenied {
        title: "the page is not permitted to reach the local network",
        detail: "$HOST is in a private network or on this machine, and the page comes from outside. Chrome asks the user for permission in that case, and the permission was denied or not given.",
    }
    LocalNetworkInsecure {
        title: "an http page cannot reach the local network",
        detail: "$HOST is in a private network or on this machine, and the page is not on https. Chrome never allows that.",
    }
    TargetAddressSpace {
        title: "the server is not in the address space that targetAddressSpace names",
        detail: "`targetAddressSpace` must be where $HOST really is: loopback for this machine, local for a private network, public for everything else. Name the true one, or leave the option out for https URLs.",
    }
    StreamNeedsHttp2 {
        title: "a streamed body needs HTTP/2, which $HOST does not speak",
        detail: "Chromium sends a ReadableStream over HTTP/2 or HTTP/3 only, and refuses anything else before CORS is looked at. An http:// URL never has them. Call an https URL that speaks HTTP/2, or send the body as a Blob, an ArrayBuffer or a string.",
    }
    Unreachable {
        title: "nothing answers at $HOST (DNS, connection or TLS)",
        detail: "Not even a request without CORS got through, so this is no CORS problem. A script cannot tell which it is: a host name that does not exist (wrong API id or region), a refused or reset connection, or a certificate that does not fit. Open $API in a tab of its own: the browser's error page says which.",
    }
    PreflightConnectionLost {
        title: "the connection is lost on the preflight (OPTIONS) only",
        detail: "A plain GET is answered, but OPTIONS is not. A proxy or firewall between may drop OPTIONS, or the server resets on it. Try: curl -X OPTIONS -i $API$PATH",
    }
    PreflightAuthorizer {
        title: "the preflight was answered by an authorizer: OPTIONS got 401",
        detail: "The browser asks first with OPTIONS and never sends a token with it. On this HTTP API, OPTIONS matches a $default or ANY route that has an authorizer, and the authorizer refuses it. The CORS settings are right; only the status is not. Add a route OPTIONS /{proxy+} without an authorizer: it outranks $default, and API Gateway then answers the preflight from the CORS settings. Beside an ANY route of the call's own path it takes OPTIONS with that path.",
    }
    PreflightAuthorizerNoCors {
        title: "the preflight was answered by an authorizer, and the API has no CORS settings",
        detail: "OPTIONS carries no token; on this HTTP API it matches a $default or ANY route that has an authorizer, which answers 401. The answer has no Access-Control-Allow-Origin either, so CORS is not configured. Both are needed: CORS settings for $ORIGIN, and a route OPTIONS /{proxy+} without an authorizer (beside an ANY route: OPTIONS with its path).",
    }
    CorsNotConfigured {
        title: "CORS is not configured on the HTTP API",
        detail: "The API answers, but without Access-Control-Allow-Origin, so the browser keeps the answer from the page. Configure CORS on the API itself: it ignores what the function returns.",
    }
    OriginNotAllowed {
        title: "the page's origin $ORIGIN is not in the list of allowed origins",
        detail: "HTTP APIs and function URLs likely send no CORS headers at all to an origin that is not listed. The entry must be exactly $ORIGIN: scheme, host and port, no path, no slash at the end.",
    }
    HeaderNotAllowed {
        title: "the preflight does not allow the header $MISSING",
        detail: "Access-Control-Allow-Headers must name every header that is not safelisted. Of this call it does not name: $MISSING. Add it to what is there. List authorization by name even beside `*`: then browsers can cache the preflight.",
    }
    MethodNotAllowed {
        title: "the preflight does not allow the method $METHOD",
        detail: "Access-Control-Allow-Methods must name $METHOD, in capitals. (`*` does so only for calls without credentials.)",
    }
    AllowHeadersMalformed {
        title: "Access-Control-Allow-Headers of the preflight cannot be parsed",
        detail: "It must be header names separated by commas. Spaces instead of commas, brackets or quotes make the whole list void. In AWS settings each name is an item of its own.",
    }
    AllowMethodsMalformed {
        title: "Access-Control-Allow-Methods of the preflight cannot be parsed",
        detail: "It must be method names separated by commas: OPTIONS,$METHOD. Brackets, quotes or spaces between make the whole list void.",
    }
    WildcardWithCredentials {
        title: "the call is made with credentials: \"include\", and then Access-Control-Allow-Origin: * is void",
        detail: "A Bearer token or a signature needs no credentials mode: that is for cookies. Drop credentials: \"include\" (axios: withCredentials) and the `*` is good. Only if the API needs cookies, answer with the exact origin $ORIGIN and Access-Control-Allow-Credentials: true, on OPTIONS and on the call.",
    }
    CredentialsNotAllowed {
        title: "the call is made with credentials: \"include\", and Access-Control-Allow-Credentials is not \"true\"",
        detail: "A Bearer token or a signature needs no credentials mode: that is for cookies. Drop credentials: \"include\" (axios: withCredentials). Only if the API needs cookies, answer Access-Control-Allow-Credentials: true, on OPTIONS and on the call, with the exact origin.",
    }
    OptionsMissing {
        title: "the REST API has no OPTIONS method for this path, or it is not deployed",
        detail: "A REST API answers OPTIONS only where there is an OPTIONS method; otherwise 403 Missing Authentication Token, without CORS headers. Enable CORS on the resource and deploy the stage: changes are not live before that.",
    }
    OptionsNeedsAuth {
        title: "OPTIONS of the REST API asks for a token or an API key, and a preflight has none",
        detail: "An authorizer, AWS_IAM or an API key is attached to the OPTIONS method. In SAM that happens by itself: AddDefaultAuthorizerToCorsPreflight and AddApiKeyRequiredToCorsPreflight are true unless set to false.",
    }
    OptionsNeedsAuthReadable {
        title: "the preflight was answered by an authorizer: OPTIONS got 401 or 403",
        detail: "The gateway responses carry CORS headers, but the status of a preflight must be 2xx. An authorizer, AWS_IAM or an API key is attached to the OPTIONS method; take it off. In SAM: AddDefaultAuthorizerToCorsPreflight: false.",
    }
    OptionsMockFails {
        title: "the OPTIONS mock fails with 500, likely because of binary media type */*",
        detail: "With */* among the binary media types the mock's template is taken for binary and fails, before CORS headers are added.",
    }
    PreflightStatus {
        title: "the preflight's status is not 2xx",
        detail: "The CORS headers of the answer to OPTIONS are right, but its status is not 200 to 299. Something between or behind answers OPTIONS with an error or a redirect: an authorizer, or code that does not know the method.",
    }
    ResponseWithoutCors {
        title: "the function's answer has no Access-Control-Allow-Origin",
        detail: "The preflight may be right; the answer to the call is not. With a Lambda proxy integration REST APIs add nothing: the function itself must return the header, on errors too.",
    }
    GatewayErrorWithoutCors {
        title: "API Gateway answered with an error that has no CORS headers",
        detail: "Errors that API Gateway makes itself (401, 403, 413, 429, 5xx) carry no Access-Control-Allow-Origin by default, so the page cannot read them and the browser calls them CORS errors. Often the token is missing or expired. Add the header to the gateway responses, and the app sees the real error. (HTTP APIs: 503 likely means that the integration took longer than 30 s.)",
    }
    IamErrorWithoutCors {
        title: "IAM authorization refused the call, and the refusal has no CORS headers",
        detail: "The signature does not match, the credentials have expired, or the role may not execute-api:Invoke. API Gateway's 403 carries no Access-Control-Allow-Origin by default, so the page cannot read which. Add the header to the gateway responses first; the next answer names the cause.",
    }
    OriginMismatch {
        title: "Access-Control-Allow-Origin names another origin than $ORIGIN",
        detail: "The value must be exactly $ORIGIN. Look for www, http instead of https, a port, a slash at the end, or a single slash after the colon. It can hold one origin only; for several, return the one that matches from an explicit list.",
    }
    OriginList {
        title: "Access-Control-Allow-Origin holds several origins",
        detail: "Only one is allowed. For several pages, compare the Origin header with an explicit list and return the one that matches, with Vary: Origin.",
    }
    OriginMalformed {
        title: "Access-Control-Allow-Origin is no origin",
        detail: "The value must be $ORIGIN, with the scheme and without quotes. In API Gateway mappings the single quotes belong around the value; in function code they do not.",
    }
    DuplicateAllowOrigin {
        title: "Access-Control-Allow-Origin is added twice",
        detail: "Two places add it, for example the function and CloudFront or a middleware, and browsers refuse two values even if they are equal. Let one place own it.",
    }
    RefusedBeforeRouting {
        title: "everything is refused before a route is looked for: WAF, resource policy or domain",
        detail: "OPTIONS and GET alike get an answer without CORS headers. Candidates: a WAF rule, a resource policy that does not allow the caller, a custom domain without API mapping, a disabled default endpoint, or a wrong API id. Open the URL in a tab of its own to read the answer.",
    }
    WrongPath {
        title: "the path or stage does not exist on the REST API",
        detail: "A REST API answers unknown paths with 403 Missing Authentication Token, without CORS headers, to OPTIONS too. Check the stage and the path: $PATH",
    }
    FunctionUrlNoCors {
        title: "the function URL has no CORS configuration",
        detail: "Without it the function itself gets OPTIONS and answers it without CORS headers. Configure CORS on the function URL, and take CORS headers out of the code.",
    }
    FunctionUrlDuplicateCors {
        title: "the function URL and the function's code both add CORS headers",
        detail: "Lambda sends both, and browsers refuse Access-Control-Allow-Origin with two values even if they are equal. Keep the configuration and delete the headers in the code.",
    }
    FunctionUrlForbidden {
        title: "the function URL refuses the caller: 403 Forbidden",
        detail: "With AuthType AWS_IAM the caller's role needs lambda:InvokeFunctionUrl and lambda:InvokeFunction, and the signature must be for service lambda. With AuthType NONE the resource policy must still allow everyone.",
    }
    CloudfrontMethods {
        title: "CloudFront does not allow OPTIONS for this path",
        detail: "The behavior allows GET and HEAD only, so CloudFront itself answers the preflight with 403 and without CORS headers. Allow all methods on the API's behavior.",
    }
    CloudfrontHostForwarded {
        title: "CloudFront forwards the Host header, and API Gateway refuses it",
        detail: "API Gateway finds the API by Host. With the viewer's Host it answers 403: an HTML page \"Bad request\" from edge-optimized APIs, {\"message\":\"Forbidden\"} from regional ones. Forward everything except Host: AllViewerExceptHostHeader.",
    }
    CloudfrontAuthorizationDropped {
        title: "CloudFront does not pass the Authorization header on",
        detail: "Without a policy that forwards it, CloudFront removes Authorization from GET and HEAD. The authorizer sees no token and answers 401, without CORS headers. Use CachingDisabled with AllViewerExceptHostHeader.",
    }
    CloudfrontSignatureHost {
        title: "the signature is for another host than the one that it is verified for",
        detail: "SigV4 signs the Host header. CloudFront, or a domain or proxy on the way, sends another Host than the one that was signed. Set signAs on the route to what the service behind it sees: gatepass then sends to CloudFront and signs for that service.",
    }
    CloudfrontCachedCors {
        title: "CloudFront likely serves an answer that it cached for another origin",
        detail: "The cached answer has the other page's Access-Control-Allow-Origin, or none. Disable caching for the API, or put Origin into the cache key, send Vary: Origin, and invalidate.",
    }
    CloudfrontErrorPage {
        title: "CloudFront replaces the API's error by a page of the app",
        detail: "A custom error response (403 or 404 to index.html) holds for the whole distribution, so it also turns the API's 403 on OPTIONS into a page without CORS headers.",
    }
    CloudfrontOriginFailure {
        title: "CloudFront cannot get an answer from its origin (502 or 504)",
        detail: "The origin's domain name, its TLS certificate or its port is not what CloudFront expects, or the origin likely takes too long. The origin domain of an API is its execute-api or custom domain, with https only.",
    }
    CloudfrontCorsPolicy {
        title: "CloudFront's CORS policy does not allow the header $MISSING",
        detail: "The managed response headers policies send no Access-Control-Allow-Headers, so they do not help calls with Authorization. Use a policy of your own that names the headers.",
    }
    CloudfrontBlocked {
        title: "CloudFront or its WAF blocked the request",
        detail: "The answer is CloudFront's own page \"Request blocked\". A WAF rule or a geographic restriction of the distribution is the likely cause.",
    }
    PreflightRedirected {
        title: "the preflight was redirected, which browsers do not allow",
        detail: "OPTIONS got a redirect: from http to https, from or to a slash at the end, or to a login page. Call the URL that finally answers.",
    }
    Redirected {
        title: "the call is redirected to a place without CORS headers",
        detail: "Often a login page: the server takes the API call for a page view. Answer API calls with 401 instead of a redirect. If the redirect is meant, it and its target both need Access-Control-Allow-Origin; after a second change of origin the Origin header is \"null\".",
    }
    RedirectWithCredentials {
        title: "the redirect leads to a URL with a user name and password",
        detail: "Browsers refuse to follow such a redirect from a CORS call. Take user:password@ out of the Location header.",
    }
    SamLocalNoCors {
        title: "sam local answers OPTIONS with 403: the template declares no CORS",
        detail: "sam local answers preflights only where the template has Cors (REST API) or CorsConfiguration (HTTP API). A raw OPTIONS method is only partly read. Deployed, the API may behave otherwise.",
    }
    SamLocalAuthorizer {
        title: "sam local's authorizer refused the call, without CORS headers",
        detail: "sam local ignores GatewayResponses, so its 401 and 403 never carry CORS headers. Only Lambda authorizers run locally; Cognito, JWT and IAM do not. Look at the terminal of sam local for the authorizer's answer.",
    }
    LocalstackOrigin {
        title: "LocalStack does not know the page's origin $ORIGIN",
        detail: "Outside its execute-api paths LocalStack refuses origins that are not listed, with an empty 403. Add the page with EXTRA_CORS_ALLOWED_ORIGINS.",
    }
    JwtRejected {
        title: "the JWT authorizer refused the token: 401",
        detail: "This is no CORS problem: the answer could be read. The token is missing, expired, from another user pool, or its audience is not the app client that the authorizer names. Expose www-authenticate and the app sees which.",
    }
    CognitoTokenRejected {
        title: "the REST API's authorizer refused the token: 401",
        detail: "This is no CORS problem: the answer could be read. The token is missing, likely expired, or from another user pool; or it is an access token where the authorizer expects the ID token.",
    }
    HttpApiForbidden {
        title: "the HTTP API refused the call: 403 Forbidden",
        detail: "HTTP APIs give no reason. With a JWT authorizer the token likely lacks a scope that the route asks for. With IAM, in this order: the role may not execute-api:Invoke; CloudFront changes Host or path (fails for every role); old credentials (works after a reload); another region or service; a clock that is off (expose Date).",
    }
    IamNotAuthorized {
        title: "the role $ROLE may not $ACTION here",
        detail: "The signature is good; no policy of the role $ROLE allows $ACTION on $ARN. If its session is called CognitoIdentityCredentials, the identity pool gave the role: for guests, for the signed-in, or by group. Allow exactly this.",
    }
    PolicyDenied {
        title: "a policy forbids it, whatever else is allowed: $POLICY",
        detail: "An explicit Deny outweighs every Allow, and a session policy, permissions boundary or organization only ever limits: a further statement in the role $ROLE does not help. Guests get a session policy in the enhanced flow. Mend the $POLICY.",
    }
    AppsyncUnauthorized {
        title: "AppSync does not take this authorization",
        detail: "The API, or the type or field of the query, does not have the authorization mode of the call: for signed calls AWS_IAM, and @aws_iam in the schema beside another default. The role needs appsync:GraphQL.",
    }
    ResourcePolicyDenied {
        title: "the resource policy does not allow the caller",
        detail: "The policy of the API (or bucket) decided: look at its conditions on address, VPC endpoint and account, and for a Deny.",
    }
    SignatureMismatch {
        title: "the SigV4 signature does not match what the API received",
        detail: "Something changed between signing and the API: the Host (CloudFront or another domain before it), the path, the query, a signed header (a client adds a charset to content-type) or the body; or the secret key is another.",
    }
    SignaturePath {
        title: "the signature is for another path than the API sees",
        detail: "A distribution or a mapping before the API adds a part to the path (a stage, an origin path), takes one away, or encodes it once more. Say so in signAs.",
    }
    SignatureObjectKey {
        title: "S3 saw another object key than the one that was signed",
        detail: "S3 decodes the path that arrives (a `+` as a blank, %2F as a slash) and encodes it anew; a browser resolves `.` and `..`, also as %2E. Encode each segment of the key: a `+` is %2B. No browser can call a key that has a segment `.` or `..`.",
    }
    SignatureKey {
        title: "the API saw what was signed: the secret access key is another",
        detail: "Method, path, query, headers and body are the same on both sides, so the secret key does not belong to the access key id, or the date, region or service of the signing key is another. Do not mix the credentials of two sessions.",
    }
    SignatureScope {
        title: "the signature is for another region, service or day than the API",
        detail: "The credential scope must name the region and the service of what verifies it: execute-api for API Gateway, lambda for function URLs, s3, appsync. Behind a domain of your own, the route has to say both.",
    }
    IncompleteSignature {
        title: "the Authorization header that arrived is no SigV4 signature",
        detail: "Something replaced or cut it on the way: an axios default or interceptor with a Bearer token, a proxy, or CloudFront without a policy that forwards it. REST APIs also say so for a path that does not exist: $METHOD $PATH.",
    }
    SignatureExpired {
        title: "the signature's time is too far from the server's clock",
        detail: "The device's clock is off, or the request waited too long after signing. API Gateway accepts a difference of a few minutes only, likely five; S3 fifteen.",
    }
    SecurityTokenRejected {
        title: "the temporary credentials have likely expired",
        detail: "Credentials of an identity pool live an hour. Get fresh ones, and sign at the moment of the call.",
    }
    AccessKeyUnknown {
        title: "the access key or its session token is not known there",
        detail: "The session token is missing or from other credentials, or the credentials are from another partition (aws, aws-cn) or server, or deleted. All three values must be of one answer, sent to the account that gave them.",
    }
    PresignedUrlExpired {
        title: "the presigned URL has expired",
        detail: "Its X-Amz-Expires is over, or the credentials that signed it have expired: it never lives longer than they do. Make it when it is used.",
    }
    MissingAuthenticationToken {
        title: "no such method or path on the REST API, or the call is not signed",
        detail: "\"Missing Authentication Token\" is what a REST API answers to a path, method or stage that does not exist; and to an unsigned call of a method with AWS_IAM authorization. It is rarely about your token. Check $METHOD $PATH.",
    }
    BearerAtWrongPath {
        title: "a Bearer token was sent to a path that does not exist, or to a method with IAM authorization",
        detail: "API Gateway tried to read the Authorization header as a SigV4 signature. It does so where no method matches, so the path, the method or the stage is most likely wrong: $METHOD $PATH.",
    }
    AuthorizerDenied {
        title: "the Lambda authorizer denied the call",
        detail: "The authorizer ran and its policy says Deny, or it does not name this path. A cached policy of another path has the same effect.",
    }
    Forbidden {
        title: "API Gateway refused the call before any route: 403 Forbidden",
        detail: "Candidates: a missing or wrong API key, a WAF rule, a custom domain without API mapping, a disabled default endpoint, a wrong API id, or CloudFront forwarding Host.",
    }
    HttpApiIntegrationError {
        title: "the HTTP API's integration failed: 500",
        detail: "The function threw, its answer has the wrong form, or API Gateway may not invoke it. The access log variable $context.integrationErrorMessage says which.",
    }
    RestIntegrationError {
        title: "the REST API could not run its integration",
        detail: "API Gateway may not invoke the function, or the function failed. If the function's log shows no call, the invoke permission is missing.",
    }
    CallerCredentials {
        title: "the caller's role may not invoke the function: 500 although the Lambda never ran",
        detail: "With AWS_IAM, SAM makes API Gateway invoke the function with the caller's own credentials, so the role of the signed-in user would need lambda:InvokeFunction. Set InvokeRole: NONE; then API Gateway invokes it by its own permission, and users need no right on Lambda.",
    }
    MalformedProxyResponse {
        title: "the function failed or its answer is not a proxy response: 502",
        detail: "The function must return { statusCode: number, headers, body: string }. It threw, returned something else, or more than 6 MB.",
    }
    IntegrationTimeout {
        title: "the integration took too long",
        detail: "REST APIs wait 29 seconds, HTTP APIs 30. Answer at once and do the work asynchronously, or find out what is slow.",
    }
    Throttled {
        title: "too many requests: 429",
        detail: "The stage's, the account's or the usage plan's limit is likely reached; the application can answer 429 itself, too. Try again later; with several tabs or polling, call less often.",
    }
    NotFound {
        title: "no such route: 404",
        detail: "The API likely has no route for $METHOD $PATH. With a named stage the stage is part of the path on the execute-api host, and not on a custom domain.",
    }
    RequestRefused {
        title: "API Gateway refused the form of the request",
        detail: "A parameter is missing, the body does not fit the model, its media type is not accepted, or it is likely larger than 10 MB. The message of the answer says which.",
    }
    ApplicationAnswered {
        title: "the application itself answered with an error",
        detail: "The answer has none of the marks of API Gateway, CloudFront or an authorizer, so it comes from the function or service behind. Its body and log say more.",
    }
    Answered {
        title: "the server answered, and the answer is no error",
        detail: "The status is below 400 and the page could read it. There is nothing to explain.",
    }
    Unexplained {
        title: "the call failed, and nothing that was tried shows why",
        detail: "The console of the developer tools names the reason; scripts are not told. Look there for a line that begins with \"Access to fetch at\".",
    }
}
