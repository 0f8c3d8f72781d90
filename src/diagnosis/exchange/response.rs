//! Why the answer to the call says nothing about CORS: who gave it, and what it would have said.

use super::causes::{Scene, Suspects, certain, likely};
use super::marks::{Cache, Marks};
use crate::diagnosis::Answered;
use crate::diagnosis::Verdict;
use crate::diagnosis::answer::{cloudfront_page, recognise};
use crate::diagnosis::canonical::Place;
use crate::diagnosis::code::{Code, Layer};
use crate::diagnosis::facts::Facts;
use crate::diagnosis::failure::{Auth, RouteKind};
use crate::diagnosis::refusal::refusal;

/// Why there is no `Access-Control-Allow-Origin`, most likely first, with what the answer itself is about.
pub(super) fn without_allow_origin(scene: &Scene<'_>, answered: &Answered) -> Suspects {
    let marks = Marks(answered);
    let (verdict, mut codes) = owner(scene, marks);
    if marks.is_error() {
        // the error that the page would read, if it could
        for code in recognise(scene.facts, answered).1.into_iter().take(1) {
            if code != Code::ApplicationAnswered && !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    (verdict, codes)
}

fn owner(scene: &Scene<'_>, marks: Marks<'_>) -> Suspects {
    let answered = marks.0;
    if marks.is_cloudfront_page() {
        return cloudfront_page(answered);
    }
    match marks.cache() {
        Cache::Hit => return certain(Code::CloudfrontCachedCors),
        Cache::Error if marks.is_ok() => return certain(Code::CloudfrontErrorPage),
        Cache::Error | Cache::Other => {}
    }
    scene.doors.judge(match scene.doors.behind {
        Some(RouteKind::SamLocal) => sam_local(answered.status),
        Some(RouteKind::Localstack) if answered.status == 403 => certain(Code::LocalstackOrigin),
        Some(RouteKind::FunctionUrl) => function_url(scene, marks),
        Some(RouteKind::HttpApi) => http_api(scene, marks),
        behind => rest_api(scene, marks, behind),
    })
}

fn sam_local(status: u16) -> Suspects {
    match status {
        401 | 403 => certain(Code::SamLocalAuthorizer),
        _ => certain(Code::SamLocalNoCors),
    }
}

fn function_url(scene: &Scene<'_>, marks: Marks<'_>) -> Suspects {
    match scene.preflight_passed() {
        _ if marks.is_lambda_forbidden() => certain(Code::FunctionUrlForbidden),
        // Lambda's own CORS settings reach every answer of the function
        Some(true) if marks.is_error() => likely(&[Code::FunctionUrlForbidden, Code::ResponseWithoutCors]),
        Some(true) => certain(Code::ResponseWithoutCors),
        Some(false) | None => likely(&[Code::FunctionUrlNoCors, Code::OriginNotAllowed]),
    }
}

/// An HTTP API with CORS settings adds the headers to every answer of an integration, for origins in its list.
fn http_api(scene: &Scene<'_>, marks: Marks<'_>) -> Suspects {
    match scene.preflight_passed() {
        Some(true) if marks.is_made_by_aws() && marks.is_error() => certain(Code::GatewayErrorWithoutCors),
        Some(true) => certain(Code::ResponseWithoutCors),
        Some(false) | None => match scene.foreign.map(|answered| answered.status) {
            // only an API with CORS settings answers OPTIONS so, as far as is known
            Some(204) => likely(&[Code::OriginNotAllowed, Code::CorsNotConfigured]),
            Some(_) => certain(Code::CorsNotConfigured),
            None => likely(&[Code::CorsNotConfigured, Code::OriginNotAllowed]),
        },
    }
}

fn rest_api(scene: &Scene<'_>, marks: Marks<'_>, behind: Option<RouteKind>) -> Suspects {
    let answered = marks.0;
    let iam = scene.facts.auth == Auth::Iam;
    if !marks.is_error() || !marks.is_made_by_aws() && !is_iam_error(scene.facts, marks) {
        return certain(Code::ResponseWithoutCors);
    }
    if scene.doors.has_distribution()
        && let Some(suspects) = behind_distribution(scene, marks)
    {
        return suspects;
    }
    if is_iam_error(scene.facts, marks) {
        return certain(Code::IamErrorWithoutCors);
    }
    if scene.preflight_passed() != Some(true) {
        if marks.is_missing_token() {
            return likely(&[Code::WrongPath, Code::GatewayErrorWithoutCors]);
        }
        if marks.is_plain_forbidden() || marks.body_says("User: anonymous is not authorized") {
            return likely(&[Code::RefusedBeforeRouting, Code::GatewayErrorWithoutCors]);
        }
    }
    if iam && answered.status == 500 && behind != Some(RouteKind::HttpApi) {
        return likely(&[Code::CallerCredentials, Code::GatewayErrorWithoutCors]);
    }
    certain(Code::GatewayErrorWithoutCors)
}

/// What a distribution in front does to calls.
fn behind_distribution(scene: &Scene<'_>, marks: Marks<'_>) -> Option<Suspects> {
    let expired = marks.body_says("The incoming token has expired");
    if marks.0.status == 401 && scene.facts.auth == Auth::Bearer && !expired {
        return Some(likely(&[Code::CloudfrontAuthorizationDropped, Code::GatewayErrorWithoutCors]));
    }
    let host_differs = scene.facts.difference.as_ref().is_none_or(|difference| difference.place == Place::Host);
    if marks.body_says("The request signature we calculated does not match")
        && !scene.facts.signed_as_another_host
        && host_differs
    {
        return Some(likely(&[Code::CloudfrontSignatureHost, Code::IamErrorWithoutCors]));
    }
    // a Host that API Gateway does not know would have stopped the preflight, too
    if marks.is_plain_forbidden() && scene.preflight_passed() != Some(true) {
        return Some(likely(&[Code::CloudfrontHostForwarded, Code::RefusedBeforeRouting]));
    }
    None
}

/// API Gateway's refusals of a signature or of a role.
fn is_iam_error(facts: &Facts, marks: Marks<'_>) -> bool {
    let first = refusal(facts, marks.0).and_then(|(_, codes)| codes.first().copied());
    marks.0.status == 403
        && !marks.body_says("User: anonymous")
        && first.is_some_and(|code| code.layer() == Layer::Iam || code == Code::CloudfrontSignatureHost)
}

/// What a readable answer is about.
pub(super) fn readable(scene: &Scene<'_>, answered: &Answered) -> Suspects {
    let (verdict, mut codes) = recognise(scene.facts, answered);
    if scene.doors.has_distribution()
        && let Some((_, before)) = behind_distribution(scene, Marks(answered))
    {
        let first = before.into_iter().take(1).filter(|code| !codes.contains(code));
        codes = first.chain(codes.clone()).collect();
        return (Verdict::Likely, codes);
    }
    (verdict, codes)
}
