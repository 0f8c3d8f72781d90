//! Signed calls through CloudFront and custom domains, to function URLs and AppSync.

#![cfg(test)]

mod support;

use reqwest::Response;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use support::header;
use support::signer::Signer;

async fn message(response: Response) -> String {
    let body: Value = response.json().await.unwrap();
    body["message"].as_str().or_else(|| body["Message"].as_str()).unwrap_or_default().to_owned()
}

fn hash(body: &str) -> String {
    hex::encode(Sha256::digest(body))
}

#[tokio::test]
async fn cloudfront_adds_its_origin_path_and_a_function_takes_a_prefix_off() {
    let signer = Signer::start().await;
    let (cdn, api) = (signer.door("signed-cloudfront"), signer.door("rest-api"));
    let called = format!("{cdn}/admin/admin/users?page=1");
    let arrives = format!("{api}/api/admin/users?page=1");
    for (method, body) in [("GET", ""), ("POST", "body")] {
        let answer = signer.send_to(&called, method, &arrives, &[], body).await;
        assert_eq!(answer.status(), 200, "{method}");
        assert_eq!(answer.json::<Value>().await.unwrap()["path"], "/api/admin/users");
    }
    // Signed for what the browser calls: the answer shows what has become of it on the way.
    let refused = signer.send("GET", &called, "").await;
    assert_eq!(
        (refused.status().as_u16(), header(&refused, "x-amzn-errortype")),
        (403, Some("InvalidSignatureException"))
    );
    let message = message(refused).await;
    assert!(message.contains("should have been\n'GET\n/api/admin/users\npage=1\nhost:"), "{message}");
    assert!(!message.contains(&format!("host:{}", cdn.trim_start_matches("http://"))), "{message}");
}

#[tokio::test]
async fn what_cloudfront_does_not_pass_on_is_missed() {
    let signer = Signer::start().await;
    let (cdn, api) = (signer.door("signed-cloudfront"), signer.door("rest-api"));
    let behavior = "/doors/signed-cloudfront/defaultCacheBehavior";
    let (called, arrives) = (format!("{cdn}/admin/admin/users"), format!("{api}/api/admin/users"));
    for (headers, error_type, part) in [
        // `Authorization` itself needs a cache policy.
        (json!(["x-amz-date", "x-amz-security-token"]), "MissingAuthenticationTokenException", "Missing"),
        (json!(["authorization"]), "IncompleteSignatureException", "requires existence of either a 'X-Amz-Date'"),
        (
            json!(["authorization", "x-amz-date"]),
            "IncompleteSignatureException",
            "'x-amz-security-token' is named as a",
        ),
    ] {
        let names: Vec<&str> = headers.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        signer.patch(&format!("{behavior}/originRequestPolicy"), json!("none")).await;
        let policy = json!({ "custom": { "headers": names, "defaultTtl": 0 } });
        signer.patch(&format!("{behavior}/cachePolicy"), policy).await;
        let answer = signer.send_to(&called, "GET", &arrives, &[], "").await;
        assert_eq!(
            (answer.status().as_u16(), header(&answer, "x-amzn-errortype")),
            (403, Some(error_type)),
            "{names:?}"
        );
        let message = message(answer).await;
        assert!(message.contains(part), "{message}");
    }
}

#[tokio::test]
async fn custom_domains_map_base_paths_of_several_levels() {
    let signer = Signer::start().await;
    let domain = signer.door("mapped-domain");
    for base_path in ["backoffice", "v1/backoffice"] {
        let answer = signer.send("GET", &format!("{domain}/{base_path}/admin/users?x=%20a"), "").await;
        assert_eq!(answer.status(), 200, "{base_path}");
        // Signed without it, or for the API's own name and stage.
        let own = format!("{}/api/admin/users", signer.door("rest-api"));
        for signed in [format!("{domain}/admin/users"), own] {
            let refused = signer.send_to(&format!("{domain}/{base_path}/admin/users"), "GET", &signed, &[], "").await;
            assert_eq!(header(&refused, "x-amzn-errortype"), Some("InvalidSignatureException"));
            assert!(message(refused).await.contains(&format!("'GET\n/{base_path}/admin/users\n")));
        }
    }
    assert_eq!(signer.send("GET", &format!("{domain}/v1/admin/users"), "").await.status(), 403);
}

#[tokio::test]
async fn a_custom_domain_takes_the_host_that_cloudfront_passes_on() {
    let signer = Signer::start().await;
    let cdn = signer.door("signed-cloudfront");
    let domain = json!({ "kind": "custom-domain", "mappings": { "": "rest-api" }, "nameOf": "signed-cloudfront" });
    signer.patch("/doors/shared-domain", domain).await;
    signer.patch("/doors/signed-cloudfront/origins/api", json!({ "door": "shared-domain" })).await;
    signer.patch("/doors/signed-cloudfront/defaultCacheBehavior/originRequestPolicy", json!("allViewer")).await;
    let called = format!("{cdn}/admin/admin/users");
    assert_eq!(signer.send_to(&called, "GET", &format!("{cdn}/admin/users"), &[], "").await.status(), 200);
    // Without Host the domain is called by a name that it does not have.
    let except = json!("allViewerExceptHostHeader");
    signer.patch("/doors/signed-cloudfront/defaultCacheBehavior/originRequestPolicy", except).await;
    assert_eq!(signer.send_to(&called, "GET", &format!("{cdn}/admin/users"), &[], "").await.status(), 403);
}

#[tokio::test]
async fn a_function_url_says_what_is_wrong_with_a_signature() {
    let mut signer = Signer::start().await;
    signer.signing = signer.signing.of("lambda");
    let url = format!("{}/a", signer.door("function-url-iam"));
    assert_eq!(signer.send("POST", &url, "body").await.status(), 200);
    let unsigned = signer.running.send("GET", &url, &[]).await;
    assert_eq!(header(&unsigned, "x-amzn-errortype"), Some("AccessDeniedException"));
    assert!(message(unsigned).await.starts_with("Forbidden"));
    let another = signer.send_to(&url, "GET", &format!("{url}?a"), &[], "").await;
    assert_eq!(header(&another, "x-amzn-errortype"), Some("InvalidSignatureException"));
    // Lambda keeps to itself what it has computed.
    let words = message(another).await;
    assert!(words.starts_with("The request signature we calculated") && !words.contains("Canonical"), "{words}");
    signer.running.aws.clock().advance(360);
    assert!(message(signer.send("GET", &url, "").await).await.starts_with("Signature expired: "));
}

#[tokio::test]
async fn cloudfront_signs_for_a_function_url_and_takes_the_viewers_word_for_the_body() {
    let signer = Signer::start().await;
    let running = &signer.running;
    let url = format!("{}/a?b=c", signer.door("function-url-oac"));
    let get = running.send("GET", &url, &[("authorization", "Bearer abc")]).await;
    assert_eq!(get.status(), 200);
    let seen: Value = get.json().await.unwrap();
    assert!(seen["identity"]["userArn"].as_str().unwrap().contains("cloudfront"), "{seen}");

    let post = async |headers: &[(&str, &str)]| {
        let request =
            headers.iter().fold(running.client.post(&url), |request, (name, value)| request.header(*name, *value));
        let answer = request.body("body").send().await.unwrap();
        (answer.status().as_u16(), header(&answer, "x-amzn-errortype").map(str::to_owned))
    };
    let refused = (403, Some("InvalidSignatureException".to_owned()));
    assert_eq!(post(&[]).await, refused);
    assert_eq!(post(&[("x-amz-content-sha256", &hash("Body"))]).await, refused);
    assert_eq!(post(&[("x-amz-content-sha256", "UNSIGNED-PAYLOAD")]).await, refused);
    assert_eq!(post(&[("x-amz-content-sha256", &hash("body"))]).await, (200, None));

    // The viewer's own signature: replaced, kept, or the only one.
    let lambda = Signer { signing: signer.signing.clone().of("lambda"), running: signer.running };
    let signed = format!("{}/a?b=c", lambda.door("function-url-iam"));
    let behavior = "/doors/function-url-oac/origins/url/originAccessControl";
    for (signing, own, none) in [("always", "cloudfront", 200), ("no-override", "admin", 200), ("never", "admin", 403)]
    {
        lambda.patch(behavior, json!(signing)).await;
        let answer = lambda.send_to(&url, "GET", &signed, &[], "").await;
        let arn = answer.json::<Value>().await.unwrap()["identity"]["userArn"].as_str().unwrap().to_owned();
        assert!(arn.contains(own), "{signing}: {arn}");
        assert_eq!(lambda.running.send("GET", &url, &[]).await.status(), none, "{signing}");
    }
    // The function's policy has to let CloudFront in.
    lambda.patch(behavior, json!("always")).await;
    lambda.running.patch(json!([{ "op": "remove", "path": "/functions/echo-signed/policy/1" }])).await;
    assert_eq!(lambda.running.send("GET", &url, &[]).await.status(), 403);
}

#[tokio::test]
async fn app_sync_knows_three_kinds_of_callers() {
    let mut signer = Signer::start().await;
    signer.signing = signer.signing.of("appsync");
    let url = format!("{}/graphql", signer.door("app-sync"));
    let query = json!({ "query": "query { whoami }" }).to_string();
    let signed: Value = signer.send("POST", &url, &query).await.json().await.unwrap();
    assert!(signed["data"]["whoami"].as_str().unwrap().contains(":assumed-role/admin/"), "{signed}");

    let running = &signer.running;
    let post = async |headers: &[(&str, &str)], query: &str| {
        let request =
            headers.iter().fold(running.client.post(&url), |request, (name, value)| request.header(*name, *value));
        let answer = request.body(json!({ "query": query }).to_string()).send().await.unwrap();
        assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let token = running.tokens_of("hanako").await.id;
    let query = "{ whoami }";
    assert_eq!(post(&[("authorization", &token)], query).await.1["data"]["whoami"], "hanako");
    assert_eq!(post(&[("x-api-key", "da2-local0aws0app0sync0key00")], query).await.0, 200);
    for (headers, words) in [
        (&[][..], "Valid authorization header not provided."),
        (&[("x-api-key", "da2-other")], "You are not authorized to make this call."),
        (&[("authorization", "Bearer abc")], "Unable to parse JWT token."),
    ] {
        let (status, body) = post(headers, query).await;
        let error = json!({ "errors": [{ "errorType": "UnauthorizedException", "message": words }] });
        assert_eq!((status, body), (401, error));
    }
    let (status, unknown) = post(&[("authorization", &token)], "{ nobody }").await;
    assert_eq!(status, 200);
    assert!(unknown["errors"][0]["message"].as_str().unwrap().contains("FieldUndefined"));
    assert_eq!(post(&[("authorization", &token)], "whoami").await.0, 400);

    let general = running.credentials(&running.tokens_of("hanako").await).await;
    signer.signing.credentials = general;
    let denied = signer.send("POST", &url, &json!({ "query": query }).to_string()).await;
    assert_eq!(denied.status(), 401);
    assert!(denied.text().await.unwrap().contains("\"Permission denied\""));
}
