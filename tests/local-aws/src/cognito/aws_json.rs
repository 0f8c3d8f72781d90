//! AWS's JSON 1.1 protocol and the CORS headers of Cognito's endpoints: `X-Amz-Target` names the operation, the
//! body is its input, and an error is an exception's name and message with status 400.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::random;

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// What an operation gives: its output, or an exception.
pub type Answer = Result<Value, Exception>;

/// An error answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exception {
    /// Its name, on the wire too.
    pub name: ExceptionName,
    /// Cognito's message.
    pub message: String,
}

/// The exceptions that the model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are AWS's, and documented there")]
pub enum ExceptionName {
    InvalidIdentityPoolConfigurationException,
    InvalidParameterException,
    InvalidPasswordException,
    NotAuthorizedException,
    PasswordResetRequiredException,
    RefreshTokenReuseException,
    ResourceNotFoundException,
    SerializationException,
    UnauthorizedException,
    UnknownOperationException,
    UnsupportedTokenTypeException,
    UserNotConfirmedException,
    UserNotFoundException,
    ValidationException,
}

impl ExceptionName {
    /// An exception of this name.
    pub fn with(self, message: impl Into<String>) -> Exception {
        Exception { name: self, message: message.into() }
    }
}

/// `NotAuthorizedException`.
pub fn not_authorized(message: impl Into<String>) -> Exception {
    ExceptionName::NotAuthorizedException.with(message)
}

/// `InvalidParameterException`.
pub fn invalid_parameter(message: impl Into<String>) -> Exception {
    ExceptionName::InvalidParameterException.with(message)
}

/// An operation's input.
///
/// # Errors
/// `SerializationException` when a member has another type than the operation's.
pub fn input<T: DeserializeOwned>(body: Value) -> Result<T, Exception> {
    serde_json::from_value(body).map_err(|error| ExceptionName::SerializationException.with(error.to_string()))
}

/// A service's endpoint: `operate` gets the operation's name and input.
pub fn router(service: &'static str, operate: impl Fn(&str, Value) -> Answer + Send + Sync + 'static) -> Router {
    let operate = Arc::new(operate);
    let answer = move |headers: HeaderMap, body: Bytes| {
        let operate = Arc::clone(&operate);
        async move { respond(answer_to(service, &headers, &body, operate.as_ref())) }
    };
    Router::new().route("/", post(answer).options(preflight))
}

fn answer_to(
    service: &str,
    headers: &HeaderMap,
    body: &[u8],
    operate: &(impl Fn(&str, Value) -> Answer + ?Sized),
) -> Answer {
    let target = headers.get(TARGET).and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = match target.split_once('.') {
        Some((of_service, operation)) if of_service == service => operation,
        _ => return Err(ExceptionName::UnknownOperationException.with("")),
    };
    match serde_json::from_slice(body) {
        Ok(input @ Value::Object(_)) => operate(operation, input),
        _ => Err(ExceptionName::SerializationException.with("The request body is not a JSON object.")),
    }
}

fn respond(answer: Answer) -> Response {
    let (status, body, exception) = match answer {
        Ok(output) => (StatusCode::OK, output, None),
        Err(Exception { name, message }) => {
            let name = format!("{name:?}");
            let body = json!({ "__type": name, "message": message });
            (StatusCode::BAD_REQUEST, body, Some((format!("{name}:"), message)))
        }
    };
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.1"));
    let mut insert = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    insert("x-amzn-requestid", random::uuid().to_string());
    if let Some((name, message)) = exception {
        insert("x-amzn-errortype", name);
        insert("x-amzn-errormessage", message);
    }
    insert("access-control-allow-origin", "*".to_owned());
    insert("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date".to_owned());
    response
}

/// Cognito lets any page call it. `*` does not cover `Authorization` (Fetch standard, "CORS non-wildcard request-header
/// name"), so that is listed.
async fn preflight() -> Response {
    let headers = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", Method::POST.as_str()),
        (
            "access-control-allow-headers",
            "*,authorization,cache-control,content-type,x-amz-content-sha256,x-amz-date,x-amz-security-token,\
             x-amz-target,x-amz-user-agent,amz-sdk-invocation-id,amz-sdk-request",
        ),
        ("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date"),
        ("access-control-max-age", "172800"),
    ];
    (StatusCode::OK, headers).into_response()
}
