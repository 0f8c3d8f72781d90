//! From the browser's ruling to findings: for each violated rule the fault behind it, the reported one first.

use super::marks::{Cache, Distribution, Doors, Marks};
use super::preflight::{self, AllowOrigin};
use super::signed_request::signed_request;
use super::{Call, Exchange, Fidelity, Reply, network, response, warnings};
use crate::cors::{CorsError, End, Obstacle, Part, Ruling, Url, Violation, is_redirect_status};
use crate::diagnosis::code::Code;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::failure::RouteKind;
use crate::diagnosis::fix::FixId;
use crate::diagnosis::reason::finding;
use crate::diagnosis::refusal::learn;
use crate::diagnosis::words::says;
use crate::diagnosis::{Answered, Finding, Verdict};
use crate::text::parts;

/// Codes, most likely first, and how sure the first is.
pub(super) type Suspects = (Verdict, Vec<Code>);

pub(super) fn certain(code: Code) -> Suspects {
    (Verdict::Certain, vec![code])
}

pub(super) fn likely(codes: &[Code]) -> Suspects {
    (Verdict::Likely, codes.to_vec())
}

/// One hop of the exchange, and what is known around it.
pub(super) struct Scene<'a> {
    pub facts: &'a Facts,
    pub doors: Doors,
    pub fidelity: Fidelity,
    pub foreign: Option<&'a Answered>,
    preflight: Option<&'a Reply>,
    response: Option<&'a Reply>,
    violations: &'a [Violation],
    hop: u8,
}

impl<'a> Scene<'a> {
    fn new(facts: &'a Facts, exchange: &'a Exchange, ruling: &'a Ruling, hop: u8) -> Self {
        let at = exchange.hops.get(usize::from(hop));
        let (preflight, response) = at.map_or((None, None), |at| (at.preflight.as_ref(), at.response.as_ref()));
        let foreign = exchange.foreign.as_ref().filter(|_| hop == 0);
        let answers: Vec<&Answered> =
            [response, preflight].into_iter().flatten().filter_map(Reply::answer).chain(foreign).collect();
        Self {
            facts,
            doors: Doors::of(facts, &answers),
            fidelity: exchange.fidelity,
            foreign,
            preflight,
            response,
            violations: &ruling.violations,
            hop,
        }
    }

    pub fn preflight(&self) -> Option<&'a Answered> {
        self.preflight.and_then(Reply::answer)
    }

    pub fn response(&self) -> Option<&'a Answered> {
        self.response.and_then(Reply::answer)
    }

    /// Fixes that cannot be it.
    fn useless(&self, code: Code) -> Vec<FixId> {
        let response = self.response();
        let mut useless = Vec::new();
        match code {
            // more time does not help who was refused at once
            Code::GatewayErrorWithoutCors if response.is_some_and(|answered| !matches!(answered.status, 503 | 504)) => {
                useless.push(FixId::Timeouts);
            }
            Code::RefusedBeforeRouting => {
                // only a custom domain needs a mapping
                if !matches!(self.facts.given_kind, None | Some(RouteKind::Custom)) {
                    useless.push(FixId::Mapping);
                }
                // a resource policy says whom it refuses
                let anonymous = response.is_some_and(|answered| says(&answered.body, "User: anonymous"));
                useless.push(if anonymous { FixId::WafRule } else { FixId::ResourcePolicy });
            }
            // an API that has moved keeps its paths, and answers no page
            Code::Redirected => {
                let page = response.is_some_and(|answered| {
                    answered.headers.get("content-type").is_some_and(|kind| kind.starts_with("text/html"))
                        || self.leads_elsewhere(answered)
                });
                useless.push(if page { FixId::FinalUrl } else { FixId::NoLogin });
            }
            _ => {}
        }
        useless
    }

    /// Whether a redirect leads to another path than the call's.
    fn leads_elsewhere(&self, answered: &Answered) -> bool {
        let url = self.facts.url.as_ref();
        url.is_some_and(|url| leads_to(url, answered).is_some_and(|next| next.path() != url.path()))
    }

    /// Whether there was a preflight, and it passed.
    pub fn preflight_passed(&self) -> Option<bool> {
        let failed =
            self.violations.iter().any(|violation| violation.hop == self.hop && violation.error.is_of_preflight());
        self.preflight.map(|_| !failed)
    }
}

/// Findings as they are collected; a code is named once.
struct Findings<'a> {
    call: &'a Call,
    facts: &'a Facts,
    verdict: Option<Verdict>,
    found: Vec<Finding>,
}

impl Findings<'_> {
    fn add(&mut self, scene: &Scene<'_>, (verdict, codes): Suspects, violation: Option<&Violation>) {
        self.verdict.get_or_insert(verdict);
        for (place, code) in codes.into_iter().enumerate() {
            if self.found.iter().any(|found| found.code == code.name()) {
                continue;
            }
            // what is only another name for the same violation carries it, too; what lies behind it does not
            let violation = violation.filter(|_| place == 0 || verdict != Verdict::Certain);
            let mut facts = self.facts.clone();
            facts.door = scene.doors.to_mend(code);
            facts.useless.extend(scene.useless(code));
            let mut found = finding(&facts, code, violation.map(|found| found.error), self.call.locale);
            if let Some(violation) = violation {
                found.failed_parameter = Some(violation.parameter.clone()).filter(|parameter| !parameter.is_empty());
            }
            self.found.push(found);
        }
    }
}

/// Every finding, the reported one first, and how sure that is.
pub(super) fn findings(call: &Call, facts: &Facts, exchange: &Exchange, ruling: &Ruling) -> (Verdict, Vec<Finding>) {
    let missing: Vec<String> = ruling
        .violations
        .iter()
        .filter(|violation| violation.error == CorsError::HeaderDisallowedByPreflightResponse)
        .map(|violation| violation.parameter.clone())
        .collect();
    let mut facts = facts.clone();
    let mut answers = exchange.hops.iter().filter_map(|hop| hop.response.as_ref()).filter_map(Reply::answer);
    if let Some(answered) = answers.find(|answered| answered.status >= 400) {
        learn(&mut facts, answered, signed_request(&call.request).as_deref());
    }
    if !missing.is_empty() {
        facts.missing = missing;
    }
    facts.leads_to = final_origin(&facts, exchange);
    let mut findings = Findings { call, facts: &facts, verdict: None, found: Vec::new() };
    for violation in &ruling.violations {
        let scene = Scene::new(&facts, exchange, ruling, violation.hop);
        if let Some(suspects) = cause(&scene, violation) {
            findings.add(&scene, suspects, Some(violation));
        }
    }
    let last = Scene::new(&facts, exchange, ruling, u8::try_from(exchange.hops.len().saturating_sub(1)).unwrap_or(0));
    if ruling.violations.is_empty() {
        findings.add(&last, without_violation(&last, exchange, ruling), None);
    } else if let Some(answered) = last.response().filter(|answered| answered.status >= 400)
        && last.violations.iter().all(|violation| !violation.error.is_of_preflight())
    {
        // the error that the page will read when the rest is mended
        findings.add(&last, response::readable(&last, answered), None);
    }
    findings.add(&last, (Verdict::Certain, warnings::of(&last, call)), None);
    if findings.found.is_empty() {
        findings.add(&last, likely(&[Code::Unexplained]), None);
    }
    let verdict = match (findings.verdict.unwrap_or(Verdict::Ambiguous), exchange.fidelity) {
        (verdict, Fidelity::AsIs) => verdict,
        // a preflight proves itself
        (verdict, Fidelity::AsGet) if ruling.reported.as_ref().is_some_and(|found| found.error.is_of_preflight()) => {
            verdict
        }
        // where there is no GET, its answer is not the call's
        (_, Fidelity::AsGet) if last.response().is_some_and(|answered| Marks(answered).has_no_method()) => {
            Verdict::Ambiguous
        }
        (Verdict::Certain, Fidelity::AsGet) => Verdict::Likely,
        (verdict, Fidelity::AsGet) => verdict,
    };
    (verdict, findings.found)
}

/// Where an answer leads to, if it is a redirect.
fn leads_to(url: &Url, answered: &Answered) -> Option<Url> {
    url.join(&answered.headers.get("location").filter(|_| is_redirect(answered))?)
}

/// The origin of the last place that the exchange leads to, without a user name or password.
fn final_origin(facts: &Facts, exchange: &Exchange) -> Option<String> {
    let mut url = facts.url.clone()?;
    let mut found = None;
    for hop in &exchange.hops {
        for answered in [&hop.preflight, &hop.response].into_iter().flatten().filter_map(Reply::answer) {
            let Some(next) = leads_to(&url, answered) else { continue };
            found = Some(next.origin().as_str().to_owned());
            url = next;
        }
    }
    found
}

/// Why a call without any violation went as it did.
fn without_violation(scene: &Scene<'_>, exchange: &Exchange, ruling: &Ruling) -> Suspects {
    match (&ruling.obstacle, ruling.end) {
        (Some(Obstacle::InvalidUrl | Obstacle::ForbiddenScheme), _) => certain(Code::UnsupportedScheme),
        (Some(Obstacle::MixedContent), _) => certain(Code::MixedContent),
        (Some(Obstacle::UrlCredentials), _) => certain(Code::UrlHasCredentials),
        (Some(Obstacle::RedirectMode), _) | (None, End::OpaqueRedirect) => certain(Code::RedirectRefused),
        (Some(Obstacle::TooManyRedirects), _) => certain(Code::RedirectLoop),
        (Some(Obstacle::RedirectTarget), _) => certain(Code::Redirected),
        (Some(Obstacle::Unanswered(at)), _) => {
            let hop = exchange.hops.get(usize::from(at.hop));
            let lost = hop.and_then(|hop| match at.part {
                Part::Preflight => hop.preflight.as_ref(),
                Part::Request => hop.response.as_ref(),
            });
            network::lost(lost.and_then(Reply::failure), at.part, hop.and_then(|hop| hop.response.as_ref()))
        }
        (None, End::Opaque) => certain(Code::OpaqueAnswer),
        (None, End::Readable | End::Blocked) => scene
            .response()
            .map_or_else(|| likely(&[Code::Unexplained]), |answered| response::readable(scene, answered)),
    }
}

/// The fault behind a violation; none where another violation's fault explains it.
fn cause(scene: &Scene<'_>, violation: &Violation) -> Option<Suspects> {
    use CorsError as E;
    let answered = if violation.error.is_of_preflight() { scene.preflight() } else { scene.response() };
    Some(match violation.error {
        E::DisallowedByMode => certain(Code::ModeSameOrigin),
        E::CorsDisabledScheme => certain(Code::UnsupportedScheme),
        E::NoCorsRedirectModeNotFollow => certain(Code::NoCorsRedirectMode),
        E::RedirectContainsCredentials => certain(Code::RedirectWithCredentials),
        E::PreflightDisallowedRedirect => certain(Code::PreflightRedirected),
        E::InsecureLocalNetwork => certain(Code::LocalNetworkInsecure),
        E::LocalNetworkAccessPermissionDenied => certain(Code::LocalNetworkDenied),
        E::InvalidLocalNetworkAccess => certain(Code::TargetAddressSpace),
        // what a redirect lacks is not what is wrong with it
        _ if answered.is_some_and(is_redirect) && violation.error.is_of_preflight() => {
            certain(Code::PreflightRedirected)
        }
        _ if scene.hop > 0 || answered.is_some_and(is_redirect) => certain(Code::Redirected),
        E::PreflightMissingAllowOriginHeader => preflight::refused(scene, answered?, AllowOrigin::Absent),
        E::PreflightInvalidStatus => preflight::refused(scene, answered?, allow_origin(answered?)),
        E::MissingAllowOriginHeader => response::without_allow_origin(scene, answered?),
        E::WildcardOriginNotAllowed | E::PreflightWildcardOriginNotAllowed => certain(Code::WildcardWithCredentials),
        // an answer without the first header says nothing by lacking the second
        E::InvalidAllowCredentials | E::PreflightInvalidAllowCredentials => {
            (allow_origin(answered?) == AllowOrigin::Present).then(|| certain(Code::CredentialsNotAllowed))?
        }
        E::MultipleAllowOriginValues | E::PreflightMultipleAllowOriginValues => several(scene, answered?),
        E::InvalidAllowOriginValue | E::PreflightInvalidAllowOriginValue => certain(Code::OriginMalformed),
        E::AllowOriginMismatch | E::PreflightAllowOriginMismatch => match Marks(answered?).cache() {
            Cache::Hit => certain(Code::CloudfrontCachedCors),
            Cache::Error | Cache::Other => certain(Code::OriginMismatch),
        },
        E::InvalidAllowMethodsPreflightResponse => certain(Code::AllowMethodsMalformed),
        E::InvalidAllowHeadersPreflightResponse => certain(Code::AllowHeadersMalformed),
        E::MethodDisallowedByPreflightResponse => method(scene, answered?)?,
        E::HeaderDisallowedByPreflightResponse => headers(scene, answered?)?,
    })
}

fn is_redirect(answered: &Answered) -> bool {
    is_redirect_status(answered.status) && answered.headers.contains("location")
}

fn allow_origin(answered: &Answered) -> AllowOrigin {
    if answered.headers.contains("access-control-allow-origin") { AllowOrigin::Present } else { AllowOrigin::Absent }
}

/// Two owners of the header, or a list in one.
fn several(scene: &Scene<'_>, answered: &Answered) -> Suspects {
    let is_header = |name: &str| name.eq_ignore_ascii_case("access-control-allow-origin");
    let values: Vec<&str> =
        answered.headers.0.iter().filter(|(name, _)| is_header(name)).map(|(_, v)| v.as_str()).collect();
    let merged = match values.as_slice() {
        // what lies between may have merged the lines: nobody writes such a list
        [only] => {
            let members: Vec<&str> = parts(only, |b| b == b',').map(str::trim_ascii).collect();
            let repeated =
                members.iter().enumerate().any(|(at, member)| members.iter().skip(at + 1).any(|m| m == member));
            repeated || (members.len() > 1 && members.contains(&"*"))
        }
        _ => true,
    };
    match scene.doors.behind {
        _ if !merged => certain(Code::OriginList),
        Some(RouteKind::FunctionUrl) => scene.doors.judge(certain(Code::FunctionUrlDuplicateCors)),
        // any of the others may be a function URL in disguise
        _ => scene.doors.judge(certain(Code::DuplicateAllowOrigin)),
    }
}

/// An answer that was not made by anything that knows CORS lacks everything; that is one fault, and another one's.
fn knows_cors(answered: &Answered) -> bool {
    Marks(answered).is_ok() && allow_origin(answered) == AllowOrigin::Present
        || answered.headers.contains("access-control-allow-methods")
        || answered.headers.contains("access-control-allow-headers")
}

fn method(scene: &Scene<'_>, answered: &Answered) -> Option<Suspects> {
    if !knows_cors(answered) {
        return None;
    }
    let sent = &scene.facts.request.method;
    let listed = answered.headers.get("access-control-allow-methods").unwrap_or_default();
    let upper = sent.to_ascii_uppercase();
    let in_capitals = parts(&listed, |b| b == b',').any(|name| name.trim_ascii() == upper);
    let code = if *sent != upper && in_capitals { Code::MethodLowerCase } else { Code::MethodNotAllowed };
    Some(certain(code))
}

fn headers(scene: &Scene<'_>, answered: &Answered) -> Option<Suspects> {
    if !knows_cors(answered) {
        return None;
    }
    // the managed policies of CloudFront expose everything, and allow no header
    let managed = !answered.headers.contains("access-control-allow-headers")
        && answered.headers.contains("access-control-allow-methods")
        && answered.headers.get("access-control-expose-headers").is_some_and(|value| says(&value, "*"));
    Some(match scene.doors.distribution {
        _ if !managed => certain(Code::HeaderNotAllowed),
        Distribution::InFront => certain(Code::CloudfrontCorsPolicy),
        Distribution::None => likely(&[Code::HeaderNotAllowed, Code::CloudfrontCorsPolicy]),
    })
}
