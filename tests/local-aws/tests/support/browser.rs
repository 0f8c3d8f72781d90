//! What a browser makes of a call: the preflight, the call itself, and the CORS checks of the Fetch standard in the
//! order in which Chromium makes them.

use reqwest::{Client, Method, RequestBuilder, Response, Url};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Headers;

/// A call that a page makes.
#[derive(Clone)]
pub struct PageCall {
    pub origin: String,
    pub method: String,
    pub url: String,
    pub headers: Headers,
    pub body: String,
    pub include_credentials: bool,
    pub mode: String,
    pub redirect: String,
}

/// What the page gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A response that it can read.
    Readable { status: u16, body: String },
    /// `TypeError: Failed to fetch`, and what CDP calls it.
    Blocked { error: String, parameter: String },
    /// The same, for want of an answer.
    Lost,
}

/// What the servers said.
#[derive(Debug)]
pub struct Exchange {
    /// Where one was needed.
    pub preflight: Option<Answer>,
    /// Where the preflight passed.
    pub response: Option<Answer>,
    /// Where the response was a redirect that can be followed.
    pub next: Option<Box<Exchange>>,
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

impl From<Refusal> for Outcome {
    fn from(Refusal(error, parameter): Refusal) -> Self {
        Self::Blocked { error: error.to_owned(), parameter }
    }
}

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
        match self.check_request() {
            Ok(()) => self.hop(client).await,
            Err(refusal) => Exchange { preflight: None, response: None, next: None, outcome: refusal.into() },
        }
    }

    /// What is refused before anything is sent (Fetch, main fetch and scheme fetch).
    fn check_request(&self) -> Result<(), Refusal> {
        let refuse = |error, parameter: &str| Err(Refusal(error, parameter.to_owned()));
        match (self.mode.as_str(), self.redirect.as_str()) {
            ("same-origin", _) => return refuse("DisallowedByMode", ""),
            ("no-cors", "manual" | "error") => return refuse("NoCorsRedirectModeNotFollow", ""),
            _ => {}
        }
        match self.url.split_once(':') {
            Some(("http" | "https", _)) => Ok(()),
            Some((scheme, _)) => refuse("CorsDisabledScheme", scheme),
            None => panic!("{} is no URL", self.url),
        }
    }

    /// One URL of a chain of redirects.
    async fn hop(&self, client: &Client) -> Exchange {
        let names = self.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
        let mut unsafe_names: Vec<String> = names.filter(|name| name != "accept").collect();
        unsafe_names.sort();
        let mut exchange = Exchange { preflight: None, response: None, next: None, outcome: Outcome::Lost };
        if !self.is_simple_method() || !unsafe_names.is_empty() {
            exchange.preflight = self.send_preflight(client, &unsafe_names).await;
            let Some(preflight) = &exchange.preflight else { return exchange };
            if let Err(refusal) = self.check_preflight(preflight, &unsafe_names) {
                return Exchange { outcome: refusal.into(), ..exchange };
            }
        }
        exchange.response = self.send(client).await;
        let Some(response) = &exchange.response else { return exchange };
        let next = self.check(response).and_then(|()| self.redirected(response));
        match next {
            Err(refusal) => exchange.outcome = refusal.into(),
            Ok(None) => exchange.outcome = Outcome::Readable { status: response.status, body: response.body.clone() },
            Ok(Some(next)) => {
                let next = Box::pin(next.hop(client)).await;
                exchange.outcome = next.outcome.clone();
                exchange.next = Some(Box::new(next));
            }
        }
        exchange
    }

    /// The call at the URL that a response sends it to (Fetch, HTTP-redirect fetch).
    fn redirected(&self, response: &Answer) -> Result<Option<Self>, Refusal> {
        let location = response.header("location").filter(|_| (300..400).contains(&response.status));
        let Some(location) = location else { return Ok(None) };
        let url = Url::parse(&self.url).unwrap();
        let target = url.join(&location).unwrap();
        if !target.username().is_empty() || target.password().is_some() {
            return Err(Refusal("RedirectContainsCredentials", String::new()));
        }
        let mut next = Self { url: target.to_string(), ..self.clone() };
        if url.origin() != target.origin() {
            next.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
            next.origin = "null".to_owned();
        }
        Ok(Some(next))
    }

    fn is_simple_method(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD" | "POST")
    }

    async fn send(&self, client: &Client) -> Option<Answer> {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut request = client.request(method, &self.url).header("origin", &self.origin).body(self.body.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        self.answer_to(request).await
    }

    async fn send_preflight(&self, client: &Client, unsafe_names: &[String]) -> Option<Answer> {
        let mut request = client
            .request(Method::OPTIONS, &self.url)
            .header("origin", &self.origin)
            .header("access-control-request-method", &self.method);
        if !unsafe_names.is_empty() {
            request = request.header("access-control-request-headers", unsafe_names.join(","));
        }
        self.answer_to(request).await
    }

    async fn answer_to(&self, request: RequestBuilder) -> Option<Answer> {
        let url = Url::parse(&self.url).unwrap();
        // RFC 6761, section 6.4: nobody has to be asked.
        if url.host_str().is_some_and(|host| host.ends_with(".invalid")) {
            return None;
        }
        if url.scheme() == "https" {
            assert_eq!(tls_alert(&url).await, [21, 3, 3, 0, 2, 2, 40], "a fatal handshake_failure");
            return None;
        }
        match request.send().await {
            Ok(response) => Some(Answer::of(response).await),
            Err(_) => None,
        }
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

/// What a server says to the beginning of a TLS handshake before it closes the connection.
async fn tls_alert(url: &Url) -> Vec<u8> {
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A record of the type handshake, and in it an empty ClientHello.
    stream.write_all(&[22, 3, 1, 0, 4, 1, 0, 0, 0]).await.unwrap();
    let mut alert = Vec::new();
    stream.read_to_end(&mut alert).await.unwrap();
    alert
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
