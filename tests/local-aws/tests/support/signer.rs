//! A running local AWS and somebody who may call its doors.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use super::{Running, Signing};

/// Who signs, and where to.
pub struct Signer {
    pub running: Running,
    pub signing: Signing,
}

impl Signer {
    pub async fn start() -> Self {
        let running = Running::start().await;
        let tokens = running.sign_in("taro").await;
        let signing = Signing::with(running.credentials(&tokens).await, running.aws.clock().now());
        Self { running, signing }
    }

    pub fn door(&self, name: &str) -> String {
        self.running.door(name)
    }

    /// Signs for one URL and sends to another.
    pub async fn send_to(
        &self,
        url: &str,
        method: &str,
        signed_url: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response {
        let given: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let added = self.signing.sign(method, signed_url, &given, body.as_bytes());
        let mut request = self.running.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        for (name, value) in given.iter().chain(&added) {
            request = request.header(name, value);
        }
        let request = if body.is_empty() { request } else { request.body(body.to_owned()) };
        request.send().await.unwrap()
    }

    pub async fn send(&self, method: &str, url: &str, body: &str) -> Response {
        self.send_to(url, method, url, &[], body).await
    }

    pub async fn patch(&self, path: &str, value: Value) {
        self.running.patch(json!([{ "op": "add", "path": path, "value": value }])).await;
    }

    /// Signs for S3 with the payload hash that `x-amz-content-sha256` says, and sends.
    pub async fn send_precomputed(&self, url: &str, method: &str, headers: &[(&str, &str)], body: &str) -> Response {
        let given: Vec<(String, String)> =
            headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let added = self.signing.sign_precomputed(method, url, &given);
        let mut request = self.running.client.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        for (name, value) in added.iter().filter(|(name, _)| name != "x-amz-content-sha256") {
            request = request.header(name, value);
        }
        request.body(body.to_owned()).send().await.unwrap()
    }
}
