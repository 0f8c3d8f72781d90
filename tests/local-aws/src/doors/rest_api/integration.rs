//! What is behind a method of a REST API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RestApi;
use super::authorize::Caller;
use super::gateway_response::{GatewayError, ResponseType};
use crate::cognito::random;
use crate::doors::Aws;
use crate::functions::{Function, InvocationError};
use crate::iam::Decision;
use crate::message::{Headers, Request, Response};

/// What is behind a method.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Integration {
    /// A fixed answer, as the console makes it for OPTIONS.
    Mock {
        /// Its status.
        #[serde(default = "ok")]
        status: u16,
        /// Its headers.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// Whether the payload is converted first.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        content_handling: Option<ContentHandling>,
    },
    /// A Lambda function that sees the request and makes the response itself.
    AwsProxy {
        /// Its name.
        function: String,
        /// Whose credentials it is invoked with; without, its resource policy decides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credentials: Option<Credentials>,
        /// How long API Gateway waits for it.
        #[serde(default = "longest_timeout")]
        timeout_in_millis: u32,
    },
    /// A Lambda function behind mapping templates.
    Aws {
        /// Its name.
        function: String,
        /// The content types that have a template. What it makes of the payload is left out.
        #[serde(default)]
        request_templates: Vec<String>,
        /// What becomes of other content types.
        #[serde(default)]
        passthrough_behavior: PassthroughBehavior,
        /// The headers of the response.
        #[serde(default)]
        headers: BTreeMap<String, String>,
    },
}

/// How an integration handles a binary payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContentHandling {
    /// As text.
    ConvertToText,
}

/// Whose credentials a function is invoked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credentials {
    /// The caller's: what SAM sets up for `DefaultAuthorizer: AWS_IAM` by itself.
    #[serde(rename = "arn:aws:iam::*:user/*")]
    Caller,
}

/// What becomes of a payload whose content type has no template.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassthroughBehavior {
    /// It goes on as it is.
    #[default]
    WhenNoMatch,
    /// It goes on if there are no templates at all.
    WhenNoTemplates,
    /// It is refused.
    Never,
}

const fn ok() -> u16 {
    200
}

const fn longest_timeout() -> u32 {
    29_000
}

impl Integration {
    pub(super) fn answer(
        &self,
        api: &RestApi,
        aws: Aws<'_>,
        caller: &Caller,
        request: &Request,
    ) -> Result<Response, GatewayError> {
        match self {
            // A mock reads its status from the payload, which it cannot do when every payload is binary.
            Self::Mock { content_handling: None, .. } if api.binary_media_types.iter().any(|t| t == "*/*") => {
                Err(GatewayError::configuration())
            }
            Self::Mock { status, headers, .. } => {
                let headers = Headers::from_iter(headers);
                Ok(Response { status: *status, headers, body: Vec::new() }.header("content-type", "application/json"))
            }
            Self::AwsProxy { function, credentials, timeout_in_millis } => {
                let function =
                    invocable(aws, function, *credentials, caller).ok_or_else(GatewayError::configuration)?;
                let response = function.invoke_within(*timeout_in_millis, request, &caller.invocation);
                let mut response = response.map_err(|failure| match failure {
                    InvocationError::Unhandled | InvocationError::Malformed => GatewayError::bad_gateway(),
                    InvocationError::TimedOut => GatewayError::timed_out(),
                })?;
                function.add_multi_value_headers(&mut response.headers);
                Ok(traced(response))
            }
            Self::Aws { function, request_templates, passthrough_behavior, headers } => {
                passthrough_behavior.check(request_templates, request)?;
                let function = aws.function_of_gateway(function).ok_or_else(GatewayError::configuration)?;
                let payload = function.invoke_within(longest_timeout(), request, &caller.invocation);
                let body = match payload {
                    Ok(payload) => payload.body,
                    Err(InvocationError::TimedOut) => return Err(GatewayError::timed_out()),
                    // Without a selection pattern the function's error is a payload as any other.
                    Err(InvocationError::Unhandled) => br#"{"errorMessage":"unhandled"}"#.to_vec(),
                    Err(InvocationError::Malformed) => b"null".to_vec(),
                };
                let response = Response { status: 200, headers: Headers::from_iter(headers), body };
                Ok(traced(response.header("content-type", "application/json")))
            }
        }
    }
}

impl PassthroughBehavior {
    fn check(self, templates: &[String], request: &Request) -> Result<(), GatewayError> {
        let content_type = request.headers.get("content-type").unwrap_or("application/json");
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let has_template = templates.iter().any(|template| template.eq_ignore_ascii_case(essence));
        let passes = match self {
            Self::WhenNoMatch => true,
            Self::WhenNoTemplates => templates.is_empty(),
            Self::Never => false,
        };
        if has_template || passes {
            Ok(())
        } else {
            Err(GatewayError::new(ResponseType::UnsupportedMediaType, "Unsupported Media Type"))
        }
    }
}

/// The function, if it may be invoked: by API Gateway as its resource policy says, or as the caller.
fn invocable<'a>(
    aws: Aws<'a>,
    function: &str,
    credentials: Option<Credentials>,
    caller: &Caller,
) -> Option<&'a Function> {
    match credentials {
        None => aws.function_of_gateway(function),
        Some(Credentials::Caller) => {
            let caller = caller.credentials.as_ref()?;
            let decision = aws.decide(caller, "lambda:InvokeFunction", &aws.function_arn(function));
            aws.function(function).filter(|_| decision == Decision::Allowed)
        }
    }
}

/// A response that Lambda has had a part in.
fn traced(response: Response) -> Response {
    let trace = random::uuid().simple().to_string();
    let (time, id) = trace.split_at_checked(8).unwrap_or_default();
    response.header("x-amzn-trace-id", format!("Root=1-{time}-{id}"))
}
