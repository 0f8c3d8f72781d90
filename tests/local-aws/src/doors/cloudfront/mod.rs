//! CloudFront distributions: which requests go to which origin, what of them goes on, and what CloudFront says itself.

mod access_control;
mod cache;
mod forward;
mod page;
mod response_headers;
mod viewer_request;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::access_control::{CLOUDFRONT, SigningBehavior};
pub use self::cache::{CachePolicy, Caches, CustomCachePolicy, QueryStrings};
pub use self::forward::{ListedHeaders, OriginRequestPolicy};
pub use self::page::{BAD_REQUEST, error_page, mark};
pub use self::response_headers::{CustomPolicy, ManagedPolicy, ResponseHeadersPolicy, ViewerResponseFunction};
pub use self::viewer_request::ViewerRequestFunction;
use super::Aws;
use super::waf::WebAcl;
use crate::glob::glob_matches;
use crate::message::{Headers, Request, Response};
use crate::world::Door;

/// A distribution.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Distribution {
    /// Origins by id.
    pub origins: BTreeMap<String, Origin>,
    /// What applies where no other behaviour does.
    pub default_cache_behavior: CacheBehavior,
    /// The other behaviours; the first whose pattern matches applies.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cache_behaviors: Vec<PathBehavior>,
    /// What is sent in the place of an origin's error, whichever behaviour it came through.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_error_responses: Vec<CustomErrorResponse>,
    /// What AWS WAF keeps out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_acl: Option<WebAcl>,
    /// What others ask for all the time, so that their answers are what is in the cache.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub other_viewers: Vec<OtherViewer>,
}

/// An origin: another door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Origin {
    /// The door's name.
    pub door: String,
    /// What is put before the path.
    #[serde(default)]
    pub origin_path: String,
    /// What CloudFront speaks to it.
    #[serde(default)]
    pub origin_protocol_policy: OriginProtocolPolicy,
    /// The origin access control, if there is one: when CloudFront signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin_access_control: Option<SigningBehavior>,
}

/// What CloudFront speaks to an origin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OriginProtocolPolicy {
    /// https.
    #[default]
    HttpsOnly,
    /// http, which neither API Gateway nor a function URL listens to.
    HttpOnly,
}

/// A behaviour with the paths that it is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathBehavior {
    /// Paths, with `*` and `?`.
    pub path_pattern: String,
    /// What applies to them.
    pub behavior: CacheBehavior,
}

/// How requests are handled.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CacheBehavior {
    /// The origin's id.
    pub target_origin_id: String,
    /// The methods that are let through.
    #[serde(default)]
    pub allowed_methods: AllowedMethods,
    /// What becomes of requests over http.
    #[serde(default)]
    pub viewer_protocol_policy: ViewerProtocolPolicy,
    /// What is kept, and what it is found by.
    #[serde(default)]
    pub cache_policy: CachePolicy,
    /// Which of the viewer's headers go on.
    #[serde(default)]
    pub origin_request_policy: OriginRequestPolicy,
    /// Headers that are added to responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_headers_policy: Option<ResponseHeadersPolicy>,
    /// The function that sees requests first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer_request: Option<ViewerRequestFunction>,
    /// The function that sees responses last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub viewer_response: Option<ViewerResponseFunction>,
}

/// The sets of methods that a behaviour can allow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AllowedMethods {
    /// The console's first choice.
    #[default]
    GetHead,
    /// The same and OPTIONS.
    GetHeadOptions,
    /// Also PUT, POST, PATCH and DELETE.
    All,
}

impl AllowedMethods {
    fn allow(self, method: &str) -> bool {
        match method {
            "GET" | "HEAD" => true,
            "OPTIONS" => self != Self::GetHead,
            "PUT" | "POST" | "PATCH" | "DELETE" => self == Self::All,
            _ => false,
        }
    }
}

/// What becomes of requests over http.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ViewerProtocolPolicy {
    /// They are served.
    #[default]
    AllowAll,
    /// They are sent to https.
    RedirectToHttps,
    /// They are refused.
    HttpsOnly,
}

/// What is sent in the place of an error.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomErrorResponse {
    /// The origin's status.
    pub error_code: u16,
    /// The status that is sent.
    pub response_code: u16,
    /// The page that is sent (HTML).
    pub response_page: String,
}

/// A GET that somebody else makes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OtherViewer {
    /// The path.
    pub path: String,
    /// The headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// The https port of a distribution, whose own door is the http port. On this machine it speaks no TLS.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HttpsPort {
    /// The distribution's door.
    pub distribution: String,
}

/// What the viewer speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// http.
    Http,
    /// https.
    Https,
}

/// Answers a request at the https port of a distribution.
pub fn answer_https(port: &HttpsPort, aws: Aws<'_>, request: &Request) -> Response {
    match aws.world.doors.get(&port.distribution) {
        Some(Door::Cloudfront(distribution)) => answer(distribution, aws, &port.distribution, Scheme::Https, request),
        _ => error_page(403, BAD_REQUEST),
    }
}

/// Answers a request.
pub fn answer(distribution: &Distribution, aws: Aws<'_>, door: &str, scheme: Scheme, request: &Request) -> Response {
    if distribution.web_acl.as_ref().is_some_and(|acl| acl.blocks(request)) {
        return error_page(403, page::BLOCKED);
    }
    let behavior = distribution.behavior(&request.path);
    if let Some(refusal) = refuse(behavior, aws, door, scheme, request) {
        return refusal;
    }
    let rewritten = behavior.viewer_request.as_ref().map(|function| function.run(request));
    let request = rewritten.as_ref().unwrap_or(request);
    distribution.let_others_ask(aws, door, behavior, request);
    let mut response = match distribution.fetch(aws, door, behavior, request) {
        Ok(response) => response,
        Err(page) => return page,
    };
    if let Some(custom) = distribution.custom_error_responses.iter().find(|c| c.error_code == response.status) {
        response = Response::with_body(custom.response_code, "text/html", custom.response_page.clone())
            .header("x-cache", "Error from cloudfront");
    }
    if let Some(policy) = &behavior.response_headers_policy {
        policy.apply(request, &mut response);
    }
    if let Some(function) = behavior.viewer_response {
        function.run(request, &mut response);
    }
    mark(&mut response);
    response
}

fn refuse(behavior: &CacheBehavior, aws: Aws<'_>, door: &str, scheme: Scheme, request: &Request) -> Option<Response> {
    match behavior.viewer_protocol_policy {
        ViewerProtocolPolicy::HttpsOnly if scheme == Scheme::Http => return Some(error_page(403, BAD_REQUEST)),
        ViewerProtocolPolicy::RedirectToHttps if scheme == Scheme::Http => {
            return Some(redirect_to_https(aws, door, request));
        }
        _ => {}
    }
    if !behavior.allowed_methods.allow(&request.method) {
        return Some(error_page(403, page::METHOD_NOT_ALLOWED));
    }
    // A GET has no body here.
    (matches!(request.method.as_str(), "GET" | "HEAD") && !request.body.is_empty())
        .then(|| error_page(403, BAD_REQUEST))
}

fn redirect_to_https(aws: Aws<'_>, door: &str, request: &Request) -> Response {
    let https_door = aws.world.doors.iter().find_map(|(name, other)| match other {
        Door::CloudfrontHttps(port) if port.distribution == door => Some(name),
        _ => None,
    });
    let origin = match https_door.and_then(|name| aws.authorities.get(name)) {
        Some(authority) => format!("http://{authority}"),
        None => format!("https://{}", request.headers.get("host").unwrap_or_default()),
    };
    let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let mut response = Response::empty(301)
        .header("location", format!("{origin}{}{query}", request.path))
        .header("server", "CloudFront")
        .header("x-cache", "Redirect from cloudfront");
    mark(&mut response);
    response
}

impl Distribution {
    fn behavior(&self, path: &str) -> &CacheBehavior {
        self.cache_behaviors
            .iter()
            .find(|candidate| glob_matches(&candidate.path_pattern, path))
            .map_or(&self.default_cache_behavior, |found| &found.behavior)
    }

    /// What others have asked for is in the cache before this request comes.
    fn let_others_ask(&self, aws: Aws<'_>, door: &str, behavior: &CacheBehavior, request: &Request) {
        for viewer in self.other_viewers.iter().filter(|viewer| viewer.path == request.path) {
            let theirs = Request {
                method: "GET".to_owned(),
                path: viewer.path.clone(),
                query: None,
                headers: Headers::from_iter(&viewer.headers),
                body: Vec::new(),
            };
            // What becomes of the answer is theirs to see.
            drop(self.fetch(aws, door, behavior, &theirs));
        }
    }

    /// The answer from the cache or from the origin, or the page that says why there is none.
    fn fetch(
        &self,
        aws: Aws<'_>,
        door: &str,
        behavior: &CacheBehavior,
        request: &Request,
    ) -> Result<Response, Response> {
        let key = behavior.cache_policy.key(door, request);
        if let Some(kept) = key.as_ref().and_then(|key| aws.caches.get(key, aws.now)) {
            return Ok(kept);
        }
        let response = self.forward(aws, behavior, request)?;
        if let Some(key) = key {
            aws.caches.keep(key, &behavior.cache_policy, &response, aws.now);
        }
        Ok(response)
    }

    fn forward(&self, aws: Aws<'_>, behavior: &CacheBehavior, request: &Request) -> Result<Response, Response> {
        let origin = self.origins.get(&behavior.target_origin_id);
        let reached = origin.and_then(|origin| Some((origin, aws.authorities.get(&origin.door)?)));
        let Some((origin, authority)) = reached else { return Err(error_page(502, page::UNRESOLVED_ORIGIN)) };
        let speaks_https_only = aws.world.doors.get(&origin.door).is_some_and(Door::speaks_https_only);
        if speaks_https_only && origin.origin_protocol_policy == OriginProtocolPolicy::HttpOnly {
            return Err(error_page(504, page::NO_CONNECTION));
        }
        // A request that has come through CloudFront already is going in circles.
        if request.headers.get("x-amz-cf-id").is_some() {
            return Err(error_page(403, BAD_REQUEST));
        }
        let mut forwarded = Request {
            path: format!("{}{}", origin.origin_path.trim_end_matches('/'), request.path),
            headers: behavior.origin_request_policy.headers(&behavior.cache_policy, request),
            ..request.clone()
        };
        if !behavior.origin_request_policy.forwards_query()
            && behavior.cache_policy.query_strings() == QueryStrings::None
        {
            forwarded.query = None;
        }
        if behavior.origin_request_policy != OriginRequestPolicy::AllViewer {
            forwarded.headers.set("host", authority);
        }
        if let Some(signing) = origin.origin_access_control {
            signing.sign(aws, &mut forwarded);
        }
        forwarded.headers.set("via", page::via());
        forwarded.headers.set("x-amz-cf-id", page::cf_id());
        Ok(aws.answer(&origin.door, &forwarded))
    }
}
