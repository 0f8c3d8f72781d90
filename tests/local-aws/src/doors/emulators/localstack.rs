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
    /// `EXTRA_CORS_ALLOWED_ORIGINS`: what counts on every other path, beside LocalStack's own origins.
    #[serde(default)]
    pub extra_cors_allowed_origins: Vec<String>,
    /// `EXTRA_CORS_ALLOWED_HEADERS`, beside those that AWS's SDKs send.
    #[serde(default)]
    pub extra_cors_allowed_headers: Vec<String>,
}

/// What `Access-Control-Allow-Headers` always holds. Those of API keys and of apps are not among them.
const ALLOWED_HEADERS: &str = "amz-sdk-invocation-id,amz-sdk-request,authorization,cache-control,content-length,\
    content-md5,content-type,etag,location,x-amz-acl,x-amz-content-sha256,x-amz-date,x-amz-log-type,x-amz-request-id,\
    x-amz-security-token,x-amz-tagging,x-amz-target,x-amz-user-agent,x-amz-version-id,x-amzn-requestid,\
    x-localstack-target";

/// The origins that need not be listed, whatever the port.
const OWN_ORIGINS: [&str; 5] = [
    "https://app.localstack.cloud",
    "http://app.localstack.cloud",
    "https://localhost",
    "https://localhost.localstack.cloud",
    "file://",
];

/// Answers a request as LocalStack does.
pub fn answer(local: &LocalStack, aws: Aws<'_>, request: &Request) -> Response {
    if let Some((door, path)) = execute_api(local, &request.path) {
        return aws.forward(door, &Request { path, ..request.clone() });
    }
    let mut response = match request.origin() {
        Some(origin) if !local.allows(origin, request.headers.get("host").unwrap_or_default()) => {
            return Response::empty(403);
        }
        _ if request.method == "OPTIONS" => Response::empty(204),
        _ if request.path == "/_localstack/health" => {
            Response::json(200, &json!({ "services": { "apigateway": "running" }, "edition": "community" }))
        }
        _ => Response::empty(404),
    };
    if let Some(origin) = request.origin() {
        let extra = local.extra_cors_allowed_headers.iter().map(String::as_str);
        let allowed_headers: Vec<&str> = std::iter::once(ALLOWED_HEADERS).chain(extra).collect();
        for (name, value) in [
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-methods", "HEAD,GET,PUT,POST,DELETE,OPTIONS,PATCH"),
            // What is asked for plays no part.
            ("access-control-allow-headers", &allowed_headers.join(",")),
            ("vary", "Origin"),
        ] {
            response.headers.set(name, value);
        }
    }
    response
}

impl LocalStack {
    /// `host` is LocalStack's own; pages that it serves itself are at its port.
    fn allows(&self, origin: &str, host: &str) -> bool {
        let port = host.rsplit(':').next().unwrap_or_default();
        let at_own_port = ["localhost", "localhost.localstack.cloud"]
            .iter()
            .any(|name| ["http", "https"].iter().any(|scheme| origin == format!("{scheme}://{name}:{port}")));
        at_own_port
            || OWN_ORIGINS.contains(&origin)
            || self.extra_cors_allowed_origins.iter().any(|allowed| allowed == origin || allowed == "*")
    }
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
