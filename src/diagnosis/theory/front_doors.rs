//! What goes wrong at each kind of front door, and about how often. The weights are judgement, not measurement: they only order
//! what the evidence cannot tell apart.

use super::{Cors, Model, Preflight, Reach, Theories, Theory};
use crate::cors::CorsError::{
    self, AllowOriginMismatch, HeaderDisallowedByPreflightResponse, InvalidAllowCredentials,
    InvalidAllowHeadersPreflightResponse, InvalidAllowMethodsPreflightResponse, InvalidAllowOriginValue,
    InvalidLocalNetworkAccess, MissingAllowOriginHeader, MultipleAllowOriginValues, PreflightAllowOriginMismatch,
    PreflightDisallowedRedirect, PreflightInvalidAllowCredentials, PreflightInvalidAllowOriginValue,
    PreflightInvalidStatus, PreflightMissingAllowOriginHeader, PreflightMultipleAllowOriginValues,
    PreflightWildcardOriginNotAllowed, RedirectContainsCredentials, WildcardOriginNotAllowed,
};
use crate::cors::Engine;
use crate::diagnosis::code::Code;
use crate::diagnosis::failure::{Auth, Body, RouteKind};
use crate::diagnosis::words::says;

/// A theory about something that answers.
const fn theory(code: Code, error: CorsError, weight: f32, preflight: Preflight, open: Cors, call: Cors) -> Theory {
    Theory { code, error: Some(error), weight, model: Model { reach: Reach::Answers, preflight, open, call } }
}

/// The preflight fails whatever it asks for.
const fn broken(code: Code, error: CorsError, weight: f32, open: Cors) -> Theory {
    theory(code, error, weight, Preflight::Broken, open, Cors::Maybe(50))
}

/// The preflight is good, the answer is not.
const fn refused(code: Code, error: CorsError, weight: f32, open: Cors) -> Theory {
    theory(code, error, weight, Preflight::Works, open, Cors::Fails)
}

/// No answer has CORS headers.
const fn missing(code: Code, weight: f32) -> Theory {
    theory(code, PreflightMissingAllowOriginHeader, weight, Preflight::NoCors, Cors::Fails, Cors::Fails)
}

/// The preflight lacks something in a list; the answer to the call would pass.
const fn lacks(code: Code, error: CorsError, weight: f32, preflight: Preflight) -> Theory {
    theory(code, error, weight, preflight, Cors::Passes, Cors::Passes)
}

/// The theories about one kind of front door. Weights count within the kind.
pub(super) fn of(kind: RouteKind, found: &mut Theories<'_>) {
    match kind {
        RouteKind::HttpApi => http_api(found),
        RouteKind::RestApi => rest_api(found),
        RouteKind::FunctionUrl => function_url(found),
        RouteKind::Cloudfront => {
            cloudfront(found);
            found.scale = 0.4;
            rest_api(found);
            found.scale = 0.15;
            http_api(found);
        }
        RouteKind::SamLocal => {
            sam_local(found);
            found.scale = 0.1;
            rest_api(found);
        }
        RouteKind::Localstack => {
            found.add(const { &[missing(Code::LocalstackOrigin, 60.0)] });
            found.scale = 0.5;
            rest_api(found);
        }
        RouteKind::Custom => custom(found),
    }
}

/// What a list of headers or methods can lack.
fn lists(found: &mut Theories<'_>, headers: f32, methods: f32, open: Cors) {
    use Code::{HeaderNotAllowed, MethodLowerCase, MethodNotAllowed};
    use CorsError::{HeaderDisallowedByPreflightResponse as Header, MethodDisallowedByPreflightResponse as Method};
    let method = found.facts.request.method.to_ascii_uppercase();
    let safelisted = matches!(method.as_str(), "GET" | "HEAD" | "POST");
    let lower_case = crate::cors::normalize_method(&found.facts.request.method) != method;
    if !found.facts.unsafe_names.is_empty() {
        found.add_where(open, headers, const { &[lacks(HeaderNotAllowed, Header, 1.0, Preflight::SomeHeaders)] });
        if found.facts.includes_credentials() {
            // `*` in both lists is void for both; the method is looked at first
            let void = if safelisted {
                const { &[lacks(HeaderNotAllowed, Header, 0.3, Preflight::WildcardHeaders)] }
            } else {
                const { &[lacks(MethodNotAllowed, Method, 0.3, Preflight::WildcardHeaders)] }
            };
            found.add_where(open, headers, void);
        }
    }
    if lower_case {
        found.add_where(open, methods, const { &[lacks(MethodLowerCase, Method, 8.0, Preflight::NoMethod)] });
    }
    if !safelisted {
        found.add_where(open, methods, const { &[lacks(MethodNotAllowed, Method, 1.0, Preflight::NoMethod)] });
    }
}

/// What `credentials: "include"` can meet. `preflight` and `answer`: how often each half is the one that objects.
fn credentials(found: &mut Theories<'_>, preflight: f32, answer: f32, open: Cors) {
    use Code::{CredentialsNotAllowed, WildcardWithCredentials};
    const fn objects(code: Code, error: CorsError, weight: f32, preflight: Preflight) -> Theory {
        theory(code, error, weight, preflight, Cors::OmitOnly, Cors::OmitOnly)
    }
    const PREFLIGHT: &[Theory] = &[
        objects(WildcardWithCredentials, PreflightWildcardOriginNotAllowed, 1.0, Preflight::NoCredentials),
        objects(CredentialsNotAllowed, PreflightInvalidAllowCredentials, 0.6, Preflight::NoCredentials),
    ];
    const ANSWER: &[Theory] = &[
        objects(WildcardWithCredentials, WildcardOriginNotAllowed, 1.0, Preflight::Works),
        // whose preflight passes with credentials knows that `*` will not do
        objects(CredentialsNotAllowed, InvalidAllowCredentials, 1.1, Preflight::Works),
    ];
    if found.facts.includes_credentials() {
        found.add_where(open, preflight, PREFLIGHT);
        found.add_where(open, answer, ANSWER);
    }
}

/// Values of Access-Control-Allow-Origin that a person typed.
fn typed_origins(found: &mut Theories<'_>, open: Cors, preflight: f32, answer: f32) {
    const PREFLIGHT: &[Theory] = &[
        broken(Code::OriginMismatch, PreflightAllowOriginMismatch, 1.0, Cors::Fails),
        broken(Code::OriginList, PreflightMultipleAllowOriginValues, 0.5, Cors::Fails),
        broken(Code::OriginMalformed, PreflightInvalidAllowOriginValue, 0.4, Cors::Fails),
    ];
    const ANSWER: &[Theory] = &[
        refused(Code::OriginMismatch, AllowOriginMismatch, 1.0, Cors::Fails),
        refused(Code::DuplicateAllowOrigin, MultipleAllowOriginValues, 0.9, Cors::Fails),
        refused(Code::OriginMalformed, InvalidAllowOriginValue, 0.6, Cors::Fails),
    ];
    found.add_where(open, preflight, PREFLIGHT);
    found.add_where(open, answer, ANSWER);
}

fn http_api(found: &mut Theories<'_>) {
    // an HTTP API with CORS settings puts the headers on every answer, its own errors included
    const ALWAYS: &[Theory] = &[
        missing(Code::CorsNotConfigured, 20.0),
        missing(Code::OriginNotAllowed, 18.0),
        broken(Code::AllowHeadersMalformed, InvalidAllowHeadersPreflightResponse, 4.0, Cors::Passes),
        broken(Code::AllowMethodsMalformed, InvalidAllowMethodsPreflightResponse, 0.5, Cors::Passes),
        refused(Code::GatewayErrorWithoutCors, MissingAllowOriginHeader, 3.0, Cors::Passes),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 0.5, Cors::Maybe(50)),
    ];
    const WITH_CORS: &[Theory] = &[lacks(Code::PreflightAuthorizer, PreflightInvalidStatus, 1.0, Preflight::Broken)];
    const WITHOUT_CORS: &[Theory] = &[theory(
        Code::PreflightAuthorizerNoCors,
        PreflightMissingAllowOriginHeader,
        0.4,
        Preflight::Broken,
        Cors::Fails,
        Cors::Fails,
    )];
    let guarded = if found.facts.auth == Auth::None { 2.0 } else { 30.0 };
    found.add(ALWAYS);
    found.add_where(Cors::Passes, guarded, WITH_CORS);
    found.add_where(Cors::Fails, guarded, WITHOUT_CORS);
    lists(found, 25.0, 30.0, Cors::Passes);
    credentials(found, 40.0, if found.facts.preflighted { 1.0 } else { 40.0 }, Cors::OmitOnly);
    typed_origins(found, Cors::Maybe(30), 0.3, 0.3);
}

fn rest_api(found: &mut Theories<'_>) {
    const ALWAYS: &[Theory] = &[
        broken(Code::OptionsMissing, PreflightInvalidStatus, 8.0, Cors::Passes),
        broken(Code::OptionsNeedsAuthReadable, PreflightInvalidStatus, 6.0, Cors::Passes),
        missing(Code::WrongPath, 5.0),
        missing(Code::RefusedBeforeRouting, 4.0),
        refused(Code::GatewayErrorWithoutCors, MissingAllowOriginHeader, 12.0, Cors::Maybe(5)),
    ];
    const NO_OPTIONS: &[Theory] = &[broken(Code::OptionsMissing, PreflightMissingAllowOriginHeader, 12.0, Cors::Fails)];
    const GUARDED_OPTIONS: &[Theory] =
        &[broken(Code::OptionsNeedsAuth, PreflightMissingAllowOriginHeader, 15.0, Cors::Fails)];
    const FUNCTION: &[Theory] = &[refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 14.0, Cors::Fails)];
    const SETTINGS: &[Theory] = &[
        broken(Code::OptionsMockFails, PreflightMissingAllowOriginHeader, 4.0, Cors::Fails),
        broken(Code::AllowMethodsMalformed, InvalidAllowMethodsPreflightResponse, 4.0, Cors::Fails),
        broken(Code::AllowHeadersMalformed, InvalidAllowHeadersPreflightResponse, 1.5, Cors::Fails),
    ];
    const IAM: &[Theory] = &[
        refused(Code::IamErrorWithoutCors, MissingAllowOriginHeader, 35.0, Cors::Maybe(5)),
        refused(Code::CallerCredentials, MissingAllowOriginHeader, 16.0, Cors::Maybe(10)),
    ];
    // a GET without the token meets a gateway response; most deployments have not given those CORS headers
    let guarded = found.facts.auth != Auth::None || found.facts.unsafe_names.iter().any(|name| name == "x-api-key");
    let open = if guarded { Cors::Maybe(35) } else { Cors::Maybe(60) };
    // gateway responses answer a refused OPTIONS as they answer a refused GET: with CORS headers both, or neither
    let neither = if guarded { Cors::Maybe(5) } else { open };
    let iam = found.facts.auth == Auth::Iam;
    found.add(ALWAYS);
    found.add_where(neither, if iam { 1.0 } else { 2.0 }, NO_OPTIONS);
    found.add_where(neither, 1.0, GUARDED_OPTIONS);
    found.add_where(if guarded { open } else { Cors::Fails }, 1.0, FUNCTION);
    found.add_where(open, 1.0, SETTINGS);
    if iam {
        found.add(IAM);
    }
    // a signature brings headers that older lists do not name; and PUT, PATCH and DELETE are not in what examples list
    lists(found, if iam { 30.0 } else { 15.0 }, 45.0, open);
    // OPTIONS and the function each have to speak of credentials, and examples never do
    credentials(found, 60.0, 45.0, open);
    typed_origins(found, open, 8.0, 4.0);
}

fn function_url(found: &mut Theories<'_>) {
    const ALWAYS: &[Theory] = &[
        missing(Code::FunctionUrlNoCors, 25.0),
        missing(Code::OriginNotAllowed, 15.0),
        refused(Code::FunctionUrlDuplicateCors, MultipleAllowOriginValues, 18.0, Cors::Fails),
        broken(Code::AllowHeadersMalformed, InvalidAllowHeadersPreflightResponse, 0.5, Cors::Passes),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 2.0, Cors::Maybe(30)),
        refused(Code::OriginMalformed, InvalidAllowOriginValue, 1.0, Cors::Fails),
        refused(Code::OriginMismatch, AllowOriginMismatch, 1.0, Cors::Fails),
        broken(Code::OriginMismatch, PreflightAllowOriginMismatch, 1.0, Cors::Fails),
    ];
    const FORBIDDEN: &[Theory] = &[refused(Code::FunctionUrlForbidden, MissingAllowOriginHeader, 6.0, Cors::Maybe(10))];
    let iam = found.facts.auth == Auth::Iam;
    found.add(ALWAYS);
    found.add_where(Cors::Maybe(10), if iam { 5.0 } else { 1.0 }, FORBIDDEN);
    lists(found, 20.0, 20.0, if iam { Cors::Maybe(30) } else { Cors::Passes });
    credentials(found, 30.0, 10.0, Cors::OmitOnly);
}

fn cloudfront(found: &mut Theories<'_>) {
    const ALWAYS: &[Theory] = &[
        broken(Code::CloudfrontMethods, PreflightMissingAllowOriginHeader, 22.0, Cors::Maybe(20)),
        missing(Code::CloudfrontHostForwarded, 25.0),
        missing(Code::CloudfrontErrorPage, 4.0),
        missing(Code::CloudfrontOriginFailure, 4.0),
        refused(Code::DuplicateAllowOrigin, MultipleAllowOriginValues, 5.0, Cors::Maybe(35)),
        lacks(Code::CloudfrontCorsPolicy, HeaderDisallowedByPreflightResponse, 12.0, Preflight::SomeHeaders),
        broken(Code::PreflightRedirected, PreflightDisallowedRedirect, 3.0, Cors::Maybe(10)),
    ];
    const INSECURE: &[Theory] =
        &[broken(Code::PreflightRedirected, PreflightDisallowedRedirect, 77.0, Cors::Maybe(10))];
    const BEARER: &[Theory] =
        &[refused(Code::CloudfrontAuthorizationDropped, MissingAllowOriginHeader, 10.0, Cors::Maybe(5))];
    const SIGNED: &[Theory] = &[refused(Code::CloudfrontSignatureHost, MissingAllowOriginHeader, 60.0, Cors::Maybe(5))];
    const SIGNED_AS: &[Theory] =
        &[refused(Code::CloudfrontSignatureHost, MissingAllowOriginHeader, 8.0, Cors::Maybe(5))];
    const OPEN: &[Theory] = &[
        refused(Code::CloudfrontCachedCors, MissingAllowOriginHeader, 14.0, Cors::Fails),
        refused(Code::CloudfrontCachedCors, AllowOriginMismatch, 16.0, Cors::Fails),
    ];
    found.add(ALWAYS);
    if found.facts.url.as_ref().is_some_and(|url| url.scheme == "http" && !url.is_loopback()) {
        found.add(INSECURE);
    }
    found.add(match found.facts.auth {
        Auth::Bearer => BEARER,
        // with signAs the signature is for the right host already
        Auth::Iam if found.facts.signed_as_another_host => SIGNED_AS,
        Auth::Iam => SIGNED,
        Auth::None => OPEN,
    });
    // who asks for credentials across a distribution meets the `*` of whatever answers behind it
    credentials(found, 60.0, 15.0, Cors::Maybe(35));
}

fn sam_local(found: &mut Theories<'_>) {
    const ALWAYS: &[Theory] = &[
        missing(Code::SamLocalNoCors, 60.0),
        refused(Code::SamLocalAuthorizer, MissingAllowOriginHeader, 18.0, Cors::Fails),
    ];
    found.add(ALWAYS);
    lists(found, 10.0, 10.0, Cors::Passes);
    typed_origins(found, Cors::Fails, 6.0, 2.0);
    credentials(found, 20.0, 10.0, Cors::OmitOnly);
}

fn custom(found: &mut Theories<'_>) {
    const ALWAYS: &[Theory] = &[
        missing(Code::CorsNotConfigured, 25.0),
        broken(Code::PreflightStatus, PreflightInvalidStatus, 12.0, Cors::Maybe(40)),
        refused(Code::ResponseWithoutCors, MissingAllowOriginHeader, 12.0, Cors::Maybe(20)),
        refused(Code::Redirected, MissingAllowOriginHeader, 12.0, Cors::Maybe(10)),
    ];
    let open = Cors::Maybe(40);
    found.add(ALWAYS);
    lists(found, 20.0, 20.0, open);
    typed_origins(found, open, 8.0, 6.0);
    credentials(found, 40.0, 20.0, open);
}

/// What the lists of ad and privacy blockers look for in a URL.
const BLOCKERS_WORDS: [&str; 6] = ["analytics", "telemetry", "tracking", "beacon", "pixel", "/ads"];

/// What can happen to any call, whatever it meets. The weights are of a whole of about 100.
pub(super) fn anywhere(found: &mut Theories<'_>) {
    const fn silent(code: Code, weight: f32, reach: Reach, preflight: Preflight, open: Cors) -> Theory {
        Theory { code, error: None, weight, model: Model { reach, preflight, open, call: open } }
    }
    const ALWAYS: &[Theory] = &[
        silent(Code::Unreachable, 10.0, Reach::Nothing, Preflight::Works, Cors::Fails),
        silent(Code::ExtensionBlocked, 1.0, Reach::Nothing, Preflight::Works, Cors::Fails),
        // it failed once and nothing is wrong now
        silent(Code::Unexplained, 0.3, Reach::Answers, Preflight::Works, Cors::Passes),
        refused(Code::Redirected, MissingAllowOriginHeader, 0.8, Cors::Maybe(5)),
        Theory {
            error: Some(RedirectContainsCredentials),
            ..silent(Code::RedirectWithCredentials, 0.1, Reach::RedirectWithCredentials, Preflight::Works, Cors::Fails)
        },
        // Firefox follows such a redirect where no CORS is asked for
        refused(Code::RedirectWithCredentials, RedirectContainsCredentials, 0.2, Cors::Fails),
        silent(Code::PreflightConnectionLost, 0.6, Reach::Answers, Preflight::Broken, Cors::Passes),
        broken(Code::PreflightRedirected, PreflightDisallowedRedirect, 0.6, Cors::Maybe(10)),
        broken(Code::PreflightStatus, PreflightInvalidStatus, 0.4, Cors::Maybe(40)),
    ];
    const REFUSED: &[Theory] =
        &[silent(Code::RedirectRefused, 40.0, Reach::Answers, Preflight::Works, Cors::Maybe(10))];
    // blockers know such URLs by their words
    const LISTED: &[Theory] = &[silent(Code::ExtensionBlocked, 14.0, Reach::Nothing, Preflight::Works, Cors::Fails)];
    // an https server that speaks HTTP/1.1 only is rare, but then each streamed call fails
    const STREAM: &[Theory] =
        &[silent(Code::StreamNeedsHttp2, 15.0, Reach::Answers, Preflight::Works, Cors::Maybe(80))];
    // who names the network of a host may well name the wrong one
    const SPACE: &[Theory] = &[Theory {
        error: Some(InvalidLocalNetworkAccess),
        ..silent(Code::TargetAddressSpace, 30.0, Reach::Answers, Preflight::Works, Cors::Maybe(80))
    }];
    let facts = found.facts;
    found.add(ALWAYS);
    if BLOCKERS_WORDS.iter().any(|word| says(&facts.request.url, word)) {
        found.add(LISTED);
    }
    if facts.request.redirect == crate::cors::Redirect::Error {
        found.add(REFUSED);
    }
    if facts.page.engine == Engine::Chromium {
        if facts.body == Body::Stream {
            found.add(STREAM);
        }
        if facts.target_space.is_some() {
            found.add(SPACE);
        }
    }
}
