//! What a browser makes of a call: the preflight, the call itself, and the CORS checks of the Fetch standard in the
//! order in which Chromium makes them.

use reqwest::{Client, Method, Response};

use super::Headers;

/// A call that a page makes.
pub struct PageCall {
    pub origin: String,
    pub method: String,
    pub url: String,
    pub headers: Headers,
    pub body: String,
    pub include_credentials: bool,
}

/// What the page gets.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A response that it can read.
    Readable { status: u16, body: String },
    /// `TypeError: Failed to fetch`, and what CDP calls it.
    Blocked(String),
}

impl PageCall {
    pub async fn make(&self, client: &Client) -> Outcome {
        let mut unsafe_names: Vec<String> =
            self.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).filter(|name| name != "accept").collect();
        unsafe_names.sort();
        let simple_method = matches!(self.method.as_str(), "GET" | "HEAD" | "POST");
        let needs_preflight = !simple_method || !unsafe_names.is_empty();
        if needs_preflight && let Err(error) = self.preflight(client, &unsafe_names).await {
            return Outcome::Blocked(error);
        }
        let mut request = client
            .request(Method::from_bytes(self.method.as_bytes()).unwrap(), &self.url)
            .header("origin", &self.origin)
            .body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let response = request.send().await.unwrap();
        match self.check(&response) {
            Err(error) => Outcome::Blocked(error.to_owned()),
            Ok(()) => {
                let status = response.status().as_u16();
                Outcome::Readable { status, body: response.text().await.unwrap() }
            }
        }
    }

    /// Fetch, CORS-preflight fetch.
    async fn preflight(&self, client: &Client, unsafe_names: &[String]) -> Result<(), String> {
        let mut request = client
            .request(Method::OPTIONS, &self.url)
            .header("origin", &self.origin)
            .header("access-control-request-method", &self.method);
        if !unsafe_names.is_empty() {
            request = request.header("access-control-request-headers", unsafe_names.join(","));
        }
        let response = request.send().await.unwrap();
        if response.status().is_redirection() {
            return Err("PreflightDisallowedRedirect".to_owned());
        }
        self.check(&response).map_err(|error| format!("Preflight{error}"))?;
        if !response.status().is_success() {
            return Err("PreflightInvalidStatus".to_owned());
        }
        let methods = list(&response, "access-control-allow-methods");
        let wildcard = |items: &[String]| !self.include_credentials && items.iter().any(|item| item == "*");
        let simple_method = matches!(self.method.as_str(), "GET" | "HEAD" | "POST");
        if !simple_method && !methods.contains(&self.method) && !wildcard(&methods) {
            return Err("MethodDisallowedByPreflightResponse".to_owned());
        }
        let headers = list(&response, "access-control-allow-headers");
        let allows = |name: &String| headers.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
        if !wildcard(&headers) && !unsafe_names.iter().all(allows) {
            return Err("HeaderDisallowedByPreflightResponse".to_owned());
        }
        Ok(())
    }

    /// Fetch, CORS check.
    fn check(&self, response: &Response) -> Result<(), &'static str> {
        let values = response.headers().get_all("access-control-allow-origin");
        let values: Vec<_> = values.iter().map(|value| value.to_str().unwrap()).collect();
        let allowed = values.join(", ");
        match allowed.as_str() {
            _ if values.is_empty() => Err("MissingAllowOriginHeader"),
            "*" if self.include_credentials => Err("WildcardOriginNotAllowed"),
            "*" => Ok(()),
            _ if allowed == self.origin => {
                let credentials = response.headers().get("access-control-allow-credentials");
                if self.include_credentials && credentials.is_none_or(|value| value != "true") {
                    return Err("InvalidAllowCredentials");
                }
                Ok(())
            }
            _ if allowed.contains([' ', ',']) => Err("MultipleAllowOriginValues"),
            _ => Err("AllowOriginMismatch"),
        }
    }
}

fn list(response: &Response, name: &str) -> Vec<String> {
    let values = response.headers().get_all(name);
    values
        .iter()
        .flat_map(|value| value.to_str().unwrap().split(','))
        .map(|item| item.trim().to_owned())
        .filter(|item| !item.is_empty())
        .collect()
}
