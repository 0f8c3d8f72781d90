//! REST APIs: resources and methods, OPTIONS among them, and nothing that the API does about CORS by itself.

mod authorize;
mod gateway_response;
mod integration;
mod validation;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::authorize::{Authorization, Authorizer};
use self::gateway_response::GatewayError;
pub use self::gateway_response::{GatewayResponse, ResponseType};
pub use self::integration::{ContentHandling, Credentials, Integration, PassthroughBehavior};
pub use self::validation::RequestValidator;
use super::throttle::Throttling;
use super::waf::WebAcl;
use super::{Aws, cloudfront, gateway_request_id, refused_by_front_end, request_id, strip_base_path};
use crate::iam::Statement;
use crate::message::{Request, Response};
use crate::routes::most_specific;

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
    /// Whether only custom domains lead to the API.
    #[serde(default)]
    pub disable_execute_api_endpoint: bool,
    /// How the API is reached.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// Methods by resource path and HTTP method (or `ANY`).
    pub resources: Resources,
    /// What the stage still serves, where `resources` has changed since the last deployment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<Resources>,
    /// Authorizers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorizers: BTreeMap<String, Authorizer>,
    /// What is changed in the answers of the API itself.
    #[serde(default)]
    pub gateway_responses: BTreeMap<ResponseType, GatewayResponse>,
    /// Who may call the API at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy: Option<Vec<Statement>>,
    /// What AWS WAF keeps out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_acl: Option<WebAcl>,
    /// What the API takes as binary.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binary_media_types: Vec<String>,
    /// The API keys that are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_keys: Vec<String>,
    /// How many requests the usage plan lets each API key make before its quota is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quota: Option<u32>,
    /// The stage's limits, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling: Option<Throttling>,
    /// The largest payload that is taken, in bytes. It is a configuration only here, to spare tests the ten megabytes.
    #[serde(default = "ten_megabytes")]
    pub payload_limit: usize,
}

/// Methods by resource path and HTTP method (or `ANY`).
pub type Resources = BTreeMap<String, BTreeMap<String, Method>>;

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
    /// What a request must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_validator: Option<RequestValidator>,
    /// What is behind it.
    pub integration: Integration,
    /// The method's own limits, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling: Option<Throttling>,
}

const fn ten_megabytes() -> usize {
    10 * 1024 * 1024
}

/// Answers a request.
pub fn answer(api: &RestApi, aws: Aws<'_>, door: &str, request: &Request) -> Response {
    if !aws.is_own_host(door, request) {
        return match api.endpoint {
            // The API's own distribution does not know the name.
            Endpoint::Edge => cloudfront::error_page(403, cloudfront::BAD_REQUEST),
            Endpoint::Regional => refused_by_front_end(),
        };
    }
    let mut response = if api.disable_execute_api_endpoint {
        refused_by_front_end()
    } else {
        let mut response = route(api, aws, door, request).unwrap_or_else(|error| error.render(api));
        response.headers.set("x-amzn-requestid", request_id());
        response.headers.set("x-amz-apigw-id", gateway_request_id());
        response
    };
    if api.endpoint == Endpoint::Edge {
        cloudfront::mark(&mut response);
    }
    response
}

fn route(api: &RestApi, aws: Aws<'_>, door: &str, request: &Request) -> Result<Response, GatewayError> {
    if api.web_acl.as_ref().is_some_and(|acl| acl.blocks(request)) {
        return Err(GatewayError::new(ResponseType::WafFiltered, "Forbidden"));
    }
    let base_path = api.base_path.as_deref().unwrap_or(&api.stage);
    let Some(found) = find_method(api, base_path, request) else {
        return Err(authorize::no_such_method(request));
    };
    let Found { path, method, .. } = found;
    let method_bucket = format!("{door} {} {path}", request.method);
    for (bucket, limits) in [(door, api.throttling), (&method_bucket, method.throttling)] {
        if limits.is_some_and(|limits| !aws.buckets.take(bucket, limits, aws.now)) {
            return Err(GatewayError::new(ResponseType::Throttled, "Too Many Requests"));
        }
    }
    if request.body.len() > api.payload_limit {
        return Err(GatewayError::new(ResponseType::RequestTooLarge, "Request Too Long"));
    }
    let resource = aws.execute_api_arn(&api.api_id, &api.stage, &request.method, path);
    let mut caller = authorize::authorize(api, aws, method, &resource, request)?;
    caller.invocation.path_parameters = found.path_parameters;
    if method.api_key_required {
        check_api_key(api, aws, door, request)?;
    }
    if let Some(validator) = &method.request_validator {
        validator.check(request)?;
    }
    method.integration.answer(api, aws, &caller, request)
}

fn check_api_key(api: &RestApi, aws: Aws<'_>, door: &str, request: &Request) -> Result<(), GatewayError> {
    let key = request.headers.get("x-api-key").filter(|key| api.api_keys.iter().any(|known| known == key));
    let key = key.ok_or_else(GatewayError::forbidden)?;
    match api.quota {
        // A quota is a bucket that nothing fills again.
        Some(limit)
            if !aws.buckets.take(
                &format!("{door} {key}"),
                Throttling { burst_limit: limit, rate_limit: 0 },
                aws.now,
            ) =>
        {
            Err(GatewayError::new(ResponseType::QuotaExceeded, "Limit Exceeded"))
        }
        _ => Ok(()),
    }
}

/// The method that a request is for.
struct Found<'a, 'r> {
    path: &'r str,
    method: &'a Method,
    path_parameters: BTreeMap<String, String>,
}

fn find_method<'a, 'r>(api: &'a RestApi, base_path: &str, request: &'r Request) -> Option<Found<'a, 'r>> {
    let path = strip_base_path(&request.path, base_path)?;
    let resources = api.deployed.as_ref().unwrap_or(&api.resources);
    let (methods, found) =
        most_specific(resources.iter().map(|(template, methods)| (template.as_str(), methods)), path)?;
    let method = methods.get(&request.method).or_else(|| methods.get("ANY"))?;
    Some(Found { path, method, path_parameters: found.parameters })
}
