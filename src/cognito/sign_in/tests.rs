use num_bigint::BigUint;
use serde_json::{Value, json};

use super::*;
use crate::cognito::token::tests::token;

const NOW: i64 = 1_712_646_303;

fn client() -> Rc<AppClient> {
    Rc::new(AppClient { user_pool_id: "ap-northeast-1_AbCdEfGhI".into(), client_id: "client".into() })
}

fn start(flow: Flow) -> (SignIn, Request) {
    let a = Zeroizing::new([7; 32]);
    SignIn::start::<BigUint>(client(), "hanako@example.com", "Secret-1".into(), flow, a)
}

fn answer(status: u16, body: &Value) -> Answer {
    Answer { status, error_type: None, request_id: None, body: body.to_string() }
}

fn take(sign_in: &mut SignIn, status: u16, body: &Value) -> Result<Step, Error> {
    sign_in.answer::<BigUint>(&answer(status, body), NOW)
}

fn body(request: &Request) -> Value {
    serde_json::from_str(request.body.expose()).unwrap()
}

fn verifier() -> Value {
    json!({
        "ChallengeName": "PASSWORD_VERIFIER",
        "ChallengeParameters": {
            "USERNAME": "hanako", "USER_ID_FOR_SRP": "hanako", "SALT": "abc", "SRP_B": "1234", "SECRET_BLOCK": "c2VjcmV0",
        },
    })
}

fn signed_in() -> Value {
    let jwt = token(&json!({ "sub": "s", "iat": NOW, "exp": NOW + 3600 }));
    json!({ "AuthenticationResult": {
        "IdToken": jwt, "AccessToken": jwt, "RefreshToken": "refresh", "ExpiresIn": 3600, "TokenType": "Bearer",
    }, "ChallengeParameters": {} })
}

fn new_password_required() -> Value {
    json!({
        "ChallengeName": "NEW_PASSWORD_REQUIRED",
        "Session": "session-2",
        "ChallengeParameters": {
            "userAttributes": "{\"email_verified\":\"true\",\"email\":\"hanako@example.com\"}",
            "requiredAttributes": "[\"userAttributes.name\"]",
        },
    })
}

fn sent(step: Step) -> Request {
    match step {
        Step::Send(request) => request,
        other => panic!("{other:?}"),
    }
}

#[test]
fn srp_goes_from_a_to_tokens() {
    let (mut sign_in, request) = start(Flow::UserSrp);
    assert_eq!(request.target, "AWSCognitoIdentityProviderService.InitiateAuth");
    let srp_a = Srp::new::<BigUint>(Zeroizing::new([7; 32])).public().to_owned();
    assert_eq!(
        body(&request),
        json!({
            "AuthFlow": "USER_SRP_AUTH", "ClientId": "client",
            "AuthParameters": { "USERNAME": "hanako@example.com", "SRP_A": srp_a },
        })
    );

    let request = sent(take(&mut sign_in, 200, &verifier()).unwrap());
    assert_eq!(request.target, "AWSCognitoIdentityProviderService.RespondToAuthChallenge");
    let mut sent = body(&request);
    let signature = sent["ChallengeResponses"]["PASSWORD_CLAIM_SIGNATURE"].take();
    assert_eq!(signature.as_str().unwrap().len(), 44);
    assert_eq!(
        sent,
        json!({
            "ChallengeName": "PASSWORD_VERIFIER", "ClientId": "client",
            "ChallengeResponses": {
                "USERNAME": "hanako", "PASSWORD_CLAIM_SECRET_BLOCK": "c2VjcmV0", "PASSWORD_CLAIM_SIGNATURE": null,
                "TIMESTAMP": "Tue Apr 9 07:05:03 UTC 2024",
            },
        })
    );

    match take(&mut sign_in, 200, &signed_in()).unwrap() {
        Step::SignedIn(tokens) => {
            assert_eq!((tokens.refresh, tokens.expires_in), (Some("refresh".into()), 3600));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_password_is_sent_by_user_password_auth_only() {
    let (mut sign_in, request) = start(Flow::UserPassword);
    assert_eq!(
        body(&request),
        json!({
            "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "client",
            "AuthParameters": { "USERNAME": "hanako@example.com", "PASSWORD": "Secret-1" },
        })
    );
    assert!(matches!(take(&mut sign_in, 200, &signed_in()), Ok(Step::SignedIn(_))));

    let (mut sign_in, first) = start(Flow::UserSrp);
    let second = sent(take(&mut sign_in, 200, &verifier()).unwrap());
    assert!(![first, second].iter().any(|request| request.body.expose().contains("Secret-1")));
}

#[test]
fn a_session_of_the_challenge_is_given_back() {
    let (mut sign_in, _) = start(Flow::UserSrp);
    let mut challenge = verifier();
    challenge["Session"] = "session-1".into();
    assert_eq!(body(&sent(take(&mut sign_in, 200, &challenge).unwrap()))["Session"], "session-1");
}

#[test]
fn a_new_password_may_be_tried_until_the_pool_takes_it() {
    let (mut sign_in, _) = start(Flow::UserSrp);
    take(&mut sign_in, 200, &verifier()).unwrap();
    match take(&mut sign_in, 200, &new_password_required()).unwrap() {
        Step::NewPassword(challenge) => {
            assert_eq!(challenge.required_attributes, ["name"]);
            let email = ("email".to_owned(), "hanako@example.com".to_owned());
            assert!(challenge.user_attributes.contains(&email));
        }
        other => panic!("{other:?}"),
    }
    let attributes = [("name".to_owned(), "花子".to_owned())];
    let request = sign_in.new_password(&"short".into(), &attributes).unwrap();
    assert_eq!(
        body(&request),
        json!({
            "ChallengeName": "NEW_PASSWORD_REQUIRED", "ClientId": "client", "Session": "session-2",
            "ChallengeResponses": { "USERNAME": "hanako", "NEW_PASSWORD": "short", "userAttributes.name": "花子" },
        })
    );

    let refused = json!({ "__type": "InvalidPasswordException", "message": "Password not long enough" });
    assert_eq!(take(&mut sign_in, 400, &refused).unwrap_err().code(), ErrorCode::PasswordPolicy);
    assert!(sign_in.is_open());
    sign_in.new_password(&"Long-enough-1".into(), &attributes).unwrap();
    assert!(matches!(take(&mut sign_in, 200, &signed_in()), Ok(Step::SignedIn(_))));
    assert!(!sign_in.is_open());
}

#[test]
fn an_expired_challenge_is_closed() {
    let (mut sign_in, _) = start(Flow::UserPassword);
    take(&mut sign_in, 200, &new_password_required()).unwrap();
    let expired = json!({
        "__type": "NotAuthorizedException", "message": "Invalid session for the user, session is expired.",
    });
    assert_eq!(take(&mut sign_in, 400, &expired).unwrap_err().code(), ErrorCode::ChallengeExpired);
    let error = sign_in.new_password(&"Long-enough-1".into(), &[]).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ChallengeExpired);
}

#[test]
fn a_wrong_password_is_refused() {
    let (mut sign_in, _) = start(Flow::UserSrp);
    take(&mut sign_in, 200, &verifier()).unwrap();
    let refused = json!({ "__type": "NotAuthorizedException", "message": "Incorrect username or password." });
    assert_eq!(take(&mut sign_in, 400, &refused).unwrap_err().code(), ErrorCode::WrongCredentials);
}

#[test]
fn another_challenge_is_named() {
    let (mut sign_in, _) = start(Flow::UserSrp);
    take(&mut sign_in, 200, &verifier()).unwrap();
    let error = take(&mut sign_in, 200, &json!({ "ChallengeName": "SMS_MFA", "Session": "s" })).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UnsupportedChallenge);
    assert!(error.message().contains("SMS_MFA"));
}

#[test]
fn answers_of_another_shape_are_bad() {
    for shape in [
        json!({}),
        json!({ "ChallengeName": 7 }),
        json!({ "AuthenticationResult": null }),
        json!({ "AuthenticationResult": {} }),
        json!({ "AuthenticationResult": { "IdToken": "a" } }),
        json!({ "ChallengeName": "PASSWORD_VERIFIER" }),
        json!({ "ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": { "SRP_B": "0" } }),
    ] {
        let (mut sign_in, _) = start(Flow::UserSrp);
        assert_eq!(take(&mut sign_in, 200, &shape).unwrap_err().code(), ErrorCode::BadResponse, "{shape}");
    }
    // A password verifier is answered once: a second would be another guess at the password.
    let (mut sign_in, _) = start(Flow::UserSrp);
    take(&mut sign_in, 200, &verifier()).unwrap();
    assert_eq!(take(&mut sign_in, 200, &verifier()).unwrap_err().code(), ErrorCode::BadResponse);
}

#[test]
fn a_password_verifier_that_was_not_asked_for_is_bad() {
    let (mut sign_in, _) = start(Flow::UserPassword);
    assert_eq!(take(&mut sign_in, 200, &verifier()).unwrap_err().code(), ErrorCode::BadResponse);
}

#[test]
fn no_secret_is_in_a_debug_line() {
    let (mut sign_in, request) = start(Flow::UserPassword);
    let step = take(&mut sign_in, 200, &signed_in()).unwrap();
    let line = format!("{request:?} {step:?}");
    assert!(!line.contains("Secret-1") && !line.contains("refresh\""), "{line}");
}
