//! What is made of every case.

use super::*;

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
    use crate::diagnosis::evidence::{Connection, Permission};
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
