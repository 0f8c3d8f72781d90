//! AWS's query protocol: parameters as a form or a query, answers in XML.

use super::Parameters;
use crate::message::{Request, percent_decode};

/// The namespace of every answer.
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// What an operation gives.
pub struct Outcome {
    /// The operation.
    pub action: &'static str,
    /// Its result, as XML.
    pub result: String,
}

/// An error answer.
#[derive(Debug)]
pub struct Failure {
    /// The HTTP status.
    pub status: u16,
    code: &'static str,
    message: String,
}

impl Failure {
    /// An error that is the caller's.
    pub fn sender(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// An input that does not satisfy the operation's constraints.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::sender(400, "ValidationError", message)
    }

    /// The answer.
    pub fn document(&self, request_id: &str) -> String {
        let error = element("Type", "Sender") + &element("Code", self.code) + &element("Message", &self.message);
        let error = format!("<Error>{error}</Error>{}", element("RequestId", request_id));
        format!("<ErrorResponse xmlns=\"{NAMESPACE}\">{error}</ErrorResponse>\n")
    }
}

/// The answer to an operation that succeeded.
pub fn success(action: &str, result: &str, request_id: &str) -> String {
    let metadata = element("RequestId", request_id);
    format!(
        "<{action}Response xmlns=\"{NAMESPACE}\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata>{metadata}</ResponseMetadata></{action}Response>\n"
    )
}

/// An element with a text in it.
pub fn element(name: &str, text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!("<{name}>{text}</{name}>")
}

/// The parameters of a query and of a form (`application/x-www-form-urlencoded`: a `+` is a space).
pub fn parameters(request: &Request) -> Parameters {
    let body = String::from_utf8_lossy(&request.body);
    let query = request.query.as_deref().unwrap_or_default();
    let decode = |text: &str| percent_decode(&text.replace('+', " "));
    query
        .split('&')
        .chain(body.split('&'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}
