//! A reverse proxy of the user's own before an API, as nginx is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Aws;
use crate::message::{Request, Response};

/// A reverse proxy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Proxy {
    /// The door behind it.
    pub target: String,
    /// Whether it sends callers there, in the place of going there itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<Redirect>,
    /// Headers that it adds to what it sends (`add_header`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub add_headers: BTreeMap<String, String>,
    /// The methods that it takes, if not all. At any other it closes the connection (`return 444`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allowed_methods: Option<Vec<String>>,
}

/// How callers are sent on (`return 302 …`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Redirect {
    /// The status.
    pub status: u16,
    /// `user:password` in the location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_info: Option<String>,
}

impl Proxy {
    /// Whether it closes the connection in the place of an answer.
    pub fn closes_on(&self, method: &str) -> bool {
        self.allowed_methods.as_ref().is_some_and(|allowed| !allowed.iter().any(|one| one == method))
    }
}

/// Answers a request.
pub fn answer(proxy: &Proxy, aws: Aws<'_>, request: &Request) -> Response {
    let mut response = match (&proxy.redirect, aws.authorities.get(&proxy.target)) {
        (_, None) => Response::with_body(502, "text/html", "<h1>502 Bad Gateway</h1>"),
        (Some(redirect), Some(authority)) => {
            let user_info = redirect.user_info.as_ref().map(|user_info| format!("{user_info}@")).unwrap_or_default();
            let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
            let location = format!("http://{user_info}{authority}{}{query}", request.path);
            Response::empty(redirect.status).header("location", location)
        }
        (None, Some(_)) => aws.forward(&proxy.target, request),
    };
    for (name, value) in &proxy.add_headers {
        // `add_header` adds: what the API has set stays there.
        response.headers.append(name, value);
    }
    response.headers.set("server", "nginx");
    response
}
