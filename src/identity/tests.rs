use serde_json::{Value, json};

use super::*;

fn login() -> Login {
    Login::user_pool("ap-northeast-1", "ap-northeast-1_AbCdEfGhI", "id-token".into())
}

fn start(identity_id: Option<&str>, role: Option<&'static str>) -> (GetCredentials<'static>, Request) {
    GetCredentials::start("ap-northeast-1:pool", login(), identity_id.map(str::to_owned), role)
}

fn take(flow: &mut GetCredentials, status: u16, body: &Value) -> Result<Step, Error> {
    flow.answer(&Answer { status, error_type: None, request_id: None, body: body.to_string() })
}

fn body(request: &Request) -> Value {
    serde_json::from_str(request.body.expose()).unwrap()
}

fn sent(step: Step) -> Request {
    match step {
        Step::Send(request) => request,
        Step::Done(credentials) => panic!("{credentials:?}"),
    }
}

fn refused(name: &str, message: &str) -> Value {
    json!({ "__type": name, "message": message })
}

fn issued() -> Value {
    json!({
        "IdentityId": "ap-northeast-1:id",
        "Credentials": {
            "AccessKeyId": "ASIA", "SecretKey": "secret-key", "SessionToken": "session-token", "Expiration": 1.712649903E9,
        },
    })
}

#[test]
fn gets_an_identity_then_credentials() {
    let logins = json!({ "cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_AbCdEfGhI": "id-token" });
    let (mut flow, request) = start(None, None);
    assert_eq!(request.target, "AWSCognitoIdentityService.GetId");
    assert_eq!(body(&request), json!({ "IdentityPoolId": "ap-northeast-1:pool", "Logins": logins }));

    let request = sent(take(&mut flow, 200, &json!({ "IdentityId": "ap-northeast-1:id" })).unwrap());
    assert_eq!(request.target, "AWSCognitoIdentityService.GetCredentialsForIdentity");
    assert_eq!(body(&request), json!({ "IdentityId": "ap-northeast-1:id", "Logins": logins }));

    match take(&mut flow, 200, &issued()).unwrap() {
        Step::Done(credentials) => {
            assert_eq!(credentials.access_key_id, "ASIA");
            assert_eq!(credentials.secret_access_key.expose(), "secret-key");
            assert_eq!(credentials.session_token.expose(), "session-token");
            assert_eq!(credentials.expiration, 1_712_649_903);
            assert_eq!(credentials.identity_id, "ap-northeast-1:id");
            let line = format!("{credentials:?}");
            assert!(!line.contains("secret-key") && !line.contains("session-token"));
        }
        Step::Send(request) => panic!("{request:?}"),
    }
}

#[test]
fn asks_for_the_role_that_was_chosen() {
    let (_, request) = start(Some("ap-northeast-1:id"), Some("arn:aws:iam::1:role/admin"));
    assert_eq!(request.target, "AWSCognitoIdentityService.GetCredentialsForIdentity");
    assert_eq!(body(&request)["CustomRoleArn"], "arn:aws:iam::1:role/admin");
}

#[test]
fn starts_again_once_where_the_cached_identity_is_stale() {
    for stale in [
        refused("ResourceNotFoundException", "Identity 'ap-northeast-1:id' not found."),
        refused("NotAuthorizedException", "Access to Identity 'ap-northeast-1:id' is forbidden."),
        refused("NotAuthorizedException", "Logins don't match. Please include at least one valid login."),
    ] {
        let (mut flow, _) = start(Some("ap-northeast-1:id"), None);
        let request = sent(take(&mut flow, 400, &stale).unwrap());
        assert_eq!(request.target, "AWSCognitoIdentityService.GetId");
        sent(take(&mut flow, 200, &json!({ "IdentityId": "ap-northeast-1:new" })).unwrap());
        assert!(take(&mut flow, 400, &stale).is_err());
    }
}

#[test]
fn tells_an_expired_token_from_a_refusal() {
    for (name, message, code) in [
        (
            "NotAuthorizedException",
            "Invalid login token. Token expired: 1712649903 >= 1712646303",
            ErrorCode::SessionExpired,
        ),
        (
            "NotAuthorizedException",
            "Token is not from a supported provider of this identity pool.",
            ErrorCode::IdentityRefused,
        ),
        ("NotAuthorizedException", "The ambiguous role mapping rules denied this request.", ErrorCode::RoleAmbiguous),
        (
            "InvalidIdentityPoolConfigurationException",
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
            ErrorCode::IdentityRefused,
        ),
        ("ResourceNotFoundException", "IdentityPool 'ap-northeast-1:pool' not found.", ErrorCode::InvalidConfiguration),
        ("TooManyRequestsException", "Rate exceeded", ErrorCode::Throttled),
        ("InternalErrorException", "", ErrorCode::ServiceError),
    ] {
        let (mut flow, _) = start(None, None);
        assert_eq!(take(&mut flow, 400, &refused(name, message)).unwrap_err().code(), code, "{message}");
    }
    let (mut flow, _) = start(Some("ap-northeast-1:id"), None);
    let expired = refused("NotAuthorizedException", "Invalid login token. Token expired: 2 >= 1");
    assert_eq!(take(&mut flow, 400, &expired).unwrap_err().code(), ErrorCode::SessionExpired);
}

#[test]
fn answers_of_another_shape_are_bad() {
    let (mut flow, _) = start(None, None);
    assert_eq!(take(&mut flow, 200, &json!({ "Identity": 1 })).unwrap_err().code(), ErrorCode::BadResponse);
    for missing in ["AccessKeyId", "SecretKey", "SessionToken", "Expiration"] {
        let (mut flow, _) = start(Some("ap-northeast-1:id"), None);
        let mut body = issued();
        body["Credentials"].as_object_mut().unwrap().remove(missing);
        assert_eq!(take(&mut flow, 200, &body).unwrap_err().code(), ErrorCode::BadResponse, "{missing}");
    }
}

#[test]
fn china_is_a_partition_of_its_own() {
    let login = Login::user_pool("cn-north-1", "cn-north-1_A", "t".into());
    assert_eq!(login.provider, "cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A");
}
