//! Evidence → findings.

use super::clock::Times;
use super::code::Code;
use super::evidence::{Connection, Context, Evidence, Outcome, Outside, Permission, Phase, Probe};
use super::facts::Facts;
use super::failure::{Body, Failure, Locale, RouteKind};
use super::text::{evidence_items, text};
use super::theory::{Theory, kind_fits, theories};
use super::words::joined;
use super::{Diagnosis, Finding, Verdict, fix};
use crate::cors::{AddressSpace, CorsError, Credentials, Engine, Mode, Redirect, Url};
use crate::text::cut;

/// Why a call failed, as far as the evidence shows.
pub fn diagnose(failure: &Failure, evidence: &Evidence) -> Diagnosis {
    let mut facts = Facts::of(failure, &evidence.page);
    let locale = failure.locale;
    let summary = facts.summary();
    let items = evidence_items(evidence, locale);
    if let Some((code, error, verdict)) = at_first_sight(failure, &facts, evidence) {
        let found = finding(&facts, code, error, locale);
        return Diagnosis { verdict, findings: vec![found], request: summary, evidence: items };
    }
    let refused = refused_names(&facts, evidence);
    if !refused.is_empty() {
        facts.missing.clone_from(&refused);
    }
    let took = failure.timing.end - failure.timing.start;
    let ranked = rank(&facts, evidence, took);
    let mut verdict = verdict(&facts, &refused, &ranked);
    let mut findings = Vec::new();
    for found in &ranked {
        findings.push(finding(&facts, found.code, found.error, locale));
    }
    if findings.is_empty() {
        // not even the page's own server answers
        let code = if evidence.connection == Connection::Offline {
            verdict = Verdict::Likely;
            Code::Offline
        } else {
            Code::Unexplained
        };
        findings.push(finding(&facts, code, None, locale));
    }
    Diagnosis { verdict, findings, request: summary, evidence: items }
}

/// What needs no probe: rules that browsers apply before anything is sent.
pub(super) fn at_first_sight(
    failure: &Failure,
    facts: &Facts,
    evidence: &Evidence,
) -> Option<(Code, Option<CorsError>, Verdict)> {
    let certain = |code, error| Some((code, error, Verdict::Certain));
    let Some(url) = facts.url.as_ref().filter(|url| url.is_http()) else {
        return certain(Code::UnsupportedScheme, Some(CorsError::CorsDisabledScheme));
    };
    if url.userinfo.is_some() {
        return certain(Code::UrlHasCredentials, None);
    }
    // The client's own word, for a redirect that it did not let the browser follow.
    if failure.error.name == "RefusedRedirect" {
        return certain(Code::RedirectRefused, None);
    }
    let crosses = facts.request.crosses_origins();
    match (facts.request.mode, facts.request.redirect) {
        (Mode::SameOrigin, _) if crosses => return certain(Code::ModeSameOrigin, Some(CorsError::DisallowedByMode)),
        (Mode::NoCors, Redirect::Error | Redirect::Manual) if crosses => {
            return certain(Code::NoCorsRedirectMode, Some(CorsError::NoCorsRedirectModeNotFollow));
        }
        _ => {}
    }
    if evidence.csp.is_some() {
        return certain(Code::CspConnectSrc, None);
    }
    let chromium = facts.page.engine == Engine::Chromium;
    // Mixed Content, section 4.4; what Chrome asks the user about, Local Network Access exempts
    let exempt = url.is_loopback()
        || (chromium
            && (url.is_private_network()
                || matches!(facts.target_space, Some(AddressSpace::Loopback | AddressSpace::Local))));
    if facts.request.origin.as_str().starts_with("https://") && url.scheme == "http" && !exempt {
        return certain(Code::MixedContent, None);
    }
    // Chromium sends streams over HTTP/2 and QUIC only, and has neither without TLS
    if chromium && facts.body == Body::Stream && url.scheme == "http" {
        return certain(Code::StreamNeedsHttp2, None);
    }
    if let (true, Some(said), Some(space)) = (chromium, facts.target_space, space_of(url))
        && said != space
    {
        return certain(Code::TargetAddressSpace, Some(CorsError::InvalidLocalNetworkAccess));
    }
    let page_is_private = Url::parse(facts.request.origin.as_str()).is_some_and(|page| page.is_private_network());
    if chromium && url.is_private_network() && !page_is_private {
        match (evidence.local_network, evidence.page.context) {
            (Permission::Denied, Context::Insecure) => {
                return Some((Code::LocalNetworkInsecure, Some(CorsError::InsecureLocalNetwork), Verdict::Likely));
            }
            (Permission::Denied, Context::Secure) => {
                return certain(Code::LocalNetworkDenied, Some(CorsError::LocalNetworkAccessPermissionDenied));
            }
            _ => {}
        }
    }
    if evidence.connection == Connection::Offline && !url.is_loopback() {
        return certain(Code::Offline, None);
    }
    None
}

/// Where an address is, if the host says so; what a name of multicast DNS means is known to the network only.
fn space_of(url: &Url) -> Option<AddressSpace> {
    AddressSpace::of(url).filter(|_| !url.host.ends_with(".local"))
}

/// A code and an error with what speaks for them.
#[derive(Clone, Copy, Debug)]
struct Ranked {
    code: Code,
    error: Option<CorsError>,
    chance: f64,
    /// Had nothing been timed.
    timeless: f64,
}

/// What is less likely helps nobody.
const NEGLIGIBLE: f64 = 0.004;

/// Bayes: what was common before, times what fits what was seen. What contradicts it is out.
///
/// A busy machine makes the clock mislead: what it says changes the order, and takes nothing off the list.
fn rank(facts: &Facts, evidence: &Evidence, took: f64) -> Vec<Ranked> {
    let mut ranked: Vec<Ranked> = Vec::new();
    for theory in theories(facts) {
        let before = f64::from(theory.weight) * circumstances(&theory, facts, evidence, took);
        let timeless = before * theory.likelihood(facts, evidence, Times::AreIgnored);
        if timeless <= 0.0 {
            continue;
        }
        let chance = before * theory.likelihood(facts, evidence, Times::Count);
        match ranked.iter_mut().find(|found| found.code == theory.code && found.error == theory.error) {
            Some(found) => {
                found.chance += chance;
                found.timeless += timeless;
            }
            None => ranked.push(Ranked { code: theory.code, error: theory.error, chance, timeless }),
        }
    }
    let sum: f64 = ranked.iter().map(|found| found.chance).sum();
    let timeless: f64 = ranked.iter().map(|found| found.timeless).sum();
    let mut sorted: Vec<Ranked> = Vec::new();
    for found in ranked {
        if found.chance < sum * NEGLIGIBLE && found.timeless < timeless * NEGLIGIBLE {
            continue;
        }
        let at = sorted.partition_point(|other| other.chance >= found.chance / sum);
        sorted.insert(at, Ranked { chance: found.chance / sum, ..found });
    }
    sorted
}

/// What else speaks for or against a finding: how long it took, which door's words an answer used, and what the dev server saw.
fn circumstances(theory: &Theory, facts: &Facts, evidence: &Evidence, took: f64) -> f64 {
    let code = theory.code;
    let words = evidence.observations.iter().find_map(|seen| match &seen.outcome {
        Outcome::Readable { body, .. } => Some(body.as_str()),
        _ => None,
    });
    // who answers a GET without a token has no authorizer that could ask OPTIONS for one
    let unguarded = evidence.observations.iter().any(|seen| {
        seen.probe == Probe::Simple(Credentials::Omit)
            && matches!(seen.outcome, Outcome::Readable { status: 200..300, .. })
    });
    if unguarded && matches!(code, Code::PreflightAuthorizer | Code::OptionsNeedsAuthReadable) {
        return 0.02;
    }
    let door = match code {
        Code::PreflightAuthorizer | Code::PreflightAuthorizerNoCors => Some(RouteKind::HttpApi),
        Code::OptionsMissing | Code::OptionsNeedsAuthReadable | Code::OptionsMockFails => Some(RouteKind::RestApi),
        _ => None,
    };
    let fits = match (door, words) {
        (Some(kind), Some(body)) => kind_fits(kind, body),
        _ => 1.0,
    };
    let time = match code {
        // API Gateway gives an integration 29 or 30 seconds
        Code::GatewayErrorWithoutCors if (28_000.0..40_000.0).contains(&took) => 50.0,
        // Chromium's word for any request that failed; Firefox writes 0
        Code::ExtensionBlocked if facts.page.engine == Engine::Chromium => {
            let at_once = if facts.url.as_ref().is_some_and(Url::is_loopback) { 0.3 } else { 1.0 };
            match evidence.quickest_failure() {
                Some(duration) if duration < at_once => 50.0,
                Some(duration) if duration > 5.0 => 0.2,
                _ => 1.0,
            }
        }
        _ => 1.0,
    };
    let outside = match (evidence.outside, theory.error, code) {
        // these two depend on who asks
        (_, _, Code::CloudfrontCachedCors | Code::TargetAddressSpace) | (Outside::Unknown, ..) | (_, None, _) => 1.0,
        // a GET stands for what must not be sent twice, and its answer for nothing but itself
        (Outside::Passes, Some(_), _) if theory.phase() == Some(Phase::Actual) && !facts.is_get() => 0.5,
        (Outside::Passes, Some(_), _) => 0.1,
    };
    fits * time * outside
}

/// Header names that were refused while another was let through: the preflight works, and does not list them.
fn refused_names(facts: &Facts, evidence: &Evidence) -> Vec<String> {
    let any_passed =
        evidence.observations.iter().any(|seen| matches!(seen.probe, Probe::Header(..)) && seen.outcome.passed());
    let mut refused = Vec::new();
    for seen in &evidence.observations {
        if let (Probe::Header(name, _), Outcome::Failed) = (&seen.probe, &seen.outcome)
            && any_passed
            && facts.unsafe_names.contains(name)
        {
            refused.push(name.clone());
        }
    }
    refused
}

/// Certain only where nothing else fits.
fn verdict(facts: &Facts, refused: &[String], ranked: &[Ranked]) -> Verdict {
    let first = ranked.first();
    // a made-up token or key changes the answer too; other headers do not. And a method that is not allowed would be named first
    let neutral = |name: &String| !matches!(name.as_str(), "authorization" | "x-api-key" | "x-amz-date");
    let proven = first.is_some_and(|found| found.error == Some(CorsError::HeaderDisallowedByPreflightResponse))
        && !refused.is_empty()
        && refused.iter().all(neutral)
        && !facts.includes_credentials()
        && matches!(facts.request.method.to_ascii_uppercase().as_str(), "GET" | "HEAD" | "POST");
    match first {
        Some(_) if proven => Verdict::Certain,
        Some(found) if found.chance > 0.5 => Verdict::Likely,
        _ => Verdict::Ambiguous,
    }
}

/// A finding in words.
pub(super) fn finding(facts: &Facts, code: Code, error: Option<CorsError>, locale: Locale) -> Finding {
    let words = text(code, locale);
    let compares = matches!(
        code,
        Code::CloudfrontSignatureHost | Code::SignaturePath | Code::SignatureObjectKey | Code::SignatureMismatch
    );
    let difference = facts.difference.as_ref().filter(|_| compares);
    let parameter = match error {
        // of several that may be missing, the one that the browser names cannot be known
        Some(CorsError::HeaderDisallowedByPreflightResponse) => match facts.missing.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        },
        Some(CorsError::MethodDisallowedByPreflightResponse) => {
            Some(crate::cors::normalize_method(&facts.request.method))
        }
        Some(CorsError::CorsDisabledScheme) => {
            cut(&facts.request.url, |b| b == b':').map(|(scheme, _)| scheme.to_owned())
        }
        _ => difference.map(|found| found.line.clone()).filter(|line| !line.is_empty()),
    };
    let kind = kind_of(code).unwrap_or_else(|| facts.door());
    let half = if error.is_some_and(|error| !error.is_of_preflight()) { Phase::Actual } else { Phase::Preflight };
    Finding {
        code: code.name(),
        cors_error: error.map(CorsError::name),
        failed_parameter: parameter,
        layer: code.layer(),
        title: facts.fill(words.title),
        detail: joined(&[&difference.map(|found| found.told(locale)).unwrap_or_default(), &facts.fill(words.detail)]),
        fixes: fix::fill(code.fixes().filter(|id| !facts.useless.contains(id)), facts, kind, half, locale),
        docs: joined(&["docs/diagnosis", if locale == Locale::Ja { ".ja" } else { "" }, ".md#", code.name()]),
    }
}

/// The front door that a code speaks of, whatever the URL looks like.
pub(super) const fn kind_of(code: Code) -> Option<RouteKind> {
    match code {
        Code::PreflightAuthorizer | Code::PreflightAuthorizerNoCors | Code::CorsNotConfigured | Code::JwtRejected => {
            Some(RouteKind::HttpApi)
        }
        Code::OptionsMissing
        | Code::OptionsNeedsAuth
        | Code::OptionsNeedsAuthReadable
        | Code::OptionsMockFails
        | Code::IamErrorWithoutCors
        | Code::CallerCredentials => Some(RouteKind::RestApi),
        Code::CloudfrontCorsPolicy => Some(RouteKind::Cloudfront),
        Code::FunctionUrlNoCors | Code::FunctionUrlDuplicateCors | Code::FunctionUrlForbidden => {
            Some(RouteKind::FunctionUrl)
        }
        Code::SamLocalNoCors | Code::SamLocalAuthorizer => Some(RouteKind::SamLocal),
        _ => None,
    }
}
