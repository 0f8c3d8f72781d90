//! What of a request goes on to the origin.

use serde::{Deserialize, Serialize};

use super::cache::CachePolicy;
use crate::message::{Headers, Request};

/// Which of the viewer's headers go on to the origin.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum OriginRequestPolicy {
    /// Hardly any.
    #[default]
    None,
    /// All of them, `Host` included.
    AllViewer,
    /// All but `Host`, which names the origin.
    AllViewerExceptHostHeader,
    /// These.
    Headers(ListedHeaders),
}

/// The headers of a custom origin request policy. CloudFront refuses one that names `Authorization`: it belongs into a
/// cache policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct ListedHeaders(Vec<String>);

impl TryFrom<Vec<String>> for ListedHeaders {
    type Error = &'static str;

    fn try_from(names: Vec<String>) -> Result<Self, Self::Error> {
        if names.iter().any(|name| name.eq_ignore_ascii_case("authorization")) {
            return Err("an origin request policy cannot name the header Authorization; a cache policy can");
        }
        Ok(Self(names))
    }
}

impl From<ListedHeaders> for Vec<String> {
    fn from(ListedHeaders(names): ListedHeaders) -> Self {
        names
    }
}

impl OriginRequestPolicy {
    /// Whether the query goes on, too.
    pub(super) fn forwards_query(&self) -> bool {
        *self != Self::None
    }

    /// The headers that go on.
    pub(super) fn headers(&self, cache: &CachePolicy, request: &Request) -> Headers {
        let mut headers = request.headers.clone();
        // Of itself CloudFront passes on what describes the body, and `Authorization` where nothing is ever kept.
        let by_itself = |name: &str| match name {
            "content-type" | "content-length" => true,
            "authorization" => !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS"),
            _ => false,
        };
        let is_among = |names: &[String], name: &str| names.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        let kept = |name: &str| by_itself(name) || is_among(cache.headers(), name);
        match self {
            Self::AllViewer | Self::AllViewerExceptHostHeader => {}
            Self::None => headers.retain(kept),
            Self::Headers(ListedHeaders(names)) => headers.retain(|name| kept(name) || is_among(names, name)),
        }
        headers
    }
}
