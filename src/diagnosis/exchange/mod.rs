//! The exact diagnosis: everything that went over the wire is known. So the browser's ruling is known ([`crate::cors::rule`]), and the
//! answers' own headers and bodies say who gave them.

pub mod examination;
pub mod report;

mod causes;
mod marks;
mod network;
mod preflight;
mod response;
mod shown;
mod signed_request;
#[cfg(test)]
mod tests;
mod warnings;

use serde::Serialize;

use super::evidence::{Context, Isolation, Page};
use super::facts::{Facts, is_presigned};
use super::failure::{Auth, FailedRequest, FailedRoute, Locale, Probes, RouteKind};
use super::{Answered, Finding, Verdict};
use crate::cors::{self, End, Engine, Origin, Ruling, Url, Violation};
use crate::cors::{AddressSpace, Crossing, LocalNetworkPermission, PageContext, local_network_check};

pub use examination::{Examination, Send, Step, WireRequest};
pub use report::{Outcome, Report, StepReport};

/// An origin that nobody allows; a server that lets it in lets everyone in.
const FOREIGN_ORIGIN: &str = "https://gatepass-origin-check.invalid";

/// The call that is asked about.
#[derive(Clone, Debug)]
pub struct Call {
    /// As the page made it.
    pub request: FailedRequest,
    /// The page's origin.
    pub origin: String,
    /// Where the request says that the server is.
    pub target_address_space: Option<AddressSpace>,
    /// Whose browser.
    pub engine: Engine,
    /// The language of the texts.
    pub locale: Locale,
    /// What stands behind the URL, if the app says so.
    pub kind: Option<RouteKind>,
    /// What the app attaches; read from the headers where it does not say.
    pub auth: Option<Auth>,
}

impl Call {
    /// As the rules of CORS see it.
    pub fn request(&self) -> cors::Request {
        cors::Request {
            origin: Origin::parse(&self.origin),
            url: self.request.url.clone(),
            method: self.request.method.clone(),
            headers: self.request.headers.clone(),
            credentials: self.request.credentials,
            mode: self.request.mode,
            redirect: self.request.redirect,
        }
    }

    fn facts(&self) -> Facts {
        let route = FailedRoute {
            pattern: String::new(),
            auth: self.auth.unwrap_or_else(|| self.auth_of_headers()),
            kind: self.kind,
            probes: Probes::Off,
            sign_as: None,
        };
        let page = Page {
            origin: self.origin.clone(),
            context: Context::Secure,
            isolation: Isolation::Open,
            engine: self.engine,
        };
        Facts::new(&self.request, &route, &page)
    }

    /// SigV4 shows in its date header, its scheme or its query.
    fn auth_of_headers(&self) -> Auth {
        let headers = &self.request.headers;
        let authorization = headers.get("authorization");
        let presigned = is_presigned(&self.request.url);
        let signed = authorization.as_deref().is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256"));
        match authorization {
            _ if presigned || signed || headers.contains("x-amz-date") => Auth::Iam,
            Some(_) => Auth::Bearer,
            None => Auth::None,
        }
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The host name does not resolve.
    Dns,
    /// Nothing listens there.
    Refused,
    /// The connection was closed before an answer.
    Reset,
    /// The certificate or the TLS handshake.
    Tls,
    /// No connection in time.
    ConnectTimeout,
    /// No answer in time.
    Timeout,
    /// What came is not HTTP.
    NotHttp,
    /// More than anybody wants to read.
    TooLarge,
    /// Anything else.
    Other,
}

/// What came back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// An answer.
    Answer(Answered),
    /// None.
    Failure(Failure),
}

impl Reply {
    /// The answer, if there was one.
    pub const fn answer(&self) -> Option<&Answered> {
        match self {
            Self::Answer(answered) => Some(answered),
            Self::Failure(_) => None,
        }
    }

    const fn failure(&self) -> Option<Failure> {
        match self {
            Self::Answer(_) => None,
            Self::Failure(failure) => Some(*failure),
        }
    }
}

/// What went over the wire at one hop. A part that was not asked for is `None`.
#[derive(Clone, Debug, Default)]
pub struct Hop {
    /// The answer to `OPTIONS`.
    pub preflight: Option<Reply>,
    /// The answer to the request.
    pub response: Option<Reply>,
}

/// The whole exchange, and what was asked beside it.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    /// The hops, one more for each redirect.
    pub hops: Vec<Hop>,
    /// How `OPTIONS` is answered to an origin that nobody allows.
    pub foreign: Option<Answered>,
    /// Whether the request itself was sent.
    pub fidelity: Fidelity,
}

/// Whether the answer is to the request itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fidelity {
    /// It was sent as it is.
    #[default]
    AsIs,
    /// A GET was sent in its place, lest something change.
    AsGet,
}

impl Exchange {
    /// As the rules of CORS see it.
    pub fn bare(&self) -> cors::Exchange {
        let bare = |reply: &Option<Reply>| {
            reply
                .as_ref()
                .and_then(Reply::answer)
                .map(|answered| cors::Response { status: answered.status, headers: answered.headers.clone() })
        };
        let mut whole = None;
        for hop in self.hops.iter().rev() {
            let (preflight, response) = (bare(&hop.preflight), bare(&hop.response));
            whole = Some(Box::new(cors::Exchange { preflight, response, next: whole }));
        }
        whole.map(|whole| *whole).unwrap_or_default()
    }
}

/// What the browser says, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the script gets a `TypeError`.
    pub blocked: bool,
    /// Chromium's `Network.CorsError`, for the rule that the engine reports.
    pub cors_error: Option<&'static str>,
    /// The value that it names.
    pub failed_parameter: String,
    /// Every violated rule, the reported one first.
    pub violations: Vec<NamedViolation>,
    /// Why, and how to mend it; what is reported first. Never empty.
    pub findings: Vec<Finding>,
    /// How sure the first of them is.
    #[serde(skip)]
    pub verdict: Verdict,
}

/// A violated rule by Chromium's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedViolation {
    /// Chromium's `Network.CorsError`.
    pub cors_error: &'static str,
    /// The value that it names.
    pub failed_parameter: String,
}

impl From<&Violation> for NamedViolation {
    fn from(violation: &Violation) -> Self {
        Self { cors_error: violation.error.name(), failed_parameter: violation.parameter.clone() }
    }
}

/// What a browser says to an exchange, and why it went as it did.
pub fn explain(call: &Call, exchange: &Exchange) -> Explanation {
    explained(call, exchange, &rule(call, exchange))
}

/// The browser's ruling, beginning with what it looks at before it sends anything.
fn rule(call: &Call, exchange: &Exchange) -> Ruling {
    if let Some(refused) = elsewhere(call) {
        return Ruling::refused(refused);
    }
    cors::rule(&call.request(), &exchange.bare(), call.engine)
}

/// Whether the server is not where the request says. Only Chromium asks, and only an address shows it.
fn elsewhere(call: &Call) -> Option<Violation> {
    let named = call.target_address_space.filter(|_| call.engine == Engine::Chromium)?;
    let server = AddressSpace::of(&Url::parse(&call.request.url)?)?;
    // whether the page may go there is asked of the user
    local_network_check(Crossing {
        page: AddressSpace::Loopback,
        context: PageContext::Secure,
        server,
        named: Some(named),
        permission: LocalNetworkPermission::Granted,
    })
}

fn explained(call: &Call, exchange: &Exchange, ruling: &Ruling) -> Explanation {
    let (verdict, findings) = causes::findings(call, &call.facts(), exchange, ruling);
    let reported = ruling.reported.as_ref();
    Explanation {
        blocked: ruling.end == End::Blocked,
        cors_error: reported.map(|violation| violation.error.name()),
        failed_parameter: reported.map(|violation| violation.parameter.clone()).unwrap_or_default(),
        violations: ruling.violations.iter().map(NamedViolation::from).collect(),
        findings,
        verdict,
    }
}
