//! The emulators that people develop against, with what they do differently from the services.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Aws;
use super::http_api::RouteKey;
use crate::functions::Invocation;
use crate::message::{Headers, Request, Response};
use crate::routes::most_specific;

/// `sam local start-api`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SamLocal {
    /// `Cors` (or `CorsConfiguration`) of the template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<TemplateCors>,
    /// The function of each route. Authorizers other than Lambda's are not run.
    pub routes: BTreeMap<RouteKey, String>,
}

/// `Cors` of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TemplateCors {
    /// The value of `Access-Control-Allow-Origin`.
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
    fn apply(&self, headers: &mut Headers) {
        headers.set("access-control-allow-origin", &self.allow_origin);
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
}

/// Answers a request as `sam local` does.
pub fn answer_sam_local(local: &SamLocal, aws: Aws<'_>, request: &Request) -> Response {
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
            cors.apply(&mut response.headers);
            response
        }
        (Some(((_, function), found)), cors) => {
            let invocation = Invocation { path_parameters: found.parameters, ..Invocation::default() };
            match aws.function(function).map(|function| function.invoke(request, &invocation)) {
                Some(Ok(mut response)) => {
                    // A deployed REST API does not do this.
                    if let Some(cors) = cors {
                        cors.apply(&mut response.headers);
                    }
                    response
                }
                Some(Err(_)) | None => Response::json(502, &json!({ "message": "Internal server error" })),
            }
        }
    };
    response.headers.set("server", "Werkzeug/3.1.3 Python/3.12.9");
    response
}

/// LocalStack's gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalStack {
    /// The doors behind `/_aws/execute-api/{apiId}/…`, by API id. Those paths answer CORS as the API does.
    #[serde(default)]
    pub apis: BTreeMap<String, String>,
    /// `EXTRA_CORS_ALLOWED_ORIGINS`: what counts on every other path.
    #[serde(default)]
    pub extra_cors_allowed_origins: Vec<String>,
}

/// Answers a request as LocalStack does.
pub fn answer_localstack(local: &LocalStack, aws: Aws<'_>, request: &Request) -> Response {
    if let Some((door, path)) = execute_api(local, &request.path) {
        let mut forwarded = Request { path, ..request.clone() };
        if let Some(authority) = aws.authorities.get(door) {
            forwarded.headers.set("host", authority);
        }
        return aws.answer(door, &forwarded);
    }
    let mut response = match request.origin() {
        Some(origin) if !local.extra_cors_allowed_origins.iter().any(|allowed| allowed == origin) => {
            return Response::empty(403);
        }
        _ if request.method == "OPTIONS" => Response::empty(204),
        _ if request.path == "/_localstack/health" => {
            Response::json(200, &json!({ "services": { "apigateway": "running" }, "edition": "community" }))
        }
        _ => Response::empty(404),
    };
    if let Some(origin) = request.origin() {
        response.headers.set("access-control-allow-origin", origin);
        response.headers.set("access-control-allow-methods", "HEAD,GET,PUT,POST,DELETE,OPTIONS,PATCH");
        let asked = request.headers.get("access-control-request-headers").unwrap_or("authorization,content-type");
        response.headers.set("access-control-allow-headers", asked);
    }
    response
}

fn execute_api<'a>(local: &'a LocalStack, path: &str) -> Option<(&'a str, String)> {
    let (api_id, path) = path.strip_prefix("/_aws/execute-api/")?.split_once('/')?;
    local.apis.get(api_id).map(|door| (door.as_str(), format!("/{path}")))
}
