//! `sam local start-api`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::doors::http_api::RouteKey;
use crate::doors::{Aws, bearer_token};
use crate::functions::Invocation;
use crate::message::{Headers, Request, Response};
use crate::routes::most_specific;

/// `sam local start-api`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SamLocal {
    /// What the template declares.
    #[serde(default)]
    pub api: ApiType,
    /// `Cors` (or `CorsConfiguration`) of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<TemplateCors>,
    /// The default authorizer, if it is Lambda's. No other is run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lambda_authorizer: Option<TokenVerifier>,
    /// The function of each route.
    pub routes: BTreeMap<RouteKey, String>,
}

/// The type of the API that a template declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApiType {
    /// `AWS::Serverless::Api`.
    #[default]
    #[serde(rename = "AWS::Serverless::Api")]
    Rest,
    /// `AWS::Serverless::HttpApi`.
    #[serde(rename = "AWS::Serverless::HttpApi")]
    Http,
}

/// A Lambda authorizer that verifies tokens of the user pool.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenVerifier {
    /// The app clients whose tokens it takes; its environment variables name them.
    pub client_ids: Vec<String>,
}

impl TokenVerifier {
    /// What `sam local` says to a request that does not get through.
    fn refuse(&self, aws: Aws<'_>, request: &Request) -> Option<Response> {
        let Some(authorization) = request.headers.get("authorization") else {
            return Some(Response::json(401, &json!({ "message": "Unauthorized" })));
        };
        let verified = aws.user_pool.verify(bearer_token(authorization)).and_then(|c| c.for_client(&self.client_ids));
        let message = json!({ "message": "User is not authorized to access this resource" });
        verified.is_err().then(|| Response::json(403, &message))
    }
}

/// `Cors` of a template, or `CorsConfiguration`, whose lists become strings with commas.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateCors {
    /// The value of `Access-Control-Allow-Origin`, or the origins to choose from.
    pub allow_origin: String,
    /// The value of `Access-Control-Allow-Methods`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_methods: Option<String>,
    /// The value of `Access-Control-Allow-Headers`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_headers: Option<String>,
    /// The value of `Access-Control-Allow-Credentials`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_credentials: Option<String>,
}

impl TemplateCors {
    fn apply(&self, api: ApiType, request: &Request, headers: &mut Headers) {
        let Some(origin) = self.origin_for(api, request) else { return };
        headers.set("access-control-allow-origin", origin);
        for (name, value) in [
            ("access-control-allow-methods", &self.allow_methods),
            ("access-control-allow-headers", &self.allow_headers),
            ("access-control-allow-credentials", &self.allow_credentials),
        ] {
            if let Some(value) = value {
                headers.set(name, value);
            }
        }
    }

    /// A REST API's value is static, an HTTP API's depends on who asks.
    fn origin_for<'a>(&'a self, api: ApiType, request: &'a Request) -> Option<&'a str> {
        match api {
            ApiType::Rest => Some(&self.allow_origin),
            ApiType::Http => {
                let asking = request.origin()?;
                self.allow_origin.split(',').map(str::trim).find(|allowed| *allowed == "*" || *allowed == asking)
            }
        }
    }
}

/// Answers a request as `sam local` does.
pub fn answer(local: &SamLocal, aws: Aws<'_>, request: &Request) -> Response {
    let on_path = local.routes.iter().filter_map(|(key, function)| match key {
        RouteKey::Path { method, path } => Some((path.as_str(), (method.as_str(), function))),
        RouteKey::Default => None,
    });
    let methods = on_path.filter(|(_, (method, _))| {
        // With CORS in the template every route takes OPTIONS as well.
        *method == "ANY" || *method == request.method || (request.method == "OPTIONS" && local.cors.is_some())
    });
    let mut response = match (most_specific(methods, &request.path), &local.cors) {
        // The same for a REST and an HTTP API: the router knows no such method.
        (None, _) => Response::json(403, &json!({ "message": "Missing Authentication Token" })),
        (Some(_), Some(cors)) if request.method == "OPTIONS" => {
            let mut response = Response::empty(200);
            cors.apply(local.api, request, &mut response.headers);
            response
        }
        (Some(((_, function), found)), _) => {
            match local.lambda_authorizer.as_ref().and_then(|a| a.refuse(aws, request)) {
                // Nothing adds CORS headers to it, nor does `sam local` read gateway responses.
                Some(refusal) => refusal,
                None => {
                    let invocation = Invocation { path_parameters: found.parameters, ..Invocation::default() };
                    invoke(local, aws, function, request, &invocation)
                }
            }
        }
    };
    response.headers.set("server", "Werkzeug/3.1.3 Python/3.12.9");
    response
}

fn invoke(local: &SamLocal, aws: Aws<'_>, function: &str, request: &Request, invocation: &Invocation) -> Response {
    let Some(Ok(mut response)) = aws.function(function).map(|function| function.invoke(request, invocation)) else {
        return Response::json(502, &json!({ "message": "Internal server error" }));
    };
    // A deployed REST API does not do this.
    if let Some(cors) = &local.cors {
        cors.apply(local.api, request, &mut response.headers);
    }
    response
}
