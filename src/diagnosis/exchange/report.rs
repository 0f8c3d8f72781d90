//! What an examination found, as it goes to people: without secrets.

use serde::Serialize;

use super::examination::{Step, WireRequest};
use super::shown::shown;
use super::{Call, Explanation, Failure, NamedViolation, Reply};
use crate::cors::{End, HeaderList, Ruling, is_redirect_status};
use crate::diagnosis::failure::Locale;
use crate::diagnosis::redact::{REDACTED, redacted};
use crate::diagnosis::words::{digits, joined, says};
use crate::diagnosis::{Answered, Diagnosis, EvidenceItem, RequestSummary};
use crate::text::{cut, parts};

/// What came back, as the transport saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// An answer.
    Answer {
        /// The HTTP status.
        status: u16,
        /// The headers, duplicates kept.
        headers: Vec<(String, String)>,
        /// The beginning of the body.
        body: String,
    },
    /// None.
    Failure {
        /// Why.
        failure: Failure,
        /// What the system said.
        message: String,
    },
}

impl Outcome {
    /// The same, for the ruling.
    pub fn reply(&self) -> Reply {
        match self {
            Self::Answer { status, headers, body } => {
                Reply::Answer(Answered { status: *status, headers: HeaderList(headers.clone()), body: body.clone() })
            }
            Self::Failure { failure, .. } => Reply::Failure(*failure),
        }
    }
}

impl Failure {
    const NAMED: [(&'static str, Self); 9] = [
        ("dns", Self::Dns),
        ("refused", Self::Refused),
        ("reset", Self::Reset),
        ("tls", Self::Tls),
        ("connect-timeout", Self::ConnectTimeout),
        ("timeout", Self::Timeout),
        ("not-http", Self::NotHttp),
        ("too-large", Self::TooLarge),
        ("other", Self::Other),
    ];

    /// From the name that JavaScript uses; anything else is anything else.
    pub fn parse(name: &str) -> Self {
        Self::NAMED.iter().find(|(known, _)| *known == name).map_or(Self::Other, |(_, failure)| *failure)
    }

    /// The name that JavaScript sees.
    pub fn name(self) -> &'static str {
        Self::NAMED.iter().find(|(_, failure)| *failure == self).map_or("other", |(name, _)| name)
    }
}

impl Serialize for Failure {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// A request and what came back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepReport {
    /// What was sent.
    pub request: WireRequest,
    /// What came back.
    pub outcome: Outcome,
}

/// What an examination found.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `readable`, `opaque`, `redirect` or `blocked`: what the script gets.
    pub outcome: &'static str,
    /// Chromium's `Network.CorsError`, for the rule that the engine reports.
    pub cors_error: Option<&'static str>,
    /// The value that it names.
    pub failed_parameter: String,
    /// Every violated rule, the reported one first.
    pub violations: Vec<NamedViolation>,
    /// Why, and how to mend it.
    pub diagnosis: Diagnosis,
    /// What was sent and what came back, without secrets.
    pub steps: Vec<StepReport>,
}

impl Report {
    pub(super) fn new(call: &Call, ruling: &Ruling, explanation: Explanation, steps: &[StepReport]) -> Self {
        let secrets = Secrets::of(call);
        let steps: Vec<StepReport> = steps.iter().map(|step| secrets.redact(step)).collect();
        let evidence = steps.iter().map(|step| evidence(step, call.locale)).collect();
        Self {
            outcome: match ruling.end {
                End::Readable => "readable",
                End::Opaque => "opaque",
                End::OpaqueRedirect => "redirect",
                End::Blocked => "blocked",
            },
            cors_error: explanation.cors_error,
            failed_parameter: explanation.failed_parameter,
            violations: explanation.violations,
            diagnosis: Diagnosis {
                verdict: explanation.verdict,
                findings: explanation.findings,
                request: RequestSummary { url: shown(&call.request.url), ..call.facts().summary() },
                evidence,
            },
            steps,
        }
    }
}

/// One step as a sentence.
fn evidence(step: &StepReport, locale: Locale) -> EvidenceItem {
    let from = match (step.request.step, locale) {
        (Step::ForeignPreflight, Locale::En) => " from an origin that nobody allows",
        (Step::ForeignPreflight, Locale::Ja) => "（許可されていないオリジンから）",
        (Step::Preflight | Step::Request, _) => "",
    };
    let asked = joined(&[&step.request.method, " ", &step.request.url, from]);
    let (outcome, status, came) = match &step.outcome {
        Outcome::Answer { status, headers, body } => {
            let allowed = HeaderList(headers.clone()).get("access-control-allow-origin");
            let allowed = match allowed {
                Some(value) => joined(&["Access-Control-Allow-Origin: ", &value]),
                None if locale == Locale::En => "no Access-Control-Allow-Origin".to_owned(),
                None => "Access-Control-Allow-Origin なし".to_owned(),
            };
            let body = body.get(..body.floor_char_boundary(200)).unwrap_or_default();
            let came = joined(&[&digits(*status), " (", &allowed, ") ", body]);
            (if is_redirect_status(*status) { "redirect" } else { "readable" }, Some(*status), came)
        }
        Outcome::Failure { failure, message } => ("failed", None, joined(&[failure.name(), ": ", message])),
    };
    let text = joined(&[&asked, " → ", came.trim_ascii()]);
    EvidenceItem::new(step.request.step.name(), outcome, status, text)
}

/// Request headers whose values are nobody's secret.
const PLAIN: [&str; 9] = [
    "accept",
    "accept-language",
    "access-control-request-headers",
    "access-control-request-method",
    "content-language",
    "content-type",
    "origin",
    "x-amz-content-sha256",
    "x-amz-date",
];

/// What the name of an answer's header has in it when its value is a secret.
const SECRET: [&str; 8] =
    ["cookie", "token", "authorization", "api-key", "secret", "session", "signature", "credential"];

/// Whether a body says who answered: errors do, and pages that stand in an API's place. Anything else is what the user's session
/// gave them.
fn tells_why(status: u16, headers: &[(String, String)]) -> bool {
    let is_page = |(name, value): &(String, String)| name.eq_ignore_ascii_case("content-type") && says(value, "html");
    status >= 400 || headers.iter().any(is_page)
}

/// What must not be shown: servers repeat headers in their error messages.
struct Secrets(Vec<String>);

impl Secrets {
    fn of(call: &Call) -> Self {
        let mut secrets = Vec::new();
        for (name, value) in &call.request.headers.0 {
            if is_plain(name) {
                continue;
            }
            secrets.push(value.clone());
            // "Bearer …", and a signature's parts
            for part in value.split([' ', ',', '=']).filter(|part| part.len() >= 8) {
                secrets.push(part.to_owned());
            }
        }
        if let Some((_, query)) = cut(&call.request.url, |b| b == b'?') {
            let values = parts(query, |b| matches!(b, b'&' | b'#')).filter_map(|pair| cut(pair, |b| b == b'='));
            secrets.extend(values.map(|(_, value)| value).filter(|value| value.len() >= 8).map(str::to_owned));
        }
        Self(secrets.into_iter().filter(|secret| secret.len() >= 4).collect())
    }

    fn redact(&self, step: &StepReport) -> StepReport {
        let request = &step.request;
        let headers = request.headers.iter().map(|(name, value)| {
            let value = if is_plain(name) { value.clone() } else { REDACTED.to_owned() };
            (name.clone(), value)
        });
        let request = WireRequest { url: shown(&request.url), headers: headers.collect(), ..request.clone() };
        let outcome = match &step.outcome {
            Outcome::Answer { status, headers, body } => Outcome::Answer {
                status: *status,
                headers: headers.iter().map(|(name, value)| (name.clone(), self.header(name, value))).collect(),
                body: if tells_why(*status, headers) { self.without(body) } else { String::new() },
            },
            Outcome::Failure { failure, message } => {
                Outcome::Failure { failure: *failure, message: self.without(message) }
            }
        };
        StepReport { request, outcome }
    }

    fn header(&self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            // lists of names
            listed if listed.starts_with("access-control-") => self.without(value),
            "location" | "content-location" | "refresh" | "link" => self.without(&shown(value)),
            secret if SECRET.iter().any(|word| says(secret, word)) => REDACTED.to_owned(),
            _ => self.without(value),
        }
    }

    /// A text without any of the secrets.
    fn without(&self, text: &str) -> String {
        // in another spelling than it was sent: a query that is encoded once more, a canonical request
        let mut text = redacted(text);
        for secret in &self.0 {
            if says(&text, secret) {
                text = text.replace(secret.as_str(), REDACTED);
            }
        }
        text
    }
}

fn is_plain(name: &str) -> bool {
    PLAIN.iter().any(|plain| plain.eq_ignore_ascii_case(name))
}
