//! Custom domain names of API Gateway: which API a path belongs to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::http_api::HttpApi;
use super::rest_api::RestApi;
use super::{Aws, http_api, refused_by_front_end, rest_api, strip_base_path};
use crate::message::{Request, Response};
use crate::world::Door;

/// A custom domain name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomDomain {
    /// The API (a door) by its base path; `""` is the root, which takes what no other one does.
    #[serde(default)]
    pub mappings: BTreeMap<String, String>,
}

/// Answers a request.
pub fn answer(domain: &CustomDomain, aws: Aws<'_>, door: &str, request: &Request) -> Response {
    // The longest first: a base path sorts before those that begin with it.
    let mapping = domain.mappings.iter().rev().find(|(base, _)| strip_base_path(&request.path, base).is_some());
    let mapped = mapping.and_then(|(base_path, api)| Some((base_path.clone(), aws.world.doors.get(api)?)));
    // An API answers here as it does at its own name, but below the base path instead of the stage.
    match mapped {
        Some((base_path, Door::RestApi(api))) => {
            let api = RestApi { base_path: Some(base_path), disable_execute_api_endpoint: false, ..api.clone() };
            rest_api::answer(&api, aws, door, request)
        }
        Some((base_path, Door::HttpApi(api))) => {
            http_api::answer(&HttpApi { base_path: Some(base_path), ..api.clone() }, aws, door, request)
        }
        _ => refused_by_front_end(),
    }
}
