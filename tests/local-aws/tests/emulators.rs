//! The emulators, and what they do differently from the services.

#![cfg(test)]

mod support;

use reqwest::Response;
use serde_json::{Value, json};
use support::{Running, header};

async fn body(response: Response) -> Value {
    response.json().await.unwrap()
}

#[tokio::test]
async fn sam_local() {
    let running = Running::start().await;
    let door = running.door("s01");
    let options = running.preflight(&format!("{door}/items")).await;
    assert!(header(&options, "server").unwrap().starts_with("Werkzeug/"));
    assert_eq!(options.status(), 403);
    assert_eq!(body(options).await, json!({ "message": "Missing Authentication Token" }));
    running.post("/local-aws/scenarios/S01/fix", &Value::Null).await;
    assert_eq!(running.preflight(&format!("{door}/items")).await.status(), 200);
    // Functions' responses get the headers too, which a deployed REST API does not do.
    let answer = running.send("GET", &format!("{door}/items"), &[]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
    assert_eq!(running.send("GET", &format!("{door}/nowhere"), &[]).await.status(), 403);
}

#[tokio::test]
async fn sam_local_chooses_among_the_origins_of_an_http_api_only() {
    let running = Running::start().await;
    let page = running.control.as_str();
    let url = format!("{}/items", running.door("s01"));
    let both = format!("https://app.example.com, {page}");
    running.patch(json!([{ "op": "add", "path": "/doors/s01/cors", "value": { "allowOrigin": both } }])).await;
    // As static as it is in the cloud.
    let headers = [("origin", page)];
    let answer = running.send("GET", &url, &headers).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(both.as_str()));
    let http = json!("AWS::Serverless::HttpApi");
    running.patch(json!([{ "op": "replace", "path": "/doors/s01/api", "value": http }])).await;
    for (from, allowed) in [(page, Some(page)), ("https://other.example", None)] {
        for method in ["OPTIONS", "GET"] {
            let answer = running.send(method, &url, &[("origin", from)]).await;
            assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, allowed));
        }
    }
}

#[tokio::test]
async fn localstack() {
    let running = Running::start().await;
    let door = json!({ "kind": "localstack", "apis": { "rest0api00": "rest-api" } });
    running.patch(json!([{ "op": "add", "path": "/doors/localstack", "value": door }])).await;
    let origin = running.door("localstack");
    let health = format!("{origin}/_localstack/health");
    assert_eq!(running.preflight(&health).await.status(), 403);
    assert_eq!(running.send("GET", &health, &[]).await.status(), 200);
    running
        .patch(json!([{ "op": "add", "path": "/doors/localstack/extraCorsAllowedOrigins/-", "value": "$PAGE" }]))
        .await;
    let preflight = running.preflight(&health).await;
    assert_eq!(
        (preflight.status().as_u16(), header(&preflight, "access-control-allow-credentials")),
        (204, Some("true"))
    );
    // A list of its own, whatever is asked for.
    let allowed: Vec<&str> = header(&preflight, "access-control-allow-headers").unwrap().split(',').collect();
    assert!(allowed.contains(&"authorization") && !allowed.contains(&"x-api-key"), "{allowed:?}");
    let port = origin.rsplit(':').next().unwrap();
    for (from, status) in [
        ("https://app.localstack.cloud".to_owned(), 204),
        (format!("http://localhost:{port}"), 204),
        ("http://localhost:5173".to_owned(), 403),
    ] {
        assert_eq!(running.send("OPTIONS", &health, &[("origin", &from)]).await.status(), status, "{from}");
    }
    // The API's own paths answer as the API does.
    for path in ["/_aws/execute-api/rest0api00/api/general", "/restapis/rest0api00/api/_user_request_/general"] {
        let options = running.preflight(&format!("{origin}{path}")).await;
        assert_eq!((options.status().as_u16(), header(&options, "x-amz-apigw-id").is_some()), (200, true), "{path}");
    }
    assert_eq!(
        running.send("GET", &format!("{origin}/restapis/other/api/_user_request_/general"), &[]).await.status(),
        404
    );
}

#[tokio::test]
async fn sam_locals_lambda_authorizer() {
    let running = Running::start().await;
    let url = format!("{}/items", running.door("s02"));
    let preflight = running.preflight(&url).await;
    assert_eq!((preflight.status().as_u16(), header(&preflight, "access-control-allow-origin")), (200, Some("*")));
    let bearer = format!("Bearer {}", running.tokens_of("hanako").await.id);
    for (headers, status, message) in [
        (&[][..], 401, "Unauthorized"),
        (&[("authorization", bearer.as_str())][..], 403, "User is not authorized to access this resource"),
    ] {
        let refused = running.send("GET", &url, headers).await;
        assert_eq!((refused.status().as_u16(), header(&refused, "access-control-allow-origin")), (status, None));
        assert_eq!(body(refused).await, json!({ "message": message }));
    }
    running.post("/local-aws/scenarios/S02/fix", &Value::Null).await;
    let accepted = running.send("GET", &url, &[("authorization", &bearer)]).await;
    assert_eq!((accepted.status().as_u16(), header(&accepted, "access-control-allow-origin")), (200, Some("*")));
}

#[tokio::test]
async fn serverless_offline() {
    let running = Running::start().await;
    let door = json!({ "kind": "serverless-offline", "events": { "GET /items": "echo", "GET /own": "l02" } });
    running.patch(json!([{ "op": "add", "path": "/doors/offline", "value": door }])).await;
    let (origin, page) = (running.door("offline"), running.control.as_str());
    let any = "https://anywhere.example";

    // Everything that is asked for is allowed, wherever.
    for path in ["/items", "/nowhere"] {
        let preflight = running.preflight(&format!("{origin}{path}")).await;
        assert_eq!(preflight.status(), 200);
        for (name, value) in [
            ("access-control-allow-origin", page),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "GET"),
            ("access-control-allow-headers", "authorization"),
            ("access-control-max-age", "600"),
        ] {
            assert_eq!(header(&preflight, name), Some(value), "{name}");
        }
    }
    for (path, status, allowed) in [("/items", 200, any), ("/nowhere", 404, any), ("/own", 200, page)] {
        let answer = running.send("GET", &format!("{origin}{path}"), &[("origin", any)]).await;
        let is = header(&answer, "access-control-allow-origin");
        assert_eq!((answer.status().as_u16(), is), (status, Some(allowed)), "{path}");
    }
    let nowhere = running.send("GET", &format!("{origin}/nowhere"), &[]).await;
    assert_eq!(body(nowhere).await["error"], "Serverless-offline: route not found.");

    // An HTTP API's list counts for OPTIONS only.
    let cors = json!({ "allowedOrigins": [page], "allowedMethods": ["GET"], "allowedHeaders": ["authorization"] });
    running.patch(json!([{ "op": "add", "path": "/doors/offline/httpApiCors", "value": cors }])).await;
    for (from, allowed) in [(page, Some(page)), (any, None)] {
        let url = format!("{origin}/items");
        let preflight = running.send("OPTIONS", &url, &[("origin", from)]).await;
        assert_eq!((preflight.status().as_u16(), header(&preflight, "access-control-allow-origin")), (204, allowed));
        let answer = running.send("GET", &url, &[("origin", from)]).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (200, Some(from)));
    }
}

#[tokio::test]
async fn floci_hides_the_authorizer_on_preflights() {
    let running = Running::start().await;
    let door = json!({ "kind": "floci", "api": "h01" });
    running.patch(json!([{ "op": "add", "path": "/doors/floci", "value": door }])).await;
    let origin = running.door("floci");
    assert_eq!(running.preflight(&format!("{}/items", running.door("h01"))).await.status(), 401);
    assert_eq!(running.preflight(&format!("{origin}/items")).await.status(), 204);
    assert_eq!(running.send("GET", &format!("{origin}/items"), &[]).await.status(), 401);
}
