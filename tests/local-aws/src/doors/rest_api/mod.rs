//! REST APIs: resources and methods, OPTIONS among them, and nothing that the API does about CORS by itself.

mod authorize;
mod gateway_response;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::authorize::Caller;
pub use self::authorize::{Authorization, Authorizer};
use self::gateway_response::GatewayError;
pub use self::gateway_response::{GatewayResponse, ResponseType};
use super::throttle::Throttling;
use super::{Aws, cloudfront, gateway_request_id, request_id, strip_base_path};
use crate::cognito::random;
use crate::functions::{Function, InvocationError};
use crate::iam::{Decision, Statement};
use crate::message::{Headers, Request, Response};
use crate::routes::most_specific;

const MAX_PAYLOAD: usize = 10 * 1024 * 1024;

/// A REST API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestApi {
    /// The API's id, as policies name it.
    pub api_id: String,
    /// The stage that is deployed.
    pub stage: String,
    /// Where a custom domain maps to the stage, if the door is one: `""` is its root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_path: Option<String>,
    /// How the API is reached.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// Methods by resource path and HTTP method (or `ANY`).
    pub resources: BTreeMap<String, BTreeMap<String, Method>>,
    /// Authorizers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorizers: BTreeMap<String, Authorizer>,
    /// What is changed in the answers of the API itself.
    #[serde(default)]
    pub gateway_responses: BTreeMap<ResponseType, GatewayResponse>,
    /// Who may call the API at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<Vec<Statement>>,
    /// What the API takes as binary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binary_media_types: Vec<String>,
    /// The API keys that are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_keys: Vec<String>,
    /// Limits, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling: Option<Throttling>,
}

/// How an API is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Endpoint {
    /// Directly.
    #[default]
    Regional,
    /// Through a CloudFront distribution of API Gateway's own.
    Edge,
}

/// A method of a resource.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Method {
    /// Who may call it.
    #[serde(default)]
    pub authorization: Authorization,
    /// Whether an API key is needed.
    #[serde(default)]
    pub api_key_required: bool,
    /// What is behind it.
    pub integration: Integration,
    /// Whether the stage knows of it yet.
    #[serde(default)]
    pub deployment: Deployment,
}

/// Whether a change has reached the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deployment {
    /// It has.
    #[default]
    Deployed,
    /// It is made, and waits for the next deployment.
    Pending,
}

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
    /// A Lambda function.
    AwsProxy {
        /// Its name.
        function: String,
        /// Whose credentials it is invoked with; without, its resource policy decides.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        credentials: Option<Credentials>,
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

const fn ok() -> u16 {
    200
}

/// Answers a request.
pub fn answer(api: &RestApi, aws: Aws<'_>, door: &str, request: &Request) -> Response {
    if !aws.is_own_host(door, request) {
        return match api.endpoint {
            // The API's own distribution does not know the name.
            Endpoint::Edge => cloudfront::error_page(403, cloudfront::BAD_REQUEST),
            Endpoint::Regional => GatewayError::forbidden().render(api).header("x-amzn-requestid", request_id()),
        };
    }
    let mut response = route(api, aws, door, request).unwrap_or_else(|error| error.render(api));
    response.headers.set("x-amzn-requestid", request_id());
    response.headers.set("x-amz-apigw-id", gateway_request_id());
    if api.endpoint == Endpoint::Edge {
        cloudfront::mark(&mut response);
    }
    response
}

fn route(api: &RestApi, aws: Aws<'_>, door: &str, request: &Request) -> Result<Response, GatewayError> {
    let base_path = api.base_path.as_deref().unwrap_or(&api.stage);
    let Some((path, method, path_parameters)) = find_method(api, base_path, request) else {
        return Err(authorize::no_such_method(request));
    };
    if let Some(limits) = api.throttling
        && !aws.buckets.take(door, limits, aws.now)
    {
        return Err(GatewayError::new(ResponseType::Throttled, "Too Many Requests"));
    }
    if request.body.len() > MAX_PAYLOAD {
        return Err(GatewayError::new(ResponseType::RequestTooLarge, "Request Too Long"));
    }
    let resource = aws.execute_api_arn(&api.api_id, &api.stage, &request.method, path);
    let mut caller = authorize::authorize(api, aws, method, &resource, request)?;
    caller.invocation.path_parameters = path_parameters;
    if method.api_key_required
        && !request.headers.get("x-api-key").is_some_and(|key| api.api_keys.iter().any(|known| known == key))
    {
        return Err(GatewayError::forbidden());
    }
    integrate(api, aws, method, &caller, request)
}

fn find_method<'a, 'r>(
    api: &'a RestApi,
    base_path: &str,
    request: &'r Request,
) -> Option<(&'r str, &'a Method, BTreeMap<String, String>)> {
    let path = strip_base_path(&request.path, base_path)?;
    let resources = api.resources.iter().map(|(template, methods)| (template.as_str(), methods));
    let (methods, found) = most_specific(resources, path)?;
    let method = methods.get(&request.method).or_else(|| methods.get("ANY"))?;
    (method.deployment == Deployment::Deployed).then_some((path, method, found.parameters))
}

fn integrate(
    api: &RestApi,
    aws: Aws<'_>,
    method: &Method,
    caller: &Caller,
    request: &Request,
) -> Result<Response, GatewayError> {
    match &method.integration {
        // A mock reads its status from the payload, which it cannot do when every payload is binary.
        Integration::Mock { content_handling: None, .. } if api.binary_media_types.iter().any(|t| t == "*/*") => {
            Err(GatewayError::configuration())
        }
        Integration::Mock { status, headers, .. } => {
            let mut response = Response { status: *status, headers: Headers::from_iter(headers), body: Vec::new() };
            response.headers.set("content-type", "application/json");
            Ok(response)
        }
        Integration::AwsProxy { function, credentials } => {
            let function = invocable(aws, function, *credentials, caller).ok_or_else(GatewayError::configuration)?;
            let response = function.invoke(request, &caller.invocation).map_err(|failure| match failure {
                InvocationError::Unhandled | InvocationError::Malformed => GatewayError::bad_gateway(),
                InvocationError::TimedOut => {
                    GatewayError::new(ResponseType::IntegrationTimeout, "Endpoint request timed out")
                }
            })?;
            let trace = random::uuid().simple().to_string();
            let (time, id) = trace.split_at_checked(8).unwrap_or_default();
            Ok(response.header("x-amzn-trace-id", format!("Root=1-{time}-{id}")))
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
