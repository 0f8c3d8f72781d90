//! CloudFront distributions: which requests go to which origin, what of them goes on, and what CloudFront says itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Aws;
use crate::cognito::random;
use crate::glob::glob_matches;
use crate::message::{Headers, Request, Response};

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
    /// Which of the viewer's headers go on.
    #[serde(default)]
    pub origin_request_policy: OriginRequestPolicy,
    /// Headers that are added to responses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_headers_policy: Option<ResponseHeadersPolicy>,
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

/// What becomes of requests over http, as all are that reach a local door.
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
    Headers(Vec<String>),
}

/// Headers that are added to responses.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResponseHeadersPolicy {
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

/// What CloudFront's page says when it does not know the name that it was called by.
pub const BAD_REQUEST: &str = "Bad request.\nWe can't connect to the server for this app or website at this time. \
    There might be too much traffic or a configuration error. Try again later, or contact the app or website owner.";

const METHOD_NOT_ALLOWED: &str = "This distribution is not configured to allow the HTTP request method that was used \
    for this request. The distribution supports only cachable requests.";

const NO_ORIGIN: &str = "CloudFront wasn't able to resolve the origin domain name.";

/// Answers a request.
pub fn answer(distribution: &Distribution, aws: Aws<'_>, request: &Request) -> Response {
    let behavior = distribution
        .cache_behaviors
        .iter()
        .find(|path| glob_matches(&path.path_pattern, &request.path))
        .map_or(&distribution.default_cache_behavior, |path| &path.behavior);
    if let Some(refusal) = refuse(behavior, request) {
        return refusal;
    }
    let mut response = match forward(distribution, behavior, aws, request) {
        Some(response) => response,
        None => return error_page(502, NO_ORIGIN),
    };
    if let Some(custom) = distribution.custom_error_responses.iter().find(|c| c.error_code == response.status) {
        response = Response::with_body(custom.response_code, "text/html", custom.response_page.clone())
            .header("x-cache", "Error from cloudfront");
    }
    decorate(behavior, request, &mut response);
    mark(&mut response);
    response
}

fn refuse(behavior: &CacheBehavior, request: &Request) -> Option<Response> {
    match behavior.viewer_protocol_policy {
        ViewerProtocolPolicy::AllowAll => {}
        ViewerProtocolPolicy::HttpsOnly => return Some(error_page(403, BAD_REQUEST)),
        ViewerProtocolPolicy::RedirectToHttps => {
            let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
            let host = request.headers.get("host").unwrap_or_default();
            let mut response = Response::empty(301)
                .header("location", format!("https://{host}{}{query}", request.path))
                .header("server", "CloudFront")
                .header("x-cache", "Redirect from cloudfront");
            mark(&mut response);
            return Some(response);
        }
    }
    (!behavior.allowed_methods.allow(&request.method)).then(|| error_page(403, METHOD_NOT_ALLOWED))
}

fn forward(distribution: &Distribution, behavior: &CacheBehavior, aws: Aws<'_>, request: &Request) -> Option<Response> {
    let origin = distribution.origins.get(&behavior.target_origin_id)?;
    let authority = aws.authorities.get(&origin.door)?;
    // A request that has come through CloudFront already is going in circles.
    if request.headers.get("x-amz-cf-id").is_some() {
        return Some(error_page(403, BAD_REQUEST));
    }
    let mut forwarded = Request {
        path: format!("{}{}", origin.origin_path.trim_end_matches('/'), request.path),
        headers: forwarded_headers(behavior, request),
        ..request.clone()
    };
    if behavior.origin_request_policy == OriginRequestPolicy::None {
        forwarded.query = None;
    }
    if behavior.origin_request_policy != OriginRequestPolicy::AllViewer {
        forwarded.headers.set("host", authority);
    }
    forwarded.headers.set("via", via());
    forwarded.headers.set("x-amz-cf-id", cf_id());
    Some(aws.answer(&origin.door, &forwarded))
}

fn forwarded_headers(behavior: &CacheBehavior, request: &Request) -> Headers {
    let mut headers = request.headers.clone();
    // Of itself CloudFront passes on what describes the body, and `Authorization` where nothing is ever cached.
    let by_itself = |name: &str| match name {
        "content-type" | "content-length" => true,
        "authorization" => !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS"),
        _ => false,
    };
    match &behavior.origin_request_policy {
        OriginRequestPolicy::AllViewer | OriginRequestPolicy::AllViewerExceptHostHeader => {}
        OriginRequestPolicy::None => headers.retain(by_itself),
        OriginRequestPolicy::Headers(listed) => {
            headers.retain(|name| by_itself(name) || listed.iter().any(|header| header.eq_ignore_ascii_case(name)));
        }
    }
    headers
}

fn decorate(behavior: &CacheBehavior, request: &Request, response: &mut Response) {
    if let Some(policy) = &behavior.response_headers_policy {
        for (name, value) in &policy.headers {
            if policy.origin_override || response.headers.get(name).is_none() {
                response.headers.set(name, value);
            }
        }
    }
    if behavior.viewer_response == Some(ViewerResponseFunction::ReflectOrigin)
        && let Some(origin) = request.origin()
    {
        response.headers.set("access-control-allow-origin", origin);
    }
}

/// Adds what every response has that came through CloudFront.
pub fn mark(response: &mut Response) {
    if response.headers.get("x-cache").is_none() || response.status >= 400 {
        let cache = if response.status >= 400 { "Error from cloudfront" } else { "Miss from cloudfront" };
        response.headers.set("x-cache", cache);
    }
    response.headers.set("via", via());
    response.headers.set("x-amz-cf-pop", "NRT57-P1");
    response.headers.set("x-amz-cf-id", cf_id());
}

/// A page of CloudFront's own.
pub fn error_page(status: u16, reason: &str) -> Response {
    let id = cf_id();
    let page = format!(
        r#"<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN" "http://www.w3.org/TR/html4/loose.dtd">
<HTML><HEAD><META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">
<TITLE>ERROR: The request could not be satisfied</TITLE>
</HEAD><BODY>
<H1>{status} ERROR</H1>
<H2>The request could not be satisfied.</H2>
<HR noshade size="1px">
{reason}
<BR clear="all">
If you provide content to customers through CloudFront, you can find steps to troubleshoot and help prevent this error by reviewing the CloudFront documentation.
<BR clear="all">
<HR noshade size="1px">
<PRE>
Generated by cloudfront (CloudFront)
Request ID: {id}
</PRE>
<ADDRESS>
</ADDRESS>
</BODY></HTML>"#
    );
    let mut response = Response::with_body(status, "text/html", page).header("server", "CloudFront");
    mark(&mut response);
    response.headers.set("x-amz-cf-id", id);
    response
}

fn via() -> String {
    format!("1.1 {}.cloudfront.net (CloudFront)", random::uuid().simple())
}

fn cf_id() -> String {
    format!("{}{}==", random::base32_upper(27), random::base32_upper(27))
}
