//! The cache: what a kept response is found by, and for how long it is kept.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::message::{Request, Response};

/// The default TTL of a cache policy.
const DAY: u32 = 24 * 60 * 60;

/// What a response is found by in the cache. Whatever is in the key goes on to the origin, too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CachePolicy {
    /// Nothing is kept.
    #[default]
    CachingDisabled,
    /// CloudFront's own: the path alone is the key.
    CachingOptimized,
    /// One's own.
    #[serde(rename = "custom")]
    Custom(CustomCachePolicy),
}

/// A cache policy of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomCachePolicy {
    /// The headers in the key.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Which parameters of the query are in the key.
    #[serde(default)]
    pub query_strings: QueryStrings,
    /// How long a response is kept, in seconds.
    #[serde(default = "a_day")]
    pub default_ttl: u32,
}

/// Which parameters of the query are in the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum QueryStrings {
    /// None.
    #[default]
    None,
    /// All.
    All,
}

const fn a_day() -> u32 {
    DAY
}

/// What a response is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CacheKey {
    door: String,
    method: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, Option<String>)>,
}

impl CachePolicy {
    /// The key of a request, if its response can be kept: CloudFront keeps answers to GET and HEAD.
    pub(super) fn key(&self, door: &str, request: &Request) -> Option<CacheKey> {
        if *self == Self::CachingDisabled || !matches!(request.method.as_str(), "GET" | "HEAD") {
            return None;
        }
        let value = |name: &String| (name.to_ascii_lowercase(), request.headers.get(name).map(str::to_owned));
        Some(CacheKey {
            door: door.to_owned(),
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone().filter(|_| self.query_strings() == QueryStrings::All),
            headers: self.headers().iter().map(value).collect(),
        })
    }

    pub(super) fn headers(&self) -> &[String] {
        match self {
            Self::CachingDisabled | Self::CachingOptimized => &[],
            Self::Custom(custom) => &custom.headers,
        }
    }

    pub(super) const fn query_strings(&self) -> QueryStrings {
        match self {
            Self::CachingDisabled | Self::CachingOptimized => QueryStrings::None,
            Self::Custom(custom) => custom.query_strings,
        }
    }

    const fn ttl(&self) -> u32 {
        match self {
            Self::CachingDisabled => 0,
            Self::CachingOptimized => DAY,
            Self::Custom(custom) => custom.default_ttl,
        }
    }
}

/// What the distributions keep.
#[derive(Debug, Default)]
pub struct Caches(Mutex<BTreeMap<CacheKey, Kept>>);

#[derive(Debug)]
struct Kept {
    response: Response,
    since: OffsetDateTime,
    until: OffsetDateTime,
}

impl Caches {
    /// A response that is still fresh, with its `age`.
    pub(super) fn get(&self, key: &CacheKey, now: OffsetDateTime) -> Option<Response> {
        let caches = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = caches.get(key).filter(|kept| now < kept.until)?;
        let age = (now - kept.since).whole_seconds().max(0);
        Some(kept.response.clone().header("age", age.to_string()).header("x-cache", "Hit from cloudfront"))
    }

    /// Keeps a response, if it is a success that does not forbid it.
    pub(super) fn keep(&self, key: CacheKey, policy: &CachePolicy, response: &Response, now: OffsetDateTime) {
        let forbids = response.headers.get("cache-control").is_some_and(|control| {
            ["no-store", "no-cache", "private"].iter().any(|directive| control.contains(directive))
        });
        if response.status != 200 || forbids {
            return;
        }
        let until = now + Duration::seconds(policy.ttl().into());
        let kept = Kept { response: response.clone(), since: now, until };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, kept);
    }

    /// Forgets everything.
    pub fn reset(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
