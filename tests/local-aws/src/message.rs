//! An HTTP request and response as a front door sees them: whole bodies, and headers in order with their duplicates,
//! because duplicated `Access-Control-Allow-Origin` headers are one of the faults this crate has to show.

use serde::Serialize;

/// Headers in the order they were sent; names compare without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Headers(Vec<(String, String)>);

impl Headers {
    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every value of a header.
    pub fn get_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Adds a header beside any of the same name.
    pub fn append(&mut self, name: &str, value: impl Into<String>) {
        self.0.push((name.to_ascii_lowercase(), value.into()));
    }

    /// Puts a header in the place of any of the same name.
    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.remove(name);
        self.append(name, value);
    }

    /// Removes a header.
    pub fn remove(&mut self, name: &str) {
        self.retain(|n| !n.eq_ignore_ascii_case(name));
    }

    /// Keeps the headers whose (lower-case) names pass.
    pub fn retain(&mut self, mut keep: impl FnMut(&str) -> bool) {
        self.0.retain(|(name, _)| keep(name));
    }

    /// All headers in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

impl<N: AsRef<str>, V: Into<String>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        Self(headers.into_iter().map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.into())).collect())
    }
}

/// A request, its path and query still percent-encoded as they came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Byte-exact: `patch` is not `PATCH`.
    pub method: String,
    /// Begins with `/`.
    pub path: String,
    /// Without the `?`.
    pub query: Option<String>,
    /// As received.
    pub headers: Headers,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Request {
    /// The value of the `Origin` header.
    pub fn origin(&self) -> Option<&str> {
        self.headers.get("origin")
    }

    /// Whether this is a CORS preflight: OPTIONS with `Origin` and `Access-Control-Request-Method`
    /// (Fetch, CORS-preflight fetch).
    pub fn is_preflight(&self) -> bool {
        self.method == "OPTIONS"
            && self.origin().is_some()
            && self.headers.get("access-control-request-method").is_some()
    }

    /// The decoded pairs of the query.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        self.raw_query_pairs().map(|(name, value)| (percent_decode(name), percent_decode(value))).collect()
    }

    /// The pairs of the query as they came.
    pub fn raw_query_pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let query = self.query.as_deref().unwrap_or_default();
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }

    /// The first value of a query parameter.
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.raw_query_pairs().find(|(n, _)| percent_decode(n) == name).map(|(_, value)| percent_decode(value))
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// In order, duplicates included.
    pub headers: Headers,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Response {
    /// A response without a body.
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Headers::default(), body: Vec::new() }
    }

    /// A JSON response.
    pub fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::with_body(status, "application/json", body.to_string())
    }

    /// A response with a body of the given type.
    pub fn with_body(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Headers::from_iter([("content-type", content_type)]), body: body.into() }
    }

    /// The same response with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.set(name, value);
        self
    }
}

/// Percent-decoding (RFC 3986); a `%` that introduces no byte stays as it is, and so does `+`.
pub fn percent_decode(text: &str) -> String {
    String::from_utf8_lossy(&percent_decode_bytes(text)).into_owned()
}

/// The same, to bytes that need not be text.
pub fn percent_decode_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let byte = match after {
            [high, low, ..] if first == b'%' => hex_digit(*high).zip(hex_digit(*low)).map(|(h, l)| h * 16 + l),
            _ => None,
        };
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_percent_encoding_and_leaves_what_is_not() {
        assert_eq!(percent_decode("%E6%9C%AC%20a+b"), "本 a+b");
        assert_eq!(percent_decode("100%"), "100%");
        assert_eq!(percent_decode("%zz"), "%zz");
    }

    #[test]
    fn keeps_duplicate_headers_in_order() {
        let mut headers = Headers::default();
        headers.append("Access-Control-Allow-Origin", "a");
        headers.append("access-control-allow-origin", "b");
        assert_eq!(headers.get_all("ACCESS-CONTROL-ALLOW-ORIGIN").collect::<Vec<_>>(), ["a", "b"]);
        headers.set("access-control-allow-origin", "c");
        assert_eq!(headers.iter().collect::<Vec<_>>(), [("access-control-allow-origin", "c")]);
    }
}
