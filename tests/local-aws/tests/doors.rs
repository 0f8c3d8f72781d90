//! HTTP APIs, function URLs, and the control plane.

#![cfg(test)]

mod support;

use reqwest::Response;
use serde_json::{Value, json};
use support::{Running, Signing, header};

async fn message(response: Response) -> Value {
    response.json::<Value>().await.unwrap()["message"].clone()
}

#[tokio::test]
async fn http_api_jwt_authorizer() {
    let running = Running::start().await;
    let url = format!("{}/items", running.door("http-api"));
    let origin = ("origin", running.control.as_str());

    let none = running.send("GET", &url, &[origin]).await;
    assert_eq!((none.status().as_u16(), header(&none, "www-authenticate")), (401, Some("Bearer")));
    assert!(header(&none, "apigw-requestid").is_some());
    // The 401 to the call itself can be read, for CORS is configured.
    assert_eq!(header(&none, "access-control-allow-origin"), Some(running.control.as_str()));
    assert_eq!(message(none).await, "Unauthorized");

    let malformed = running.send("GET", &url, &[("authorization", "Bearer abc")]).await;
    assert!(header(&malformed, "www-authenticate").unwrap().contains("error=\"invalid_token\""));

    let tokens = running.sign_in("hanako").await;
    let bearer = format!("Bearer {}", tokens.id);
    let accepted: Value = running.send("GET", &url, &[("authorization", &bearer)]).await.json().await.unwrap();
    assert_eq!(accepted["claims"]["cognito:groups"], json!(["general"]));

    running.aws.clock().advance(3_601);
    let expired = running.send("GET", &url, &[("authorization", &bearer)]).await;
    let challenge = "Bearer scope=\"\" error=\"invalid_token\" error_description=\"the token has expired\"";
    assert_eq!(header(&expired, "www-authenticate"), Some(challenge));
    running.aws.clock().reset();

    running
        .patch(json!([{ "op": "add", "path": "/doors/http-api/routes/GET ~1items/authorization/JWT/scopes", "value": ["orders/read"] }]))
        .await;
    let scope = running.send("GET", &url, &[("authorization", &bearer)]).await;
    assert_eq!(scope.status(), 403);
    assert!(header(&scope, "www-authenticate").unwrap().contains("insufficient_scope"));
    assert_eq!(message(scope).await, "Forbidden");
}

#[tokio::test]
async fn http_api_answers_of_its_own() {
    let running = Running::start().await;
    let api = running.door("http-api");
    let not_found = running.send("GET", &format!("{api}/nowhere"), &[]).await;
    assert_eq!((not_found.status().as_u16(), message(not_found).await), (404, json!("Not Found")));
    for (field, value, status, text) in [
        ("handler", json!("throws"), 500, "Internal Server Error"),
        ("handler", json!("malformed"), 500, "Internal Server Error"),
        ("durationMillis", json!(30_001), 503, "Service Unavailable"),
    ] {
        let field = format!("/functions/echo/{field}");
        running.patch(json!([{ "op": "replace", "path": field, "value": value }])).await;
        let answer = running.send("GET", &format!("{api}/public"), &[("origin", &running.control)]).await;
        // The timeout is the one without CORS headers.
        assert_eq!(header(&answer, "access-control-allow-origin").is_some(), status == 500, "{value}");
        assert_eq!((answer.status().as_u16(), message(answer).await), (status, json!(text)));
    }
    let limits = json!({ "burstLimit": 0, "rateLimit": 0 });
    running.patch(json!([{ "op": "add", "path": "/doors/http-api/throttling", "value": limits }])).await;
    let throttled = running.send("GET", &format!("{api}/public"), &[]).await;
    assert_eq!((throttled.status().as_u16(), message(throttled).await), (429, json!("Too Many Requests")));
}

#[tokio::test]
async fn http_api_preflights() {
    let running = Running::start().await;
    let api = running.door("http-api");
    for path in ["/items", "/nowhere"] {
        let answer = running.preflight(&format!("{api}{path}")).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-methods").is_some()), (204, true));
    }
    let other = [("origin", "https://other.example"), ("access-control-request-method", "GET")];
    let other = running.send("OPTIONS", &format!("{api}/items"), &other).await;
    assert_eq!((other.status().as_u16(), header(&other, "access-control-allow-origin")), (204, None));
    // Without Access-Control-Request-Method it is no preflight.
    let plain = running.send("OPTIONS", &format!("{api}/items"), &[("origin", &running.control)]).await;
    assert_eq!(plain.status(), 404);
}

/// What the diagnosis says of a preflight that an authorizer answers: which OPTIONS route helps beside `$default`, and which beside `ANY`.
#[tokio::test]
async fn http_api_preflights_behind_an_authorizer() {
    let running = Running::start().await;
    let routes = "/doors/http-api/routes";
    let all = running.get_json("/local-aws/world").await["doors"]["http-api"]["routes"].clone();
    let guarded = all["GET /items"].clone();
    assert!(guarded["authorization"]["JWT"].is_object());
    let free = json!({ "function": guarded["function"] });
    let url = format!("{}/items", running.door("http-api"));
    for (guard, added, status) in [
        ("$default", None, 401),
        ("$default", Some("OPTIONS /{proxy+}"), 204),
        ("$default", Some("OPTIONS /items"), 204),
        ("ANY /items", None, 401),
        ("ANY /items", Some("OPTIONS /{proxy+}"), 401),
        ("ANY /items", Some("OPTIONS /items"), 204),
    ] {
        let mut chosen = serde_json::Map::from_iter([(guard.to_owned(), guarded.clone())]);
        chosen.extend(added.map(|key| (key.to_owned(), free.clone())));
        running.patch(json!([{ "op": "replace", "path": routes, "value": chosen }])).await;
        let answer = running.preflight(&url).await;
        assert_eq!(answer.status().as_u16(), status, "{guard} and {added:?}");
        assert!(header(&answer, "access-control-allow-origin").is_some(), "CORS is configured");
    }
}

#[tokio::test]
async fn http_api_replaces_the_cors_headers_of_its_integrations() {
    let running = Running::start().await;
    let wrong = json!({ "access-control-allow-origin": "https://wrong.example" });
    running.patch(json!([{ "op": "add", "path": "/functions/echo/corsHeaders", "value": wrong }])).await;
    let url = format!("{}/public", running.door("http-api"));
    let answer = running.send("GET", &url, &[("origin", &running.control)]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(running.control.as_str()));
    let other = running.send("GET", &url, &[("origin", "https://other.example")]).await;
    assert_eq!((other.status().as_u16(), header(&other, "access-control-allow-origin")), (200, None));
}

#[tokio::test]
async fn http_api_iam_authorization() {
    let running = Running::start().await;
    let url = format!("{}/signed", running.door("http-api"));
    let tokens = running.sign_in("taro").await;
    let signing = Signing::with(running.credentials(&tokens).await, running.aws.clock().now());
    let signed = signing.sign("GET", &url, &[], b"");
    let signed: Vec<(&str, &str)> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    // What is wrong stays unsaid.
    let denied = running.send("GET", &url, &signed).await;
    assert_eq!((denied.status().as_u16(), message(denied).await), (403, json!("Forbidden")));
    let allow = json!([{ "Effect": "Allow", "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:ap-northeast-1:123456789012:http0api00/$default/GET/signed" }]);
    running.patch(json!([{ "op": "add", "path": "/roles/admin/policies/http-api", "value": allow }])).await;
    assert_eq!(running.send("GET", &url, &signed).await.status(), 200);
    assert_eq!(running.send("GET", &format!("{url}?a=1"), &signed).await.status(), 403);
}

#[tokio::test]
async fn stages_and_base_paths() {
    let running = Running::start().await;
    let api = running.door("http-api");
    running.patch(json!([{ "op": "replace", "path": "/doors/http-api/stage", "value": "prod" }])).await;
    assert_eq!(running.send("GET", &format!("{api}/prod/public"), &[]).await.status(), 200);
    assert_eq!(running.send("GET", &format!("{api}/public"), &[]).await.status(), 404);
    running.patch(json!([{ "op": "add", "path": "/doors/http-api/basePath", "value": "" }])).await;
    assert_eq!(running.send("GET", &format!("{api}/public"), &[]).await.status(), 200);
}

#[tokio::test]
async fn function_urls() {
    let running = Running::start().await;
    let url = format!("{}/anything", running.door("function-url"));
    let preflight = running.preflight(&url).await;
    assert_eq!(preflight.status(), 200);
    assert_eq!(header(&preflight, "access-control-allow-headers"), Some("authorization,content-type"));

    // A list in one item is one name, which nobody asks for.
    let one = json!(["authorization,content-type"]);
    running.patch(json!([{ "op": "replace", "path": "/doors/function-url/cors/allowHeaders", "value": one }])).await;
    assert_eq!(header(&running.preflight(&url).await, "access-control-allow-headers"), None);

    let statement = "/functions/echo-at-url/policy/1";
    running.patch(json!([{ "op": "remove", "path": statement }])).await;
    let forbidden = running.send("GET", &url, &[]).await;
    assert_eq!(header(&forbidden, "x-amzn-errortype"), Some("AccessDeniedException"));
    let body: Value = forbidden.json().await.unwrap();
    assert!(body["Message"].as_str().unwrap().starts_with("Forbidden. For troubleshooting Function URL"));

    let options = json!([{ "op": "add", "path": "/doors/function-url/cors/allowMethods/-", "value": "OPTIONS" }]);
    assert_eq!(running.post("/local-aws/patch", &options).await.0, 400);
}

#[tokio::test]
async fn a_signed_function_url() {
    let running = Running::start().await;
    let url = format!("{}/", running.door("function-url"));
    running.patch(json!([{ "op": "replace", "path": "/doors/function-url/authType", "value": "AWS_IAM" }])).await;
    assert_eq!(running.send("GET", &url, &[]).await.status(), 403);
    let tokens = running.sign_in("taro").await;
    let mut signing = Signing::with(running.credentials(&tokens).await, running.aws.clock().now());
    signing.service = "lambda".into();
    let signed = signing.sign("GET", &url, &[], b"");
    let signed: Vec<(&str, &str)> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(running.send("GET", &url, &signed).await.status(), 403);
    let allow = json!([{ "Effect": "Allow", "Action": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
        "Resource": "arn:aws:lambda:ap-northeast-1:123456789012:function:echo-at-url" }]);
    running.patch(json!([{ "op": "add", "path": "/roles/admin/policies/url", "value": allow }])).await;
    assert_eq!(running.send("GET", &url, &signed).await.status(), 200);
}

#[tokio::test]
async fn the_world_can_be_read_and_patched() {
    let running = Running::start().await;
    let world = running.get_json("/local-aws/world").await;
    assert_eq!(world["doors"]["http-api"]["corsConfiguration"]["allowOrigins"], json!([running.control]));
    for wrong in [
        json!([{ "op": "add", "path": "/doors/x", "value": { "kind": "no-such-kind" } }]),
        json!([{ "op": "add", "path": "/doors/http-api/noSuchField", "value": 1 }]),
        json!([{ "op": "remove", "path": "/doors/nowhere" }]),
        json!({ "not": "a patch" }),
    ] {
        let (status, body) = running.post("/local-aws/patch", &wrong).await;
        assert_eq!((status, body["error"].is_string()), (400, true), "{wrong}");
    }
    assert_eq!(running.get_json("/local-aws/world").await, world);

    let function = json!({ "handler": { "respond": { "status": 418, "body": "tea" } } });
    let door = json!({ "kind": "http-api", "apiId": "x", "routes": { "$default": { "function": "tea" } } });
    running
        .patch(json!([
            { "op": "add", "path": "/functions/tea", "value": function },
            { "op": "add", "path": "/doors/x", "value": door },
        ]))
        .await;
    assert_eq!(running.send("GET", &format!("{}/", running.door("x")), &[]).await.status(), 418);
}

#[tokio::test]
async fn the_control_plane_is_open_to_this_machine_only() {
    let running = Running::start().await;
    let url = format!("{}/local-aws/outputs.json", running.control);
    for (origin, open) in [
        ("http://127.0.0.1:5173", true),
        ("http://localhost:3000", true),
        ("https://localhost.example", false),
        ("https://other.example", false),
    ] {
        let answer = running.send("GET", &url, &[("origin", origin)]).await;
        assert_eq!(header(&answer, "access-control-allow-origin"), open.then_some(origin));
    }
}

#[tokio::test]
async fn every_date_is_the_clocks() {
    let running = Running::start().await;
    let clock = json!({ "advanceSeconds": 400 * 24 * 3_600 });
    running.post("/local-aws/clock", &clock).await;
    let format = time::macros::format_description!("[month repr:short] [year]");
    let expected = running.aws.clock().now().format(&format).unwrap();
    let origins = running.aws.origins();
    for origin in [&running.door("http-api"), &running.door("cloudfront"), &origins.user_pool, &origins.identity_pool] {
        let answer = running.send("GET", &format!("{origin}/"), &[]).await;
        assert!(header(&answer, "date").unwrap().contains(&expected), "{origin}");
    }
}
