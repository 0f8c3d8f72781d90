//! What a browser can object to, by Chromium's names.

/// Chromium's `Network.CorsError`, as far as a current Chromium emits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CorsError {
    /// The request mode is `same-origin` and the URL is not.
    DisallowedByMode,
    /// The URL's scheme cannot be fetched across origins.
    CorsDisabledScheme,
    /// `mode: "no-cors"` goes with `redirect: "follow"` only.
    NoCorsRedirectModeNotFollow,
    /// `*` is void when the credentials mode is `include`.
    WildcardOriginNotAllowed,
    /// There is no `Access-Control-Allow-Origin`.
    MissingAllowOriginHeader,
    /// `Access-Control-Allow-Origin` holds more than one value.
    MultipleAllowOriginValues,
    /// `Access-Control-Allow-Origin` holds something that is no origin.
    InvalidAllowOriginValue,
    /// `Access-Control-Allow-Origin` names another origin.
    AllowOriginMismatch,
    /// `Access-Control-Allow-Credentials` is not exactly `true`.
    InvalidAllowCredentials,
    /// The preflight's status is not 200 to 299.
    PreflightInvalidStatus,
    /// The preflight was redirected.
    PreflightDisallowedRedirect,
    /// [`CorsError::WildcardOriginNotAllowed`], of the preflight.
    PreflightWildcardOriginNotAllowed,
    /// [`CorsError::MissingAllowOriginHeader`], of the preflight.
    PreflightMissingAllowOriginHeader,
    /// [`CorsError::MultipleAllowOriginValues`], of the preflight.
    PreflightMultipleAllowOriginValues,
    /// [`CorsError::InvalidAllowOriginValue`], of the preflight.
    PreflightInvalidAllowOriginValue,
    /// [`CorsError::AllowOriginMismatch`], of the preflight.
    PreflightAllowOriginMismatch,
    /// [`CorsError::InvalidAllowCredentials`], of the preflight.
    PreflightInvalidAllowCredentials,
    /// `Access-Control-Allow-Methods` is not a list of tokens.
    InvalidAllowMethodsPreflightResponse,
    /// `Access-Control-Allow-Headers` is not a list of tokens.
    InvalidAllowHeadersPreflightResponse,
    /// The method is not in `Access-Control-Allow-Methods`.
    MethodDisallowedByPreflightResponse,
    /// A request header is not in `Access-Control-Allow-Headers`.
    HeaderDisallowedByPreflightResponse,
    /// The redirect's location has a user name or password.
    RedirectContainsCredentials,
    /// The page is no secure context and the server is in a more private network.
    InsecureLocalNetwork,
    /// The server is not in the network that the request named.
    InvalidLocalNetworkAccess,
    /// The user or a policy forbids the page to reach the local network.
    LocalNetworkAccessPermissionDenied,
}

impl CorsError {
    /// Every value, in the order of the declaration.
    pub const ALL: [Self; 25] = [
        Self::DisallowedByMode,
        Self::CorsDisabledScheme,
        Self::NoCorsRedirectModeNotFollow,
        Self::WildcardOriginNotAllowed,
        Self::MissingAllowOriginHeader,
        Self::MultipleAllowOriginValues,
        Self::InvalidAllowOriginValue,
        Self::AllowOriginMismatch,
        Self::InvalidAllowCredentials,
        Self::PreflightInvalidStatus,
        Self::PreflightDisallowedRedirect,
        Self::PreflightWildcardOriginNotAllowed,
        Self::PreflightMissingAllowOriginHeader,
        Self::PreflightMultipleAllowOriginValues,
        Self::PreflightInvalidAllowOriginValue,
        Self::PreflightAllowOriginMismatch,
        Self::PreflightInvalidAllowCredentials,
        Self::InvalidAllowMethodsPreflightResponse,
        Self::InvalidAllowHeadersPreflightResponse,
        Self::MethodDisallowedByPreflightResponse,
        Self::HeaderDisallowedByPreflightResponse,
        Self::RedirectContainsCredentials,
        Self::InsecureLocalNetwork,
        Self::InvalidLocalNetworkAccess,
        Self::LocalNetworkAccessPermissionDenied,
    ];

    /// The name that the Chrome DevTools Protocol uses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DisallowedByMode => "DisallowedByMode",
            Self::CorsDisabledScheme => "CorsDisabledScheme",
            Self::NoCorsRedirectModeNotFollow => "NoCorsRedirectModeNotFollow",
            Self::WildcardOriginNotAllowed => "WildcardOriginNotAllowed",
            Self::MissingAllowOriginHeader => "MissingAllowOriginHeader",
            Self::MultipleAllowOriginValues => "MultipleAllowOriginValues",
            Self::InvalidAllowOriginValue => "InvalidAllowOriginValue",
            Self::AllowOriginMismatch => "AllowOriginMismatch",
            Self::InvalidAllowCredentials => "InvalidAllowCredentials",
            Self::PreflightInvalidStatus => "PreflightInvalidStatus",
            Self::PreflightDisallowedRedirect => "PreflightDisallowedRedirect",
            Self::PreflightWildcardOriginNotAllowed => "PreflightWildcardOriginNotAllowed",
            Self::PreflightMissingAllowOriginHeader => "PreflightMissingAllowOriginHeader",
            Self::PreflightMultipleAllowOriginValues => "PreflightMultipleAllowOriginValues",
            Self::PreflightInvalidAllowOriginValue => "PreflightInvalidAllowOriginValue",
            Self::PreflightAllowOriginMismatch => "PreflightAllowOriginMismatch",
            Self::PreflightInvalidAllowCredentials => "PreflightInvalidAllowCredentials",
            Self::InvalidAllowMethodsPreflightResponse => "InvalidAllowMethodsPreflightResponse",
            Self::InvalidAllowHeadersPreflightResponse => "InvalidAllowHeadersPreflightResponse",
            Self::MethodDisallowedByPreflightResponse => "MethodDisallowedByPreflightResponse",
            Self::HeaderDisallowedByPreflightResponse => "HeaderDisallowedByPreflightResponse",
            Self::RedirectContainsCredentials => "RedirectContainsCredentials",
            Self::InsecureLocalNetwork => "InsecureLocalNetwork",
            Self::InvalidLocalNetworkAccess => "InvalidLocalNetworkAccess",
            Self::LocalNetworkAccessPermissionDenied => "LocalNetworkAccessPermissionDenied",
        }
    }

    /// Whether it is the answer to `OPTIONS` that breaks the rule.
    pub const fn is_of_preflight(self) -> bool {
        matches!(
            self,
            Self::PreflightInvalidStatus
                | Self::PreflightDisallowedRedirect
                | Self::PreflightWildcardOriginNotAllowed
                | Self::PreflightMissingAllowOriginHeader
                | Self::PreflightMultipleAllowOriginValues
                | Self::PreflightInvalidAllowOriginValue
                | Self::PreflightAllowOriginMismatch
                | Self::PreflightInvalidAllowCredentials
                | Self::InvalidAllowMethodsPreflightResponse
                | Self::InvalidAllowHeadersPreflightResponse
                | Self::MethodDisallowedByPreflightResponse
                | Self::HeaderDisallowedByPreflightResponse
        )
    }

    /// The same objection, made to a preflight. Only the CORS check's six have such a twin.
    pub const fn of_preflight(self) -> Self {
        match self {
            Self::WildcardOriginNotAllowed => Self::PreflightWildcardOriginNotAllowed,
            Self::MissingAllowOriginHeader => Self::PreflightMissingAllowOriginHeader,
            Self::MultipleAllowOriginValues => Self::PreflightMultipleAllowOriginValues,
            Self::InvalidAllowOriginValue => Self::PreflightInvalidAllowOriginValue,
            Self::AllowOriginMismatch => Self::PreflightAllowOriginMismatch,
            Self::InvalidAllowCredentials => Self::PreflightInvalidAllowCredentials,
            other => other,
        }
    }
}

/// One violated rule, and the value that violates it (Chromium's `failedParameter`; empty where it has none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub error: CorsError,
    /// The offending header value, method, header name or scheme.
    pub parameter: String,
    /// How many redirects were followed before.
    pub hop: u8,
}

impl Violation {
    /// A violation with its parameter.
    pub fn new(error: CorsError, parameter: impl Into<String>) -> Self {
        Self { error, parameter: parameter.into(), hop: 0 }
    }

    /// A violation that has no parameter.
    pub const fn bare(error: CorsError) -> Self {
        Self { error, parameter: String::new(), hop: 0 }
    }
}
