//! The pool's operations one after the other, as a client calls them. SRP sign-in through clients of others' making
//! is in `tests/oracles/cognito`.

use serde_json::{Value, json};

use super::aws_json::ExceptionName;
use super::*;

const ISSUED_FIRST: &str = "Pass-word1";

fn pool(client: Value) -> UserPool {
    let mut config = json!({
        "id": "us-east-1_A",
        "clients": [{
            "id": "c", "explicitAuthFlows":
                ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        }],
        "groups": [
            { "name": "general", "roleArn": "arn:general", "precedence": 10 },
            { "name": "admin", "roleArn": "arn:admin", "precedence": 1 },
        ],
        "aliasAttributes": ["email"],
        "requiredAttributes": ["name"],
        "users": [
            { "username": "u", "password": ISSUED_FIRST, "groups": ["general", "admin"],
              "attributes": { "email": "u@example.com", "email_verified": "true", "name": "U" } },
            { "username": "new", "password": ISSUED_FIRST, "status": "FORCE_CHANGE_PASSWORD",
              "attributes": { "email": "new@example.com" } },
            { "username": "unconfirmed", "password": ISSUED_FIRST, "status": "UNCONFIRMED" },
            { "username": "reset", "password": ISSUED_FIRST, "status": "RESET_REQUIRED" },
        ],
    });
    let settings = config["clients"][0].as_object_mut().unwrap();
    settings.extend(client.as_object().unwrap().clone());
    UserPool::new(serde_json::from_value(config).unwrap(), Clock::default())
}

fn password_auth(pool: &UserPool, username: &str, password: &str) -> Answer {
    let parameters = json!({ "USERNAME": username, "PASSWORD": password });
    let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": "c", "AuthParameters": parameters });
    pool.operate("InitiateAuth", input)
}

fn srp_auth(pool: &UserPool, username: &str) -> Answer {
    let parameters = json!({ "USERNAME": username, "SRP_A": "abcdef" });
    let input = json!({ "AuthFlow": "USER_SRP_AUTH", "ClientId": "c", "AuthParameters": parameters });
    pool.operate("InitiateAuth", input)
}

fn signed_in(pool: &UserPool) -> Value {
    password_auth(pool, "u", ISSUED_FIRST).unwrap()["AuthenticationResult"].clone()
}

fn refresh(pool: &UserPool, token: &Value) -> Answer {
    pool.operate("GetTokensFromRefreshToken", json!({ "ClientId": "c", "RefreshToken": token }))
}

fn refresh_token_auth(pool: &UserPool, token: &Value) -> Answer {
    let parameters = json!({ "REFRESH_TOKEN": token });
    let input = json!({ "AuthFlow": "REFRESH_TOKEN_AUTH", "ClientId": "c", "AuthParameters": parameters });
    pool.operate("InitiateAuth", input)
}

fn answer_new_password(pool: &UserPool, session: &Value, responses: Value) -> Answer {
    let input = json!({
        "ChallengeName": "NEW_PASSWORD_REQUIRED", "ClientId": "c", "Session": session,
        "ChallengeResponses": responses,
    });
    pool.operate("RespondToAuthChallenge", input)
}

fn name(answer: Answer) -> ExceptionName {
    answer.unwrap_err().name
}

#[test]
fn the_tokens_carry_cognitos_claims() {
    let pool = pool(json!({ "idTokenValidity": 300, "accessTokenValidity": 600 }));
    let result = signed_in(&pool);
    assert_eq!((&result["TokenType"], &result["ExpiresIn"]), (&json!("Bearer"), &json!(600)));
    let id = pool.verify(result["IdToken"].as_str().unwrap()).unwrap();
    assert_eq!(id.token_use(), Some(TokenUse::Id));
    assert_eq!(id.text("aud"), Some("c"));
    assert_eq!(id.text("cognito:username"), Some("u"));
    assert_eq!(id.texts("cognito:groups"), ["admin", "general"]);
    assert_eq!(id.texts("cognito:roles"), ["arn:admin", "arn:general"]);
    assert_eq!(id.text("cognito:preferred_role"), Some("arn:admin"));
    assert_eq!(id.as_map().get("email_verified"), Some(&Value::Bool(true)));
    assert_eq!(id.number("exp").unwrap() - id.number("iat").unwrap(), 300);
    let access = pool.verify(result["AccessToken"].as_str().unwrap()).unwrap();
    assert_eq!(access.token_use(), Some(TokenUse::Access));
    assert_eq!((access.text("client_id"), access.text("aud")), (Some("c"), None));
    assert_eq!(access.text("username"), Some("u"));
    assert_eq!(access.text("scope"), Some("aws.cognito.signin.user.admin"));
    assert_eq!(access.number("exp").unwrap() - access.number("iat").unwrap(), 600);
    assert!(access.as_map().get("cognito:roles").is_none());
    for claim in ["sub", "origin_jti", "event_id", "auth_time"] {
        assert_eq!(id.as_map().get(claim).unwrap(), access.as_map().get(claim).unwrap());
    }
    assert_ne!(id.text("jti"), access.text("jti"));
}

#[test]
fn a_wrong_password_an_unknown_user_and_an_unknown_client_are_refused() {
    let strict = pool(json!({}));
    let wrong = password_auth(&strict, "u", "wrong").unwrap_err();
    assert_eq!(wrong.message, "Incorrect username or password.");
    assert_eq!(password_auth(&strict, "nobody", ISSUED_FIRST).unwrap_err(), wrong);
    let legacy = pool(json!({ "preventUserExistenceErrors": "LEGACY" }));
    assert_eq!(name(password_auth(&legacy, "nobody", "p")), ExceptionName::UserNotFoundException);
    assert_eq!(name(srp_auth(&legacy, "nobody")), ExceptionName::UserNotFoundException);
    let other = json!({ "AuthFlow": "USER_SRP_AUTH", "ClientId": "other" });
    assert_eq!(name(strict.operate("InitiateAuth", other)), ExceptionName::ResourceNotFoundException);
}

#[test]
fn a_user_who_does_not_exist_gets_a_challenge_like_any_other() {
    let pool = pool(json!({}));
    let salt = |username| srp_auth(&pool, username).unwrap()["ChallengeParameters"]["SALT"].clone();
    assert_eq!(salt("nobody"), salt("nobody"));
    assert_ne!(salt("nobody"), salt("no other"));
}

#[test]
fn an_alias_signs_in_as_the_user_whom_srp_names() {
    let pool = pool(json!({}));
    let challenge = srp_auth(&pool, "u@example.com").unwrap();
    assert_eq!(challenge["ChallengeParameters"]["USER_ID_FOR_SRP"], "u");
    assert!(password_auth(&pool, "u@example.com", ISSUED_FIRST).is_ok());
}

#[test]
fn only_the_clients_flows_are_open() {
    let pool = pool(json!({ "explicitAuthFlows": [] }));
    assert_eq!(name(password_auth(&pool, "u", ISSUED_FIRST)), ExceptionName::InvalidParameterException);
    assert_eq!(name(srp_auth(&pool, "u")), ExceptionName::InvalidParameterException);
    assert_eq!(name(refresh_token_auth(&pool, &json!("t"))), ExceptionName::InvalidParameterException);
    let other = json!({ "AuthFlow": "OTHER", "ClientId": "c" });
    assert_eq!(name(pool.operate("InitiateAuth", other)), ExceptionName::InvalidParameterException);
}

#[test]
fn the_right_password_is_not_enough_for_everybody() {
    let pool = pool(json!({}));
    let status = |user, password| name(password_auth(&pool, user, password));
    assert_eq!(status("unconfirmed", ISSUED_FIRST), ExceptionName::UserNotConfirmedException);
    assert_eq!(status("unconfirmed", "wrong"), ExceptionName::NotAuthorizedException);
    assert_eq!(status("reset", ISSUED_FIRST), ExceptionName::PasswordResetRequiredException);
}

#[test]
fn a_temporary_password_is_replaced() {
    let pool = pool(json!({}));
    let challenge = password_auth(&pool, "new", ISSUED_FIRST).unwrap();
    assert_eq!(challenge["ChallengeName"], "NEW_PASSWORD_REQUIRED");
    assert_eq!(challenge["ChallengeParameters"]["requiredAttributes"], r#"["userAttributes.name"]"#);
    assert_eq!(challenge["ChallengeParameters"]["userAttributes"], r#"{"email":"new@example.com"}"#);
    let session = &challenge["Session"];
    let answer = |password: &str, attribute: &str| {
        answer_new_password(&pool, session, json!({ "USERNAME": "new", "NEW_PASSWORD": password, (attribute): "N" }))
    };
    // What is refused can be tried again.
    assert_eq!(name(answer("short", "userAttributes.name")), ExceptionName::InvalidPasswordException);
    assert_eq!(name(answer("New-password2", "userAttributes.other")), ExceptionName::InvalidParameterException);
    let result = answer("New-password2", "userAttributes.name").unwrap();
    let claims = pool.verify(result["AuthenticationResult"]["IdToken"].as_str().unwrap()).unwrap();
    assert_eq!(claims.text("name"), Some("N"));
    // What was accepted cannot.
    assert_eq!(name(answer("New-password3", "userAttributes.name")), ExceptionName::NotAuthorizedException);
    assert_eq!(name(password_auth(&pool, "new", ISSUED_FIRST)), ExceptionName::NotAuthorizedException);
    assert!(password_auth(&pool, "new", "New-password2").unwrap()["AuthenticationResult"].is_object());
    pool.reset();
    assert_eq!(password_auth(&pool, "new", ISSUED_FIRST).unwrap()["ChallengeName"], "NEW_PASSWORD_REQUIRED");
}

#[test]
fn a_challenge_has_to_be_answered_in_time() {
    let pool = pool(json!({ "authSessionValidity": 60 }));
    let session = password_auth(&pool, "new", ISSUED_FIRST).unwrap()["Session"].clone();
    pool.clock.advance(60);
    let late = answer_new_password(&pool, &session, json!({ "USERNAME": "new", "NEW_PASSWORD": "New-password2" }));
    assert_eq!(late.unwrap_err().message, "Invalid session for the user, session is expired.");
}

#[test]
fn refreshing_keeps_the_session_and_renews_the_tokens() {
    let pool = pool(json!({}));
    let first = signed_in(&pool);
    pool.clock.advance(4_000);
    assert!(matches!(pool.verify(first["IdToken"].as_str().unwrap()), Err(TokenFault::Expired { .. })));
    for again in [refresh(&pool, &first["RefreshToken"]), refresh_token_auth(&pool, &first["RefreshToken"])] {
        let again = again.unwrap()["AuthenticationResult"].clone();
        let claims = pool.verify(again["IdToken"].as_str().unwrap()).unwrap();
        assert!(claims.number("iat").unwrap() >= claims.number("auth_time").unwrap() + 4_000);
        assert_eq!(again.get("RefreshToken"), None);
    }
    assert_eq!(refresh(&pool, &json!("other")).unwrap_err().message, "Invalid Refresh Token");
}

#[test]
fn a_rotating_client_gets_a_new_refresh_token_and_cannot_use_the_old() {
    let pool = pool(json!({ "refreshTokenRotation": { "feature": "ENABLED" } }));
    let first = signed_in(&pool)["RefreshToken"].clone();
    assert_eq!(name(refresh_token_auth(&pool, &first)), ExceptionName::InvalidParameterException);
    let second = refresh(&pool, &first).unwrap()["AuthenticationResult"]["RefreshToken"].clone();
    assert_ne!(first, second);
    assert_eq!(name(refresh(&pool, &first)), ExceptionName::RefreshTokenReuseException);
    assert!(refresh(&pool, &second).is_ok());
}

#[test]
fn an_access_token_opens_the_account_until_the_session_ends() {
    let pool = pool(json!({}));
    let result = signed_in(&pool);
    let get_user = |token: &Value| pool.operate("GetUser", json!({ "AccessToken": token }));
    let user = get_user(&result["AccessToken"]).unwrap();
    assert_eq!(user["Username"], "u");
    assert!(user["UserAttributes"].as_array().unwrap().contains(&json!({ "Name": "name", "Value": "U" })));
    assert_eq!(get_user(&result["IdToken"]).unwrap_err().message, "Invalid Access Token");
    let revoke = |token: &Value| pool.operate("RevokeToken", json!({ "ClientId": "c", "Token": token }));
    assert_eq!(name(revoke(&result["AccessToken"])), ExceptionName::UnsupportedTokenTypeException);
    assert_eq!(revoke(&result["RefreshToken"]), Ok(json!({})));
    assert_eq!(get_user(&result["AccessToken"]).unwrap_err().message, "Access Token has been revoked");
    assert_eq!(refresh(&pool, &result["RefreshToken"]).unwrap_err().message, "Refresh Token has been revoked");
}

#[test]
fn signing_out_everywhere_ends_every_session() {
    let pool = pool(json!({}));
    let (one, other) = (signed_in(&pool), signed_in(&pool));
    let sign_out = || pool.operate("GlobalSignOut", json!({ "AccessToken": one["AccessToken"] }));
    assert_eq!(sign_out(), Ok(json!({})));
    assert_eq!(name(sign_out()), ExceptionName::NotAuthorizedException);
    assert_eq!(name(refresh(&pool, &other["RefreshToken"])), ExceptionName::NotAuthorizedException);
}

#[test]
fn a_new_configuration_keeps_sessions_and_unchanged_users() {
    let pool = pool(json!({}));
    let session = signed_in(&pool);
    let mut config = pool.state().config.clone();
    config.users[0].groups = vec!["general".to_owned()];
    pool.reconfigure(config);
    let again = refresh(&pool, &session["RefreshToken"]).unwrap();
    let claims = pool.verify(again["AuthenticationResult"]["IdToken"].as_str().unwrap()).unwrap();
    assert_eq!(claims.texts("cognito:groups"), ["general"]);
}

#[test]
fn what_is_no_operation_or_no_input_is_refused() {
    let pool = pool(json!({}));
    assert_eq!(name(pool.operate("NoSuch", json!({}))), ExceptionName::UnknownOperationException);
    assert_eq!(name(pool.operate("InitiateAuth", json!({}))), ExceptionName::InvalidParameterException);
    assert_eq!(name(pool.operate("InitiateAuth", json!({ "ClientId": 1 }))), ExceptionName::SerializationException);
    let no_name = json!({ "AuthFlow": "USER_SRP_AUTH", "ClientId": "c" });
    assert_eq!(pool.operate("InitiateAuth", no_name).unwrap_err().message, "Missing required parameter USERNAME");
}
