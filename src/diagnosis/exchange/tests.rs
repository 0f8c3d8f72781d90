use super::*;
use crate::cors::cases::{Case, PAGE, all};
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
    let mut hops = vec![Hop {
        preflight: case.exchange.preflight.as_ref().map(|response| reply(response, &case.preflight_body)),
        response: case.exchange.response.as_ref().map(|response| reply(response, &case.body)),
    }];
    if let Some(next) = &case.exchange.next {
        hops.push(Hop { preflight: None, response: next.response.as_ref().map(|response| reply(response, "")) });
    }
    Exchange { hops, ..Exchange::default() }
}

#[test]
fn every_case_is_recognised() {
    let mut wrong = Vec::new();
    for case in all() {
        let kind = RouteKind::parse(&case.kind);
        let explanation = explain(&call_of(&case, kind), &exchange_of(&case));
        let expected: Vec<&str> =
            Code::ALL.iter().filter(|code| code.cases().contains(&case.id.as_str())).map(|code| code.name()).collect();
        let first = explanation.findings.first().map_or("", |found| found.code);
        if !expected.contains(&first) && !(case.id == "H08" && first == "answered") {
            let codes: Vec<&str> = explanation.findings.iter().map(|found| found.code).collect();
            wrong.push(format!("{}: {codes:?} instead of {expected:?}", case.id));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
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
