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
    MissingAuthenticationTokenException,
    NotAuthorizedException,
    PasswordResetRequiredException,
    RefreshTokenReuseException,
    ResourceConflictException,
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

/// An operation's input. A member that is `null` is as one that is left out, in maps too: amazon-cognito-identity-js
/// sends `"DEVICE_KEY": null`.
///
/// # Errors
/// `SerializationException` when a member has another type than the operation's.
pub fn input<T: DeserializeOwned>(body: Value) -> Result<T, Exception> {
    serde_json::from_value(without_nulls(body))
        .map_err(|error| ExceptionName::SerializationException.with(error.to_string()))
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .filter(|(_, member)| !member.is_null())
            .map(|(name, member)| (name, without_nulls(member)))
            .collect(),
        other => other,
    }
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn call(target: &'static str, body: &str) -> Answer {
        let headers = HeaderMap::from_iter([(TARGET, HeaderValue::from_static(target))]);
        answer_to("Service", &headers, body.as_bytes(), &|operation: &str, input| Ok(json!([operation, input])))
    }

    fn header<'a>(response: &'a Response, name: &str) -> &'a str {
        response.headers().get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    #[test]
    fn the_target_names_the_operation() {
        assert_eq!(call("Service.Do", r#"{"a":1}"#), Ok(json!(["Do", { "a": 1 }])));
        for unknown in ["", "Do", "Other.Do"] {
            assert_eq!(call(unknown, "{}").unwrap_err().name, ExceptionName::UnknownOperationException);
        }
    }

    #[test]
    fn a_body_that_is_no_json_object_is_refused() {
        for malformed in ["", "{", "[]", "\"text\""] {
            assert_eq!(call("Service.Do", malformed).unwrap_err().name, ExceptionName::SerializationException);
        }
    }

    #[test]
    fn a_null_member_is_as_one_that_is_left_out() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Input {
            map: std::collections::BTreeMap<String, String>,
            text: Option<String>,
        }
        let read: Input = input(json!({ "map": { "a": "b", "c": null }, "text": null })).unwrap();
        assert_eq!(read, Input { map: [("a".to_owned(), "b".to_owned())].into(), text: None });
        let wrong = input::<Input>(json!({ "map": { "a": 1 } })).unwrap_err();
        assert_eq!(wrong.name, ExceptionName::SerializationException);
    }

    #[test]
    fn an_exception_is_told_in_the_body_and_in_headers_that_a_page_can_read() {
        let response = respond(Err(not_authorized("Wrong.")));
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        assert_eq!(header(&response, "content-type"), "application/x-amz-json-1.1");
        assert_eq!(header(&response, "x-amzn-errortype"), "NotAuthorizedException:");
        assert_eq!(header(&response, "x-amzn-errormessage"), "Wrong.");
        assert_eq!(header(&response, "x-amzn-requestid").len(), 36);
        assert_eq!(header(&response, "access-control-allow-origin"), "*");
        assert!(header(&response, "access-control-expose-headers").contains("x-amzn-ErrorType"));
        assert_eq!(respond(Ok(json!({}))).status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn the_preflight_lets_every_page_send_what_a_client_sends() {
        let response = preflight().await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(header(&response, "access-control-allow-origin"), "*");
        assert_eq!(header(&response, "access-control-allow-methods"), "POST");
        let allowed: Vec<&str> = header(&response, "access-control-allow-headers").split(',').collect();
        for name in ["content-type", "x-amz-target", "authorization", "x-amz-user-agent", "cache-control"] {
            assert!(allowed.contains(&name), "{name}");
        }
    }
}
