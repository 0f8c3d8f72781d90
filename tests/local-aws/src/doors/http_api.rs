//! HTTP APIs: routes with authorizers, and CORS that the API itself answers.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::http_cors::CorsConfiguration;
use super::throttle::Throttling;
use super::{Aws, bearer_token, gateway_request_id, identity_of, refused_by_front_end, strip_base_path};
use crate::cognito::{Claims, TokenFault};
use crate::functions::{Invocation, InvocationError};
use crate::iam::Decision;
use crate::message::{Request, Response};
use crate::routes::match_path;
use crate::sigv4::Service;

/// As long as an HTTP API waits for an integration.
const TIMEOUT_MILLIS: u32 = 30_000;

/// An HTTP API.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpApi {
    /// The API's id, as policies name it.
    pub api_id: String,
    /// The stage. `$default` is served at the root, any other below its name.
    #[serde(default = "default_stage")]
    pub stage: String,
    /// Where a custom domain maps to the stage, if the door is one: `""` is its root.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_path: Option<String>,
    /// JWT authorizers by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub authorizers: BTreeMap<String, JwtAuthorizer>,
    /// CORS, if the API was told about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<CorsConfiguration>,
    /// Routes by route key.
    pub routes: BTreeMap<RouteKey, Route>,
    /// Limits, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub throttling: Option<Throttling>,
}

/// A JWT authorizer.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JwtAuthorizer {
    /// The `iss` of the tokens.
    pub issuer: String,
    /// One of these must be the token's `aud`, or its `client_id` where it has no `aud`.
    pub audience: Vec<String>,
}

/// A route.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Route {
    /// Who may take it.
    #[serde(default)]
    pub authorization: Authorization,
    /// The function behind it.
    pub function: String,
}

/// Who may take a route.
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
    /// Who brings a token.
    #[serde(rename = "JWT")]
    Jwt {
        /// The authorizer's name.
        authorizer: String,
        /// One of these scopes must be in the token, if there are any.
        #[serde(default)]
        scopes: Vec<String>,
    },
}

/// `$default`, or a method (or `ANY`) and a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum RouteKey {
    /// What no other route takes.
    Default,
    /// A method, or `ANY`, and a path template.
    Path {
        /// The method or `ANY`.
        method: String,
        /// The template.
        path: String,
    },
}

impl TryFrom<String> for RouteKey {
    type Error = String;

    fn try_from(key: String) -> Result<Self, String> {
        match key.split_once(' ') {
            None if key == "$default" => Ok(Self::Default),
            Some((method, path)) if path.starts_with('/') && method.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Ok(Self::Path { method: method.to_owned(), path: path.to_owned() })
            }
            _ => Err(format!("route key {key:?} is neither `$default` nor a method and a path, as in `GET /items`")),
        }
    }
}

impl fmt::Display for RouteKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("$default"),
            Self::Path { method, path } => write!(formatter, "{method} {path}"),
        }
    }
}

impl From<RouteKey> for String {
    fn from(key: RouteKey) -> Self {
        key.to_string()
    }
}

fn default_stage() -> String {
    "$default".to_owned()
}

/// Answers a request.
pub fn answer(api: &HttpApi, aws: Aws<'_>, door: &str, request: &Request) -> Response {
    if !aws.is_own_host(door, request) {
        return refused_by_front_end();
    }
    let mut response = match api.throttling {
        Some(limits) if !aws.buckets.take(door, limits, aws.now) => error(429, "Too Many Requests"),
        _ => route(api, aws, request),
    };
    // The answer to an integration that is too slow is the one that carries no CORS headers.
    if let Some(cors) = &api.cors_configuration
        && response.status != 503
    {
        cors.apply(request, &mut response.headers);
    }
    response.headers.set("apigw-requestid", gateway_request_id());
    response
}

fn route(api: &HttpApi, aws: Aws<'_>, request: &Request) -> Response {
    let base_path = match (&api.base_path, api.stage.as_str()) {
        (Some(base_path), _) => base_path,
        (None, "$default") => "",
        (None, stage) => stage,
    };
    let found = strip_base_path(&request.path, base_path)
        .and_then(|path| Some((path, find_route(api, &request.method, path)?)));
    let automatic_preflight = api.cors_configuration.is_some() && request.is_preflight();
    let Some((path, (route, path_parameters))) = found else {
        return if automatic_preflight { Response::empty(204) } else { error(404, "Not Found") };
    };
    let mut invocation = Invocation { path_parameters, ..Invocation::default() };
    match &route.authorization {
        // A configured API answers preflights itself, unless a route with an authorizer takes OPTIONS.
        Authorization::None if automatic_preflight => return Response::empty(204),
        Authorization::None => {}
        Authorization::Jwt { authorizer, scopes } => match authorize_jwt(api, aws, authorizer, scopes, request) {
            Ok(claims) => invocation.claims = Some(Value::Object(claims.as_map().clone())),
            Err(refusal) => return refusal,
        },
        Authorization::AwsIam => match authorize_iam(api, aws, request, path) {
            Some(identity) => invocation.identity = Some(identity),
            // HTTP APIs do not say what is wrong with a signature or a policy.
            None => return error(403, "Forbidden"),
        },
    }
    // Without the permission the function does not run, and the caller sees no more than that.
    let Some(function) = aws.function_of_gateway(&route.function) else { return error(500, "Internal Server Error") };
    function.invoke_within(TIMEOUT_MILLIS, request, &invocation).unwrap_or_else(|failure| match failure {
        InvocationError::Unhandled | InvocationError::Malformed => error(500, "Internal Server Error"),
        InvocationError::TimedOut => error(503, "Service Unavailable"),
    })
}

/// The route that API Gateway chooses: a full match, then one with `{proxy+}`, then `$default`; of two routes with the
/// same path the one that names the method.
fn find_route<'a>(api: &'a HttpApi, method: &str, path: &str) -> Option<(&'a Route, BTreeMap<String, String>)> {
    let matching = api.routes.iter().filter_map(|(key, route)| match key {
        RouteKey::Path { method: wanted, path: template } if wanted == method || wanted == "ANY" => {
            match_path(template, path).map(|found| (found, wanted == "ANY", route))
        }
        _ => None,
    });
    matching
        .min_by(|(one, any, _), (other, other_any, _)| one.cmp_specificity(other).then(any.cmp(other_any)))
        .map(|(found, _, route)| (route, found.parameters))
        .or_else(|| api.routes.get(&RouteKey::Default).map(|route| (route, BTreeMap::new())))
}

fn authorize_jwt(
    api: &HttpApi,
    aws: Aws<'_>,
    authorizer: &str,
    scopes: &[String],
    request: &Request,
) -> Result<Claims, Response> {
    let Some(authorization) = request.headers.get("authorization") else {
        return Err(error(401, "Unauthorized").header("www-authenticate", "Bearer"));
    };
    let accepted = api.authorizers.get(authorizer).ok_or(TokenFault::Issuer).and_then(|authorizer| {
        let claims = aws.user_pool.verify(bearer_token(authorization))?;
        if claims.text("iss") != Some(&authorizer.issuer) {
            return Err(TokenFault::Issuer);
        }
        claims.for_client(&authorizer.audience)
    });
    let claims = accepted.map_err(|fault| {
        let description = match fault {
            TokenFault::Expired { .. } => "the token has expired",
            TokenFault::Issuer => "the token does not have a valid issuer",
            TokenFault::Audience => "the token does not have a valid audience",
            TokenFault::Signature => "the token signature is invalid",
            TokenFault::Missing | TokenFault::Malformed | TokenFault::Use => "the token is malformed",
        };
        let challenge = format!("Bearer scope=\"\" error=\"invalid_token\" error_description=\"{description}\"");
        error(401, "Unauthorized").header("www-authenticate", challenge)
    })?;
    if scopes.is_empty() || claims.scopes().any(|scope| scopes.iter().any(|wanted| wanted == scope)) {
        return Ok(claims);
    }
    let challenge = format!(
        "Bearer scope=\"{}\" error=\"insufficient_scope\" error_description=\"the token does not have a valid scope\"",
        scopes.join(" ")
    );
    Err(error(403, "Forbidden").header("www-authenticate", challenge))
}

fn authorize_iam(api: &HttpApi, aws: Aws<'_>, request: &Request, path: &str) -> Option<Value> {
    let caller = aws.verify_signature(request, Service::ExecuteApi).ok()?;
    let resource = aws.execute_api_arn(&api.api_id, &api.stage, &request.method, path);
    let decision = aws.decide(&caller, "execute-api:Invoke", &resource);
    (decision == Decision::Allowed).then(|| identity_of(&caller))
}

fn error(status: u16, message: &str) -> Response {
    Response::json(status, &json!({ "message": message }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(route_keys: &[&str], method: &str, path: &str) -> Option<String> {
        let routes = route_keys.iter().map(|key| {
            let route = Route { authorization: Authorization::None, function: (*key).to_owned() };
            (RouteKey::try_from((*key).to_owned()).unwrap(), route)
        });
        let api = HttpApi {
            api_id: "a".into(),
            stage: default_stage(),
            base_path: None,
            authorizers: BTreeMap::new(),
            cors_configuration: None,
            routes: routes.collect(),
            throttling: None,
        };
        find_route(&api, method, path).map(|(route, _)| route.function.clone())
    }

    #[test]
    fn full_match_then_greedy_then_default() {
        let keys = ["GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /{proxy+}", "$default"];
        for (method, path, expected) in [
            ("GET", "/pets/dog/1", "GET /pets/dog/1"),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}"),
            ("GET", "/pets/cat/1", "GET /pets/{proxy+}"),
            ("POST", "/test/5", "ANY /{proxy+}"),
            ("POST", "/", "$default"),
        ] {
            assert_eq!(chosen(&keys, method, path).as_deref(), Some(expected), "{method} {path}");
        }
    }

    #[test]
    fn a_named_method_comes_before_any_on_the_same_path() {
        let keys = ["ANY /items", "OPTIONS /items", "OPTIONS /{proxy+}"];
        assert_eq!(chosen(&keys, "OPTIONS", "/items").as_deref(), Some("OPTIONS /items"));
        assert_eq!(chosen(&keys, "GET", "/items").as_deref(), Some("ANY /items"));
        assert_eq!(chosen(&["ANY /items", "OPTIONS /{proxy+}"], "OPTIONS", "/items").as_deref(), Some("ANY /items"));
    }

    #[test]
    fn options_with_a_greedy_path_outranks_default() {
        let keys = ["$default", "OPTIONS /{proxy+}"];
        assert_eq!(chosen(&keys, "OPTIONS", "/items/1").as_deref(), Some("OPTIONS /{proxy+}"));
        assert_eq!(chosen(&keys, "OPTIONS", "/").as_deref(), Some("$default"));
        assert_eq!(chosen(&["GET /items"], "POST", "/items"), None);
    }

    #[test]
    fn a_route_key_without_a_method_is_refused() {
        for key in ["/items", "get /items", "GET items", ""] {
            assert!(RouteKey::try_from(key.to_owned()).is_err(), "{key}");
        }
    }
}
