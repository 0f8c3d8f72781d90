//! serverless-offline. Every response gets CORS headers, errors included: here CORS hardly fails.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::doors::Aws;
use crate::doors::http_api::RouteKey;
use crate::functions::Invocation;
use crate::message::{Request, Response};
use crate::routes::most_specific;

/// serverless-offline.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServerlessOffline {
    /// The function of each event `http` or `httpApi`.
    pub events: BTreeMap<RouteKey, String>,
    /// `provider.httpApi.cors`, which counts for both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_api_cors: Option<HttpApiCors>,
}

/// `provider.httpApi.cors`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpApiCors {
    /// Origins, or `*` alone.
    pub allowed_origins: Vec<String>,
    /// Methods.
    #[serde(default)]
    pub allowed_methods: Vec<String>,
    /// Header names.
    #[serde(default)]
    pub allowed_headers: Vec<String>,
}

/// Answers a request as serverless-offline does.
pub fn answer(offline: &ServerlessOffline, aws: Aws<'_>, request: &Request) -> Response {
    let mut response = route(offline, aws, request);
    if let Some(origin) = request.origin() {
        match &offline.http_api_cors {
            Some(cors) => cors.apply(origin, request, &mut response),
            None => reflect(origin, request, &mut response),
        }
    }
    response
}

fn route(offline: &ServerlessOffline, aws: Aws<'_>, request: &Request) -> Response {
    let on_path = offline.events.iter().filter_map(|(key, function)| match key {
        RouteKey::Path { method, path } if *method == request.method || method == "ANY" => {
            Some((path.as_str(), function))
        }
        _ => None,
    });
    let Some((function, found)) = most_specific(on_path, &request.path) else {
        let message = json!({
            "statusCode": 404,
            "error": "Serverless-offline: route not found.",
            "currentRoute": format!("{} - {}", request.method.to_ascii_lowercase(), request.path),
            "existingRoutes": offline.events.keys().map(ToString::to_string).collect::<Vec<_>>(),
        });
        return Response::json(404, &message);
    };
    let invocation = Invocation { path_parameters: found.parameters, ..Invocation::default() };
    let answered = aws.function(function).and_then(|function| function.invoke(request, &invocation).ok());
    answered.unwrap_or_else(|| Response::json(502, &json!({ "message": "Internal server error" })))
}

impl HttpApiCors {
    /// The list of origins counts for OPTIONS only, of which any is a preflight.
    fn apply(&self, origin: &str, request: &Request, response: &mut Response) {
        if request.method == "OPTIONS" {
            response.status = 204;
            response.body.clear();
            if self.allowed_origins != ["*"] && !self.allowed_origins.iter().any(|allowed| allowed == origin) {
                return;
            }
        }
        response.headers.set("access-control-allow-origin", origin);
        response.headers.set("access-control-allow-methods", self.allowed_methods.join(","));
        response.headers.set("access-control-allow-headers", self.allowed_headers.join(","));
    }
}

/// Whatever is asked for is allowed, at paths without a route, too. What the function has set stays.
fn reflect(origin: &str, request: &Request, response: &mut Response) {
    let asked = |name: &str| request.headers.get(name).map(str::to_owned);
    let mut added = vec![
        ("access-control-allow-origin", Some(origin.to_owned())),
        ("access-control-allow-credentials", Some("true".to_owned())),
    ];
    if request.method == "OPTIONS" {
        response.status = 200;
        added.extend([
            ("access-control-allow-methods", asked("access-control-request-method")),
            ("access-control-allow-headers", asked("access-control-request-headers")),
            ("access-control-max-age", Some("600".to_owned())),
        ]);
    }
    for (name, value) in added {
        if let (Some(value), None) = (value, response.headers.get(name)) {
            response.headers.set(name, value);
        }
    }
}
