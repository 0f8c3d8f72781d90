//! floci. It answers preflights before it looks for a route, so the authorizer of `$default` never sees one.

use serde::{Deserialize, Serialize};

use crate::doors::Aws;
use crate::message::{Request, Response};
use crate::world::Door;

/// floci's gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Floci {
    /// The door of the HTTP API that is deployed to it.
    pub api: String,
}

/// Answers a request as floci does.
pub fn answer(floci: &Floci, aws: Aws<'_>, request: &Request) -> Response {
    if let Some(Door::HttpApi(api)) = aws.world.doors.get(&floci.api)
        && let Some(cors) = &api.cors_configuration
        && request.is_preflight()
    {
        let mut response = Response::empty(204);
        cors.apply(request, &mut response.headers);
        return response;
    }
    aws.forward(&floci.api, request)
}
