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
    Blocked { error: String, parameter: String },
}

/// What the servers said.
#[derive(Debug)]
pub struct Exchange {
    /// Where one was needed.
    pub preflight: Option<Answer>,
    /// Where the preflight passed.
    pub response: Option<Answer>,
    pub outcome: Outcome,
}

/// A response with all of its headers.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Headers,
    pub body: String,
}

/// CDP's `Network.CorsError` and `failedParameter`.
struct Refusal(&'static str, String);

impl Answer {
    async fn of(response: Response) -> Self {
        let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = response.status().as_u16();
        Self { status, headers, body: response.text().await.unwrap() }
    }

    /// All values of a header, joined; `None` without any.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// A list of tokens, or `None` where it does not parse.
    fn list(&self, name: &str) -> Option<Vec<String>> {
        let value = self.header(name).unwrap_or_default();
        let items: Vec<String> =
            value.split(',').map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect();
        let is_token =
            |item: &String| item.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
        items.iter().all(is_token).then_some(items)
    }
}

impl PageCall {
    /// Makes the call.
    pub async fn make(&self, client: &Client) -> Outcome {
        self.exchange(client).await.outcome
    }

    /// Makes the call, and keeps what was said.
    pub async fn exchange(&self, client: &Client) -> Exchange {
        let names = self.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut unsafe_names: Vec<String> = names.filter(|name| name != "accept").collect();
        unsafe_names.sort();
        let mut preflight = None;
        if !self.is_simple_method() || !unsafe_names.is_empty() {
            let answer = self.send_preflight(client, &unsafe_names).await;
            let checked = self.check_preflight(&answer, &unsafe_names);
            preflight = Some(answer);
            if let Err(Refusal(error, parameter)) = checked {
                return Exchange {
                    preflight,
                    response: None,
                    outcome: Outcome::Blocked { error: error.into(), parameter },
                };
            }
        }
        let response = self.send(client).await;
        let outcome = match self.check(&response) {
            Err(Refusal(error, parameter)) => Outcome::Blocked { error: error.into(), parameter },
            Ok(()) => Outcome::Readable { status: response.status, body: response.body.clone() },
        };
        Exchange { preflight, response: Some(response), outcome }
    }

    fn is_simple_method(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "POST")
    }

    async fn send(&self, client: &Client) -> Answer {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut request = client.request(method, &self.url).header("origin", &self.origin).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    async fn send_preflight(&self, client: &Client, unsafe_names: &[String]) -> Answer {
        let mut request = client
            .request(Method::OPTIONS, &self.url)
            .header("origin", &self.origin)
            .header("access-control-request-method", &self.method);
        if !unsafe_names.is_empty() {
            request = request.header("access-control-request-headers", unsafe_names.join(","));
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Fetch, CORS-preflight fetch.
    fn check_preflight(&self, answer: &Answer, unsafe_names: &[String]) -> Result<(), Refusal> {
        let refuse = |error| Err(Refusal(error, String::new()));
        if (300..400).contains(&answer.status) && answer.header("location").is_some() {
            return refuse("PreflightDisallowedRedirect");
        }
        self.check(answer).map_err(|Refusal(error, parameter)| Refusal(of_preflight(error), parameter))?;
        if !(200..300).contains(&answer.status) {
            return refuse("PreflightInvalidStatus");
        }
        let Some(methods) = answer.list("access-control-allow-methods") else {
            return refuse("InvalidAllowMethodsPreflightResponse");
        };
        let Some(headers) = answer.list("access-control-allow-headers") else {
            return refuse("InvalidAllowHeadersPreflightResponse");
        };
        let wildcard = |items: &[String]| !self.include_credentials && items.iter().any(|item| item == "*");
        if !self.is_simple_method() && !methods.contains(&self.method) && !wildcard(&methods) {
            return Err(Refusal("MethodDisallowedByPreflightResponse", self.method.clone()));
        }
        let is_missing = |name: &&String| !headers.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
        match unsafe_names.iter().find(is_missing) {
            Some(name) if !wildcard(&headers) => Err(Refusal("HeaderDisallowedByPreflightResponse", name.clone())),
            _ => Ok(()),
        }
    }

    /// Fetch, CORS check.
    fn check(&self, answer: &Answer) -> Result<(), Refusal> {
        let refuse = |error, parameter: &str| Err(Refusal(error, parameter.to_owned()));
        let Some(allowed) = answer.header("access-control-allow-origin") else {
            return refuse("MissingAllowOriginHeader", "");
        };
        let credentials = answer.header("access-control-allow-credentials").unwrap_or_default();
        match allowed.as_str() {
            "*" if self.include_credentials => refuse("WildcardOriginNotAllowed", ""),
            "*" => Ok(()),
            _ if allowed == self.origin && self.include_credentials && credentials != "true" => {
                refuse("InvalidAllowCredentials", &credentials)
            }
            _ if allowed == self.origin => Ok(()),
            _ if allowed.contains([' ', ',']) => refuse("MultipleAllowOriginValues", &allowed),
            "null" => refuse("AllowOriginMismatch", &allowed),
            _ if reqwest::Url::parse(&allowed).is_err() => refuse("InvalidAllowOriginValue", &allowed),
            _ => refuse("AllowOriginMismatch", &allowed),
        }
    }
}

fn of_preflight(error: &'static str) -> &'static str {
    match error {
        "MissingAllowOriginHeader" => "PreflightMissingAllowOriginHeader",
        "WildcardOriginNotAllowed" => "PreflightWildcardOriginNotAllowed",
        "InvalidAllowCredentials" => "PreflightInvalidAllowCredentials",
        "MultipleAllowOriginValues" => "PreflightMultipleAllowOriginValues",
        "InvalidAllowOriginValue" => "PreflightInvalidAllowOriginValue",
        "AllowOriginMismatch" => "PreflightAllowOriginMismatch",
        other => panic!("a preflight cannot fail with {other}"),
    }
}
