//! Lambda functions: what they answer, and who may invoke them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::message::{Headers, Request, Response};

/// A Lambda function.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Function {
    /// What its code does.
    pub handler: Handler,
    /// CORS headers that the function's own code adds to what it returns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cors_headers: BTreeMap<String, String>,
    /// Origins that the function's code answers with themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cors_origins: Vec<String>,
    /// `multiValueHeaders` of what it returns, which a REST API reads beside `headers`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub multi_value_headers: BTreeMap<String, Vec<String>>,
    /// How long it runs. Nobody really waits for it.
    #[serde(default)]
    pub duration_millis: u32,
    /// The resource policy. What the consoles, SAM and the CDK add by themselves is that API Gateway may invoke it.
    #[serde(default = "api_gateway_may_invoke")]
    pub policy: Vec<Permission>,
}

/// What a function's code does.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Handler {
    /// Returns what it saw of the request, as JSON.
    Echo,
    /// Returns the same proxy response each time.
    Respond(ProxyResponse),
    /// Ends with an unhandled error.
    Throws,
    /// Returns something that is no proxy response.
    Malformed,
}

/// A Lambda proxy response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProxyResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(default)]
    pub body: String,
}

/// A statement of a function's resource policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Permission {
    /// `lambda:InvokeFunction` or `lambda:InvokeFunctionUrl`.
    pub action: String,
    /// A service (`apigateway.amazonaws.com`) or everybody (`*`).
    pub principal: String,
}

/// The principal of API Gateway.
pub const API_GATEWAY: &str = "apigateway.amazonaws.com";

fn api_gateway_may_invoke() -> Vec<Permission> {
    vec![Permission { action: "lambda:InvokeFunction".into(), principal: API_GATEWAY.into() }]
}

/// What a front door tells the function beyond the request itself.
#[derive(Clone, Debug, Default)]
pub struct Invocation {
    /// The caller that IAM authorized.
    pub identity: Option<Value>,
    /// The claims of the token that an authorizer accepted.
    pub claims: Option<Value>,
    /// What the variables of the route matched.
    pub path_parameters: BTreeMap<String, String>,
}

/// Why a function gave no proxy response. Each front door has its own status for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvocationError {
    /// The function ended with an error.
    Unhandled,
    /// The gateway stopped waiting.
    TimedOut,
    /// The function returned something else.
    Malformed,
}

impl Function {
    /// Whether the resource policy lets a principal do an action.
    pub fn allows(&self, action: &str, principal: &str) -> bool {
        self.policy
            .iter()
            .any(|permission| permission.action == action && [principal, "*"].contains(&permission.principal.as_str()))
    }

    /// Runs the function.
    pub fn invoke(&self, request: &Request, invocation: &Invocation) -> Result<Response, InvocationError> {
        let mut response = match &self.handler {
            Handler::Echo => Response::json(200, &echo(request, invocation)),
            Handler::Respond(fixed) => Response {
                status: fixed.status,
                headers: Headers::from_iter(&fixed.headers),
                body: fixed.body.clone().into_bytes(),
            },
            Handler::Throws => return Err(InvocationError::Unhandled),
            Handler::Malformed => return Err(InvocationError::Malformed),
        };
        for (name, value) in &self.cors_headers {
            response.headers.set(name, value);
        }
        if !self.cors_origins.is_empty() {
            response.headers.set("vary", "Origin");
        }
        if let Some(origin) = request.origin().filter(|origin| self.cors_origins.iter().any(|known| known == origin)) {
            response.headers.set("access-control-allow-origin", origin);
        }
        Ok(response)
    }

    /// Runs the function for a gateway that waits so long for it.
    pub fn invoke_within(
        &self,
        timeout_millis: u32,
        request: &Request,
        invocation: &Invocation,
    ) -> Result<Response, InvocationError> {
        if self.duration_millis > timeout_millis {
            return Err(InvocationError::TimedOut);
        }
        self.invoke(request, invocation)
    }

    /// Merges `multiValueHeaders` into the headers of a response: a pair that is in both is there once.
    pub fn add_multi_value_headers(&self, headers: &mut Headers) {
        for (name, values) in &self.multi_value_headers {
            for value in values {
                if !headers.get_all(name).any(|present| present == value) {
                    headers.append(name, value);
                }
            }
        }
    }
}

fn echo(request: &Request, invocation: &Invocation) -> Value {
    let query: Map<String, Value> =
        request.query_pairs().into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    let mut headers = Map::new();
    for (name, value) in request.headers.iter() {
        // What a function sees of a bearer token or a signature is its own secret; the claims are what it needs.
        let value = if matches!(name, "authorization" | "x-amz-security-token") { "(present)" } else { value };
        headers.insert(name.to_owned(), value.into());
    }
    json!({
        "method": request.method,
        "path": request.path,
        "pathParameters": invocation.path_parameters,
        "query": query,
        "headers": headers,
        "body": String::from_utf8_lossy(&request.body),
        "identity": invocation.identity,
        "claims": invocation.claims,
    })
}
