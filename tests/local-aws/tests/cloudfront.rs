//! CloudFront: what it passes on, keeps, adds and says itself.

#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::{Running, Signing, header};

const BEHAVIOR: &str = "/doors/cloudfront/defaultCacheBehavior";

#[tokio::test]
async fn cloudfront_signed_as_its_origin() {
    let running = Running::start().await;
    let (distribution, api) = (running.door("cloudfront"), running.door("rest-api"));
    let tokens = running.sign_in("taro").await;
    let signing = Signing::with(running.credentials(&tokens).await, running.aws.clock().now());
    let signed = signing.sign("GET", &format!("{api}/api/admin/users?page=1"), &[], b"");
    let signed: Vec<(&str, &str)> = signed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = running.send("GET", &format!("{distribution}/api/admin/users?page=1"), &signed).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "x-cache")), (200, Some("Miss from cloudfront")));
    for name in ["via", "x-amz-cf-id", "x-amz-cf-pop", "x-amz-apigw-id"] {
        assert!(header(&answer, name).is_some(), "{name}");
    }
    // Both doors have seen it.
    let seen = running.get_json("/local-aws/requests").await;
    let doors: Vec<&str> = seen.as_array().unwrap().iter().map(|entry| entry["door"].as_str().unwrap()).collect();
    assert_eq!(doors, ["rest-api", "cloudfront"]);
}

#[tokio::test]
async fn cloudfront_passes_on_what_it_is_told_to() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("cloudfront"));
    let tokens = running.sign_in("hanako").await;
    let bearer = format!("Bearer {}", tokens.id);
    let policy = "/doors/cloudfront/defaultCacheBehavior/originRequestPolicy";
    for (value, method, status) in [
        (json!("allViewerExceptHostHeader"), "GET", 200),
        (json!("none"), "GET", 401),
        (json!("none"), "POST", 200),
        (json!({ "headers": ["Origin"] }), "GET", 401),
        // Host as well: the regional API does not know the name.
        (json!("allViewer"), "GET", 403),
    ] {
        running.patch(json!([{ "op": "replace", "path": policy, "value": value }])).await;
        let answer = running.send(method, &url, &[("authorization", &bearer)]).await;
        assert_eq!(answer.status().as_u16(), status, "{method} with {value}");
    }
}

#[tokio::test]
async fn cloudfront_answers_of_its_own() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("cloudfront"));
    let behavior = "/doors/cloudfront/defaultCacheBehavior";
    running
        .patch(json!([{ "op": "replace", "path": format!("{behavior}/allowedMethods"), "value": "GET_HEAD" }]))
        .await;
    let refused = running.preflight(&url).await;
    assert_eq!((refused.status().as_u16(), header(&refused, "server")), (403, Some("CloudFront")));
    assert!(refused.text().await.unwrap().contains("not configured to allow the HTTP request method"));

    let protocol = format!("{behavior}/viewerProtocolPolicy");
    running.patch(json!([{ "op": "replace", "path": protocol, "value": "redirect-to-https" }])).await;
    let redirect = running.send("GET", &url, &[]).await;
    assert_eq!((redirect.status().as_u16(), header(&redirect, "x-cache")), (301, Some("Redirect from cloudfront")));
    assert_eq!(header(&redirect, "location"), Some(url.replace("http://", "https://").as_str()));

    running
        .patch(json!([
            { "op": "replace", "path": protocol, "value": "allow-all" },
            { "op": "add", "path": "/doors/cloudfront/customErrorResponses",
              "value": [{ "errorCode": 401, "responseCode": 200, "responsePage": "<p>app</p>" }] },
        ]))
        .await;
    let replaced = running.send("GET", &url, &[]).await;
    assert_eq!((replaced.status().as_u16(), header(&replaced, "content-type")), (200, Some("text/html")));

    running.patch(json!([{ "op": "replace", "path": "/doors/cloudfront/origins/api/door", "value": "gone" }])).await;
    let unresolved = running.send("GET", &url, &[]).await;
    assert_eq!((unresolved.status().as_u16(), header(&unresolved, "x-cache")), (502, Some("Error from cloudfront")));
    running
        .patch(json!([{ "op": "replace", "path": "/doors/cloudfront/origins/api/door", "value": "cloudfront" }]))
        .await;
    assert_eq!(running.send("GET", &url, &[]).await.status(), 403);
}

#[tokio::test]
async fn cloudfront_behaviours_and_headers() {
    let running = Running::start().await;
    let distribution = running.door("cloudfront");
    let policy = json!({ "headers": { "access-control-allow-origin": "https://policy.example" } });
    let behavior = json!({ "targetOriginId": "items", "responseHeadersPolicy": policy, "originRequestPolicy": "none" });
    running
        .patch(json!([
            { "op": "add", "path": "/doors/cloudfront/origins/items", "value": { "door": "http-api", "originPath": "/public" } },
            { "op": "add", "path": "/doors/cloudfront/cacheBehaviors", "value": [{ "pathPattern": "/p*", "behavior": behavior }] },
            { "op": "add", "path": "/doors/http-api/routes/GET ~1public~1{proxy+}", "value": { "function": "echo" } },
        ]))
        .await;
    let url = format!("{distribution}/path?a=1");
    // CORS headers are for requests with an Origin.
    assert_eq!(header(&running.send("GET", &url, &[]).await, "access-control-allow-origin"), None);
    let answer = running.send("GET", &url, &[("x-own", "1"), ("origin", "https://anyone.example")]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("https://policy.example"));
    let seen: Value = answer.json().await.unwrap();
    assert_eq!(
        (&seen["path"], &seen["query"], &seen["headers"]["x-own"]),
        (&json!("/public/path"), &json!({}), &Value::Null)
    );

    let function = "/doors/cloudfront/cacheBehaviors/0/behavior/viewerResponse";
    running.patch(json!([{ "op": "add", "path": function, "value": "reflectOrigin" }])).await;
    let reflected = running.send("GET", &url, &[("origin", "https://anyone.example")]).await;
    assert_eq!(header(&reflected, "access-control-allow-origin"), Some("https://anyone.example"));
}

#[tokio::test]
async fn authorization_is_for_cache_policies() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("cloudfront"));
    let policy = format!("{BEHAVIOR}/originRequestPolicy");
    let listed = json!([{ "op": "replace", "path": policy, "value": { "headers": ["authorization"] } }]);
    assert_eq!(running.post("/local-aws/patch", &listed).await.0, 400);
    let bearer = format!("Bearer {}", running.sign_in("hanako").await.id);
    running.patch(json!([{ "op": "replace", "path": policy, "value": "none" }])).await;
    assert_eq!(running.send("GET", &url, &[("authorization", &bearer)]).await.status(), 401);
    let in_key = json!({ "custom": { "headers": ["Authorization"] } });
    running.patch(json!([{ "op": "replace", "path": format!("{BEHAVIOR}/cachePolicy"), "value": in_key }])).await;
    assert_eq!(running.send("GET", &url, &[("authorization", &bearer)]).await.status(), 200);
}

#[tokio::test]
async fn the_cache_keeps_what_its_key_does_not_tell_apart() {
    let running = Running::start().await;
    let url = format!("{}/api/open", running.door("cloudfront"));
    let get = json!({ "GET": { "integration": { "AWS_PROXY": { "function": "open" } } } });
    running
        .patch(json!([
            { "op": "add", "path": "/functions/open",
              "value": { "handler": "echo", "corsOrigins": ["https://a.example", "https://b.example"] } },
            { "op": "add", "path": "/doors/rest-api/resources/~1open", "value": get },
            { "op": "replace", "path": format!("{BEHAVIOR}/cachePolicy"), "value": "CachingOptimized" },
        ]))
        .await;
    let ask = async |origin: &str, query: &str| {
        let answer = running.send("GET", &format!("{url}{query}"), &[("origin", origin)]).await;
        let part = |name: &str| header(&answer, name).unwrap_or_default().to_owned();
        (part("x-cache"), part("access-control-allow-origin"))
    };
    let (miss, hit) = ("Miss from cloudfront".to_owned(), "Hit from cloudfront".to_owned());
    let (a, b) = ("https://a.example".to_owned(), "https://b.example".to_owned());
    assert_eq!(ask(&a, "").await, (miss.clone(), a.clone()));
    // The answer to somebody else, whatever the query.
    assert_eq!(ask(&b, "?x=1").await, (hit.clone(), a.clone()));
    running.aws.clock().advance(24 * 3_600);
    assert_eq!(ask(&b, "").await, (miss.clone(), b.clone()));

    let own = json!({ "custom": { "headers": ["Origin"], "queryStrings": "all" } });
    running.patch(json!([{ "op": "replace", "path": format!("{BEHAVIOR}/cachePolicy"), "value": own }])).await;
    assert_eq!(ask(&a, "").await, (miss.clone(), a.clone()));
    assert_eq!(ask(&b, "").await, (miss.clone(), b.clone()));
    assert_eq!(ask(&b, "").await, (hit.clone(), b.clone()));
    assert_eq!(ask(&b, "?x=1").await, (miss.clone(), b.clone()));
    running.post("/local-aws/reset", &Value::Null).await;
    let gone = running.send("GET", &url, &[]).await;
    assert_eq!((gone.status().as_u16(), header(&gone, "age")), (403, None));
}

#[tokio::test]
async fn what_must_not_be_kept_is_not() {
    let running = Running::start().await;
    let url = format!("{}/api/open", running.door("cloudfront"));
    let get = json!({ "GET": { "integration": { "AWS_PROXY": { "function": "open" } } } });
    let respond = json!({ "respond": { "status": 200, "headers": { "cache-control": "no-store" } } });
    running
        .patch(json!([
            { "op": "add", "path": "/functions/open", "value": { "handler": respond } },
            { "op": "add", "path": "/doors/rest-api/resources/~1open", "value": get },
            { "op": "replace", "path": format!("{BEHAVIOR}/cachePolicy"), "value": "CachingOptimized" },
        ]))
        .await;
    for _ in 0..2 {
        assert_eq!(header(&running.send("GET", &url, &[]).await, "x-cache"), Some("Miss from cloudfront"));
    }
}

#[tokio::test]
async fn a_managed_policy_for_preflights_names_no_headers() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("cloudfront"));
    let options = "/doors/rest-api/resources/~1general/OPTIONS/integration/MOCK/headers";
    let policy = format!("{BEHAVIOR}/responseHeadersPolicy");
    running
        .patch(json!([
            { "op": "replace", "path": options, "value": {} },
            { "op": "add", "path": policy, "value": "CORS-With-Preflight" },
        ]))
        .await;
    let preflight = running.preflight(&url).await;
    assert_eq!(header(&preflight, "access-control-allow-origin"), Some("*"));
    assert!(header(&preflight, "access-control-allow-methods").unwrap().contains("PATCH"));
    assert_eq!(header(&preflight, "access-control-allow-headers"), None);
    // What the origin says stays: the gateway response is for the page.
    let refused = running.send("GET", &url, &[("origin", "https://other.example")]).await;
    assert_eq!(header(&refused, "access-control-allow-origin"), Some(running.control.as_str()));
    assert_eq!(header(&refused, "access-control-allow-methods"), None);
    // The simple one has nothing for preflights.
    running.patch(json!([{ "op": "replace", "path": policy, "value": "SimpleCORS" }])).await;
    assert_eq!(header(&running.preflight(&url).await, "access-control-allow-methods"), None);
}

#[tokio::test]
async fn pages_of_its_own() {
    let running = Running::start().await;
    let url = format!("{}/api/general", running.door("cloudfront"));
    let page = async |patch: Value, method: &str, body: &str| {
        running.patch(patch).await;
        let request = running.client.request(method.parse().unwrap(), &url).body(body.to_owned());
        let answer = request.send().await.unwrap();
        assert_eq!(
            (header(&answer, "server"), header(&answer, "content-type")),
            (Some("CloudFront"), Some("text/html"))
        );
        assert!(header(&answer, "x-amz-cf-id").is_some() && header(&answer, "via").is_some());
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let (status, text) = page(json!([]), "GET", "a body").await;
    assert!(status == 403 && text.contains("Bad request."));

    let is_options = json!({ "byteMatch": { "fieldToMatch": "method", "positionalConstraint": "EXACTLY", "searchString": "OPTIONS" } });
    let acl = json!({ "rules": [{ "name": "no-options", "statement": is_options }] });
    let (status, text) =
        page(json!([{ "op": "add", "path": "/doors/cloudfront/webAcl", "value": acl }]), "OPTIONS", "").await;
    assert!(status == 403 && text.contains("Request blocked."));

    let http = json!([{ "op": "replace", "path": "/doors/cloudfront/origins/api/originProtocolPolicy", "value": "http-only" }]);
    let (status, text) = page(http, "GET", "").await;
    assert!(status == 504 && text.contains("attempted to establish a connection"));
    // Other origins may well speak http.
    let elsewhere = json!([{ "op": "replace", "path": "/doors/cloudfront/origins/api/door", "value": "s01" }]);
    running.patch(elsewhere).await;
    assert!(header(&running.send("GET", &url, &[]).await, "server").unwrap().starts_with("Werkzeug"));
}

#[tokio::test]
async fn the_https_port_of_a_distribution() {
    let running = Running::start().await;
    let port = json!({ "kind": "cloudfront-https", "distribution": "cloudfront" });
    running
        .patch(json!([
            { "op": "replace", "path": format!("{BEHAVIOR}/viewerProtocolPolicy"), "value": "redirect-to-https" },
            { "op": "add", "path": "/doors/port-443", "value": port },
        ]))
        .await;
    let (http, https) = (running.door("cloudfront"), running.door("port-443"));
    let redirect = running.send("GET", &format!("{http}/api/general?a=1"), &[]).await;
    assert_eq!(header(&redirect, "location"), Some(format!("{https}/api/general?a=1").as_str()));
    assert_eq!(running.preflight(&format!("{https}/api/general")).await.status(), 200);
    running
        .patch(json!([{ "op": "replace", "path": format!("{BEHAVIOR}/viewerProtocolPolicy"), "value": "https-only" }]))
        .await;
    assert_eq!(running.preflight(&format!("{http}/api/general")).await.status(), 403);
    assert_eq!(running.preflight(&format!("{https}/api/general")).await.status(), 200);
}
