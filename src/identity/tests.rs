use serde_json::{Value, json};

use super::*;
use crate::config::{LoginSource, RoleChoice};
use crate::error::ErrorCode;

fn pool(flow: CredentialFlow) -> Rc<IdentityPool> {
    Rc::new(IdentityPool {
        pool_id: "ap-northeast-1:pool".into(),
        endpoint: String::new(),
        sts_endpoint: String::new(),
        flow,
        role: RoleChoice::Pool,
        login: LoginSource::UserPool,
    })
}

fn login() -> Login {
    Login::user_pool("ap-northeast-1", "ap-northeast-1_AbCdEfGhI", "id-token".into())
}

fn start(identity_id: Option<&str>, role: Option<&str>) -> (GetCredentials, Request) {
    let identity_id = identity_id.map(str::to_owned);
    GetCredentials::start(pool(CredentialFlow::Enhanced), vec![login()], identity_id, role.map(str::to_owned))
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
        other => panic!("{other:?}"),
    }
}

fn done(step: Step) -> Credentials {
    match step {
        Step::Done(credentials) => credentials,
        other => panic!("{other:?}"),
    }
}

fn form(request: &Request) -> &str {
    assert_eq!(request.target, crate::service::FORM);
    request.body.expose()
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

const ASSUMED: &str = "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><SessionToken>t</SessionToken>\
    <SecretAccessKey>s</SecretAccessKey><Expiration>2024-04-09T08:05:03Z</Expiration><AccessKeyId>ASIA</AccessKeyId></Credentials>\
    </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>";

fn assumed(flow: &mut GetCredentials) -> Credentials {
    let answer = Answer { status: 200, error_type: None, request_id: None, body: ASSUMED.into() };
    done(flow.answer(&answer).unwrap())
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

    let credentials = done(take(&mut flow, 200, &issued()).unwrap());
    assert_eq!(credentials.access_key_id, "ASIA");
    assert_eq!(credentials.secret_access_key.expose(), "secret-key");
    assert_eq!(credentials.session_token.expose(), "session-token");
    assert_eq!(credentials.expiration, 1_712_649_903);
    assert_eq!(credentials.identity_id, "ap-northeast-1:id");
    let line = format!("{credentials:?}");
    assert!(!line.contains("secret-key") && !line.contains("session-token"));
}

#[test]
fn asks_for_the_role_that_was_chosen() {
    let (_, request) = start(Some("ap-northeast-1:id"), Some("arn:aws:iam::1:role/admin"));
    assert_eq!(request.target, "AWSCognitoIdentityService.GetCredentialsForIdentity");
    assert_eq!(body(&request)["CustomRoleArn"], "arn:aws:iam::1:role/admin");
}

#[test]
fn a_guest_has_no_login() {
    let (mut flow, step) = GetCredentials::start(pool(CredentialFlow::Enhanced), Vec::new(), None, None);
    assert_eq!(body(&step), json!({ "IdentityPoolId": "ap-northeast-1:pool" }));
    let request = sent(take(&mut flow, 200, &json!({ "IdentityId": "ap-northeast-1:guest" })).unwrap());
    assert_eq!(body(&request), json!({ "IdentityId": "ap-northeast-1:guest" }));
}

#[test]
fn several_providers_may_know_the_user() {
    let google = Login { provider: "accounts.google.com".into(), token: "g".into() };
    let (_, step) = GetCredentials::start(pool(CredentialFlow::Enhanced), vec![login(), google], None, None);
    let logins = json!({ "cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_AbCdEfGhI": "id-token", "accounts.google.com": "g" });
    assert_eq!(body(&step)["Logins"], logins);
}

#[test]
fn the_classic_flow_goes_through_sts() {
    let logins = json!({ "cognito-idp.ap-northeast-1.amazonaws.com/ap-northeast-1_AbCdEfGhI": "id-token" });
    let role = Some("arn:aws:iam::1:role/admin".to_owned());
    let (mut flow, step) = GetCredentials::start(pool(CredentialFlow::Classic), vec![login()], None, role);
    assert_eq!(step.target, "AWSCognitoIdentityService.GetId");
    let request = sent(take(&mut flow, 200, &json!({ "IdentityId": "ap-northeast-1:id" })).unwrap());
    assert_eq!(request.target, "AWSCognitoIdentityService.GetOpenIdToken");
    assert_eq!(body(&request), json!({ "IdentityId": "ap-northeast-1:id", "Logins": logins }));
    let step = take(&mut flow, 200, &json!({ "IdentityId": "ap-northeast-1:id", "Token": "open.id.token" })).unwrap();
    let step = sent(step);
    assert_eq!(
        form(&step),
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&DurationSeconds=3600&RoleSessionName=id\
         &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fadmin&WebIdentityToken=open.id.token"
    );
    assert!(!format!("{step:?}").contains("open.id.token"));
    let credentials = assumed(&mut flow);
    assert_eq!((credentials.expiration, credentials.identity_id.as_str()), (1_712_649_903, "ap-northeast-1:id"));
}

#[test]
fn a_developer_authenticated_user_comes_with_identity_and_token() {
    let developer = |flow, role: Option<&str>| {
        let role = role.map(str::to_owned);
        GetCredentials::developer(pool(flow), "ap-northeast-1:id".into(), "dev.token".into(), role)
    };
    let (mut flow, step) = developer(CredentialFlow::Enhanced, None);
    let request = step;
    assert_eq!(request.target, "AWSCognitoIdentityService.GetCredentialsForIdentity");
    let logins = json!({ "cognito-identity.amazonaws.com": "dev.token" });
    assert_eq!(body(&request), json!({ "IdentityId": "ap-northeast-1:id", "Logins": logins }));
    // There is no other identity to ask for.
    let forbidden = refused("NotAuthorizedException", "Access to Identity 'ap-northeast-1:id' is forbidden.");
    assert_eq!(take(&mut flow, 400, &forbidden).unwrap_err().code(), ErrorCode::IdentityRefused);

    let (mut flow, step) = developer(CredentialFlow::Classic, Some("arn:r"));
    assert!(form(&step).ends_with("&RoleSessionName=id&RoleArn=arn%3Ar&WebIdentityToken=dev.token"));
    assert_eq!(assumed(&mut flow).access_key_id, "ASIA");
}

#[test]
fn starts_again_once_where_the_cached_identity_is_stale() {
    for stale in [
        refused("ResourceNotFoundException", "Identity 'ap-northeast-1:id' not found."),
        refused("NotAuthorizedException", "Access to Identity 'ap-northeast-1:id' is forbidden."),
        refused(
            "NotAuthorizedException",
            "Logins don't match. Please include at least one valid login for this identity or identity pool.",
        ),
    ] {
        for kind in [CredentialFlow::Enhanced, CredentialFlow::Classic] {
            let (mut flow, _) =
                GetCredentials::start(pool(kind), vec![login()], Some("ap-northeast-1:old".into()), None);
            let request = sent(take(&mut flow, 400, &stale).unwrap());
            assert_eq!(request.target, "AWSCognitoIdentityService.GetId");
            let request = sent(take(&mut flow, 200, &json!({ "IdentityId": "ap-northeast-1:new" })).unwrap());
            assert_eq!(body(&request)["IdentityId"], "ap-northeast-1:new");
            assert!(take(&mut flow, 400, &stale).is_err());
        }
    }
}

#[test]
fn each_refusal_says_what_to_do() {
    use ErrorCode::{
        BadResponse, IdentityRefused, InvalidConfiguration, RoleAmbiguous, ServiceError, SessionExpired, Throttled,
    };
    let not_authorized = "NotAuthorizedException";
    for (name, message, code, help) in [
        (not_authorized, "Invalid login token. Token expired: 1712649903 >= 1712646303", SessionExpired, "expired"),
        (not_authorized, "The ambiguous role mapping rules denied this request.", RoleAmbiguous, "precedence"),
        (not_authorized, "Unauthenticated access is not supported for this identity pool.", IdentityRefused, "guests"),
        (
            not_authorized,
            "Token is not from a supported provider of this identity pool.",
            IdentityRefused,
            "app client",
        ),
        (not_authorized, "Invalid login token. Issuer doesn't match providerName", IdentityRefused, "provider"),
        (not_authorized, "Invalid login token. Incorrect token audience.", IdentityRefused, "app client"),
        (not_authorized, "Invalid login token. Missing a required claim: aud", IdentityRefused, "ID token"),
        (not_authorized, "Invalid login token. Couldn't verify signed token.", IdentityRefused, "provider"),
        (
            not_authorized,
            "Logins don't match. Please include at least one valid login for this identity or identity pool.",
            IdentityRefused,
            "provider",
        ),
        (not_authorized, "Access to Role 'arn:aws:iam::1:role/x' is forbidden.", IdentityRefused, "role"),
        (
            "ResourceConflictException",
            "Logins are already linked to another account.",
            IdentityRefused,
            "different identities",
        ),
        (
            "InvalidIdentityPoolConfigurationException",
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
            IdentityRefused,
            "trust policy",
        ),
        (
            "InvalidParameterException",
            "Basic (classic) flow is not enabled, please use enhanced flow.",
            InvalidConfiguration,
            "allow the classic flow",
        ),
        (
            "InvalidParameterException",
            "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.",
            InvalidConfiguration,
            "role mappings",
        ),
        ("InvalidParameterException", "Please provide a valid public provider.", IdentityRefused, "providers"),
        (
            "ResourceNotFoundException",
            "IdentityPool 'ap-northeast-1:pool' not found.",
            InvalidConfiguration,
            "identityPoolId",
        ),
        ("TooManyRequestsException", "Rate exceeded", Throttled, "Wait"),
        ("LimitExceededException", "Limit exceeded", Throttled, "Wait"),
        ("ExternalServiceException", "Facebook is not responding", ServiceError, "again"),
        ("InternalErrorException", "", ServiceError, "again"),
        ("", "", BadResponse, "endpoint"),
    ] {
        let (mut flow, _) = start(None, None);
        let error = take(&mut flow, 400, &refused(name, message)).unwrap_err();
        assert_eq!(error.code(), code, "{message}");
        assert!(error.help().contains(help), "{message}: {}", error.help());
    }
}

#[test]
fn an_expired_token_is_no_stale_identity() {
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
    let (mut flow, _) = GetCredentials::start(pool(CredentialFlow::Classic), vec![login()], Some("a:b".into()), None);
    assert_eq!(take(&mut flow, 200, &json!({ "IdentityId": "a:b" })).unwrap_err().code(), ErrorCode::BadResponse);
}

#[test]
fn china_is_a_partition_of_its_own() {
    let login = Login::user_pool("cn-north-1", "cn-north-1_A", "t".into());
    assert_eq!(login.provider, "cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_A");
    assert_eq!(
        Login::developer("cn-north-1:pool", "t".into()).provider,
        "cognito-identity.cn-north-1.amazonaws.com.cn"
    );
}
