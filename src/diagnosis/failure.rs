//! What the client hands over when a call failed or was refused.

pub use crate::config::{Locale, Probes, RouteKind};
use crate::cors::{AddressSpace, Credentials, HeaderList, Mode, Redirect};

/// A call that rejected.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The call.
    pub request: FailedRequest,
    /// The route that it matched.
    pub route: FailedRoute,
    /// When, on the page's performance clock.
    pub timing: Timing,
    /// What the browser said.
    pub error: BrowserError,
    /// What its body is.
    pub body: Body,
    /// Its `targetAddressSpace`.
    pub target_space: Option<AddressSpace>,
    /// The language of the texts.
    pub locale: Locale,
    /// How much may be tried.
    pub limits: Limits,
}

/// What a diagnosis may cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Probes at most.
    pub requests: usize,
    /// All probes together.
    pub milliseconds: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { requests: 15, milliseconds: 2000.0 }
    }
}

/// What a call's body is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Body {
    /// None, or one whose size is known.
    #[default]
    Plain,
    /// A `ReadableStream`, which browsers send over HTTP/2 only.
    Stream,
}

/// A call that was answered.
#[derive(Clone)]
pub struct Answer {
    /// The call.
    pub request: FailedRequest,
    /// The route that it matched.
    pub route: FailedRoute,
    /// What was signed, where it was. It may hold secrets: never whole in a text.
    pub canonical_request: Option<String>,
    /// The language of the texts.
    pub locale: Locale,
}

/// The call as it was sent.
#[derive(Clone)]
pub struct FailedRequest {
    /// Absolute.
    pub url: String,
    /// As sent.
    pub method: String,
    /// As sent, values included. They hold secrets: never in a text.
    pub headers: HeaderList,
    /// The credentials mode.
    pub credentials: Credentials,
    /// The request mode.
    pub mode: Mode,
    /// The redirect mode.
    pub redirect: Redirect,
}

impl std::fmt::Debug for FailedRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // header values and presigned queries are secrets
        f.debug_struct("FailedRequest")
            .field("method", &self.method)
            .field("header_names", &self.headers.names())
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

/// The route that the call matched.
#[derive(Clone, Debug)]
pub struct FailedRoute {
    /// The pattern.
    pub pattern: String,
    /// What was attached.
    pub auth: Auth,
    /// What the app says stands behind the URL.
    pub kind: Option<RouteKind>,
    /// Whether probes may be sent.
    pub probes: Probes,
    /// The host that a signature was made for, if another.
    pub sign_as: Option<String>,
}

/// What a route attaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nothing.
    None,
    /// `Authorization: Bearer`.
    Bearer,
    /// SigV4.
    Iam,
}

impl Auth {
    /// From the name that JavaScript uses; anything else is nothing.
    pub fn parse(name: &str) -> Self {
        match name {
            "bearer" => Self::Bearer,
            "iam" => Self::Iam,
            _ => Self::None,
        }
    }

    /// The reverse of [`Auth::parse`].
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Bearer => "bearer",
            Self::Iam => "iam",
        }
    }
}

/// When the call began and ended, in milliseconds of `performance.now()`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timing {
    /// Before the browser's fetch.
    pub start: f64,
    /// After its rejection.
    pub end: f64,
}

/// What the browser said.
#[derive(Clone, Debug, Default)]
pub struct BrowserError {
    /// `TypeError`.
    pub name: String,
    /// `Failed to fetch` and the like.
    pub message: String,
}
