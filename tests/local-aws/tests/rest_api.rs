//! What a REST API, and what stands before it, says to callers whom it does not let through.

#![cfg(test)]

mod support;

use reqwest::{Client, Method, Response};
use serde_json::{Value, json};
use support::{Running, Signing};

struct Answer {
    status: u16,
    error_type: String,
    body: Value,
    response_headers: Vec<(String, String)>,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let header = |name: &str| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        let error_type = header("x-amzn-errortype").unwrap_or_default();
        let headers = response.headers().iter();
        let response_headers = headers.map(|(n, v)| (n.to_string(), v.to_str().unwrap().to_owned())).collect();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, error_type, body, response_headers }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.response_headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    fn is(&self, status: u16, error_type: &str, body: Value) {
        assert_eq!((self.status, self.error_type.as_str(), &self.body), (status, error_type, &body));
        assert!(self.header("x-amzn-requestid").is_some());
    }
}

async fn send(client: &Client, method: &str, url: &str, headers: &[(String, String)]) -> Answer {
    let mut request = client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    Answer::of(request.send().await.unwrap()).await
}

fn authorization(value: &str) -> Vec<(String, String)> {
    vec![("authorization".into(), value.into())]
}

impl Running {
    /// A request signed by a user's credentials.
    async fn send_signed(&self, username: &str, url: &str, change: impl FnOnce(&mut Signing)) -> Answer {
        let tokens = self.sign_in(username).await;
        let mut signing = Signing::with(self.credentials(&tokens).await, self.aws.clock().now());
        change(&mut signing);
        send(&self.client, "GET", url, &signing.sign("GET", url, &[], b"")).await
    }
}

#[tokio::test]
async fn what_is_missing() {
    let running = Running::start().await;
    let api = running.door("rest-api");
    let missing = json!({ "message": "Missing Authentication Token" });
    for (method, path) in [("GET", "/api/nowhere"), ("DELETE", "/api/general"), ("GET", "/other/general"), ("GET", "/")]
    {
        let answer = send(&running.client, method, &format!("{api}{path}"), &[]).await;
        answer.is(403, "MissingAuthenticationTokenException", missing.clone());
        assert!(answer.header("x-amz-apigw-id").is_some());
    }
    // Where IAM authorization is asked for the words are the same.
    let unsigned = send(&running.client, "GET", &format!("{api}/api/admin/users"), &[]).await;
    unsigned.is(403, "MissingAuthenticationTokenException", missing);
    // A bearer token is read as a signature.
    for path in ["/api/nowhere", "/api/admin/users"] {
        let answer = send(&running.client, "GET", &format!("{api}{path}"), &authorization("Bearer abc")).await;
        assert_eq!((answer.status, answer.error_type.as_str()), (403, "IncompleteSignatureException"));
        assert!(answer.body["message"].as_str().unwrap().starts_with("Invalid key=value pair"));
    }
}

#[tokio::test]
async fn the_cognito_authorizer() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("rest-api"));
    let unauthorized = json!({ "message": "Unauthorized" });
    send(&running.client, "GET", &url, &[]).await.is(401, "UnauthorizedException", unauthorized.clone());
    let tokens = running.sign_in("hanako").await;
    let accepted = send(&running.client, "GET", &url, &authorization(&format!("Bearer {}", tokens.id))).await;
    assert_eq!((accepted.status, &accepted.body["claims"]["cognito:username"]), (200, &json!("hanako")));
    // The token may come without the word; an access token is not an ID token.
    assert_eq!(send(&running.client, "GET", &url, &authorization(&tokens.id)).await.status, 200);
    let access = send(&running.client, "GET", &url, &authorization(&format!("Bearer {}", tokens.access))).await;
    access.is(401, "UnauthorizedException", unauthorized);
    running.post("/local-aws/clock", &json!({ "advanceSeconds": 3_601 })).await;
    let expired = send(&running.client, "GET", &url, &authorization(&format!("Bearer {}", tokens.id))).await;
    expired.is(401, "UnauthorizedException", json!({ "message": "The incoming token has expired" }));
}

#[tokio::test]
async fn iam_authorization() {
    let running = Running::start().await;
    let url = format!("{}/api/admin/users", running.door("rest-api"));
    let admin = running.send_signed("taro", &url, |_| {}).await;
    assert_eq!(admin.status, 200, "{}", admin.body);
    let caller = "arn:aws:sts::123456789012:assumed-role/admin/CognitoIdentityCredentials";
    assert_eq!(admin.body["identity"]["userArn"], caller);
    assert!(admin.header("x-amzn-trace-id").is_some());

    running.send_signed("hanako", &url, |_| {}).await.is(
        403,
        "AccessDeniedException",
        json!({ "Message": "User: arn:aws:sts::123456789012:assumed-role/general/CognitoIdentityCredentials is not \
            authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:ap-northeast-1:********9012:\
            rest0api00/api/GET/admin/users because no identity-based policy allows the execute-api:Invoke action" }),
    );

    let late = running.send_signed("taro", &url, |signing| signing.time -= time::Duration::minutes(10)).await;
    assert_eq!(late.error_type, "InvalidSignatureException");
    assert!(late.body["message"].as_str().unwrap().starts_with("Signature expired: "));

    let elsewhere = running.send_signed("taro", &url, |signing| signing.region = "us-east-1".into()).await;
    assert_eq!((elsewhere.status, elsewhere.error_type.as_str()), (403, "InvalidSignatureException"));

    let unknown = aws_credential_types::Credentials::new("ASIAUNKNOWN", "secret", Some("token".into()), None, "test");
    let unknown = running.send_signed("taro", &url, |signing| signing.credentials = unknown).await;
    let invalid = json!({ "message": "The security token included in the request is invalid." });
    unknown.is(403, "UnrecognizedClientException", invalid);
}

#[tokio::test]
async fn expired_credentials() {
    let running = Running::start().await;
    let url = format!("{}/api/admin/users", running.door("rest-api"));
    let tokens = running.sign_in("taro").await;
    let mut signing = Signing::with(running.credentials(&tokens).await, running.aws.clock().now());
    running.aws.clock().advance(3_700);
    signing.time = running.aws.clock().now();
    let answer = send(&running.client, "GET", &url, &signing.sign("GET", &url, &[], b"")).await;
    let expired = json!({ "message": "The security token included in the request is expired" });
    answer.is(403, "ExpiredTokenException", expired);
}

#[tokio::test]
async fn policies_are_evaluated() {
    let running = Running::start().await;
    let url = format!("{}/api/admin/users", running.door("rest-api"));
    let deny = json!([{ "Effect": "Deny", "Action": "execute-api:*", "Resource": "*/GET/admin/users" }]);
    running.patch(json!([{ "op": "add", "path": "/roles/admin/policies/deny", "value": deny }])).await;
    let denied = running.send_signed("taro", &url, |_| {}).await;
    assert_eq!((denied.status, denied.error_type.as_str()), (403, "AccessDeniedException"));
    assert!(denied.body["Message"].as_str().unwrap().contains("with an explicit deny"));
    let other = running.send_signed("taro", &format!("{url}/1"), |_| {}).await;
    assert_eq!(other.status, 200);

    // A resource policy keeps everybody out whom it does not name.
    let policy =
        json!([{ "Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*/OPTIONS/*" }]);
    running.patch(json!([{ "op": "add", "path": "/doors/rest-api/resourcePolicy", "value": policy }])).await;
    let general = format!("{}/api/general", running.door("rest-api"));
    let anonymous = send(&running.client, "GET", &general, &[]).await;
    assert_eq!(anonymous.error_type, "AccessDeniedException");
    assert!(anonymous.body["Message"].as_str().unwrap().starts_with("User: anonymous is not authorized to perform"));
    assert_eq!(send(&running.client, "OPTIONS", &general, &[]).await.status, 200);
}

#[tokio::test]
async fn functions_that_fail() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("rest-api"));
    let tokens = running.sign_in("hanako").await;
    let bearer = authorization(&format!("Bearer {}", tokens.id));
    let internal = json!({ "message": "Internal server error" });
    for handler in ["throws", "malformed"] {
        running
            .patch(json!([{ "op": "replace", "path": "/functions/echo-with-cors/handler", "value": handler }]))
            .await;
        send(&running.client, "GET", &url, &bearer).await.is(502, "InternalServerErrorException", internal.clone());
    }
    running.patch(json!([{ "op": "replace", "path": "/functions/echo-with-cors/policy", "value": [] }])).await;
    send(&running.client, "GET", &url, &bearer).await.is(500, "InternalServerErrorException", internal);
}

#[tokio::test]
async fn keys_limits_media_types_and_deployments() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("rest-api"));
    let tokens = running.sign_in("hanako").await;
    let mut headers = authorization(&format!("Bearer {}", tokens.id));
    let get = "/doors/rest-api/resources/~1general/GET";
    running
        .patch(json!([
            { "op": "replace", "path": format!("{get}/apiKeyRequired"), "value": true },
            { "op": "add", "path": "/doors/rest-api/apiKeys", "value": ["k1"] },
        ]))
        .await;
    let forbidden = json!({ "message": "Forbidden" });
    send(&running.client, "GET", &url, &headers).await.is(403, "ForbiddenException", forbidden);
    headers.push(("x-api-key".into(), "k1".into()));
    assert_eq!(send(&running.client, "GET", &url, &headers).await.status, 200);

    running.patch(json!([{ "op": "add", "path": "/doors/rest-api/binaryMediaTypes", "value": ["*/*"] }])).await;
    let mock = send(&running.client, "OPTIONS", &url, &[]).await;
    mock.is(500, "InternalServerErrorException", json!({ "message": "Internal server error" }));

    let limits = json!({ "burstLimit": 0, "rateLimit": 0 });
    running.patch(json!([{ "op": "add", "path": format!("{get}/throttling"), "value": limits }])).await;
    let throttled = send(&running.client, "GET", &url, &headers).await;
    throttled.is(429, "TooManyRequestsException", json!({ "message": "Too Many Requests" }));
    assert_eq!(send(&running.client, "OPTIONS", &url, &[]).await.status, 500);
    // The stage serves what was deployed last.
    running.patch(json!([{ "op": "add", "path": "/doors/rest-api/deployed", "value": {} }])).await;
    let undeployed = send(&running.client, "OPTIONS", &url, &[]).await;
    undeployed.is(403, "MissingAuthenticationTokenException", json!({ "message": "Missing Authentication Token" }));
    let deploy = json!([{ "op": "copy", "from": "/doors/rest-api/resources", "path": "/doors/rest-api/deployed" }]);
    running.patch(deploy).await;
    assert_eq!(send(&running.client, "OPTIONS", &url, &[]).await.status, 500);

    running.patch(json!([{ "op": "add", "path": "/doors/rest-api/throttling", "value": limits }])).await;
    let throttled = send(&running.client, "OPTIONS", &url, &[]).await;
    throttled.is(429, "TooManyRequestsException", json!({ "message": "Too Many Requests" }));
}

#[tokio::test]
async fn a_lambda_authorizer() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("rest-api"));
    let method = "/doors/rest-api/resources/~1general/GET/authorization";
    running
        .patch(json!([
            { "op": "add", "path": "/doors/rest-api/authorizers/own", "value": { "lambda": { "allows": ["sesame"] } } },
            { "op": "replace", "path": method, "value": { "CUSTOM": { "authorizer": "own" } } },
        ]))
        .await;
    assert_eq!(send(&running.client, "GET", &url, &[]).await.status, 401);
    assert_eq!(send(&running.client, "GET", &url, &authorization("sesame")).await.status, 200);
    send(&running.client, "GET", &url, &authorization("other")).await.is(
        403,
        "AccessDeniedException",
        json!({ "Message": "User is not authorized to access this resource with an explicit deny" }),
    );
}

#[tokio::test]
async fn another_name_in_host() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("rest-api"));
    let host = [("host".to_owned(), "cdn.example".to_owned())];
    send(&running.client, "GET", &url, &host).await.is(403, "ForbiddenException", json!({ "message": "Forbidden" }));
    running.patch(json!([{ "op": "replace", "path": "/doors/rest-api/endpoint", "value": "EDGE" }])).await;
    let edge = send(&running.client, "GET", &url, &host).await;
    assert_eq!((edge.status, edge.header("server")), (403, Some("CloudFront")));
    assert_eq!(edge.header("x-cache"), Some("Error from cloudfront"));
    let page = edge.body.as_str().unwrap();
    assert!(page.contains("Bad request.") && page.contains("Generated by cloudfront (CloudFront)"));
}

#[tokio::test]
async fn web_acls_come_first() {
    let running = Running::start().await;
    let is_options = json!({ "byteMatch": { "fieldToMatch": "method", "positionalConstraint": "EXACTLY", "searchString": "OPTIONS" } });
    let acl = json!({ "rules": [{ "name": "no-options", "statement": is_options }] });
    running.patch(json!([{ "op": "add", "path": "/doors/rest-api/webAcl", "value": acl }])).await;
    for path in ["/api/general", "/api/nowhere"] {
        let answer = send(&running.client, "OPTIONS", &format!("{}{path}", running.door("rest-api")), &[]).await;
        answer.is(403, "ForbiddenException", json!({ "message": "Forbidden" }));
        // A gateway response as any other.
        assert_eq!(answer.header("access-control-allow-origin"), Some(running.control.as_str()));
    }
}

#[tokio::test]
async fn names_of_an_api() {
    let running = Running::start().await;
    let domain = json!({ "kind": "custom-domain" });
    running
        .patch(json!([
            { "op": "add", "path": "/doors/domain", "value": domain },
            { "op": "add", "path": "/doors/rest-api/disableExecuteApiEndpoint", "value": true },
        ]))
        .await;
    let forbidden = json!({ "message": "Forbidden" });
    let (api, domain) = (running.door("rest-api"), running.door("domain"));
    for url in [format!("{api}/api/general"), format!("{domain}/v1/general")] {
        let answer = send(&running.client, "OPTIONS", &url, &[]).await;
        answer.is(403, "ForbiddenException", forbidden.clone());
        // No API has seen it.
        assert_eq!(answer.header("x-amz-apigw-id"), None);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    running
        .patch(json!([
            { "op": "add", "path": "/doors/domain/mappings/v1", "value": "rest-api" },
            { "op": "add", "path": "/doors/domain/mappings/", "value": "http-api" },
        ]))
        .await;
    assert_eq!(send(&running.client, "OPTIONS", &format!("{domain}/v1/general"), &[]).await.status, 200);
    assert_eq!(send(&running.client, "GET", &format!("{domain}/public"), &[]).await.status, 200);
    // A signature is for the custom domain's own name.
    let allowed = running.send_signed("taro", &format!("{domain}/v1/admin/users"), |_| {}).await;
    assert_eq!(allowed.status, 200, "{}", allowed.body);
}

#[tokio::test]
async fn integrations_that_are_too_slow_or_too_particular() {
    let running = Running::start().await;
    let url = format!("{}/api/slow", running.door("rest-api"));
    let proxy = json!({ "AWS_PROXY": { "function": "slow", "timeoutInMillis": 5_000 } });
    let templates = json!({ "AWS": { "function": "slow", "requestTemplates": ["application/json"],
        "passthroughBehavior": "NEVER", "headers": { "access-control-allow-origin": "*" } } });
    running
        .patch(json!([
            { "op": "add", "path": "/functions/slow", "value": { "handler": "echo", "durationMillis": 6_000 } },
            { "op": "add", "path": "/doors/rest-api/resources/~1slow",
              "value": { "GET": { "integration": proxy }, "POST": { "integration": templates } } },
        ]))
        .await;
    let timed_out = json!({ "message": "Endpoint request timed out" });
    send(&running.client, "GET", &url, &[]).await.is(504, "InternalServerErrorException", timed_out.clone());
    running.patch(json!([{ "op": "replace", "path": "/functions/slow/durationMillis", "value": 4_000 }])).await;
    assert_eq!(send(&running.client, "GET", &url, &[]).await.status, 200);

    let of_type = |content_type: &str| vec![("content-type".to_owned(), content_type.to_owned())];
    let unsupported = json!({ "message": "Unsupported Media Type" });
    send(&running.client, "POST", &url, &of_type("text/csv")).await.is(415, "BadRequestException", unsupported);
    let taken = send(&running.client, "POST", &url, &of_type("application/json; charset=utf-8")).await;
    // The headers are the integration response's, not the function's.
    assert_eq!((taken.status, taken.header("access-control-allow-origin")), (200, Some("*")));
    let behavior = "/doors/rest-api/resources/~1slow/POST/integration/AWS/passthroughBehavior";
    for (value, status) in [("WHEN_NO_TEMPLATES", 415), ("WHEN_NO_MATCH", 200)] {
        running.patch(json!([{ "op": "replace", "path": behavior, "value": value }])).await;
        assert_eq!(send(&running.client, "POST", &url, &of_type("text/csv")).await.status, status, "{value}");
    }
    running.patch(json!([{ "op": "replace", "path": "/functions/slow/durationMillis", "value": 30_000 }])).await;
    send(&running.client, "POST", &url, &[]).await.is(504, "InternalServerErrorException", timed_out);
}

#[tokio::test]
async fn headers_and_multi_value_headers_are_merged() {
    let running = Running::start().await;
    let url = format!("{}/api/twice", running.door("rest-api"));
    let function = json!({ "handler": "echo", "corsHeaders": { "access-control-allow-origin": "*" },
        "multiValueHeaders": { "Access-Control-Allow-Origin": ["*", "https://a.example"] } });
    let get = json!({ "GET": { "integration": { "AWS_PROXY": { "function": "twice" } } } });
    running
        .patch(json!([
            { "op": "add", "path": "/functions/twice", "value": function },
            { "op": "add", "path": "/doors/rest-api/resources/~1twice", "value": get },
        ]))
        .await;
    let answer = send(&running.client, "GET", &url, &[]).await;
    let origins = answer.response_headers.iter().filter(|(name, _)| name == "access-control-allow-origin");
    assert_eq!(origins.map(|(_, value)| value.as_str()).collect::<Vec<_>>(), ["*", "https://a.example"]);
}

#[tokio::test]
async fn what_a_request_must_have() {
    let running = Running::start().await;
    let url = format!("{}/api/orders", running.door("rest-api"));
    let validator =
        json!({ "requiredQueryStrings": ["page"], "requiredHeaders": ["x-tenant"], "requiredProperties": ["item"] });
    let post = json!({ "requestValidator": validator, "integration": { "AWS_PROXY": { "function": "echo" } } });
    running
        .patch(json!([{ "op": "add", "path": "/doors/rest-api/resources/~1orders", "value": { "POST": post } }]))
        .await;
    let post = async |url: &str, headers: &[(&str, &str)], body: &str| {
        let mut request = running.client.post(url).body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send().await.unwrap()).await
    };
    let missing = json!({ "message": "Missing required request parameters: [x-tenant, page]" });
    post(&url, &[], "").await.is(400, "BadRequestException", missing);
    let (url, tenant) = (format!("{url}?page=1"), [("x-tenant", "t")]);
    let invalid = json!({ "message": "Invalid request body" });
    post(&url, &tenant, r#"{"item_id":1}"#).await.is(400, "BadRequestException", invalid);
    assert_eq!(post(&url, &tenant, r#"{"item":1}"#).await.status, 200);
}

#[tokio::test]
async fn a_quota_is_used_up() {
    let running = Running::start().await;
    let url = format!("{}/api/keyed", running.door("rest-api"));
    let get = json!({ "apiKeyRequired": true, "integration": { "AWS_PROXY": { "function": "echo" } } });
    running
        .patch(json!([
            { "op": "add", "path": "/doors/rest-api/resources/~1keyed", "value": { "GET": get } },
            { "op": "add", "path": "/doors/rest-api/apiKeys", "value": ["k1", "k2"] },
            { "op": "add", "path": "/doors/rest-api/quota", "value": 2 },
        ]))
        .await;
    let key = |key: &str| vec![("x-api-key".to_owned(), key.to_owned())];
    for _ in 0..2 {
        assert_eq!(send(&running.client, "GET", &url, &key("k1")).await.status, 200);
    }
    running.aws.clock().advance(3_600);
    let used_up = json!({ "message": "Limit Exceeded" });
    send(&running.client, "GET", &url, &key("k1")).await.is(429, "LimitExceededException", used_up);
    assert_eq!(send(&running.client, "GET", &url, &key("k2")).await.status, 200);
}
