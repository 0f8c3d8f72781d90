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
    /// The API (a door) by its base path, of one level or more; `""` is the root, which takes what no other one does.
    #[serde(default)]
    pub mappings: BTreeMap<String, String>,
    /// The door that has the domain's name in DNS, if it is not this one: a distribution that passes `Host` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name_of: Option<String>,
}

impl CustomDomain {
    /// The base path that a request came through, and the API behind it with its door's name.
    pub(super) fn mapping<'a>(&'a self, aws: Aws<'a>, request: &Request) -> Option<(&'a str, &'a str, &'a Door)> {
        // The longest first: a base path sorts before those that begin with it.
        let mut mappings = self.mappings.iter().rev();
        let (base_path, api) = mappings.find(|(base, _)| strip_base_path(&request.path, base).is_some())?;
        Some((base_path, api, aws.world.doors.get(api)?))
    }
}

/// Answers a request.
pub fn answer(domain: &CustomDomain, aws: Aws<'_>, door: &str, request: &Request) -> Response {
    let name = domain.name_of.as_deref().unwrap_or(door);
    // An API answers here as it does at its own name, but below the base path instead of the stage.
    match domain.mapping(aws, request) {
        Some((base_path, _, Door::RestApi(api))) => {
            let base_path = Some(base_path.to_owned());
            let api = RestApi { base_path, disable_execute_api_endpoint: false, ..api.clone() };
            rest_api::answer(&api, aws, name, request)
        }
        Some((base_path, _, Door::HttpApi(api))) => {
            http_api::answer(&HttpApi { base_path: Some(base_path.to_owned()), ..api.clone() }, aws, name, request)
        }
        _ => refused_by_front_end(),
    }
}
