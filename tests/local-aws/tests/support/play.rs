//! A scenario's call as the page makes it: the SDK adds what the route asks for.

use serde_json::Value;

use super::browser::PageCall;
use super::{Headers, Running, Signing};

impl Running {
    /// The call of a scenario, or the one after the fix.
    pub async fn page_call(&self, scenario: &Value, fixed: bool) -> PageCall {
        let choose = |name: &str, fixed_name: &str| match scenario.get(fixed_name) {
            Some(changed) if fixed => changed.clone(),
            _ => scenario[name].clone(),
        };
        let (request, route) = (choose("request", "fixedRequest"), choose("route", "fixedRoute"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (method, url, body) = (text(&request["method"]), text(&request["url"]), text(&request["body"]));
        let mut headers: Headers = serde_json::from_value(request["headers"].clone()).unwrap();
        let user = match scenario["user"].as_str() {
            Some("general") => Some("hanako"),
            Some("admin") => Some("taro"),
            Some("none") => None,
            other => panic!("no such user: {other:?}"),
        };
        match (route["auth"].as_str(), user) {
            (Some("none"), _) => {}
            (Some("bearer"), Some(user)) => {
                let tokens = self.tokens_of(user).await;
                let token = if route["token"] == "access" { tokens.access } else { tokens.id };
                headers.push(("authorization".into(), format!("Bearer {token}")));
            }
            (Some("iam"), Some(user)) => {
                let tokens = self.tokens_of(user).await;
                let mut signing = Signing::with(self.credentials(&tokens).await, self.aws.clock().now());
                if let Some(service) = route["service"].as_str() {
                    signing.service = service.to_owned();
                }
                let path = url.splitn(4, '/').nth(3).unwrap();
                let signed_url = route["signAs"].as_str().map_or(url.clone(), |origin| format!("{origin}/{path}"));
                headers.extend(signing.sign(&method, &signed_url, &headers, body.as_bytes()));
            }
            other => panic!("nobody can do this: {other:?}"),
        }
        PageCall {
            origin: self.control.clone(),
            method,
            url,
            headers,
            body,
            include_credentials: request["credentials"] == "include",
            mode: text(&request["mode"]),
            redirect: text(&request["redirect"]),
        }
    }
}
