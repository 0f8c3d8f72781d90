//! Why `OPTIONS` was refused: the answer is an error, or says nothing about CORS.

use super::Fidelity;
use super::causes::{Scene, Suspects, certain, likely};
use super::marks::{Cache, Marks};
use crate::diagnosis::Answered;
use crate::diagnosis::answer::cloudfront_page;
use crate::diagnosis::code::Code;
use crate::diagnosis::failure::{Auth, RouteKind};

/// Whether the answer lets the page in at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AllowOrigin {
    /// There is no `Access-Control-Allow-Origin`.
    Absent,
    /// There is one; the fault is elsewhere.
    Present,
}

/// What refused the preflight, most likely first.
pub(super) fn refused(scene: &Scene<'_>, answered: &Answered, allow_origin: AllowOrigin) -> Suspects {
    let marks = Marks(answered);
    if marks.is_cloudfront_page() {
        return cloudfront_page(answered);
    }
    if allow_origin == AllowOrigin::Absent && scene.doors.behind == Some(RouteKind::SamLocal) && !marks.is_ok() {
        return certain(Code::SamLocalNoCors);
    }
    if allow_origin == AllowOrigin::Absent
        && scene.doors.behind == Some(RouteKind::Localstack)
        && answered.status == 403
    {
        return certain(Code::LocalstackOrigin);
    }
    if marks.is_ok() {
        return silent(scene, marks);
    }
    if let Some(everything) = refused_alike(scene, marks) {
        return scene.doors.judge(everything);
    }
    scene.doors.judge(match scene.doors.behind {
        Some(RouteKind::HttpApi) => by_http_api(answered, allow_origin),
        Some(RouteKind::FunctionUrl) => by_function_url(scene, allow_origin),
        Some(RouteKind::RestApi) => by_rest_api(scene, marks, allow_origin),
        _ => by_anyone(scene, marks, allow_origin),
    })
}

/// A good status, and no word about the origin.
fn silent(scene: &Scene<'_>, marks: Marks<'_>) -> Suspects {
    // a custom error response keeps CloudFront's own note that there was an error
    if marks.cache() == Cache::Error {
        return certain(Code::CloudfrontErrorPage);
    }
    if marks.cache() == Cache::Hit {
        return certain(Code::CloudfrontCachedCors);
    }
    scene.doors.judge(match scene.doors.behind {
        // API Gateway's own answer to a preflight is 204 and empty; it is given only where CORS is configured, as was measured and
        // is documented nowhere
        Some(RouteKind::HttpApi | RouteKind::SamLocal) if marks.0.status == 204 && marks.0.body.is_empty() => {
            likely(&[Code::OriginNotAllowed, Code::CorsNotConfigured])
        }
        Some(RouteKind::HttpApi | RouteKind::SamLocal) => likely(&[Code::CorsNotConfigured, Code::OriginNotAllowed]),
        Some(RouteKind::FunctionUrl) => likely(&[Code::FunctionUrlNoCors, Code::OriginNotAllowed]),
        _ => certain(Code::PreflightWithoutCors),
    })
}

/// `OPTIONS` and the call are refused with the same words: it is not about the preflight.
fn refused_alike(scene: &Scene<'_>, preflight: Marks<'_>) -> Option<Suspects> {
    let response = Marks(scene.response()?);
    let alike = response.is_error() && response.0.status == preflight.0.status;
    if !alike || scene.fidelity == Fidelity::AsGet {
        return None;
    }
    if preflight.is_missing_token() && response.has_no_method() {
        return Some(match scene.facts.auth {
            // an IAM method answers the same to a call whose signature it does not see
            Auth::Iam => likely(&[Code::WrongPath, Code::OptionsNeedsAuth]),
            Auth::Bearer | Auth::None => certain(Code::WrongPath),
        });
    }
    if preflight.is_plain_forbidden() && response.is_plain_forbidden() {
        return Some(if scene.doors.has_distribution() {
            likely(&[Code::CloudfrontHostForwarded, Code::RefusedBeforeRouting])
        } else {
            likely(&[Code::RefusedBeforeRouting, Code::Forbidden])
        });
    }
    if preflight.body_says("User: anonymous is not authorized") {
        return Some(certain_of(&[Code::RefusedBeforeRouting, Code::ResourcePolicyDenied]));
    }
    None
}

/// Both are true: the first names the effect, the second the cause.
fn certain_of(codes: &[Code]) -> Suspects {
    (crate::diagnosis::Verdict::Certain, codes.to_vec())
}

fn by_http_api(answered: &Answered, allow_origin: AllowOrigin) -> Suspects {
    match (answered.status, allow_origin) {
        (401 | 403, AllowOrigin::Present) => certain(Code::PreflightAuthorizer),
        (401 | 403, AllowOrigin::Absent) => certain(Code::PreflightAuthorizerNoCors),
        (_, AllowOrigin::Present) => certain(Code::PreflightStatus),
        // with CORS configured API Gateway would have answered before any route
        (_, AllowOrigin::Absent) => certain(Code::CorsNotConfigured),
    }
}

/// With CORS configured Lambda answers preflights itself, always with 200.
fn by_function_url(scene: &Scene<'_>, allow_origin: AllowOrigin) -> Suspects {
    match allow_origin {
        AllowOrigin::Present => certain(Code::PreflightStatus),
        AllowOrigin::Absent if scene.response().is_some_and(|answered| Marks(answered).is_lambda_forbidden()) => {
            certain_of(&[Code::FunctionUrlNoCors, Code::FunctionUrlForbidden])
        }
        AllowOrigin::Absent => certain(Code::FunctionUrlNoCors),
    }
}

fn by_rest_api(scene: &Scene<'_>, marks: Marks<'_>, allow_origin: AllowOrigin) -> Suspects {
    let needs_auth = match allow_origin {
        AllowOrigin::Present => Code::OptionsNeedsAuthReadable,
        AllowOrigin::Absent => Code::OptionsNeedsAuth,
    };
    match marks.0.status {
        403 if marks.is_missing_token() => match (scene.facts.auth, scene.fidelity) {
            // an OPTIONS method with AWS_IAM answers as one that is not there
            (Auth::Iam, _) => likely(&[needs_auth, Code::OptionsMissing]),
            // a path that has no GET, and would have no OPTIONS
            (_, Fidelity::AsGet) if scene.response().is_some_and(|answered| Marks(answered).has_no_method()) => {
                likely(&[Code::OptionsMissing, Code::WrongPath])
            }
            _ => certain(Code::OptionsMissing),
        },
        403 if marks.is_plain_forbidden() && !scene.facts.request.headers.contains("x-api-key") => {
            likely(&[needs_auth, Code::RefusedBeforeRouting])
        }
        401 | 403 => certain(needs_auth),
        500 => likely(&[Code::OptionsMockFails, Code::PreflightStatus]),
        _ => by_anyone(scene, marks, allow_origin),
    }
}

fn by_anyone(scene: &Scene<'_>, marks: Marks<'_>, allow_origin: AllowOrigin) -> Suspects {
    let token = scene.facts.auth == Auth::Bearer;
    match (marks.0.status, allow_origin) {
        // some authorizer; both gateways write this body
        (401, AllowOrigin::Present) if token && marks.is_made_by_aws() => {
            likely(&[Code::PreflightAuthorizer, Code::OptionsNeedsAuthReadable])
        }
        (401, AllowOrigin::Absent) if token && marks.is_made_by_aws() => {
            likely(&[Code::PreflightAuthorizerNoCors, Code::OptionsNeedsAuth])
        }
        (_, AllowOrigin::Present) => certain(Code::PreflightStatus),
        (_, AllowOrigin::Absent) => certain(Code::PreflightWithoutCors),
    }
}
