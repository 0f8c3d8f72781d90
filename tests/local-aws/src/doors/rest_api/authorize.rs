//! Who may call a method of a REST API, and what is said to those who may not.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gateway_response::{GatewayError, ResponseType};
use super::{Method, RestApi};
use crate::cognito::{Claims, TokenFault, TokenUse};
use crate::credentials::TemporaryCredentials;
use crate::doors::{Aws, bearer_token, identity_of};
use crate::functions::Invocation;
use crate::iam::Decision;
use crate::message::Request;
use crate::sigv4::{self, Refusal, Service, SignatureError};

const INVOKE: &str = "execute-api:Invoke";

/// Who may call a method.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Authorization {
    /// Everybody.
    #[default]
    #[serde(rename = "NONE")]
    None,
    /// Who signs the request and is allowed `execute-api:Invoke`.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// Who brings a token of the user pool.
    #[serde(rename = "COGNITO_USER_POOLS")]
    CognitoUserPools {
        /// The authorizer's name.
        authorizer: String,
        /// With scopes an access token is wanted, without an ID token.
        #[serde(default)]
        scopes: Vec<String>,
    },
    /// Whom a Lambda authorizer lets through.
    #[serde(rename = "CUSTOM")]
    Custom {
        /// The authorizer's name.
        authorizer: String,
    },
}

/// An authorizer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Authorizer {
    /// Accepts tokens of the user pool with this id.
    CognitoUserPool {
        /// The pool's id.
        user_pool_id: String,
    },
    /// A function that returns a policy.
    Lambda {
        /// The `Authorization` values that it returns an Allow for; it returns a Deny for every other.
        allows: Vec<String>,
    },
}

/// What is known of a caller that was let through.
#[derive(Debug, Default)]
pub(super) struct Caller {
    pub(super) invocation: Invocation,
    pub(super) credentials: Option<TemporaryCredentials>,
}

/// A method that does not exist is answered as if a signature were missing; there is no 404 and no 405.
pub(super) fn no_such_method(request: &Request) -> GatewayError {
    match request.headers.get("authorization") {
        // The bearer token is read as a signature, and is none.
        Some(_) if !sigv4::is_signed(request) => unsigned(request),
        _ => missing_authentication_token(),
    }
}

pub(super) fn authorize(
    api: &RestApi,
    aws: Aws<'_>,
    method: &Method,
    resource: &str,
    request: &Request,
) -> Result<Caller, GatewayError> {
    match &method.authorization {
        Authorization::AwsIam => authorize_iam(api, aws, resource, request),
        other => {
            check_resource_policy(api, aws, resource)?;
            let mut caller = Caller::default();
            match other {
                Authorization::CognitoUserPools { authorizer, scopes } => {
                    let claims = authorize_cognito(api, aws, authorizer, scopes, request)?;
                    caller.invocation.claims = Some(Value::Object(claims.as_map().clone()));
                }
                Authorization::Custom { authorizer } => authorize_lambda(api, authorizer, request)?,
                Authorization::None | Authorization::AwsIam => {}
            }
            Ok(caller)
        }
    }
}

fn authorize_cognito(
    api: &RestApi,
    aws: Aws<'_>,
    authorizer: &str,
    scopes: &[String],
    request: &Request,
) -> Result<Claims, GatewayError> {
    let Some(Authorizer::CognitoUserPool { user_pool_id }) = api.authorizers.get(authorizer) else {
        return Err(GatewayError::new(ResponseType::AuthorizerConfigurationError, "Internal server error"));
    };
    let token = request.headers.get("authorization").map(bearer_token).ok_or_else(GatewayError::unauthorized)?;
    if *user_pool_id != aws.user_pool.id().to_string() {
        return Err(GatewayError::unauthorized());
    }
    let wanted = if scopes.is_empty() { TokenUse::Id } else { TokenUse::Access };
    let claims = aws.user_pool.verify(token).and_then(|claims| claims.of_use(wanted)).map_err(|fault| match fault {
        TokenFault::Expired { .. } => GatewayError::new(ResponseType::Unauthorized, "The incoming token has expired"),
        _ => GatewayError::unauthorized(),
    })?;
    if scopes.is_empty() || claims.scopes().any(|scope| scopes.iter().any(|wanted| wanted == scope)) {
        Ok(claims)
    } else {
        Err(GatewayError::unauthorized())
    }
}

fn authorize_lambda(api: &RestApi, authorizer: &str, request: &Request) -> Result<(), GatewayError> {
    let Some(Authorizer::Lambda { allows }) = api.authorizers.get(authorizer) else {
        return Err(GatewayError::new(ResponseType::AuthorizerConfigurationError, "Internal server error"));
    };
    // Without its identity source the function is not even asked.
    let source = request.headers.get("authorization").ok_or_else(GatewayError::unauthorized)?;
    if allows.iter().any(|allowed| allowed == source) {
        return Ok(());
    }
    let message = "User is not authorized to access this resource with an explicit deny";
    Err(GatewayError::new(ResponseType::AccessDenied, message))
}

fn authorize_iam(api: &RestApi, aws: Aws<'_>, resource: &str, request: &Request) -> Result<Caller, GatewayError> {
    if !sigv4::is_signed(request) {
        return Err(unsigned(request));
    }
    let caller = aws.verify_signature(request, Service::ExecuteApi).map_err(|error| signature_error(&error))?;
    let identity_based = aws.decide(&caller, INVOKE, resource);
    let resource_based = api
        .resource_policy
        .as_ref()
        .map_or(Decision::ImplicitDeny, |policy| aws.decide_by_resource(policy, Some(&caller), INVOKE, resource));
    let of_session = aws.decide_by_session(&caller, INVOKE, resource);
    // Within an account either policy may allow, each may deny, and a session's limits what both allow.
    let reason = match (identity_based, resource_based, of_session) {
        (_, _, Decision::ExplicitDeny) => "with an explicit deny in a session policy",
        (Decision::ExplicitDeny, ..) => "with an explicit deny in an identity-based policy",
        (_, Decision::ExplicitDeny, _) => "with an explicit deny in a resource-based policy",
        (_, _, Decision::ImplicitDeny) => "because no session policy allows the execute-api:Invoke action",
        (Decision::Allowed, ..) | (_, Decision::Allowed, _) => {
            let invocation = Invocation { identity: Some(identity_of(&caller)), ..Invocation::default() };
            return Ok(Caller { invocation, credentials: Some(caller) });
        }
        (Decision::ImplicitDeny, Decision::ImplicitDeny, Decision::Allowed) => {
            "because no identity-based policy allows the execute-api:Invoke action"
        }
    };
    Err(not_authorized(&caller.assumed_role_arn, resource, reason))
}

fn check_resource_policy(api: &RestApi, aws: Aws<'_>, resource: &str) -> Result<(), GatewayError> {
    let Some(policy) = &api.resource_policy else { return Ok(()) };
    let reason = match aws.decide_by_resource(policy, None, INVOKE, resource) {
        Decision::Allowed => return Ok(()),
        Decision::ExplicitDeny => "with an explicit deny in a resource-based policy",
        Decision::ImplicitDeny => "because no resource-based policy allows the execute-api:Invoke action",
    };
    Err(not_authorized("anonymous", resource, reason))
}

fn not_authorized(user: &str, resource: &str, reason: &str) -> GatewayError {
    let resource = masked(resource);
    let message = format!("User: {user} is not authorized to perform: {INVOKE} on resource: {resource} {reason}");
    GatewayError::new(ResponseType::AccessDenied, message)
}

/// The message shows the last four digits of the account only.
fn masked(arn: &str) -> String {
    let mut parts: Vec<String> = arn.splitn(6, ':').map(str::to_owned).collect();
    if let Some(account) = parts.get_mut(4) {
        let digits = account.len().saturating_sub(4);
        *account = format!("{}{}", "*".repeat(digits), account.get(digits..).unwrap_or_default());
    }
    parts.join(":")
}

/// No signature where one is expected.
fn unsigned(request: &Request) -> GatewayError {
    sigv4::check_form(request).err().map_or_else(missing_authentication_token, |error| signature_error(&error))
}

fn signature_error(error: &SignatureError) -> GatewayError {
    let refusal = error.refusal();
    let response_type = match refusal {
        Refusal::MissingAuthenticationToken => return missing_authentication_token(),
        Refusal::IncompleteSignature | Refusal::InvalidSignature => ResponseType::InvalidSignature,
        Refusal::UnrecognizedClient => ResponseType::AccessDenied,
        Refusal::ExpiredToken => ResponseType::ExpiredToken,
    };
    GatewayError::new(response_type, error.detailed_message()).of_type(refusal.exception())
}

fn missing_authentication_token() -> GatewayError {
    GatewayError::new(ResponseType::MissingAuthenticationToken, "Missing Authentication Token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_masked() {
        let arn = "arn:aws:execute-api:ap-northeast-1:123456789012:a1/api/GET/admin:x";
        assert_eq!(masked(arn), "arn:aws:execute-api:ap-northeast-1:********9012:a1/api/GET/admin:x");
    }
}
