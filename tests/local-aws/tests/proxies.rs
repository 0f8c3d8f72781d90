//! What stands before an API and is not AWS's API Gateway: load balancers, reverse proxies, and connections without an
//! answer.

#![cfg(test)]

mod support;

use serde_json::{Value, json};
use support::{Running, header};

#[tokio::test]
async fn a_load_balancer_and_its_login_page() {
    let running = Running::start().await;
    let (balancer, login) = (running.door("x01"), running.door("x01-login"));
    let url = format!("{balancer}/api/news");
    let origin = [("origin", running.control.as_str())];

    let redirect = running.send("GET", &url, &origin).await;
    let location = header(&redirect, "location").unwrap();
    assert!(location.starts_with(&format!("{login}/oauth2/authorize?client_id=")), "{location}");
    assert_eq!((redirect.status().as_u16(), header(&redirect, "access-control-allow-origin")), (302, None));
    assert_eq!(running.send("GET", location, &[]).await.status(), 200);
    // A preflight is a request as any other.
    assert_eq!(running.preflight(&url).await.status(), 302);

    let policy = "/doors/x01/rules/0/authenticateOidc/onUnauthenticatedRequest";
    for (value, status) in [("deny", 401), ("allow", 200)] {
        running.patch(json!([{ "op": "replace", "path": policy, "value": value }])).await;
        let answer = running.send("GET", &url, &origin).await;
        // Only the target knows CORS.
        let allowed = (status == 200).then_some(running.control.as_str());
        assert_eq!((answer.status().as_u16(), header(&answer, "access-control-allow-origin")), (status, allowed));
    }
    running.patch(json!([{ "op": "remove", "path": "/functions/x01-app/policy/0" }])).await;
    assert_eq!(running.send("GET", &url, &origin).await.status(), 502);
    running.patch(json!([{ "op": "replace", "path": "/doors/x01/rules/0/pathPattern", "value": "/app/*" }])).await;
    assert_eq!(running.send("GET", &url, &origin).await.status(), 404);
}

#[tokio::test]
async fn a_proxy_that_adds_headers_adds_them_beside_the_apis() {
    let running = Running::start().await;
    let url = format!("{}/news?page=2", running.door("x02"));
    let redirect = running.send("GET", &url, &[]).await;
    assert_eq!(header(&redirect, "location"), Some(format!("{}/news?page=2", running.door("x02-api")).as_str()));
    running.patch(json!([{ "op": "remove", "path": "/doors/x02/redirect" }])).await;
    let passed = running.send("GET", &url, &[("origin", &running.control)]).await;
    let allowed: Vec<_> = passed.headers().get_all("access-control-allow-origin").iter().collect();
    assert_eq!(allowed, [running.control.as_str(), "*"]);
    assert_eq!(passed.json::<Value>().await.unwrap()["query"], json!({ "page": "2" }));
    running.patch(json!([{ "op": "replace", "path": "/doors/x02/target", "value": "nowhere" }])).await;
    assert_eq!(running.send("GET", &url, &[]).await.status(), 502);
}

#[tokio::test]
async fn a_closed_connection_has_no_answer_and_is_noted() {
    let running = Running::start().await;
    let url = format!("{}/items", running.door("x06"));
    let origin = ("origin", running.control.as_str());
    // The second time the connection of the first call would be taken again.
    for _ in 0..2 {
        assert_eq!(running.send("GET", &url, &[origin]).await.status(), 401);
        assert!(running.client.request(reqwest::Method::OPTIONS, &url).send().await.is_err());
    }
    let seen = running.get_json("/local-aws/requests").await;
    let closed = seen.as_array().unwrap().iter().filter(|entry| entry["door"] == "x06" && entry["status"] == 0);
    assert!(closed.count() >= 2);
    running.post("/local-aws/scenarios/X06/fix", &Value::Null).await;
    assert_eq!(running.preflight(&url).await.status(), 204);
}
