//! A WebSocket API's routes, and who may connect to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::is_upgrade;
use crate::cognito::{TokenUse, random};
use crate::doors::{Aws, gateway_request_id, identity_of, refused_by_front_end, request_id};
use crate::iam::Decision;
use crate::message::{Request, Response};
use crate::sigv4::{self, Service};

/// A WebSocket API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebSocketApi {
    /// The API's id, as policies name it.
    pub api_id: String,
    /// The stage, which is the whole path.
    pub stage: String,
    /// Who may connect.
    #[serde(default)]
    pub authorization: Authorization,
    /// Lambda authorizers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorizers: BTreeMap<String, Authorizer>,
    /// Routes by route key. A message takes the one that its member `action` names (`$request.body.action`), or `$default`.
    #[serde(default)]
    pub routes: BTreeMap<String, Route>,
}

/// Who may connect: the authorization of `$connect`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Authorization {
    /// Everybody.
    #[default]
    #[serde(rename = "NONE")]
    None,
    /// Who signs the handshake and is allowed `execute-api:Invoke` on `$connect`.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// Whom a Lambda authorizer lets through.
    #[serde(rename = "CUSTOM")]
    Custom {
        /// The authorizer's name.
        authorizer: String,
    },
}

/// A Lambda authorizer that lets through who brings an ID token of the user pool in a query parameter: a browser can
/// set no header on a handshake.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Authorizer {
    /// The name of the parameter (`route.request.querystring.…`).
    pub query_parameter: String,
}

/// A route.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Route {
    /// What is behind it.
    pub integration: Integration,
}

/// What is behind a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Integration {
    /// A function whose answer, what it saw of the message, is the route's response.
    Echo,
    /// A function that answers nothing.
    Silent,
    /// A function that ends the connection (`DELETE @connections/…`).
    Disconnect,
}

/// Lets a handshake through, or says why not. `path` is what follows the stage or base path.
pub(super) fn authorize(
    api: &WebSocketApi,
    aws: Aws<'_>,
    door: &str,
    path: Option<&str>,
    request: &Request,
) -> Result<Value, Response> {
    if !aws.is_own_host(door, request) {
        return Err(refused_by_front_end());
    }
    if path != Some("/") {
        return Err(refused(403, "ForbiddenException", "Forbidden"));
    }
    // Unconfirmed: API Gateway's words to a plain GET.
    if !is_upgrade(request) {
        return Err(refused(426, "UpgradeRequiredException", "Upgrade Required"));
    }
    match &api.authorization {
        Authorization::None => Ok(json!({})),
        Authorization::AwsIam => authorize_iam(api, aws, request),
        Authorization::Custom { authorizer } => {
            let Some(authorizer) = api.authorizers.get(authorizer) else {
                return Err(refused(500, "AuthorizerConfigurationException", "Internal server error"));
            };
            authorize_token(authorizer, aws, request)
        }
    }
}

fn authorize_iam(api: &WebSocketApi, aws: Aws<'_>, request: &Request) -> Result<Value, Response> {
    if !sigv4::is_signed(request) {
        return Err(refused(403, "MissingAuthenticationTokenException", "Missing Authentication Token"));
    }
    let caller = aws
        .verify_signature(request, Service::ExecuteApi)
        .map_err(|error| refused(403, error.refusal().exception(), &error.detailed_message()))?;
    let resource = aws.execute_api_arn(&api.api_id, &api.stage, "$connect", "");
    if aws.decide(&caller, "execute-api:Invoke", &resource) == Decision::Allowed {
        return Ok(json!({ "identity": identity_of(&caller) }));
    }
    let message = format!(
        "User: {} is not authorized to perform: execute-api:Invoke on resource: {resource}",
        caller.assumed_role_arn
    );
    Err(refused(403, "AccessDeniedException", &message))
}

fn authorize_token(authorizer: &Authorizer, aws: Aws<'_>, request: &Request) -> Result<Value, Response> {
    // Without its identity source the function is not even asked.
    let token = request
        .query_value(&authorizer.query_parameter)
        .filter(|token| !token.is_empty())
        .ok_or_else(|| refused(401, "UnauthorizedException", "Unauthorized"))?;
    let claims = aws.user_pool.verify(&token).and_then(|claims| claims.of_use(TokenUse::Id)).map_err(|_| {
        let message = "User is not authorized to access this resource with an explicit deny";
        refused(403, "AccessDeniedException", message)
    })?;
    Ok(json!({ "claims": claims.as_map() }))
}

fn refused(status: u16, error_type: &str, message: &str) -> Response {
    let (request_id, connection_id) = (request_id(), connection_id());
    Response::json(status, &json!({ "message": message, "connectionId": connection_id, "requestId": request_id }))
        .header("x-amzn-errortype", error_type)
        .header("x-amzn-requestid", request_id)
        .header("x-amz-apigw-id", gateway_request_id())
}

/// A new connection id.
pub(super) fn connection_id() -> String {
    random::opaque_token().chars().take(15).chain(['=']).collect()
}
