//! From a provider's token to a door: whose credentials may call it, by which flow, limited by what, and for how long.
//! What other clients make of the flows themselves is in `tests/oracles/cognito`.

#![cfg(test)]

mod support;

use aws_credential_types::Credentials;
use serde_json::{Value, json};
use support::{Running, Signing, header};

const SERVICE: &str = "AWSCognitoIdentityService";
const GENERAL: &str = "arn:aws:iam::123456789012:role/general";
const ADMIN_API: &str = "arn:aws:execute-api:ap-northeast-1:123456789012:rest0api00/api/GET/admin";

/// A pool that lets its tokens go to STS: one with role mappings does not.
async fn classic() -> Running {
    let running = Running::start().await;
    running.patch(json!([{ "op": "replace", "path": "/identityPool/roleMappings", "value": {} }])).await;
    running
}

async fn logins(running: &Running, username: &str) -> Value {
    let pool = running.outputs().await["userPool"]["userPoolId"].as_str().unwrap().to_owned();
    let token = running.sign_in(username).await.id;
    json!({ format!("cognito-idp.ap-northeast-1.amazonaws.com/{pool}"): token })
}

async fn operate(running: &Running, operation: &str, input: Value) -> Value {
    let endpoint = running.outputs().await["identityPool"]["endpoint"].as_str().unwrap().to_owned();
    running.aws_json(&endpoint, &format!("{SERVICE}.{operation}"), input).await
}

async fn get_id(running: &Running, logins: &Value) -> String {
    let pool = running.outputs().await["identityPool"]["identityPoolId"].clone();
    let answer = operate(running, "GetId", json!({ "IdentityPoolId": pool, "Logins": logins })).await;
    answer["IdentityId"].as_str().unwrap().to_owned()
}

async fn enhanced(running: &Running, logins: &Value) -> Credentials {
    let id = get_id(running, logins).await;
    let input = json!({ "IdentityId": id, "Logins": logins });
    let answer = operate(running, "GetCredentialsForIdentity", input).await;
    let part = |name: &str| answer["Credentials"][name].as_str().unwrap().to_owned();
    Credentials::new(part("AccessKeyId"), part("SecretKey"), Some(part("SessionToken")), None, "test")
}

/// The status and the document that STS answers a form with.
async fn sts(running: &Running, form: &[(&str, &str)]) -> (u16, String) {
    let endpoint = running.outputs().await["sts"]["endpoint"].as_str().unwrap().to_owned();
    let form: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    let request = running.client.post(endpoint).header("content-type", "application/x-www-form-urlencoded");
    let response = request.body(form.join("&")).send().await.unwrap();
    assert_eq!(header(&response, "content-type"), Some("text/xml"));
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));
    (response.status().as_u16(), response.text().await.unwrap())
}

fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        b' ' => "+".to_owned(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn element<'a>(document: &'a str, name: &str) -> &'a str {
    let (_, rest) = document.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {document}"));
    rest.split_once(&format!("</{name}>")).unwrap().0
}

async fn assume(running: &Running, token: &str, role: &str, more: &[(&str, &str)]) -> (u16, String) {
    let form = [
        ("Action", "AssumeRoleWithWebIdentity"),
        ("Version", "2011-06-15"),
        ("RoleArn", role),
        ("RoleSessionName", "web"),
        ("WebIdentityToken", token),
    ];
    sts(running, &[&form[..], more].concat()).await
}

async fn assumed(running: &Running, token: &str, role: &str, more: &[(&str, &str)]) -> Credentials {
    let (status, document) = assume(running, token, role, more).await;
    assert_eq!(status, 200, "{document}");
    let part = |name| element(&document, name).to_owned();
    Credentials::new(part("AccessKeyId"), part("SecretAccessKey"), Some(part("SessionToken")), None, "test")
}

async fn open_id_token(running: &Running, logins: &Value) -> String {
    let id = get_id(running, logins).await;
    let answer = operate(running, "GetOpenIdToken", json!({ "IdentityId": id, "Logins": logins })).await;
    answer["Token"].as_str().unwrap().to_owned()
}

/// Calls a door with a signature: the status and what it says.
async fn call(running: &Running, credentials: &Credentials, door: &str, path: &str) -> (u16, Value) {
    let url = format!("{}{path}", running.door(door));
    let signed = Signing::with(credentials.clone(), running.aws.clock().now()).sign("GET", &url, &[], b"");
    let headers: Vec<(&str, &str)> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let response = running.send("GET", &url, &headers).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

/// Calls the admin API.
async fn admin(running: &Running, credentials: &Credentials, path: &str) -> (u16, String) {
    let (status, body) = call(running, credentials, "rest-api", &format!("/api/admin/{path}")).await;
    let message = body.get("Message").or_else(|| body.get("message")).and_then(Value::as_str);
    (status, message.unwrap_or_default().to_owned())
}

async fn allow_general(running: &Running, statements: Value) {
    running.patch(json!([{ "op": "add", "path": "/roles/general/policies/test", "value": statements }])).await;
}

#[tokio::test]
async fn a_guests_role_allows_a_guest_little_by_either_flow() {
    let running = classic().await;
    let token = open_id_token(&running, &json!({})).await;
    let classic = assumed(&running, &token, "arn:aws:iam::123456789012:role/guest", &[]).await;
    for guest in [classic, enhanced(&running, &json!({})).await] {
        assert_eq!(call(&running, &guest, "http-api", "/signed").await.0, 200);
        let (status, message) = admin(&running, &guest, "users").await;
        assert_eq!(status, 403);
        assert!(message.contains("no identity-based policy allows"), "{message}");
    }
}

#[tokio::test]
async fn the_enhanced_flow_limits_guests_whatever_their_role_allows() {
    let running = classic().await;
    let all = json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]);
    running.patch(json!([{ "op": "add", "path": "/roles/guest/policies/all", "value": all }])).await;
    let guest = enhanced(&running, &json!({})).await;
    assert_eq!(admin(&running, &guest, "users").await.0, 200);
    let issued = running.aws.credentials().find(guest.access_key_id()).unwrap();
    let allows = |action| {
        let context = &issued.context;
        let question = local_aws::iam::Question { action, resource: "*", context };
        local_aws::iam::evaluate(issued.session_policies.iter().flatten(), question)
    };
    for action in ["execute-api:Invoke", "s3:GetObject", "lambda:InvokeFunctionUrl", "appsync:GraphQL", "iot:Connect"] {
        assert_eq!(allows(action), local_aws::iam::Decision::Allowed, "{action}");
    }
    for action in ["iam:CreateUser", "sts:AssumeRole", "bedrock:InvokeModel", "textract:StartDocumentAnalysis"] {
        assert_eq!(allows(action), local_aws::iam::Decision::ImplicitDeny, "{action}");
    }
    let token = open_id_token(&running, &json!({})).await;
    let classic = assumed(&running, &token, "arn:aws:iam::123456789012:role/guest", &[]).await;
    assert!(running.aws.credentials().find(classic.access_key_id()).unwrap().session_policies.is_none());
}

#[tokio::test]
async fn a_resource_may_be_each_users_own() {
    let running = Running::start().await;
    let own = format!("{ADMIN_API}/${{cognito-identity.amazonaws.com:sub}}/*");
    allow_general(&running, json!([{ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": own }])).await;
    let logins = logins(&running, "hanako").await;
    let (id, credentials) = (get_id(&running, &logins).await, enhanced(&running, &logins).await);
    assert_eq!(admin(&running, &credentials, &format!("{id}/notes")).await.0, 200);
    assert_eq!(admin(&running, &credentials, "ap-northeast-1:somebody/notes").await.0, 403);
}

#[tokio::test]
async fn conditions_ask_who_the_caller_is_and_a_deny_outweighs_all() {
    let running = classic().await;
    let logins = logins(&running, "hanako").await;
    let id = get_id(&running, &logins).await;
    let credentials = enhanced(&running, &logins).await;
    let statement = |effect: &str, condition: Value| json!({ "Effect": effect, "Action": "execute-api:Invoke", "Resource": "*", "Condition": condition });
    let is = |sub: &str| json!({ "StringEquals": { "cognito-identity.amazonaws.com:sub": sub } });
    allow_general(&running, json!([statement("Allow", is("ap-northeast-1:another"))])).await;
    assert_eq!(admin(&running, &credentials, "users").await.0, 403);
    allow_general(&running, json!([statement("Allow", is(&id))])).await;
    assert_eq!(admin(&running, &credentials, "users").await.0, 200);

    let with = |provider: &str| json!({ "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": provider } });
    let denied = statement("Deny", with("cognito-idp.*:CognitoSignIn:*"));
    allow_general(&running, json!([statement("Allow", is(&id)), denied])).await;
    let (status, message) = admin(&running, &credentials, "users").await;
    assert_eq!(status, 403);
    assert!(message.ends_with("with an explicit deny in an identity-based policy"), "{message}");

    // The same role by another way in.
    let developer = running.post("/local-aws/developer-identity", &json!({ "user": "u" })).await.1;
    let theirs = statement("Allow", is(developer["identityId"].as_str().unwrap()));
    let denied = statement("Deny", with("cognito-idp.*"));
    allow_general(&running, json!([theirs, denied])).await;
    let credentials = assumed(&running, developer["token"].as_str().unwrap(), GENERAL, &[]).await;
    assert_eq!(admin(&running, &credentials, "users").await.0, 200);
}

#[tokio::test]
async fn the_policy_of_a_session_takes_away_and_gives_nothing() {
    let running = classic().await;
    let token = open_id_token(&running, &logins(&running, "taro").await).await;
    let of_admin = |statements: Value| json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let reads =
        json!({ "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": format!("{ADMIN_API}/reports") });
    let role = "arn:aws:iam::123456789012:role/admin";
    let limited = assumed(&running, &token, role, &[("Policy", &of_admin(reads.clone()))]).await;
    assert_eq!(admin(&running, &limited, "reports").await.0, 200);
    let (status, message) = admin(&running, &limited, "users").await;
    assert_eq!(status, 403);
    assert!(message.ends_with("because no session policy allows the execute-api:Invoke action"), "{message}");

    let deny = json!({ "Effect": "Deny", "Action": "*", "Resource": "*" });
    let limited = assumed(&running, &token, role, &[("Policy", &of_admin(json!([reads.clone(), deny])))]).await;
    let (_, message) = admin(&running, &limited, "reports").await;
    assert!(message.ends_with("with an explicit deny in a session policy"), "{message}");

    let more = assumed(&running, &token, GENERAL, &[("Policy", &of_admin(json!([reads])))]).await;
    let (status, message) = admin(&running, &more, "reports").await;
    assert_eq!(status, 403);
    assert!(message.contains("no identity-based policy allows"), "{message}");
}

#[tokio::test]
async fn credentials_end_on_command_and_with_the_clock() {
    let running = Running::start().await;
    let logins = logins(&running, "taro").await;
    let (first, second) = (enhanced(&running, &logins).await, enhanced(&running, &logins).await);
    let expire = async |body: Value| running.post("/local-aws/credentials/expire", &body).await.0;
    assert_eq!(expire(json!({ "accessKeyId": first.access_key_id() })).await, 204);
    let expired = (403, "The security token included in the request is expired".to_owned());
    assert_eq!(admin(&running, &first, "users").await, expired);
    assert_eq!(admin(&running, &second, "users").await.0, 200);
    assert_eq!(running.post("/local-aws/clock", &json!({ "advanceSeconds": 3_600 })).await.0, 200);
    assert_eq!(admin(&running, &second, "users").await, expired);
    running.post("/local-aws/reset", &Value::Null).await;
    let third = enhanced(&running, &self::logins(&running, "taro").await).await;
    assert_eq!(expire(json!({})).await, 204);
    assert_eq!(admin(&running, &third, "users").await, expired);
    assert_eq!(expire(json!({ "accessKeyId": "ASIANOBODY" })).await, 404);
    assert_eq!(expire(json!({ "accessKey": "x" })).await, 400);
}

#[tokio::test]
async fn sts_dates_its_answers_and_its_credentials_by_the_clock() {
    let running = classic().await;
    let token = open_id_token(&running, &logins(&running, "hanako").await).await;
    running.post("/local-aws/clock", &json!({ "advanceSeconds": -18_000 })).await;
    let (status, document) = assume(&running, &token, GENERAL, &[("DurationSeconds", "900")]).await;
    assert_eq!(status, 200, "{document}");
    let format = &time::format_description::well_known::Rfc3339;
    let expiration = time::OffsetDateTime::parse(element(&document, "Expiration"), format).unwrap();
    let lasts = expiration - running.aws.clock().now();
    assert!(lasts > time::Duration::seconds(850) && lasts <= time::Duration::seconds(900), "{lasts}");
    assert!(element(&document, "Expiration").ends_with('Z') && !element(&document, "Expiration").contains('.'));
    let endpoint = running.outputs().await["sts"]["endpoint"].as_str().unwrap().to_owned();
    let date = running.client.get(endpoint).send().await.unwrap();
    let hour = format!("{:02}:", running.aws.clock().now().hour());
    assert!(header(&date, "date").unwrap().contains(&hour));
}

#[tokio::test]
async fn sts_says_what_is_wrong_with_a_call() {
    let running = Running::start().await;
    for (form, code) in [
        (&[][..], "MissingAction"),
        (&[("Action", "AssumeRole"), ("Version", "2011-06-15")], "InvalidAction"),
        (&[("Action", "GetCallerIdentity"), ("Version", "2010-01-01")], "InvalidAction"),
        (&[("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15")], "ValidationError"),
    ] {
        let (status, document) = sts(&running, form).await;
        assert_eq!((status, element(&document, "Code")), (400, code), "{document}");
    }
    let session = [("RoleSessionName", "<a&b>")];
    let (_, document) = assume(&running, "token", GENERAL, &session).await;
    assert!(element(&document, "Message").contains("Value '&lt;a&amp;b&gt;' at 'roleSessionName'"), "{document}");
}

#[tokio::test]
async fn a_page_may_call_sts() {
    let running = Running::start().await;
    let endpoint = running.outputs().await["sts"]["endpoint"].as_str().unwrap().to_owned();
    let response = running.preflight(&endpoint).await;
    assert_eq!(response.status(), 200);
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));
    let allowed = header(&response, "access-control-allow-headers").unwrap();
    assert!(
        allowed.split(',').any(|name| name == "content-type") && allowed.split(',').any(|name| name == "authorization")
    );
}

#[tokio::test]
async fn an_identity_has_no_role_where_none_trusts_the_pool() {
    let running = Running::start().await;
    let endpoint = running.outputs().await["identityPool"]["endpoint"].as_str().unwrap().to_owned();
    let logins = logins(&running, "taro").await;
    let id = get_id(&running, &logins).await;
    running.patch(json!([{ "op": "remove", "path": "/roles/admin/assumeRolePolicy" }])).await;
    let request = running.client.post(endpoint).header("x-amz-target", format!("{SERVICE}.GetCredentialsForIdentity"));
    let body = json!({ "IdentityId": id, "Logins": logins }).to_string();
    let refused: Value = request.body(body).send().await.unwrap().json().await.unwrap();
    assert_eq!(refused["__type"], "InvalidIdentityPoolConfigurationException");
}

#[tokio::test]
async fn who_is_in_two_groups_of_no_precedence_has_to_say_which_role() {
    let running = Running::start().await;
    let outputs = running.outputs().await;
    let user = &outputs["ambiguousUsers"][0];
    let listed = outputs["users"].as_array().unwrap();
    assert!(listed.iter().all(|shown| shown["username"] != user["username"]), "the page cannot say what they may call");
    let parameters = json!({ "USERNAME": user["username"], "PASSWORD": user["password"] });
    let client = &outputs["userPool"]["clientId"];
    let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client, "AuthParameters": parameters });
    let endpoint = outputs["userPool"]["endpoint"].as_str().unwrap();
    let answer = running.aws_json(endpoint, "AWSCognitoIdentityProviderService.InitiateAuth", input).await;
    let token = &answer["AuthenticationResult"]["IdToken"];
    let claims = local_aws::cognito::peek(token.as_str().unwrap()).unwrap();
    assert_eq!(claims.texts("cognito:roles"), [GENERAL, "arn:aws:iam::123456789012:role/admin"]);
    assert_eq!(claims.text("cognito:preferred_role"), None);

    let pool = outputs["userPool"]["userPoolId"].as_str().unwrap();
    let logins = json!({ format!("cognito-idp.ap-northeast-1.amazonaws.com/{pool}"): token });
    let id = get_id(&running, &logins).await;
    for (custom_role_arn, role) in [(Value::Null, "general"), (json!("arn:aws:iam::123456789012:role/admin"), "admin")]
    {
        let input = json!({ "IdentityId": id, "Logins": logins, "CustomRoleArn": custom_role_arn });
        let answer = operate(&running, "GetCredentialsForIdentity", input).await;
        let key = answer["Credentials"]["AccessKeyId"].as_str().unwrap();
        let issued = running.aws.credentials().find(key).unwrap();
        assert!(issued.role_arn.ends_with(role), "{}", issued.role_arn);
    }
}
