//! What is added to responses on their way to the viewer: response headers policies and CloudFront Functions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::message::{Request, Response};

/// Headers that are added to responses.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ResponseHeadersPolicy {
    /// One of CloudFront's own.
    Managed(ManagedPolicy),
    /// One's own.
    Custom(CustomPolicy),
}

/// The response headers policies about CORS that CloudFront brings. None replaces what the origin has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ManagedPolicy {
    /// `*` for calls without a preflight.
    SimpleCORS,
    /// `*`, and the methods for preflights. It names no headers.
    #[serde(rename = "CORS-With-Preflight")]
    CorsWithPreflight,
}

/// A response headers policy of one's own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomPolicy {
    /// The headers.
    pub headers: BTreeMap<String, String>,
    /// Whether they replace those of the origin.
    #[serde(default)]
    pub origin_override: bool,
}

/// A CloudFront Function on responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ViewerResponseFunction {
    /// Answers every `Origin` with itself.
    ReflectOrigin,
}

impl ResponseHeadersPolicy {
    pub(super) fn apply(&self, request: &Request, response: &mut Response) {
        match self {
            Self::Managed(managed) => {
                for (name, value) in managed.headers() {
                    add(name, value, false, request, response);
                }
            }
            Self::Custom(custom) => {
                for (name, value) in &custom.headers {
                    add(name, value, custom.origin_override, request, response);
                }
            }
        }
    }
}

fn add(name: &str, value: &str, origin_override: bool, request: &Request, response: &mut Response) {
    // CORS headers are for requests that have an Origin; what is about preflights, for OPTIONS.
    let wanted = match name.strip_prefix("access-control-") {
        Some("allow-methods" | "allow-headers" | "max-age") => {
            request.origin().is_some() && request.method == "OPTIONS"
        }
        Some(_) => request.origin().is_some(),
        None => true,
    };
    if wanted && (origin_override || response.headers.get(name).is_none()) {
        response.headers.set(name, value);
    }
}

impl ManagedPolicy {
    const fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::SimpleCORS => &[("access-control-allow-origin", "*")],
            Self::CorsWithPreflight => &[
                ("access-control-allow-origin", "*"),
                ("access-control-allow-methods", "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT"),
                ("access-control-expose-headers", "*"),
            ],
        }
    }
}

impl ViewerResponseFunction {
    pub(super) fn run(self, request: &Request, response: &mut Response) {
        match self {
            Self::ReflectOrigin => {
                if let Some(origin) = request.origin() {
                    response.headers.set("access-control-allow-origin", origin);
                }
            }
        }
    }
}
