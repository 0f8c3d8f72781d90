//! Every case of the CORS table as a server: what would each probe see, and what is made of it?

use super::evidence::{Context, Entry, Isolation, Observation, Outcome, Outside, Page, Phase, Probe};
use super::failure::{
    AddressSpace, Answer, Auth, Body, BrowserError, FailedRequest, FailedRoute, Failure, Limits, Locale, Probes,
    RouteKind, Timing,
};
use super::{Code, Diagnosis, Evidence, Step, Verdict, diagnose, next_step};
use crate::cors::cases::{Case, PAGE, all, by_id};
use crate::cors::{
    CorsError, Credentials, End, Engine, Exchange, HeaderList, Mode, Origin, Redirect, Request, Response,
    normalize_method, rule,
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
        body: Body::Plain,
        target_space: None,
        locale: Locale::En,
        limits: Limits::default(),
    }
}

/// A round trip, in milliseconds.
const ROUND_TRIP: f64 = 20.0;

/// Whether the page's clock is good enough to time requests by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Clock {
    Fine,
    Coarse,
    /// Something else kept the machine busy: what ends with its preflight seems to take longer than what does not.
    Misleading,
}

/// What a browser shows of the case's server to a probe.
fn observe(case: &Case, probe: Probe, engine: Engine, clock: Clock) -> Observation {
    let readable = |response: Option<Response>, body: &str| Outcome::Readable {
        status: response.unwrap_or_default().status,
        headers: HeaderList::default(),
        body: body.to_owned(),
    };
    let seen = |probe: Probe, outcome, trips: u8, phase: Option<Phase>| Observation {
        outcome,
        times: vec![match (clock, trips) {
            (Clock::Coarse, _) => 0.0,
            (Clock::Misleading, 2) => ROUND_TRIP,
            // but not the header that times are held against
            (Clock::Misleading, 1) if probe != Probe::RandomHeader && phase.is_some() => ROUND_TRIP * 2.0,
            _ => ROUND_TRIP * f64::from(trips),
        }],
        entry: Entry::Unknown,
        phase: phase.filter(|_| engine == Engine::Firefox),
        probe,
    };
    if probe == Probe::Control {
        let outcome = readable(Some(Response { status: 200, headers: HeaderList::default() }), "");
        return seen(probe, outcome, 1, None);
    }
    let mut request = Request {
        origin: case.request.origin.clone(),
        url: case.request.url.clone(),
        method: "GET".to_owned(),
        headers: probe.headers(&case.request.headers),
        credentials: probe.credentials(),
        mode: if probe == Probe::NoCors { Mode::NoCors } else { Mode::Cors },
        redirect: if probe == Probe::ManualRedirect { Redirect::Manual } else { Redirect::Follow },
    };
    if probe == Probe::NullOrigin {
        request.origin = Origin::parse("null");
    }
    // only the call's own method with its own headers gets the call's answer
    let own = matches!(probe, Probe::AllHeaders(_));
    let (response, body) = if own && normalize_method(&case.request.method) == "GET" {
        (case.exchange.response.clone(), &case.body)
    } else {
        (case.open.clone(), &case.open_body)
    };
    if probe == Probe::RedirectAway {
        let leads = response.as_ref().and_then(|response| response.headers.get("location"));
        let outcome = if leads.is_some() { Outcome::Redirect } else { Outcome::Opaque };
        return seen(probe, outcome, 1, None);
    }
    let preflighted = request.needs_preflight(engine);
    let passes = !preflighted || preflight_passes(case, &request, engine);
    let phase = preflighted.then_some(if passes { Phase::Actual } else { Phase::Preflight });
    // what is left is the check of the answer
    let call = Request { headers: HeaderList::default(), ..request };
    let exchange = Exchange { response: response.clone(), ..case.exchange.clone() };
    let outcome = match rule(&call, &exchange, engine).end {
        _ if !passes => Outcome::Failed,
        End::Readable => readable(response, body),
        // Chromium follows redirects of no-cors requests too, and refuses a location with a user name
        End::Opaque if case.truth == "RedirectContainsCredentials" => Outcome::Failed,
        End::Opaque => Outcome::Opaque,
        End::OpaqueRedirect => Outcome::Redirect,
        End::Blocked => Outcome::Failed,
    };
    seen(probe, outcome, u8::from(preflighted) + u8::from(passes), phase)
}

/// Whether a probe's preflight passes: then a good answer does.
fn preflight_passes(case: &Case, request: &Request, engine: Engine) -> bool {
    let good = [("access-control-allow-origin", request.origin.as_str()), ("access-control-allow-credentials", "true")];
    let response = Response { status: 200, headers: good.into_iter().collect() };
    let exchange =
        Exchange { preflight: case.exchange.preflight.clone(), response: Some(response), ..Exchange::default() };
    rule(request, &exchange, engine).end == End::Readable
}

fn run(case: &Case, kind: Option<RouteKind>, engine: Engine) -> (Diagnosis, usize) {
    run_timed(case, kind, engine, Clock::Coarse)
}

fn gathered(case: &Case, failure: &Failure, engine: Engine, clock: Clock) -> Evidence {
    let mut evidence = Evidence::new(Page { engine, ..page() });
    if engine == Engine::Firefox && case.exchange.preflight.is_some() {
        // Firefox leaves the duration at 0 when the preflight failed
        let preflight = case.truth.starts_with("Preflight") || case.truth.contains("PreflightResponse");
        evidence.phase = Some(if preflight { Phase::Preflight } else { Phase::Actual });
    }
    while let Some(step) = next_step(failure, &evidence) {
        let probes = match step {
            Step::Together(probes) => probes,
            Step::Alone(probe) => vec![probe],
        };
        for probe in probes {
            evidence.add(observe(case, probe, engine, clock));
        }
    }
    evidence
}

fn run_timed(case: &Case, kind: Option<RouteKind>, engine: Engine, clock: Clock) -> (Diagnosis, usize) {
    let failure = failure_of(case, kind);
    let evidence = gathered(case, &failure, engine, clock);
    (diagnose(&failure, &evidence), evidence.requests())
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
    let mut shortfall = Vec::new();
    let settings =
        [(Engine::Chromium, Clock::Coarse), (Engine::Chromium, Clock::Fine), (Engine::Firefox, Clock::Coarse)];
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
                assert!(probes <= 15, "{}", case.id);
                cases += 1;
                if found[0] == truth {
                    right += 1;
                } else {
                    wrong.push(format!("{}:{}", case.id, diagnosis.findings[0].code));
                }
            }
            println!(
                "{engine:?} {clock:?}, kind given: {given}: first finding right {right} of {cases}; not: {}",
                wrong.join(" ")
            );
            // Cases that look alike to every probe can only be guessed: no order of theories gets more than 55 and 52 of 75 without
            // a clock, 67 and 64 with one, and no more in Firefox. The rest of the gap is faults that are rare in the field.
            let floor = match (engine, clock, given) {
                (Engine::Firefox, _, true) => 64,
                (Engine::Firefox, _, false) => 62,
                (_, Clock::Fine, true) => 64,
                (_, Clock::Fine, false) => 62,
                (.., true) => 48,
                (.., false) => 46,
            };
            if right < floor {
                shortfall.push(format!("{engine:?} {clock:?} {given}: {right} of {cases}"));
            }
        }
    }
    assert!(shortfall.is_empty(), "{shortfall:?}");
}

/// A loaded machine makes any request longer. Its clock may lead to another order, and to no shorter list.
#[test]
fn a_clock_that_misleads_takes_no_truth_away() {
    let mut lost = Vec::new();
    for given in [true, false] {
        for case in failing() {
            let (diagnosis, _) = run_timed(&case, given.then(|| kind_of(&case)), Engine::Chromium, Clock::Misleading);
            if diagnosis.findings.iter().all(|finding| finding.cors_error != truth(&case)) {
                lost.push(format!("{} {given}", case.id));
            }
            assert!(diagnosis.verdict != Verdict::Certain || diagnosis.findings[0].cors_error == truth(&case));
        }
    }
    assert_eq!(lost, Vec::<String>::new());
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
    assert_eq!(next_step(&failure, &evidence), None);
    assert!(!diagnose(&failure, &evidence).findings.is_empty());
}

#[test]
fn probes_carry_the_token_only_together_with_the_calls_own_headers() {
    let headers: HeaderList = [("authorization", "Bearer secret"), ("x-a", "secret")].into_iter().collect();
    for probe in [
        Probe::NoCors,
        Probe::Simple(Credentials::Omit),
        Probe::Simple(Credentials::Include),
        Probe::Header("authorization".to_owned(), Credentials::Omit),
        Probe::Header("x-a".to_owned(), Credentials::Include),
        Probe::RandomHeader,
        Probe::MadeUpHeaders(Credentials::Omit),
        Probe::NullOrigin,
        Probe::RedirectAway,
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
        assert_eq!(next_step(&failure, &evidence), None, "{url}");
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
fn what_the_browser_refuses_for_its_own_reasons_is_seen_at_first_sight() {
    let code = |page_origin: &str, url: &str, change: &dyn Fn(&mut Failure), engine: Engine| {
        let mut failure = failure_of(&by_id("H01"), None);
        failure.request.url = url.to_owned();
        change(&mut failure);
        let evidence = Evidence::new(Page { origin: page_origin.to_owned(), engine, ..page() });
        (next_step(&failure, &evidence).is_none(), diagnose(&failure, &evidence).findings[0].code)
    };
    let local = |failure: &mut Failure| failure.target_space = Some(AddressSpace::Local);
    let stream = |failure: &mut Failure| failure.body = Body::Stream;
    let http = "http://app.test";
    assert_eq!(code(http, "http://127.0.0.1:9000/", &local, Engine::Chromium), (true, "target-address-space"));
    assert!(!code(http, "https://192.168.0.9/", &local, Engine::Chromium).0);
    assert_eq!(code(http, "http://api.test/", &stream, Engine::Chromium), (true, "stream-needs-http2"));
    assert!(!code(http, "http://api.test/", &stream, Engine::Firefox).0);
    // what Chrome asks its user about is not mixed content
    assert_eq!(code(PAGE, "http://192.168.0.9/", &|_| (), Engine::Firefox), (true, "mixed-content"));
    assert!(!code(PAGE, "http://192.168.0.9/", &|_| (), Engine::Chromium).0);
    assert!(!code(PAGE, "http://printer.test/", &local, Engine::Chromium).0);
    assert!(!code(PAGE, "http://localhost:3000/", &|_| (), Engine::Firefox).0);
}

#[test]
fn where_everything_plain_works_the_request_itself_is_in_doubt() {
    let mut case = by_id("H13");
    case.exchange.response =
        Some(Response { status: 200, headers: [("access-control-allow-origin", "*")].into_iter().collect() });
    case.open = case.exchange.response.clone();
    let mut failure = failure_of(&case, Some(RouteKind::HttpApi));
    failure.request.method = "POST".to_owned();
    failure.body = Body::Stream;
    let evidence = gathered(&case, &failure, Engine::Chromium, Clock::Fine);
    assert_eq!(diagnose(&failure, &evidence).findings[0].code, "stream-needs-http2");
    failure.body = Body::Plain;
    failure.target_space = Some(AddressSpace::Local);
    assert_eq!(diagnose(&failure, &evidence).findings[0].code, "target-address-space");
}

#[test]
fn no_time_is_taken_where_each_probe_goes_to_the_same_url() {
    let mut failure = failure_of(&by_id("R06"), Some(RouteKind::RestApi));
    let evidence = |failure: &Failure| gathered(&by_id("R06"), failure, Engine::Chromium, Clock::Fine);
    assert!(evidence(&failure).of(&Probe::RandomHeader).is_some());
    failure.request.url.push_str("?X-Amz-Signature=0");
    assert!(evidence(&failure).of(&Probe::RandomHeader).is_none());
}

#[test]
fn a_diagnosis_sends_no_more_than_it_may() {
    for requests in [0, 1, 4, 11] {
        for case in failing() {
            let mut failure = failure_of(&case, None);
            failure.limits.requests = requests;
            let evidence = gathered(&case, &failure, Engine::Chromium, Clock::Fine);
            assert!(evidence.requests() <= requests, "{}: {} of {requests}", case.id, evidence.requests());
            assert!(!diagnose(&failure, &evidence).findings.is_empty());
        }
    }
}

/// What an extension blocks fails at once, while the page's own server answers.
#[test]
fn what_fails_within_a_millisecond_never_left_the_browser() {
    let first = |url: &str, engine: Engine, durations: [f64; 2]| {
        let mut failure = failure_of(&by_id("H01"), Some(RouteKind::HttpApi));
        failure.request.url = url.to_owned();
        let mut evidence = Evidence::new(Page { engine, ..page() });
        // the first call waits for much in the browser
        evidence.entry = Entry::Took(9.0);
        for (probe, duration) in [Probe::NoCors, Probe::Simple(Credentials::Omit)].into_iter().zip(durations) {
            let entry = Entry::Took(duration);
            evidence.add(Observation { probe, outcome: Outcome::Failed, times: vec![duration], entry, phase: None });
        }
        let answer = Outcome::Readable { status: 200, headers: HeaderList::default(), body: String::new() };
        evidence.add(Observation {
            probe: Probe::Control,
            outcome: answer,
            times: vec![3.0],
            entry: Entry::Unknown,
            phase: None,
        });
        diagnose(&failure, &evidence).findings.iter().map(|finding| finding.code).take(2).collect::<Vec<_>>()
    };
    const BLOCKED: [&str; 2] = ["extension-blocked", "unreachable"];
    const UNREACHABLE: [&str; 2] = ["unreachable", "extension-blocked"];
    assert_eq!(first("https://api.test/events", Engine::Chromium, [2.6, 0.6]), BLOCKED);
    assert_eq!(first("https://api.test/events", Engine::Chromium, [2.1, 1.6]), UNREACHABLE);
    // a refusal on the same machine is quick, too
    assert_eq!(first("http://127.0.0.1:9000/events", Engine::Chromium, [0.7, 0.6]), UNREACHABLE);
    assert_eq!(first("http://127.0.0.1:9000/events", Engine::Chromium, [0.1, 0.0]), BLOCKED);
    // Firefox writes 0 whatever it was
    assert_eq!(first("https://api.test/events", Engine::Firefox, [0.0, 0.0]), UNREACHABLE);
    assert_eq!(first("https://api.test/analytics/events", Engine::Firefox, [0.0, 0.0]), BLOCKED);
}

#[test]
fn what_passes_outside_the_browser_is_no_fault_of_the_server() {
    let first = |outside: Outside| {
        let failure = failure_of(&by_id("C06"), Some(RouteKind::Cloudfront));
        let mut evidence = gathered(&by_id("C06"), &failure, Engine::Chromium, Clock::Fine);
        evidence.outside = outside;
        let Diagnosis { findings, evidence, .. } = diagnose(&failure, &evidence);
        (findings[0].code, evidence.iter().any(|item| item.probe == "dev-server"))
    };
    assert_eq!(first(Outside::Unknown), ("cloudfront-host-forwarded", false));
    // a cache answers each as it answered the first
    assert_eq!(first(Outside::Passes), ("cloudfront-cached-cors", true));
}

#[test]
fn nothing_that_answers_is_no_cors_problem() {
    let mut case = by_id("H01");
    case.exchange = Exchange::default();
    case.open = None;
    let (diagnosis, _) = run(&case, Some(RouteKind::HttpApi), Engine::Chromium);
    assert_eq!(diagnosis.findings[0].code, "unreachable");
}
