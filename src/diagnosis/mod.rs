//! Evidence → findings → fixes: why the browser said no, in one sentence that is right, with the lines that mend it.
//!
//! A failed call is judged by theories ([`theory`]): each is a way in which a front door can be broken, and predicts what every
//! probe would see. [`plan`] says which probe comes next, [`reason`] drops the theories that the evidence contradicts and ranks the
//! rest. A readable answer is explained from its status and body ([`answer`]). No clock, no request, no browser here.

pub mod answer;
pub mod clock;
pub mod code;
pub mod evidence;
pub mod exchange;
pub mod failure;
pub mod fix;
#[cfg(all(feature = "texts", not(target_arch = "wasm32")))]
pub mod page;
pub mod plan;
pub mod probe;
pub mod reason;
pub mod text;
pub mod theory;

mod canonical;
mod facts;
mod redact;
mod refusal;
#[cfg(test)]
mod simulation;
pub(crate) mod words;

use serde::{Serialize, Serializer};

pub use answer::{Answered, explain_answer};
pub use code::{Code, Layer};
pub use evidence::{Entry, Evidence, Observation, Outcome, Page, Phase, Probe};
pub use failure::{Answer, FailedRequest, FailedRoute, Failure, Locale, RouteKind};
pub use plan::{Step, next_step};
pub use reason::diagnose;

/// What the app gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Diagnosis {
    /// How sure it is.
    pub verdict: Verdict,
    /// Most likely first, never empty.
    pub findings: Vec<Finding>,
    /// The call, without any secret.
    pub request: RequestSummary,
    /// What was tried and what came back.
    pub evidence: Vec<EvidenceItem>,
}

/// How sure a diagnosis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing else fits the evidence.
    Certain,
    /// The first finding is more likely than all others together.
    Likely,
    /// Several findings fit about as well.
    Ambiguous,
}

/// Enums go to JavaScript by their names.
macro_rules! serialized_by_name {
    ($($type:ty),+) => {$(
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.name())
            }
        }
    )+};
}

serialized_by_name!(Verdict, code::Layer, fix::Tool, crate::cors::Credentials);

impl Verdict {
    /// The name that JavaScript sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// One explanation, and how to mend it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// A stable name.
    pub code: &'static str,
    /// Chromium's `Network.CorsError`, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_error: Option<&'static str>,
    /// The offending method, header name or value, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_parameter: Option<String>,
    /// Who has to act.
    pub layer: Layer,
    /// One line.
    pub title: String,
    /// What happened and what to do about it.
    pub detail: String,
    /// Lines to paste, filled in for this call.
    pub fixes: Vec<Fix>,
    /// Where the finding is documented, relative to the package.
    pub docs: String,
}

/// How to mend it with one tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Fix {
    /// The tool.
    pub tool: fix::Tool,
    /// Steps, or code to paste.
    pub text: String,
}

/// The call, without any secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestSummary {
    /// Without a presigned query.
    pub url: String,
    /// As sent.
    pub method: String,
    /// Names only.
    pub header_names: Vec<String>,
    /// The credentials mode.
    pub credentials: crate::cors::Credentials,
    /// The page's origin.
    pub origin: String,
    /// Whether the browser had to send a preflight first.
    pub preflighted: bool,
}

/// One thing that was tried or seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceItem {
    /// What was tried: a stable name.
    pub probe: String,
    /// `readable`, `opaque`, `redirect`, `failed`, `yes` or `no`.
    pub outcome: &'static str,
    /// The HTTP status, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The same as a sentence.
    pub text: String,
}
