//! LocalStack.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::doors::Aws;
use crate::message::{Request, Response};

/// LocalStack's gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocalStack {
    /// The doors of deployed APIs, by API id. Their paths answer CORS as the API does.
    #[serde(default)]
    pub apis: BTreeMap<String, String>,
    /// `EXTRA_CORS_ALLOWED_ORIGINS`: what counts on every other path.
    #[serde(default)]
    pub extra_cors_allowed_origins: Vec<String>,
}

/// Answers a request as LocalStack does.
pub fn answer(local: &LocalStack, aws: Aws<'_>, request: &Request) -> Response {
    if let Some((door, path)) = execute_api(local, &request.path) {
        return aws.forward(door, &Request { path, ..request.clone() });
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

/// The door behind a path, and the path there: `/_aws/execute-api/{apiId}/{stage}/…`, or the older
/// `/restapis/{apiId}/{stage}/_user_request_/…`.
fn execute_api<'a>(local: &'a LocalStack, path: &str) -> Option<(&'a str, String)> {
    let (api_id, path) = match path.strip_prefix("/restapis/") {
        Some(rest) => {
            let (api_id, rest) = rest.split_once('/')?;
            let (stage, rest) = rest.split_once("/_user_request_")?;
            (api_id, format!("/{stage}{rest}"))
        }
        None => {
            let (api_id, rest) = path.strip_prefix("/_aws/execute-api/")?.split_once('/')?;
            (api_id, format!("/{rest}"))
        }
    };
    local.apis.get(api_id).map(|door| (door.as_str(), path))
}
