//! The control plane: whom it answers, and how far it lets the clock go.

#![cfg(test)]

mod support;

use reqwest::header::{HOST, ORIGIN};
use serde_json::json;
use support::Running;

#[tokio::test]
async fn it_answers_this_machine_only() {
    let running = Running::start().await;
    let url = format!("{}/local-aws/outputs.json", running.control);
    let port = running.control.rsplit(':').next().unwrap();
    let loopback = ["127.0.0.1", "localhost", "[::1]"];
    let elsewhere = ["rebound.example", "127.0.0.1.example", "localhost.example", "192.0.2.1", ""];
    for (names, status) in [(&loopback[..], 200), (&elsewhere[..], 403)] {
        for name in names {
            let host = running.client.get(&url).header(HOST, format!("{name}:{port}")).send().await.unwrap();
            assert_eq!(host.status(), status, "Host: {name}");
            let origin = running.client.get(&url).header(ORIGIN, format!("http://{name}:5173")).send().await.unwrap();
            assert_eq!(origin.status(), status, "Origin: {name}");
        }
    }
    for origin in ["null", "localhost"] {
        let answer = running.client.get(&url).header(ORIGIN, origin).send().await.unwrap();
        assert_eq!(answer.status(), 403, "Origin: {origin}");
    }
}

#[tokio::test]
async fn the_clock_goes_only_so_far() {
    let running = Running::start().await;
    for seconds in [i64::MAX, i64::MIN] {
        let (status, _) = running.post("/local-aws/clock", &json!({ "advanceSeconds": seconds })).await;
        assert_eq!(status, 200);
        running.sign_in("hanako").await;
    }
}
