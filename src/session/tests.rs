use std::rc::Rc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::cognito::token::tests::token;
use crate::cognito::{AppClient, Tokens};
use crate::service::{Answer, Request};

const NOW: i64 = 1_712_646_303;

fn jwt(issued_at: i64, lives: i64) -> String {
    token(&json!({
        "sub": "s", "cognito:username": "hanako", "iat": issued_at, "exp": issued_at + lives, "cognito:groups": ["admin"],
    }))
}

fn tokens(issued_at: i64, lives: i64, refresh: Option<&str>) -> Tokens {
    let jwt = jwt(issued_at, lives);
    Tokens { id: jwt.as_str().into(), access: jwt.as_str().into(), refresh: refresh.map(Into::into), expires_in: lives }
}

fn record() -> Record {
    Record::issued(tokens(NOW, 3600, Some("refresh-1")), NOW).unwrap()
}

fn client() -> Rc<AppClient> {
    Rc::new(AppClient { user_pool_id: "ap-northeast-1_AbCdEfGhI".into(), client_id: "client".into() })
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer { status, error_type: None, request_id: None, body: body.to_string() }
}

fn refreshed(refresh: Option<&str>) -> Answer {
    let jwt = jwt(NOW + 3600, 3600);
    let mut result = json!({ "IdToken": jwt, "AccessToken": jwt, "ExpiresIn": 3600 });
    if let Some(refresh) = refresh {
        result["RefreshToken"] = refresh.into();
    }
    answer(200, &json!({ "AuthenticationResult": result }))
}

fn done(step: refresh::Step) -> Rc<Record> {
    match step {
        refresh::Step::Done(record) => record,
        refresh::Step::Send(request) => panic!("{request:?}"),
    }
}

fn sent(step: refresh::Step) -> Request {
    match step {
        refresh::Step::Send(request) => request,
        refresh::Step::Done(record) => panic!("{record:?}"),
    }
}

fn body(request: &Request) -> Value {
    serde_json::from_str(request.body.expose()).unwrap()
}

#[test]
fn plans_by_the_servers_clock() {
    let plan = |record: &Record, local| Record::plan(Some(record), local, 60);
    assert_eq!(Record::plan(None, NOW, 60), Plan::SignedOut);
    assert_eq!(plan(&record(), NOW), Plan::Use);
    assert_eq!(plan(&record(), NOW + 3539), Plan::Use);
    assert_eq!(plan(&record(), NOW + 3540), Plan::Refresh);
    assert_eq!(plan(&record(), NOW + 1_000_000), Plan::Refresh);

    // A local clock that is an hour and a half late changes nothing.
    let late = Record::issued(tokens(NOW, 3600, Some("r")), NOW - 5400).unwrap();
    assert_eq!(late.clock().offset(), 5400);
    assert_eq!(plan(&late, NOW - 5400 + 3539), Plan::Use);
    assert_eq!(plan(&late, NOW - 5400 + 3540), Plan::Refresh);
}

#[test]
fn plans_without_a_refresh_token_until_the_end() {
    let record = Record::issued(tokens(NOW, 3600, None), NOW).unwrap();
    assert_eq!(Record::plan(Some(&record), NOW + 3599, 60), Plan::Use);
    assert_eq!(Record::plan(Some(&record), NOW + 3600, 60), Plan::SignedOut);
    assert!(Refresh::start(client(), Rc::new(record)).is_none());
}

#[test]
fn a_short_token_is_not_refreshed_at_every_call() {
    let record = Record::issued(tokens(NOW, 300, Some("r")), NOW).unwrap();
    assert_eq!(Record::plan(Some(&record), NOW, 3600), Plan::Use);
    assert_eq!(Record::plan(Some(&record), NOW + 150, 3600), Plan::Refresh);
}

#[test]
fn the_token_that_dies_first_counts() {
    let mut tokens = tokens(NOW, 3600, Some("r"));
    tokens.access = jwt(NOW, 300).into();
    assert_eq!(Record::issued(tokens, NOW).unwrap().expires_at(), NOW + 300);
}

#[test]
fn is_stored_and_read_again() {
    let issued = Record::issued(tokens(NOW, 3600, Some("refresh-1")), NOW - 7).unwrap();
    assert_eq!(Record::parse(issued.to_text().expose()), Some(issued.clone()));
    let stored: Value = serde_json::from_str(issued.to_text().expose()).unwrap();
    assert_eq!(stored["v"], 1);
    assert_eq!(stored["username"], "hanako");
    assert_eq!(stored["clockOffset"], 7);

    let bare = Record::issued(tokens(NOW, 3600, None), NOW).unwrap();
    assert_eq!(Record::parse(bare.to_text().expose()), Some(bare));
}

#[test]
fn garbage_is_as_good_as_nothing() {
    let stored: Value = serde_json::from_str(record().to_text().expose()).unwrap();
    for field in ["v", "id", "access", "expiresIn", "clockOffset", "refreshWith"] {
        for damage in [Value::Null, json!("?"), json!({})] {
            let mut damaged = stored.clone();
            damaged[field] = damage;
            assert_eq!(Record::parse(&damaged.to_string()), None, "{field}");
        }
    }
    let mut next = stored;
    next["v"] = 2.into();
    for text in ["", "null", "[]", "{}", "undefined", "<html>", &next.to_string()] {
        assert_eq!(Record::parse(text), None, "{text}");
    }
}

proptest! {
    #[test]
    fn a_record_cut_off_is_as_good_as_nothing(length in 0usize..1000) {
        let text = record().to_text();
        if let Some(cut) = text.expose().get(..length.min(text.expose().len() - 1)) {
            prop_assert_eq!(Record::parse(cut), None);
        }
    }

    #[test]
    fn a_plan_never_overflows(local: i64, ahead: i64, issued_at in 0i64..4_000_000_000, lives in 0i64..1_000_000) {
        let record = Record::issued(tokens(issued_at, lives, Some("r")), local).unwrap();
        let _ = Record::plan(Some(&record), local, ahead);
    }
}

#[test]
fn refreshes_with_rotation() {
    let (mut refresh, request) = Refresh::start(client(), Rc::new(record())).unwrap();
    assert_eq!(request.target, "AWSCognitoIdentityProviderService.GetTokensFromRefreshToken");
    assert_eq!(body(&request), json!({ "ClientId": "client", "RefreshToken": "refresh-1" }));
    let renewed = done(refresh.answer(&refreshed(Some("refresh-2")), NOW + 3590).unwrap());
    assert_eq!(renewed.tokens().refresh, Some("refresh-2".into()));
    assert_eq!(renewed.expires_at(), NOW + 7200);
    assert_eq!(renewed.clock().offset(), 10);
}

#[test]
fn without_rotation_the_refresh_token_stays() {
    let (mut refresh, _) = Refresh::start(client(), Rc::new(record())).unwrap();
    let renewed = done(refresh.answer(&refreshed(None), NOW + 3600).unwrap());
    assert_eq!(renewed.tokens().refresh, Some("refresh-1".into()));
}

#[test]
fn the_other_way_is_tried_once_and_remembered() {
    let unknown = answer(400, &json!({ "__type": "UnknownOperationException" }));
    let (mut refresh, _) = Refresh::start(client(), Rc::new(record())).unwrap();
    let request = sent(refresh.answer(&unknown, NOW).unwrap());
    assert_eq!(
        body(&request),
        json!({
            "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "client", "AuthParameters": { "REFRESH_TOKEN": "refresh-1" },
        })
    );
    let renewed = done(refresh.answer(&refreshed(None), NOW + 3600).unwrap());
    assert_eq!(renewed.refresh_with(), RefreshWith::RefreshTokenAuth);
    let stored = Record::parse(renewed.to_text().expose()).unwrap();
    let (mut refresh, request) = Refresh::start(client(), Rc::new(stored)).unwrap();
    assert_eq!(request.target, "AWSCognitoIdentityProviderService.InitiateAuth");

    // Rotation was turned on meanwhile.
    let closed = json!({ "__type": "InvalidParameterException", "message": "Auth flow not enabled for this client" });
    let request = sent(refresh.answer(&answer(400, &closed), NOW).unwrap());
    assert_eq!(request.target, "AWSCognitoIdentityProviderService.GetTokensFromRefreshToken");
    let renewed = done(refresh.answer(&refreshed(Some("refresh-2")), NOW + 3600).unwrap());
    assert_eq!(renewed.refresh_with(), RefreshWith::GetTokensFromRefreshToken);

    // Both closed: a wrong configuration, and no endless exchange.
    let (mut refresh, _) = Refresh::start(client(), Rc::new(record())).unwrap();
    sent(refresh.answer(&unknown, NOW).unwrap());
    let error = refresh.answer(&answer(400, &closed), NOW).unwrap_err();
    assert_eq!(Verdict::of(&error), Verdict::Passing);
}

#[test]
fn only_a_fatal_answer_ends_a_session() {
    let verdict = |status, name: &str, message: &str| {
        let (mut refresh, _) = Refresh::start(client(), Rc::new(record())).unwrap();
        let body = json!({ "__type": name, "message": message });
        Verdict::of(&refresh.answer(&answer(status, &body), NOW).unwrap_err())
    };
    for (name, message) in [
        ("NotAuthorizedException", "Refresh Token has been revoked"),
        ("NotAuthorizedException", "Refresh Token has expired"),
        ("NotAuthorizedException", "Invalid Refresh Token."),
        ("NotAuthorizedException", "User is disabled."),
        ("RefreshTokenReuseException", ""),
        ("UserNotFoundException", "User does not exist."),
        ("UserNotConfirmedException", ""),
        ("PasswordResetRequiredException", ""),
    ] {
        assert_eq!(verdict(400, name, message), Verdict::Over, "{name} {message}");
    }
    for (status, name, message) in [
        (400, "TooManyRequestsException", ""),
        (500, "InternalErrorException", ""),
        (503, "", ""),
        (429, "", ""),
        (403, "ForbiddenException", "Request not allowed due to WAF block."),
        (400, "ResourceNotFoundException", "User pool client abc does not exist."),
        (400, "UserLambdaValidationException", "PreTokenGeneration failed"),
        (400, "NotAuthorizedException", "Unable to verify secret hash for client abc"),
        (400, "BrandNewException", ""),
    ] {
        assert_eq!(verdict(status, name, message), Verdict::Passing, "{name} {message}");
    }
    for html in [200, 403, 502] {
        let (mut refresh, _) = Refresh::start(client(), Rc::new(record())).unwrap();
        let page =
            Answer { status: html, error_type: None, request_id: None, body: "<html>Sign in to the Wi-Fi".into() };
        assert_eq!(Verdict::of(&refresh.answer(&page, NOW).unwrap_err()), Verdict::Passing, "{html}");
    }
    assert_eq!(Verdict::of(&Error::new(ErrorCode::Network, "", "")), Verdict::Passing);
}
