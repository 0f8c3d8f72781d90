//! A bucket's CORS configuration, in the JSON that the console takes.

use serde::{Deserialize, Serialize};

use super::error::S3Error;
use super::{Bucket, Target};
use crate::glob::glob_matches;
use crate::message::{Headers, Request, Response};

/// A rule. The first that fits a request is the one that answers it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct CorsRule {
    /// Origins, with at most one `*` each.
    pub allowed_origins: Vec<String>,
    /// Methods. S3 takes no OPTIONS here.
    pub allowed_methods: Vec<CorsMethod>,
    /// Header names, with at most one `*` each.
    #[serde(default)]
    pub allowed_headers: Vec<String>,
    /// Header names.
    #[serde(default)]
    pub expose_headers: Vec<String>,
    /// How long a preflight may be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<u32>,
}

/// A method that a rule can allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[allow(missing_docs, reason = "HTTP's own names")]
pub enum CorsMethod {
    Get,
    Put,
    Head,
    Post,
    Delete,
}

impl CorsMethod {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

impl CorsRule {
    /// What `Access-Control-Allow-Origin` becomes, if the rule fits.
    fn allows(&self, origin: &str, method: &str, mut headers: impl Iterator<Item = String>) -> Option<&str> {
        let pattern = self.allowed_origins.iter().find(|pattern| glob_matches(pattern, origin))?;
        let header_allowed = |name: &String| {
            self.allowed_headers.iter().any(|pattern| glob_matches(&pattern.to_ascii_lowercase(), name))
        };
        (self.allowed_methods.iter().any(|allowed| allowed.name() == method)
            && headers.all(|name| header_allowed(&name)))
        .then_some(pattern)
    }

    fn add_headers(&self, pattern: &str, origin: &str, headers: &mut Headers) {
        if pattern == "*" {
            headers.set("access-control-allow-origin", "*");
        } else {
            headers.set("access-control-allow-origin", origin);
            headers.set("access-control-allow-credentials", "true");
        }
        let methods: Vec<&str> = self.allowed_methods.iter().map(|method| method.name()).collect();
        headers.set("access-control-allow-methods", methods.join(", "));
        if !self.expose_headers.is_empty() {
            headers.set("access-control-expose-headers", self.expose_headers.join(", "));
        }
        if let Some(seconds) = self.max_age_seconds {
            headers.set("access-control-max-age", seconds.to_string());
        }
        headers.set("vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
    }
}

/// Answers a preflight.
pub(super) fn preflight(bucket: &Bucket, target: &Target, request: &Request) -> Result<Response, S3Error> {
    let origin = request.origin().unwrap_or_default();
    let method = request.headers.get("access-control-request-method").unwrap_or_default();
    let asked = || {
        let names = request.headers.get("access-control-request-headers").unwrap_or_default();
        names.split(',').map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty())
    };
    let fitting = bucket.cors_rules.iter().find_map(|rule| Some((rule, rule.allows(origin, method, asked())?)));
    let Some((rule, pattern)) = fitting else {
        let message = if bucket.cors_rules.is_empty() {
            "CORSResponse: CORS is not enabled for this bucket."
        } else {
            "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request \
             method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the \
             resource's CORS spec."
        };
        let resource_type = if *target == Target::Bucket { "BUCKET" } else { "OBJECT" };
        return Err(S3Error::new(403, "AccessForbidden", message)
            .with("Method", method)
            .with("ResourceType", resource_type));
    };
    let mut response = Response::empty(200);
    rule.add_headers(pattern, origin, &mut response.headers);
    let asked: Vec<String> = asked().collect();
    if !asked.is_empty() {
        response.headers.set("access-control-allow-headers", asked.join(", "));
    }
    Ok(response)
}

/// Adds the CORS headers to an answer, if a rule fits.
pub(super) fn apply(bucket: &Bucket, request: &Request, headers: &mut Headers) {
    let Some(origin) = request.origin() else { return };
    let mut rules = bucket.cors_rules.iter();
    let none = std::iter::empty;
    if let Some((rule, pattern)) = rules.find_map(|rule| Some((rule, rule.allows(origin, &request.method, none())?))) {
        rule.add_headers(pattern, origin, headers);
    }
}
