//! serverless-offline.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::doors::Aws;
use crate::doors::http_api::RouteKey;
use crate::doors::http_cors::CorsConfiguration;
use crate::functions::Invocation;
use crate::message::{Headers, Request, Response};
use crate::routes::most_specific;

/// serverless-offline.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerlessOffline {
    /// What the functions are called for.
    pub events: BTreeMap<RouteKey, Event>,
    /// `provider.httpApi.cors`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_api_cors: Option<CorsConfiguration>,
}

/// What a function is called for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Event {
    /// A method of a REST API; the function's name.
    Http(String),
    /// A route of an HTTP API; the function's name.
    HttpApi(String),
}

/// Answers a request as serverless-offline does.
pub fn answer(offline: &ServerlessOffline, aws: Aws<'_>, request: &Request) -> Response {
    let is_preflight = request.is_preflight();
    let on_path = offline.events.iter().filter_map(|(key, event)| match key {
        RouteKey::Path { method, path } if is_preflight || *method == request.method || method == "ANY" => {
            Some((path.as_str(), event))
        }
        _ => None,
    });
    let Some((event, found)) = most_specific(on_path, &request.path) else { return not_found(offline, request) };
    match (event, &offline.http_api_cors) {
        (Event::Http(_), _) if is_preflight => {
            let mut response = Response::empty(200);
            reflect(request, &mut response.headers);
            response
        }
        (Event::HttpApi(_), Some(cors)) if is_preflight => {
            let mut response = Response::empty(204);
            cors.apply(request, &mut response.headers);
            response
        }
        (Event::HttpApi(_), None) if is_preflight => not_found(offline, request),
        (Event::Http(function) | Event::HttpApi(function), cors) => {
            let invocation = Invocation { path_parameters: found.parameters, ..Invocation::default() };
            let Some(Ok(mut response)) = aws.function(function).map(|function| function.invoke(request, &invocation))
            else {
                return Response::json(502, &json!({ "message": "Internal server error" }));
            };
            match (event, request.origin()) {
                (Event::Http(_), _) => reflect(request, &mut response.headers),
                // Any origin: the list counts for preflights only.
                (Event::HttpApi(_), Some(origin)) if cors.is_some() => {
                    response.headers.set("access-control-allow-origin", origin);
                }
                (Event::HttpApi(_), _) => {}
            }
            response
        }
    }
}

/// Whatever is asked for is allowed: here CORS cannot fail.
fn reflect(request: &Request, headers: &mut Headers) {
    let Some(origin) = request.origin() else { return };
    headers.set("access-control-allow-origin", origin);
    headers.set("access-control-allow-credentials", "true");
    for (name, asked) in [
        ("access-control-allow-methods", "access-control-request-method"),
        ("access-control-allow-headers", "access-control-request-headers"),
    ] {
        if let Some(value) = request.headers.get(asked) {
            headers.set(name, value);
        }
    }
    if request.is_preflight() {
        headers.set("access-control-max-age", "600");
    }
}

fn not_found(offline: &ServerlessOffline, request: &Request) -> Response {
    let message = json!({
        "statusCode": 404,
        "error": "Serverless-offline: route not found.",
        "currentRoute": format!("{} - {}", request.method.to_ascii_lowercase(), request.path),
        "existingRoutes": offline.events.keys().map(ToString::to_string).collect::<Vec<_>>(),
    });
    Response::json(404, &message)
}
