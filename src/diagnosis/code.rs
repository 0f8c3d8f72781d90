//! Every finding there is, with its stable name.

use super::fix::FixId;
use super::words::{line_after, next_line};

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    /// The app's own call.
    Client,
    /// The page: its policy, its scheme, the browser around it.
    Page,
    /// Between the browser and the first server.
    Network,
    /// CloudFront.
    Cloudfront,
    /// API Gateway.
    ApiGateway,
    /// An authorizer of API Gateway.
    Authorizer,
    /// IAM policies and signatures.
    Iam,
    /// The function or service behind.
    Integration,
    /// Cognito.
    Cognito,
    /// A local emulator.
    Emulator,
}

impl Layer {
    /// The name that JavaScript sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Page => "page",
            Self::Network => "network",
            Self::Cloudfront => "cloudfront",
            Self::ApiGateway => "api-gateway",
            Self::Authorizer => "authorizer",
            Self::Iam => "iam",
            Self::Integration => "integration",
            Self::Cognito => "cognito",
            Self::Emulator => "emulator",
        }
    }
}

/// At most three, in a row of fixed length.
const fn three(ids: &[FixId]) -> [Option<FixId>; 3] {
    assert!(ids.len() <= 3, "a row holds three fixes");
    match *ids {
        [] => [None, None, None],
        [first] => [Some(first), None, None],
        [first, second] => [Some(first), Some(second), None],
        [first, second, third, ..] => [Some(first), Some(second), Some(third)],
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident = $name:literal, $layer:ident, [$($case:literal),*], [$($fix:ident),*];)*) => {
        /// A finding's stable name. The set is closed; names are never reused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $code,)* }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// The name that JavaScript sees.
            pub fn name(self) -> &'static str {
                static NAMES: &str = concat!($($name, "\n"),*);
                next_line(&mut line_after(NAMES, self as usize))
            }

            /// Who has to act.
            pub const fn layer(self) -> Layer {
                match self { $(Self::$code => Layer::$layer,)* }
            }

            /// The set-ups of the case table that it covers.
            pub const fn cases(self) -> &'static [&'static str] {
                match self { $(Self::$code => &[$($case),*],)* }
            }

            /// What mends it, best first.
            pub(super) fn fixes(self) -> impl Iterator<Item = FixId> {
                static FIXES: &[[Option<FixId>; 3]] = &[$(three(&[$(FixId::$fix),*])),*];
                FIXES.get(self as usize).into_iter().flatten().flatten().copied()
            }

            /// Refuses to compile a table whose rows are not these codes in their order.
            #[cfg(feature = "texts")]
            pub(super) const fn assert_order(mut codes: &[Self], mut rows: &[Self]) {
                while let ([code, more_codes @ ..], [row, more_rows @ ..]) = (codes, rows) {
                    assert!(*code as usize == *row as usize, "a row is out of order");
                    (codes, rows) = (more_codes, more_rows);
                }
                assert!(codes.is_empty() && rows.is_empty(), "a row is missing, or too many");
            }
        }
    };
}

codes! {
    /// The request mode forbids other origins.
    ModeSameOrigin = "mode-same-origin", Client, ["X04"], [CorsMode];
    /// `no-cors` goes with `redirect: "follow"` only.
    NoCorsRedirectMode = "no-cors-redirect-mode", Client, ["X05"], [CorsMode];
    /// The URL's scheme cannot be fetched.
    UnsupportedScheme = "unsupported-scheme", Client, ["E10"], [PlainUrl];
    /// The URL has a user name or password.
    UrlHasCredentials = "url-has-credentials", Client, [], [PlainUrl];
    /// The server redirects and the request forbids it.
    RedirectRefused = "redirect-refused", Client, [], [FinalUrl];
    /// A method name in lower case that browsers do not normalise.
    MethodLowerCase = "method-lower-case", Client, ["H18"], [UpperCaseMethod];
    /// The browser has no connection.
    Offline = "offline", Network, ["E09"], [];
    /// The page's own policy forbids the URL.
    CspConnectSrc = "csp-connect-src", Page, ["E04"], [Csp];
    /// An http URL from an https page.
    MixedContent = "mixed-content", Page, ["E05"], [FinalUrl];
    /// Something in the browser blocks the URL.
    ExtensionBlocked = "extension-blocked", Page, ["E06"], [Extension];
    /// The page may not reach the local network.
    LocalNetworkDenied = "local-network-denied", Page, ["E01"], [LocalNetwork];
    /// An http page wants to reach a more private network.
    LocalNetworkInsecure = "local-network-insecure", Page, ["E02"], [LocalNetwork];
    /// The server is not in the address space that the request names.
    TargetAddressSpace = "target-address-space", Client, ["E03"], [LocalNetwork];
    /// Chromium sends streams over HTTP/2 only.
    StreamNeedsHttp2 = "stream-needs-http2", Client, [], [];
    /// Nothing answers at the host.
    Unreachable = "unreachable", Network, ["E07", "E08"], [HostName, Server];
    /// The connection is lost on OPTIONS only.
    PreflightConnectionLost = "preflight-connection-lost", Network, ["X06"], [];
    /// HTTP API: the authorizer answers the preflight.
    PreflightAuthorizer = "preflight-authorizer", Authorizer, ["H01"], [OptionsRoute];
    /// HTTP API: the authorizer answers the preflight, and CORS is not configured.
    PreflightAuthorizerNoCors = "preflight-authorizer-no-cors", Authorizer, ["H02"], [Cors, OptionsRoute];
    /// HTTP API without CORS.
    CorsNotConfigured = "cors-not-configured", ApiGateway, ["H03", "H13"], [Cors];
    /// The page's origin is not in the list.
    OriginNotAllowed = "origin-not-allowed", ApiGateway, ["H04", "H17"], [Cors];
    /// A header is not in Access-Control-Allow-Headers.
    HeaderNotAllowed = "header-not-allowed", ApiGateway, ["H05", "H06", "R12", "R26", "L04"], [Cors];
    /// The method is not in Access-Control-Allow-Methods.
    MethodNotAllowed = "method-not-allowed", ApiGateway, ["H07", "H11", "R28", "R29"], [Cors];
    /// Access-Control-Allow-Headers does not parse.
    AllowHeadersMalformed = "allow-headers-malformed", ApiGateway, ["H16"], [Cors];
    /// Access-Control-Allow-Methods does not parse.
    AllowMethodsMalformed = "allow-methods-malformed", ApiGateway, ["R30"], [Cors];
    /// `*` is void for a call with credentials.
    WildcardWithCredentials = "wildcard-with-credentials", Client, ["H09", "R25", "R36"], [OmitCredentials, AllowCredentials];
    /// Access-Control-Allow-Credentials is not `true`.
    CredentialsNotAllowed = "credentials-not-allowed", Client, ["H10", "R27", "C11"], [OmitCredentials, AllowCredentials];
    /// REST API: no OPTIONS method on the resource.
    OptionsMissing = "options-missing", ApiGateway, ["R01", "R19"], [RestCors, Deploy];
    /// REST API: OPTIONS needs an authorizer or API key.
    OptionsNeedsAuth = "options-needs-auth", Authorizer, ["R02", "R04", "R05"], [FreeOptions];
    /// The same, with CORS headers on gateway responses.
    OptionsNeedsAuthReadable = "options-needs-auth-readable", Authorizer, ["R03"], [FreeOptions];
    /// REST API: the OPTIONS mock fails with 500.
    OptionsMockFails = "options-mock-fails", ApiGateway, ["R18"], [BinaryTypes];
    /// The preflight's status is not 2xx.
    PreflightStatus = "preflight-status", Integration, [], [FreeOptions];
    /// The function does not return Access-Control-Allow-Origin.
    ResponseWithoutCors = "response-without-cors", Integration, ["R06"], [ReturnAllowOrigin];
    /// An error made by API Gateway carries no CORS headers.
    GatewayErrorWithoutCors = "gateway-error-without-cors", ApiGateway, ["H15", "R07", "R13", "R14", "R15", "R16", "R17"], [GatewayResponses, Timeouts];
    /// IAM refused, without CORS headers.
    IamErrorWithoutCors = "iam-error-without-cors", Iam, ["R09", "R10"], [GatewayResponses, SignAs, IamPolicy];
    /// Access-Control-Allow-Origin names another origin.
    OriginMismatch = "origin-mismatch", ApiGateway, ["R20", "R23"], [Cors, ReturnAllowOrigin];
    /// Several origins in one Access-Control-Allow-Origin.
    OriginList = "origin-list", ApiGateway, ["R21"], [Cors];
    /// Access-Control-Allow-Origin is no origin.
    OriginMalformed = "origin-malformed", ApiGateway, ["R22", "R24"], [Cors, ReturnAllowOrigin];
    /// Two places add Access-Control-Allow-Origin.
    DuplicateAllowOrigin = "duplicate-allow-origin", Integration, ["R31"], [OneOwner];
    /// Everything is refused before a route is looked for.
    RefusedBeforeRouting = "refused-before-routing", ApiGateway, ["R32", "R33", "R35"], [Mapping, WafRule, ResourcePolicy];
    /// REST API: no such path or stage.
    WrongPath = "wrong-path", ApiGateway, ["R34"], [Mapping];
    /// Function URL without CORS.
    FunctionUrlNoCors = "function-url-no-cors", Integration, ["L01"], [FunctionUrlCors];
    /// Function URL and function both add CORS headers.
    FunctionUrlDuplicateCors = "function-url-duplicate-cors", Integration, ["L02"], [FunctionWithoutCors, FunctionUrlCors];
    /// The function URL's permission is missing.
    FunctionUrlForbidden = "function-url-forbidden", Iam, ["L03"], [FunctionUrlPermission];
    /// CloudFront does not allow OPTIONS.
    CloudfrontMethods = "cloudfront-methods", Cloudfront, ["C01"], [CloudfrontMethods];
    /// CloudFront forwards Host to API Gateway.
    CloudfrontHostForwarded = "cloudfront-host-forwarded", Cloudfront, ["C02", "C03"], [CloudfrontHost];
    /// CloudFront drops Authorization.
    CloudfrontAuthorizationDropped = "cloudfront-authorization-dropped", Cloudfront, ["C04"], [CloudfrontHost, GatewayResponses];
    /// Signed for CloudFront's host, verified for API Gateway's.
    CloudfrontSignatureHost = "cloudfront-signature-host", Cloudfront, ["C05"], [SignAs, GatewayResponses];
    /// CloudFront serves an answer cached for another origin.
    CloudfrontCachedCors = "cloudfront-cached-cors", Cloudfront, ["C06", "C07"], [CloudfrontCache];
    /// CloudFront replaces an error by a page.
    CloudfrontErrorPage = "cloudfront-error-page", Cloudfront, ["C09"], [CloudfrontErrorPages, RestCors];
    /// CloudFront cannot reach its origin.
    CloudfrontOriginFailure = "cloudfront-origin-failure", Cloudfront, ["C10"], [CloudfrontOrigin, CloudfrontHost];
    /// CloudFront's response headers policy names no headers.
    CloudfrontCorsPolicy = "cloudfront-cors-policy", Cloudfront, ["C12"], [OneOwner];
    /// CloudFront or its WAF blocks the request.
    CloudfrontBlocked = "cloudfront-blocked", Cloudfront, [], [Waf];
    /// The preflight is redirected.
    PreflightRedirected = "preflight-redirected", Cloudfront, ["C08"], [FinalUrl];
    /// The call is redirected to something without CORS.
    Redirected = "redirected", Network, ["X01", "X02"], [NoLogin, FinalUrl];
    /// The redirect's location has a user name or password.
    RedirectWithCredentials = "redirect-with-credentials", Network, ["X03"], [FinalUrl];
    /// sam local: no CORS in the template.
    SamLocalNoCors = "sam-local-no-cors", Emulator, ["S01"], [SamLocalCors];
    /// sam local: the authorizer's refusal has no CORS headers.
    SamLocalAuthorizer = "sam-local-authorizer", Emulator, ["S02"], [AuthorizerLog];
    /// LocalStack does not know the page's origin.
    LocalstackOrigin = "localstack-origin", Emulator, ["S03"], [LocalstackOrigins];
    /// HTTP API: the JWT authorizer refused the token.
    JwtRejected = "jwt-rejected", Authorizer, ["H12"], [Token, JwtAuthorizer, ExposeHeaders];
    /// REST API: the authorizer refused the token.
    CognitoTokenRejected = "cognito-token-rejected", Authorizer, ["R08"], [Token];
    /// HTTP API: scope missing, or any SigV4 problem.
    HttpApiForbidden = "http-api-forbidden", Authorizer, [], [Token, SignAs];
    /// The role may not execute-api:Invoke.
    IamNotAuthorized = "iam-not-authorized", Iam, [], [IamPolicy];
    /// A policy that no Allow outweighs.
    PolicyDenied = "policy-denied", Iam, [], [Deny];
    /// AppSync: the API does not take the authorization.
    AppsyncUnauthorized = "appsync-unauthorized", Authorizer, [], [IamPolicy];
    /// The resource policy denies.
    ResourcePolicyDenied = "resource-policy-denied", Iam, [], [ResourcePolicy];
    /// The signature does not match.
    SignatureMismatch = "signature-mismatch", Iam, [], [SignAs, SignedRequest];
    /// The signature is for another path.
    SignaturePath = "signature-path", Iam, [], [SignAs];
    /// S3: the signature is for another key of an object.
    SignatureObjectKey = "signature-object-key", Iam, [], [ObjectKey];
    /// The signature is for the request as it arrived, with another key.
    SignatureKey = "signature-key", Iam, [], [Credentials];
    /// The signature is for another region, service or day.
    SignatureScope = "signature-scope", Iam, [], [Scope];
    /// The signature's header arrived in another form.
    IncompleteSignature = "incomplete-signature", Iam, [], [SignedRequest, CloudfrontHost];
    /// The signature's time is off.
    SignatureExpired = "signature-expired", Iam, [], [Clock];
    /// The temporary credentials are not accepted.
    SecurityTokenRejected = "security-token-rejected", Iam, [], [Credentials];
    /// Nobody knows the access key.
    AccessKeyUnknown = "access-key-unknown", Iam, [], [Credentials];
    /// The presigned URL's time is over.
    PresignedUrlExpired = "presigned-url-expired", Iam, [], [Presign];
    /// No such method, or the call is not signed.
    MissingAuthenticationToken = "missing-authentication-token", ApiGateway, [], [Mapping];
    /// A Bearer token where API Gateway expects a signature.
    BearerAtWrongPath = "bearer-at-wrong-path", ApiGateway, [], [Mapping];
    /// The Lambda authorizer denied.
    AuthorizerDenied = "authorizer-denied", Authorizer, [], [Authorizer];
    /// API Gateway refused, and does not say why.
    Forbidden = "forbidden", ApiGateway, [], [Mapping, Waf];
    /// HTTP API: the integration failed.
    HttpApiIntegrationError = "http-api-integration-error", Integration, ["H14"], [LambdaPermission];
    /// REST API: the integration failed.
    RestIntegrationError = "rest-integration-error", Integration, [], [LambdaPermission];
    /// The caller's role may not invoke the function.
    CallerCredentials = "caller-credentials", Iam, ["R11"], [CallerCredentials, GatewayResponses];
    /// The function's answer is not a proxy response.
    MalformedProxyResponse = "malformed-proxy-response", Integration, [], [ReturnAllowOrigin];
    /// The integration took too long.
    IntegrationTimeout = "integration-timeout", Integration, [], [Timeouts];
    /// Too many requests.
    Throttled = "throttled", ApiGateway, [], [Limits];
    /// No such route.
    NotFound = "not-found", ApiGateway, [], [Mapping];
    /// API Gateway refused the request's form.
    RequestRefused = "request-refused", ApiGateway, [], [RequestForm];
    /// The application itself answered with an error.
    ApplicationAnswered = "application-answered", Integration, [], [];
    /// The answer is no error.
    Answered = "answered", Client, [], [];
    /// Nothing known fits.
    Unexplained = "unexplained", Network, [], [];
    // From here on what only the exact diagnosis finds; a page is not told its texts.
    /// The host name does not resolve.
    HostNotFound = "host-not-found", Network, ["E07"], [HostName];
    /// Nothing listens at the port.
    ConnectionRefused = "connection-refused", Network, [], [Server];
    /// The connection is closed before an answer.
    ConnectionReset = "connection-reset", Network, [], [];
    /// The certificate does not fit, or TLS fails otherwise.
    CertificateInvalid = "certificate-invalid", Network, ["E08"], [HostName];
    /// No answer in time.
    TimedOut = "timed-out", Network, [], [];
    /// What answers does not speak HTTP.
    NotHttp = "not-http", Network, [], [Server];
    /// The answer's headers are beyond the limit of browsers.
    AnswerTooLarge = "answer-too-large", Integration, [], [];
    /// An exchange was handed over without the answer to OPTIONS.
    PreflightNotGiven = "preflight-not-given", Client, [], [];
    /// More than twenty redirects.
    RedirectLoop = "redirect-loop", Network, [], [FinalUrl];
    /// OPTIONS is answered by something that does not know CORS.
    PreflightWithoutCors = "preflight-without-cors", Integration, [], [Cors];
    /// A `no-cors` answer arrived and cannot be read.
    OpaqueAnswer = "opaque-answer", Client, [], [CorsMode];
    /// Any Origin is let in.
    OriginReflected = "origin-reflected", ApiGateway, [], [AllowList];
    /// `Access-Control-Allow-Headers: *` has to cover Authorization.
    AuthorizationWildcard = "authorization-wildcard", ApiGateway, ["H08"], [Cors];
}

#[cfg(feature = "texts")]
impl Code {
    /// The first of those that only the exact diagnosis finds.
    pub(super) const FIRST_EXACT: Self = Self::HostNotFound;
}
