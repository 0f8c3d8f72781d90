//! Every case of the CORS table as a server: what would each probe see, and what is made of it?

use super::evidence::{Context, Isolation, Observation, Outcome, Page, Phase, Probe};
use super::failure::{
    Answer, Auth, BrowserError, FailedRequest, FailedRoute, Failure, Locale, Probes, RouteKind, Timing,
};
use super::{Code, Diagnosis, Evidence, Verdict, diagnose, next_probe, timed_pairs};
use crate::cors::cases::{Case, PAGE, all, by_id};
use crate::cors::{
    CorsError, Credentials, End, Engine, Exchange, HeaderList, Mode, Redirect, Request, Response, normalize_method,
    rule,
};

pub(super) fn page() -> Page {
    Page { origin: PAGE.to_owned(), context: Context::Secure, isolation: Isolation::Open, engine: Engine::Chromium }
}

fn route(auth: Auth, kind: Option<RouteKind>) -> FailedRoute {
    FailedRoute { pattern: "https://api.test/*".to_owned(), auth, kind, probes: Probes::On, sign_as: None }
}

pub(super) fn answer_to(url: &str, auth: Auth, kind: Option<RouteKind>) -> Answer {
    let request = FailedRequest {
        url: url.to_owned(),
        method: "GET".to_owned(),
        headers: HeaderList::default(),
        credentials: Credentials::Omit,
        mode: Mode::Cors,
        redirect: Redirect::Follow,
    };
    Answer { request, route: route(auth, kind), locale: Locale::En }
}

fn kind_of(case: &Case) -> RouteKind {
    match case.kind.as_str() {
        "http-api" => RouteKind::HttpApi,
        "rest-api" => RouteKind::RestApi,
        "function-url" => RouteKind::FunctionUrl,
        "cloudfront" => RouteKind::Cloudfront,
        "sam-local" => RouteKind::SamLocal,
        "localstack" => RouteKind::Localstack,
        _ => RouteKind::Custom,
    }
}

pub(super) fn failure_of(case: &Case, kind: Option<RouteKind>) -> Failure {
    let headers = &case.request.headers;
    let auth = match (headers.contains("x-amz-date"), headers.contains("authorization")) {
        (true, _) => Auth::Iam,
        (false, true) => Auth::Bearer,
        (false, false) => Auth::None,
    };
    Failure {
        request: FailedRequest {
            url: case.request.url.clone(),
            method: case.request.method.clone(),
            headers: headers.clone(),
            credentials: case.request.credentials,
            mode: case.request.mode,
            redirect: case.request.redirect,
        },
        route: route(auth, kind),
        timing: Timing { start: 0.0, end: 20.0 },
        error: BrowserError { name: "TypeError".to_owned(), message: "Failed to fetch".to_owned() },
        locale: Locale::En,
    }
}

/// What a browser shows of the case's server to a probe.
fn observe(case: &Case, probe: &Probe) -> Outcome {
    if *probe == Probe::Control {
        return Outcome::Readable { status: 200, headers: HeaderList::default(), body: String::new() };
    }
    let request = Request {
        origin: case.request.origin.clone(),
        url: case.request.url.clone(),
        method: "GET".to_owned(),
        headers: probe.headers(&case.request.headers),
        credentials: probe.credentials(),
        mode: if *probe == Probe::NoCors { Mode::NoCors } else { Mode::Cors },
        redirect: if *probe == Probe::ManualRedirect { Redirect::Manual } else { Redirect::Follow },
    };
    // only the call's own method with its own headers gets the call's answer
    let own = matches!(probe, Probe::AllHeaders | Probe::AllHeadersIncluding);
    let (response, body) = if own && normalize_method(&case.request.method) == "GET" {
        (case.exchange.response.clone(), &case.body)
    } else {
        (case.open.clone(), &case.open_body)
    };
    let exchange = Exchange { response: response.clone(), ..case.exchange.clone() };
    match rule(&request, &exchange, Engine::Chromium).end {
        End::Readable => Outcome::Readable {
            status: response.unwrap_or_else(Response::default).status,
            headers: HeaderList::default(),
            body: body.clone(),
        },
        // Chromium follows redirects of no-cors requests too, and refuses a location with a user name
        End::Opaque if case.truth == "RedirectContainsCredentials" => Outcome::Failed,
        End::Opaque => Outcome::Opaque,
        End::OpaqueRedirect => Outcome::Redirect,
        End::Blocked => Outcome::Failed,
    }
}

/// Whether the network is quiet enough for timing.
#[derive(Clone, Copy, PartialEq)]
enum Clock {
    Steady,
    Noisy,
}

fn run(case: &Case, kind: Option<RouteKind>, engine: Engine) -> (Diagnosis, usize) {
    run_timed(case, kind, engine, Clock::Noisy)
}

fn run_timed(case: &Case, kind: Option<RouteKind>, engine: Engine, clock: Clock) -> (Diagnosis, usize) {
    let failure = failure_of(case, kind);
    let mut evidence = Evidence::new(Page { engine, ..page() });
    if engine == Engine::Firefox && case.exchange.preflight.is_some() {
        // Firefox leaves the duration at 0 when the preflight failed
        let preflight = case.truth.starts_with("Preflight") || case.truth.contains("PreflightResponse");
        evidence.phase = Some(if preflight { Phase::Preflight } else { Phase::Actual });
    }
    while let Some(probe) = next_probe(&failure, &evidence) {
        let outcome = observe(case, &probe);
        evidence.observations.push(Observation { probe, outcome, took: 20.0 });
    }
    // the browser takes one round trip longer where the preflight passes
    if engine == Engine::Chromium && clock == Clock::Steady && timed_pairs(&failure, &evidence) > 0 {
        let request = Request { headers: Probe::MadeUpHeaders.headers(&case.request.headers), ..case.request.clone() };
        let request = Request { method: "GET".to_owned(), credentials: Credentials::Omit, ..request };
        let good = Response { status: 200, headers: [("access-control-allow-origin", "*")].into_iter().collect() };
        let exchange = Exchange { response: Some(good), ..case.exchange.clone() };
        let passes = rule(&request, &exchange, engine).end == End::Readable;
        evidence.timed = Some(if passes { Phase::Actual } else { Phase::Preflight });
    }
    (diagnose(&failure, &evidence), evidence.observations.len())
}

/// The CorsError that the case table names, without its parameter.
fn truth(case: &Case) -> Option<&str> {
    case.truth.split('(').next().filter(|name| *name != "none")
}

fn failing() -> impl Iterator<Item = Case> {
    all().into_iter().filter(|case| case.truth != "passes")
}

#[test]
fn the_truth_is_always_among_the_findings_and_certainty_is_never_wrong() {
    let settings =
        [(Engine::Chromium, Clock::Noisy), (Engine::Chromium, Clock::Steady), (Engine::Firefox, Clock::Noisy)];
    for (engine, clock) in settings {
        for given in [true, false] {
            let mut right = 0;
            let mut wrong = Vec::new();
            let mut cases = 0;
            for case in failing() {
                let (diagnosis, probes) = run_timed(&case, given.then(|| kind_of(&case)), engine, clock);
                let found: Vec<Option<&str>> = diagnosis.findings.iter().map(|finding| finding.cors_error).collect();
                let truth = truth(&case);
                assert!(found.contains(&truth), "{} {given} {engine:?}: {truth:?} is not among {found:?}", case.id);
                if diagnosis.verdict == Verdict::Certain {
                    assert_eq!(found[0], truth, "{}: certain and wrong", case.id);
                }
                assert!(probes <= super::plan::LIMIT, "{}", case.id);
                cases += 1;
                if found[0] == truth {
                    right += 1;
                } else {
                    wrong.push(format!("{}:{}", case.id, diagnosis.findings[0].code));
                }
            }
            println!(
                "{engine:?}, kind given: {given}: first finding right {right} of {cases}; not: {}",
                wrong.join(" ")
            );
            // what the evidence of this model can tell apart; a lower figure is a regression
            let floor = match (engine, given) {
                (_, true) if clock == Clock::Steady => 55,
                (_, false) if clock == Clock::Steady => 52,
                (Engine::Firefox, true) => 57,
                (Engine::Firefox, false) => 53,
                (_, true) => 45,
                (_, false) => 42,
            };
            assert!(right >= floor, "{right} of {cases}");
        }
    }
}

#[test]
fn with_the_kind_given_the_expected_finding_comes_first() {
    for (id, code) in [
        ("H01", Code::PreflightAuthorizer),
        ("H05", Code::HeaderNotAllowed),
        ("H06", Code::HeaderNotAllowed),
        ("H07", Code::MethodNotAllowed),
        ("H09", Code::WildcardWithCredentials),
        ("H18", Code::MethodLowerCase),
        ("R01", Code::OptionsMissing),
        ("R25", Code::WildcardWithCredentials),
        ("R09", Code::IamErrorWithoutCors),
        ("L01", Code::FunctionUrlNoCors),
        ("C02", Code::CloudfrontHostForwarded),
        ("C05", Code::CloudfrontSignatureHost),
        ("S01", Code::SamLocalNoCors),
        ("S03", Code::LocalstackOrigin),
        ("X03", Code::RedirectWithCredentials),
        ("X04", Code::ModeSameOrigin),
        ("X05", Code::NoCorsRedirectMode),
    ] {
        let case = by_id(id);
        let (diagnosis, _) = run(&case, Some(kind_of(&case)), Engine::Chromium);
        let found: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.code).collect();
        assert_eq!(found[0], code.name(), "{id}: {found:?}");
    }
}

/// Codes that a case must at least offer, wherever the evidence cannot tell.
#[test]
fn every_case_offers_its_own_code() {
    for case in failing() {
        let (diagnosis, _) = run(&case, Some(kind_of(&case)), Engine::Chromium);
        let found: Vec<&str> = diagnosis.findings.iter().map(|finding| finding.code).collect();
        let own: Vec<&str> =
            Code::ALL.iter().filter(|code| code.cases().contains(&case.id.as_str())).map(|code| code.name()).collect();
        assert!(own.iter().any(|code| found.contains(code)), "{}: none of {own:?} among {found:?}", case.id);
    }
}

#[test]
fn the_demo_names_the_authorizer_and_the_route_that_mends_it() {
    let (diagnosis, _) = run(&by_id("H01"), Some(RouteKind::HttpApi), Engine::Chromium);
    let first = &diagnosis.findings[0];
    assert_eq!(first.cors_error, Some(CorsError::PreflightInvalidStatus.name()));
    assert!(first.title.starts_with("the preflight was answered by an authorizer"));
    assert!(first.detail.contains("OPTIONS /{proxy+}"));
    assert!(first.fixes.iter().any(|fix| fix.text.contains("--route-key 'OPTIONS /{proxy+}'")));
    assert_eq!(first.docs, "docs/diagnosis.md#preflight-authorizer");
    assert!(diagnosis.request.preflighted);
}

#[test]
fn a_header_that_is_not_listed_is_named() {
    let mut case = by_id("R12");
    // the deployment gave its gateway responses CORS headers, so that the sweep can see
    let headers = [("access-control-allow-origin", "*")].into_iter().collect();
    case.open = Some(Response { status: 403, headers });
    let (diagnosis, _) = run(&case, Some(RouteKind::RestApi), Engine::Chromium);
    let first = &diagnosis.findings[0];
    assert_eq!(first.code, "header-not-allowed");
    assert_eq!(first.failed_parameter.as_deref(), Some("x-amz-security-token"));
    assert_eq!(diagnosis.verdict, Verdict::Certain);
    assert!(first.title.contains("x-amz-security-token"));
}

#[test]
fn a_fix_is_for_this_call_and_holds_no_secret() {
    let case = by_id("H05");
    let (diagnosis, _) = run(&case, Some(RouteKind::HttpApi), Engine::Chromium);
    let said = format!("{diagnosis:?}");
    assert!(said.contains("https://app.test") && said.contains("\\\"authorization\\\""));
    assert!(!said.contains("eyJ0"), "the token is in the diagnosis");
}

#[test]
fn probes_off_sends_nothing_and_still_has_findings() {
    let mut failure = failure_of(&by_id("H01"), Some(RouteKind::HttpApi));
    failure.route.probes = Probes::Off;
    let evidence = Evidence::new(page());
    assert_eq!(next_probe(&failure, &evidence), None);
    assert!(!diagnose(&failure, &evidence).findings.is_empty());
}

#[test]
fn probes_carry_the_token_only_together_with_the_calls_own_headers() {
    let headers: HeaderList = [("authorization", "Bearer secret"), ("x-a", "secret")].into_iter().collect();
    for probe in [
        Probe::NoCors,
        Probe::Simple,
        Probe::SimpleIncluding,
        Probe::Header("authorization".to_owned()),
        Probe::Header("x-a".to_owned()),
        Probe::RandomHeader,
        Probe::MadeUpHeaders,
        Probe::ManualRedirect,
        Probe::Control,
    ] {
        let sent = probe.headers(&headers);
        assert!(sent.0.iter().all(|(_, value)| !value.contains("secret")), "{probe:?}");
    }
}

#[test]
fn the_first_look_is_enough_for_the_pages_own_faults() {
    use super::evidence::{Connection, Permission};
    let code = |url: &str, change: &dyn Fn(&mut Evidence)| {
        let mut failure = failure_of(&by_id("H01"), None);
        failure.request.url = url.to_owned();
        let mut evidence = Evidence::new(page());
        change(&mut evidence);
        assert_eq!(next_probe(&failure, &evidence), None, "{url}");
        diagnose(&failure, &evidence).findings[0].code
    };
    assert_eq!(code("https://api.test/", &|e| e.connection = Connection::Offline), "offline");
    assert_eq!(code("https://api.test/", &|e| e.csp = Some("connect-src 'self'".to_owned())), "csp-connect-src");
    assert_eq!(code("http://api.test/", &|_| ()), "mixed-content");
    assert_eq!(code("htps://api.test/", &|_| ()), "unsupported-scheme");
    assert_eq!(code("https://u:p@api.test/", &|_| ()), "url-has-credentials");
    assert_eq!(code("https://192.168.0.9/", &|e| e.local_network = Permission::Denied), "local-network-denied");
}

#[test]
fn nothing_that_answers_is_no_cors_problem() {
    let mut case = by_id("H01");
    case.exchange = Exchange::default();
    case.open = None;
    let (diagnosis, _) = run(&case, Some(RouteKind::HttpApi), Engine::Chromium);
    assert_eq!(diagnosis.findings[0].code, "unreachable");
}
