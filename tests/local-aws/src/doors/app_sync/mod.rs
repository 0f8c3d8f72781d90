//! AppSync: a GraphQL API whose every field says who is asking.

mod query;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use self::query::Operation;
use super::{Aws, bearer_token, request_id};
use crate::cognito::TokenFault;
use crate::credentials::TemporaryCredentials;
use crate::iam::Decision;
use crate::message::{Request, Response};
use crate::sigv4::{self, Service};
use crate::world::World;

/// A GraphQL API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppSync {
    /// The API's id, as policies name it.
    pub api_id: String,
    /// The ways of authentication that it takes, one or more.
    pub authentication: Vec<AuthenticationType>,
    /// The API keys that are accepted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_keys: Vec<String>,
    /// The fields of the types `Query` and `Mutation`, each a string.
    pub fields: Vec<String>,
}

/// A way of authentication.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthenticationType {
    /// A signature and `appsync:GraphQL`.
    AwsIam,
    /// A key in `x-api-key`.
    ApiKey,
    /// A token of the user pool.
    AmazonCognitoUserPools,
}

/// Who is asking.
enum Caller {
    Key,
    User(String),
    Role(TemporaryCredentials),
}

/// Answers a request.
pub fn answer(api: &AppSync, aws: Aws<'_>, request: &Request) -> Response {
    let response = if request.is_preflight() {
        preflight()
    } else if request.path != "/graphql" {
        error(404, "NotFoundException", "Not Found")
    } else if request.method != "POST" {
        error(405, "MethodNotAllowedException", "Method not allowed")
    } else {
        authenticate(api, aws, request).map_or_else(|refusal| refusal, |caller| execute(api, aws, &caller, request))
    };
    // AppSync answers every page, whatever it answers.
    response
        .header("access-control-allow-origin", "*")
        .header(
            "access-control-expose-headers",
            "x-amzn-RequestId,x-amzn-ErrorType,x-amz-user-agent,x-amzn-ErrorMessage,Date,x-amz-schema-version",
        )
        .header("x-amzn-requestid", request_id())
}

fn preflight() -> Response {
    Response::empty(200)
        .header("access-control-allow-methods", "OPTIONS, POST")
        .header("access-control-allow-headers", "authorization, content-type, x-amz-date, x-amz-security-token, x-amz-content-sha256, x-amz-user-agent, x-api-key")
        .header("access-control-max-age", "172800")
}

/// Which way a request takes shows in its headers.
fn authenticate(api: &AppSync, aws: Aws<'_>, request: &Request) -> Result<Caller, Response> {
    let takes = |way| api.authentication.contains(&way);
    let unauthorized = |message: &str| error(401, "UnauthorizedException", message);
    if let Some(key) = request.headers.get("x-api-key") {
        let known = takes(AuthenticationType::ApiKey) && api.api_keys.iter().any(|known| known == key);
        return if known { Ok(Caller::Key) } else { Err(unauthorized("You are not authorized to make this call.")) };
    }
    if takes(AuthenticationType::AwsIam) && sigv4::is_signed(request) {
        return aws
            .verify_signature(request, Service::AppSync)
            .map(Caller::Role)
            .map_err(|fault| error(403, fault.refusal().exception(), &fault.message()));
    }
    let Some(authorization) = request.headers.get("authorization") else {
        return Err(unauthorized("Valid authorization header not provided."));
    };
    if !takes(AuthenticationType::AmazonCognitoUserPools) {
        // The token is read as a signature, and is none.
        let fault = sigv4::check_form(request).err();
        return Err(fault.map_or_else(
            || unauthorized("You are not authorized to make this call."),
            |fault| error(403, fault.refusal().exception(), &fault.message()),
        ));
    }
    let claims = aws.user_pool.verify(bearer_token(authorization)).map_err(|fault| match fault {
        TokenFault::Expired { .. } => unauthorized("Token has expired."),
        TokenFault::Missing | TokenFault::Malformed => unauthorized("Unable to parse JWT token."),
        _ => unauthorized("You are not authorized to make this call."),
    })?;
    let name = claims.text("cognito:username").or_else(|| claims.text("username"));
    Ok(Caller::User(name.unwrap_or_default().to_owned()))
}

fn execute(api: &AppSync, aws: Aws<'_>, caller: &Caller, request: &Request) -> Response {
    let body: Option<Value> = serde_json::from_slice(&request.body).ok();
    let text = body.as_ref().and_then(|body| body.get("query")).and_then(Value::as_str);
    let Some(operation) = text.and_then(Operation::parse) else {
        return error(400, "MalformedHttpRequestException", "Unable to parse GraphQL query.");
    };
    let type_name = operation.type_name;
    if let Some(unknown) = operation.fields.iter().find(|field| !api.fields.contains(field)) {
        let message = format!(
            "Validation error of type FieldUndefined: Field '{unknown}' in type '{type_name}' is undefined @ '{unknown}'"
        );
        return Response::json(200, &json!({ "data": null, "errors": [{ "path": null, "message": message }] }));
    }
    let World { region, account_id, .. } = aws.world;
    let permitted = |field: &String| match caller {
        Caller::Role(caller) => {
            let id = &api.api_id;
            let arn = format!("arn:aws:appsync:{region}:{account_id}:apis/{id}/types/{type_name}/fields/{field}");
            aws.decide(caller, "appsync:GraphQL", &arn) == Decision::Allowed
        }
        Caller::Key | Caller::User(_) => true,
    };
    let (granted, denied): (Vec<&String>, Vec<&String>) = operation.fields.iter().partition(|field| permitted(field));
    if granted.is_empty() {
        return error(401, "UnauthorizedException", "Permission denied");
    }
    let name = match caller {
        Caller::Key => "an API key",
        Caller::User(name) => name,
        Caller::Role(caller) => &caller.assumed_role_arn,
    };
    let mut data: Map<String, Value> = granted.into_iter().map(|field| (field.clone(), json!(name))).collect();
    data.extend(denied.iter().map(|field| ((*field).clone(), Value::Null)));
    let errors = denied.iter().map(|field| {
        let message = format!("Not Authorized to access {field} on type {type_name}");
        json!({ "path": [field], "data": null, "errorType": "Unauthorized", "errorInfo": null, "message": message })
    });
    let answer = if denied.is_empty() {
        json!({ "data": data })
    } else {
        json!({ "data": data, "errors": errors.collect::<Value>() })
    };
    Response::json(200, &answer)
}

fn error(status: u16, error_type: &str, message: &str) -> Response {
    Response::json(status, &json!({ "errors": [{ "errorType": error_type, "message": message }] }))
        .header("x-amzn-errortype", error_type)
}
