//! What the client hands over when a call failed or was refused.

use crate::cors::{Credentials, HeaderList, Mode, Redirect};
use serde::{Deserialize, Serialize};

/// A call that rejected.
#[derive(Clone, Debug, Deserialize)]
pub struct Failure {
    /// The call.
    pub request: FailedRequest,
    /// The route that it matched.
    pub route: FailedRoute,
    /// When, on the page's performance clock.
    pub timing: Timing,
    /// What the browser said.
    pub error: BrowserError,
    /// The language of the texts.
    #[serde(default)]
    pub locale: Locale,
}

/// A call that was answered.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer {
    /// The call.
    pub request: FailedRequest,
    /// The route that it matched.
    pub route: FailedRoute,
    /// The language of the texts.
    #[serde(default)]
    pub locale: Locale,
}

/// The call as it was sent.
#[derive(Clone, Deserialize)]
pub struct FailedRequest {
    /// Absolute.
    pub url: String,
    /// As sent.
    pub method: String,
    /// As sent, values included. They hold secrets: never in a text.
    #[serde(default)]
    pub headers: HeaderList,
    /// The credentials mode.
    #[serde(default)]
    pub credentials: Credentials,
    /// The request mode.
    #[serde(default)]
    pub mode: Mode,
    /// The redirect mode.
    #[serde(default)]
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
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FailedRoute {
    /// The pattern.
    #[serde(rename = "match")]
    pub pattern: String,
    /// What was attached.
    pub auth: Auth,
    /// What the app says stands behind the URL.
    #[serde(default)]
    pub kind: Option<RouteKind>,
    /// Whether probes may be sent.
    #[serde(default)]
    pub probes: Probes,
    /// The host that a signature was made for, if another.
    #[serde(default)]
    pub sign_as: Option<String>,
}

/// What a route attaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Auth {
    /// Nothing.
    None,
    /// `Authorization: Bearer`.
    Bearer,
    /// SigV4.
    Iam,
}

/// Whether a diagnosis may send requests of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Probes {
    /// It may.
    #[default]
    On,
    /// It may not.
    Off,
}

/// What stands behind a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RouteKind {
    /// API Gateway, HTTP API.
    HttpApi,
    /// API Gateway, REST API.
    RestApi,
    /// A Lambda function URL.
    FunctionUrl,
    /// CloudFront, with any of these behind it.
    Cloudfront,
    /// `sam local start-api`.
    SamLocal,
    /// LocalStack.
    Localstack,
    /// Something else.
    Custom,
}

/// When the call began and ended, in milliseconds of `performance.now()`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
pub struct Timing {
    /// Before the browser's fetch.
    pub start: f64,
    /// After its rejection.
    pub end: f64,
}

/// What the browser said.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct BrowserError {
    /// `TypeError`.
    pub name: String,
    /// `Failed to fetch` and the like.
    pub message: String,
}

/// The language of the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// Japanese.
    Ja,
}
