//! What is POSTed to Cognito's services and to STS, and what AWS JSON 1.1's answers say.

use crate::error::{Error, ErrorCode, ServiceException};
use crate::json::{Json, push_integer};
use crate::secret::Secret;
use crate::text::cut;

/// The target of a call of the query protocol, whose body is a form that names the action.
pub const FORM: &str = "";

/// One call, as `Content-Type: application/x-amz-json-1.1` or, without a target, as a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The value of `X-Amz-Target`, or [`FORM`].
    pub target: &'static str,
    /// The body. It may hold a password or tokens.
    pub body: Secret,
}

/// What came back, whatever it is.
#[derive(Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `x-amzn-errortype`, where the page may read it.
    pub error_type: Option<String>,
    /// `x-amzn-requestid`, where the page may read it.
    pub request_id: Option<String>,
    /// The body as text. It may hold tokens, hence no `Debug` here.
    pub body: String,
}

impl Answer {
    /// The JSON object of a success.
    ///
    /// # Errors
    /// What the service said instead, or that it is not the service that speaks.
    pub fn read(&self) -> Result<Json<'_>, Exception> {
        let json = Json::parse(&self.body).filter(|json| matches!(json, Json::Object(_)));
        if (200..300).contains(&self.status) {
            return json.ok_or_else(|| self.exception(None));
        }
        Err(self.exception(json.as_ref()))
    }

    fn exception(&self, json: Option<&Json<'_>>) -> Exception {
        let text = |key| json.and_then(|json| json.text(key));
        let name = text("__type").or(self.error_type.as_deref()).unwrap_or_default();
        // `com.amazonaws.…#NotAuthorizedException` in bodies, `NotAuthorizedException:http://…` in headers.
        let name = cut(name, |b| b == b'#').map_or(name, |(_, name)| name);
        let name = cut(name, |b| b == b':').map_or(name, |(name, _)| name);
        Exception {
            status: self.status,
            name: name.to_owned(),
            message: text("message").or(text("Message")).unwrap_or_default().to_owned(),
            request_id: self.request_id.clone(),
        }
    }

    /// The error of a success that lacks what was asked for.
    pub fn incomplete(&self) -> Error {
        self.exception(None).into_error(ErrorCode::BadResponse, OTHER_SERVER)
    }
}

/// Why a call was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// HTTP status.
    pub status: u16,
    /// The exception's name without its namespace, empty where the answer is not the service's.
    pub name: String,
    /// The service's own words.
    pub message: String,
    /// The id of the call, where the page may read it.
    pub request_id: Option<String>,
}

const OTHER_SERVER: &str =
    "The answer is not AWS's. Check the endpoint, and what stands before it: a proxy, a firewall, a captive portal.";

impl Exception {
    /// Whether the service's words contain `part`, which is not empty, in any case.
    pub fn says(&self, part: &str) -> bool {
        self.message.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
    }

    /// The error of an exception that means nothing special to the call.
    pub fn into_general_error(self) -> Error {
        let (code, help) = match self.name.as_str() {
            "TooManyRequestsException"
            | "LimitExceededException"
            | "TooManyFailedAttemptsException"
            | "ThrottlingException"
            | "Throttling" => (ErrorCode::Throttled, "Wait a little, then try again."),
            "" if self.status == 429 => (ErrorCode::Throttled, "Wait a little, then try again."),
            "InternalErrorException"
            | "InternalFailure"
            | "ServiceUnavailable"
            | "ExternalServiceException"
            | "IDPCommunicationError" => (ErrorCode::ServiceError, "Try again."),
            _ if self.status >= 500 => (ErrorCode::ServiceError, "Try again."),
            "" => (ErrorCode::BadResponse, OTHER_SERVER),
            _ => (ErrorCode::ServiceRefused, "The exception's name, in the service's API reference, says more."),
        };
        self.into_error(code, help)
    }

    /// The error that `code` says it is, with the service's words as its message.
    pub fn into_error(self, code: ErrorCode, help: &'static str) -> Error {
        let mut message = self.message;
        if message.is_empty() {
            message.clone_from(&self.name);
        }
        if message.is_empty() {
            message.push_str("The endpoint answered without what was asked for: HTTP ");
            push_integer(&mut message, self.status.into());
        }
        let error = Error::new(code, message, help);
        if self.name.is_empty() {
            return error;
        }
        error.with_service(ServiceException { exception: self.name, request_id: self.request_id })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, error_type: None, request_id: Some("r-1".into()), body: body.into() }
    }

    fn error(answer: &Answer) -> Error {
        answer.read().unwrap_err().into_general_error()
    }

    #[test]
    fn names_the_exception_wherever_it_stands() {
        for body in [
            r#"{"__type":"TooManyRequestsException","message":"Slow down"}"#,
            r#"{"__type":"com.amazonaws.cognito#TooManyRequestsException","Message":"Slow down"}"#,
        ] {
            let error = error(&answer(400, body));
            assert_eq!((error.code(), error.message()), (ErrorCode::Throttled, "Slow down"));
            let service = error.service().unwrap();
            assert_eq!(service.exception, "TooManyRequestsException");
            assert_eq!(service.request_id.as_deref(), Some("r-1"));
        }
        let mut from_header = answer(400, "");
        from_header.error_type = Some("LimitExceededException:http://internal.amazon.com/".into());
        assert_eq!(error(&from_header).code(), ErrorCode::Throttled);
    }

    #[test]
    fn tells_a_bad_server_from_a_bad_day() {
        for (status, body, code) in [
            (200, "<html>", ErrorCode::BadResponse),
            (200, "", ErrorCode::BadResponse),
            (200, "[]", ErrorCode::BadResponse),
            (403, "<html>", ErrorCode::BadResponse),
            (404, r#"{"error":"not found"}"#, ErrorCode::BadResponse),
            (429, "", ErrorCode::Throttled),
            (503, "<html>", ErrorCode::ServiceError),
            (500, r#"{"__type":"InternalErrorException"}"#, ErrorCode::ServiceError),
            (400, r#"{"__type":"BrandNewException"}"#, ErrorCode::ServiceRefused),
        ] {
            assert_eq!(error(&answer(status, body)).code(), code, "{status} {body}");
        }
    }
}
