//! What goes wrong at each kind of front door, and about how often. The weights are judgement, not measurement: they only order
//! what the evidence cannot tell apart.

use super::{Cors, Model, Preflight, Reach, Theory};
use crate::cors::CorsError::{
    self, AllowOriginMismatch, HeaderDisallowedByPreflightResponse, InvalidAllowCredentials,
    InvalidAllowHeadersPreflightResponse, InvalidAllowMethodsPreflightResponse, InvalidAllowOriginValue,
    MethodDisallowedByPreflightResponse, MissingAllowOriginHeader, MultipleAllowOriginValues,
    PreflightAllowOriginMismatch, PreflightDisallowedRedirect, PreflightInvalidAllowCredentials,
    PreflightInvalidAllowOriginValue, PreflightInvalidStatus, PreflightMissingAllowOriginHeader,
    PreflightMultipleAllowOriginValues, PreflightWildcardOriginNotAllowed, RedirectContainsCredentials,
    WildcardOriginNotAllowed,
};
use crate::diagnosis::code::Code;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::failure::{Auth, RouteKind};

/// A theory about something that answers.
const fn theory(code: Code, error: CorsError, weight: f64, preflight: Preflight, open: Cors, call: Cors) -> Theory {
    Theory { code, error: Some(error), weight, model: Model { reach: Reach::Answers, preflight, open, call } }
}

/// The preflight fails whatever it asks for.
const fn broken(code: Code, error: CorsError, weight: f64, open: Cors) -> Theory {
    theory(code, error, weight, Preflight::Broken, open, Cors::Maybe(0.5))
}

/// The preflight is good, the answer is not.
const fn refused(code: Code, error: CorsError, weight: f64, open: Cors) -> Theory {
    theory(code, error, weight, Preflight::Works, open, Cors::Fails)
}

/// The theories about one kind of front door. Weights count within the kind.
pub(super) fn of(kind: RouteKind, facts: &Facts) -> Vec<Theory> {
    let theories = match kind {
        RouteKind::HttpApi => http_api(facts),
        RouteKind::RestApi => rest_api(facts),
        RouteKind::FunctionUrl => function_url(facts),
        RouteKind::Cloudfront => {
            let behind = scaled(rest_api(facts), 0.4).chain(scaled(http_api(facts), 0.15));
            cloudfront(facts).into_iter().chain(behind).collect()
        }
        RouteKind::SamLocal => sam_local(facts).into_iter().chain(scaled(rest_api(facts), 0.1)).collect(),
        RouteKind::Localstack => localstack(facts).into_iter().chain(scaled(rest_api(facts), 0.5)).collect(),
        RouteKind::Custom => custom(facts),
    };
    // a theory about preflights says nothing about a call that had none
    theories.into_iter().filter(|theory| facts.preflighted || theory.model.preflight == Preflight::Works).collect()
}

fn scaled(theories: Vec<Theory>, factor: f64) -> impl Iterator<Item = Theory> {
    theories.into_iter().map(move |theory| Theory { weight: theory.weight * factor, ..theory })
}

/// A simple call gets the actual response's error where a preflighted one gets the preflight's.
fn missing(facts: &Facts, code: Code, weight: f64) -> Theory {
    if facts.preflighted {
        theory(code, PreflightMissingAllowOriginHeader, weight, Preflight::Broken, Cors::Fails, Cors::Fails)
    } else {
        refused(code, MissingAllowOriginHeader, weight, Cors::Fails)
    }
}

/// What a list of headers or methods can lack.
fn lists(facts: &Facts, headers: f64, methods: f64, open: Cors) -> Vec<Theory> {
    let safelisted = matches!(facts.request.method.to_ascii_uppercase().as_str(), "GET" | "HEAD" | "POST");
    let lower_case = crate::cors::normalize_method(&facts.request.method) != facts.request.method.to_ascii_uppercase();
    let mut found = Vec::new();
    if !facts.unsafe_names.is_empty() {
        found.push(theory(
            Code::HeaderNotAllowed,
            HeaderDisallowedByPreflightResponse,
            headers,
            Preflight::SomeHeaders,
            open,
            Cors::Passes,
        ));
    }
    if !facts.unsafe_names.is_empty() && facts.includes_credentials() {
        // `*` in both lists is void for both; the method is looked at first
        let (code, error) = if safelisted {
            (Code::HeaderNotAllowed, HeaderDisallowedByPreflightResponse)
        } else {
            (Code::MethodNotAllowed, MethodDisallowedByPreflightResponse)
        };
        found.push(theory(code, error, headers * 0.3, Preflight::WildcardHeaders, open, Cors::Passes));
    }
    if lower_case {
        found.push(theory(
            Code::MethodLowerCase,
            MethodDisallowedByPreflightResponse,
            methods * 8.0,
            Preflight::NoMethod,
            open,
            Cors::Passes,
        ));
    }
    if !safelisted {
        found.push(theory(
            Code::MethodNotAllowed,
            MethodDisallowedByPreflightResponse,
            methods,
            Preflight::NoMethod,
            open,
            Cors::Passes,
        ));
    }
    found
}

/// What `credentials: "include"` can meet. `preflight` and `answer`: how often each half is the one that objects.
fn credentials(facts: &Facts, preflight: f64, answer: f64, open: Cors) -> Vec<Theory> {
    use Code::{CredentialsNotAllowed, WildcardWithCredentials};
    if !facts.includes_credentials() {
        return vec![];
    }
    let preflight_fails =
        |code, error, weight| theory(code, error, weight, Preflight::NoCredentials, open, Cors::OmitOnly);
    let answer_fails = |code, error, weight| theory(code, error, weight, Preflight::Works, open, Cors::OmitOnly);
    vec![
        preflight_fails(WildcardWithCredentials, PreflightWildcardOriginNotAllowed, preflight),
        preflight_fails(CredentialsNotAllowed, PreflightInvalidAllowCredentials, preflight * 0.6),
        answer_fails(WildcardWithCredentials, WildcardOriginNotAllowed, answer),
        answer_fails(CredentialsNotAllowed, InvalidAllowCredentials, answer * 0.9),
    ]
}

/// Values of Access-Control-Allow-Origin that a person typed.
fn typed_origins(open: Cors, preflight: f64, answer: f64) -> Vec<Theory> {
    vec![
        broken(Code::OriginMismatch, PreflightAllowOriginMismatch, preflight, open),
        broken(Code::OriginList, PreflightMultipleAllowOriginValues, preflight * 0.5, open),
        broken(Code::OriginMalformed, PreflightInvalidAllowOriginValue, preflight * 0.4, open),
        refused(Code::OriginMismatch, AllowOriginMismatch, answer, open),
        refused(Code::DuplicateAllowOrigin, MultipleAllowOriginValues, answer * 0.9, open),
        refused(Code::OriginMalformed, InvalidAllowOriginValue, answer * 0.6, open),
    ]
}

fn http_api(facts: &Facts) -> Vec<Theory> {
    // an HTTP API with CORS settings puts the headers on every answer, its own errors included
    let open = Cors::Passes;
    let guarded = if facts.auth == Auth::None { 2.0 } else { 30.0 };
    let mut found = vec![
        theory(Code::PreflightAuthorizer, PreflightInvalidStatus, guarded, Preflight::Broken, open, Cors::Passes),
        theory(
            Code::PreflightAuthorizerNoCors,
            PreflightMissingAllowOriginHeader,
            guarded * 0.4,
            Preflight::Broken,
            Cors::Fails,
            Cors::Fails,
        ),
        missing(facts, Code::CorsNotConfigured, 20.0),
        missing(facts, Code::OriginNotAllowed, 18.0),
        broken(Code::AllowHeadersMalformed, InvalidAllowHeadersPreflightResponse, 4.0, open),
        broken(Code::AllowMethodsMalformed, InvalidAllowMethodsPreflightResponse, 0.5, open),
        refused(Code::GatewayErrorWithoutCors, MissingAllowOriginHeader, 3.0, open),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 0.5, Cors::Maybe(0.5)),
    ];
    found.extend(lists(facts, 25.0, 30.0, open));
    found.extend(credentials(facts, 40.0, if facts.preflighted { 1.0 } else { 40.0 }, Cors::OmitOnly));
    found.extend(typed_origins(Cors::Maybe(0.3), 0.3, 0.3));
    found
}

fn rest_api(facts: &Facts) -> Vec<Theory> {
    // a GET without the token meets a gateway response; most deployments have not given those CORS headers
    let guarded = facts.auth != Auth::None || facts.unsafe_names.iter().any(|name| name == "x-api-key");
    let open = if guarded { Cors::Maybe(0.35) } else { Cors::Maybe(0.6) };
    // gateway responses answer a refused OPTIONS as they answer a refused GET: with CORS headers both, or neither
    let neither = if guarded { Cors::Maybe(0.05) } else { open };
    let unguarded_fails = if guarded { open } else { Cors::Fails };
    let iam = facts.auth == Auth::Iam;
    let mut found = vec![
        broken(Code::OptionsMissing, PreflightMissingAllowOriginHeader, if iam { 12.0 } else { 24.0 }, neither),
        broken(Code::OptionsMissing, PreflightInvalidStatus, 8.0, Cors::Passes),
        broken(Code::OptionsNeedsAuth, PreflightMissingAllowOriginHeader, 15.0, neither),
        broken(Code::OptionsNeedsAuthReadable, PreflightInvalidStatus, 6.0, Cors::Passes),
        broken(Code::OptionsMockFails, PreflightMissingAllowOriginHeader, 2.0, open),
        missing(facts, Code::WrongPath, 5.0),
        missing(facts, Code::RefusedBeforeRouting, 4.0),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 14.0, unguarded_fails),
        refused(Code::GatewayErrorWithoutCors, MissingAllowOriginHeader, 12.0, Cors::Maybe(0.05)),
        broken(Code::AllowMethodsMalformed, InvalidAllowMethodsPreflightResponse, 1.5, open),
        broken(Code::AllowHeadersMalformed, InvalidAllowHeadersPreflightResponse, 1.5, open),
    ];
    if iam {
        found.push(refused(Code::IamErrorWithoutCors, MissingAllowOriginHeader, 35.0, Cors::Maybe(0.05)));
        found.push(refused(Code::CallerCredentials, MissingAllowOriginHeader, 16.0, Cors::Maybe(0.1)));
    }
    found.extend(lists(facts, 15.0, 20.0, open));
    found.extend(credentials(facts, 60.0, 25.0, open));
    found.extend(typed_origins(open, 8.0, 4.0));
    found
}

fn function_url(facts: &Facts) -> Vec<Theory> {
    let iam = facts.auth == Auth::Iam;
    let mut found = vec![
        missing(facts, Code::FunctionUrlNoCors, 25.0),
        missing(facts, Code::OriginNotAllowed, 15.0),
        refused(Code::FunctionUrlDuplicateCors, MultipleAllowOriginValues, 18.0, Cors::Fails),
        refused(Code::FunctionUrlForbidden, MissingAllowOriginHeader, if iam { 30.0 } else { 6.0 }, Cors::Maybe(0.1)),
        broken(Code::AllowHeadersMalformed, InvalidAllowHeadersPreflightResponse, 0.5, Cors::Passes),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 2.0, Cors::Maybe(0.3)),
        refused(Code::OriginMalformed, InvalidAllowOriginValue, 1.0, Cors::Fails),
        refused(Code::OriginMismatch, AllowOriginMismatch, 1.0, Cors::Fails),
        broken(Code::OriginMismatch, PreflightAllowOriginMismatch, 1.0, Cors::Fails),
    ];
    found.extend(lists(facts, 20.0, 20.0, if iam { Cors::Maybe(0.3) } else { Cors::Passes }));
    found.extend(credentials(facts, 30.0, 10.0, Cors::OmitOnly));
    found
}

fn cloudfront(facts: &Facts) -> Vec<Theory> {
    let insecure = facts.url.as_ref().is_some_and(|url| url.scheme == "http" && !url.is_loopback());
    let open = Cors::Maybe(0.35);
    let mut found = vec![
        broken(Code::CloudfrontMethods, PreflightMissingAllowOriginHeader, 22.0, Cors::Maybe(0.2)),
        missing(facts, Code::CloudfrontHostForwarded, 25.0),
        missing(facts, Code::CloudfrontErrorPage, 4.0),
        missing(facts, Code::CloudfrontOriginFailure, 4.0),
        refused(Code::DuplicateAllowOrigin, MultipleAllowOriginValues, 5.0, open),
        theory(
            Code::CloudfrontCorsPolicy,
            HeaderDisallowedByPreflightResponse,
            12.0,
            Preflight::SomeHeaders,
            Cors::Passes,
            Cors::Passes,
        ),
        broken(
            Code::PreflightRedirected,
            PreflightDisallowedRedirect,
            if insecure { 80.0 } else { 3.0 },
            Cors::Maybe(0.1),
        ),
    ];
    match facts.auth {
        Auth::Bearer => {
            found.push(refused(
                Code::CloudfrontAuthorizationDropped,
                MissingAllowOriginHeader,
                10.0,
                Cors::Maybe(0.05),
            ));
        }
        Auth::Iam => {
            // with signAs the signature is for the right host already
            let weight = if facts.signed_as_another_host { 8.0 } else { 60.0 };
            found.push(refused(Code::CloudfrontSignatureHost, MissingAllowOriginHeader, weight, Cors::Maybe(0.05)));
        }
        Auth::None => {
            found.push(refused(Code::CloudfrontCachedCors, MissingAllowOriginHeader, 14.0, Cors::Fails));
            found.push(refused(Code::CloudfrontCachedCors, AllowOriginMismatch, 16.0, Cors::Fails));
        }
    }
    found
}

fn sam_local(facts: &Facts) -> Vec<Theory> {
    let mut found = vec![
        missing(facts, Code::SamLocalNoCors, 60.0),
        refused(Code::SamLocalAuthorizer, MissingAllowOriginHeader, 18.0, Cors::Fails),
    ];
    found.extend(lists(facts, 10.0, 10.0, Cors::Passes));
    found.extend(typed_origins(Cors::Fails, 6.0, 2.0));
    found.extend(credentials(facts, 20.0, 10.0, Cors::OmitOnly));
    found
}

fn localstack(facts: &Facts) -> Vec<Theory> {
    vec![missing(facts, Code::LocalstackOrigin, 60.0)]
}

fn custom(facts: &Facts) -> Vec<Theory> {
    let open = Cors::Maybe(0.4);
    let mut found = vec![
        missing(facts, Code::CorsNotConfigured, 25.0),
        broken(Code::PreflightStatus, PreflightInvalidStatus, 12.0, open),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 12.0, Cors::Maybe(0.2)),
        refused(Code::Redirected, MissingAllowOriginHeader, 12.0, Cors::Maybe(0.1)),
    ];
    found.extend(lists(facts, 20.0, 20.0, open));
    found.extend(typed_origins(open, 8.0, 6.0));
    found.extend(credentials(facts, 40.0, 20.0, open));
    found
}

/// What can happen to any call, whatever it meets. The weights are of a whole of about 100.
pub(super) fn anywhere(facts: &Facts) -> Vec<Theory> {
    let silent = |code, weight, reach, open| Theory {
        code,
        error: None,
        weight,
        model: Model { reach, preflight: Preflight::Works, open, call: open },
    };
    let mut found = vec![
        silent(Code::Unreachable, 10.0, Reach::Nothing, Cors::Fails),
        silent(Code::ExtensionBlocked, 1.0, Reach::Nothing, Cors::Fails),
        // it failed once and nothing is wrong now
        silent(Code::Unexplained, 0.3, Reach::Answers, Cors::Passes),
        refused(Code::Redirected, MissingAllowOriginHeader, 0.8, Cors::Maybe(0.05)),
        Theory {
            code: Code::RedirectWithCredentials,
            error: Some(RedirectContainsCredentials),
            weight: 0.1,
            model: Model {
                reach: Reach::RedirectWithCredentials,
                preflight: Preflight::Works,
                open: Cors::Fails,
                call: Cors::Fails,
            },
        },
    ];
    if facts.preflighted {
        found.push(Theory {
            error: None,
            ..theory(
                Code::PreflightConnectionLost,
                PreflightInvalidStatus,
                0.6,
                Preflight::Broken,
                Cors::Passes,
                Cors::Passes,
            )
        });
        found.push(broken(Code::PreflightRedirected, PreflightDisallowedRedirect, 0.6, Cors::Maybe(0.1)));
        found.push(broken(Code::PreflightStatus, PreflightInvalidStatus, 0.4, Cors::Maybe(0.4)));
    }
    if facts.request.redirect == crate::cors::Redirect::Error {
        found.push(silent(Code::RedirectRefused, 40.0, Reach::Answers, Cors::Maybe(0.1)));
    }
    found
}
