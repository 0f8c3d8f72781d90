//! The request's side: methods, safelisted headers, and whether a preflight is needed.

use super::engine::Engine;
use super::list::members;
use super::url::{Origin, Url};
use crate::text::{before, cut, number};

/// Fetch's credentials mode. A script-set `Authorization` header is not credentials in this sense.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Credentials {
    /// Never cookies.
    Omit,
    /// Cookies for the page's own origin only.
    #[default]
    SameOrigin,
    /// Cookies always; then `*` is void and `Access-Control-Allow-Credentials` must be `true`.
    Include,
}

impl Credentials {
    /// From Fetch's name; anything else is the default.
    pub fn parse(name: &str) -> Self {
        match name {
            "omit" => Self::Omit,
            "include" => Self::Include,
            _ => Self::SameOrigin,
        }
    }

    /// Fetch's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Omit => "omit",
            Self::SameOrigin => "same-origin",
            Self::Include => "include",
        }
    }
}

/// Fetch's request mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// The CORS protocol.
    #[default]
    Cors,
    /// Opaque answers, safelisted requests.
    NoCors,
    /// The page's own origin only.
    SameOrigin,
    /// Not for scripts; treated as `cors`.
    Navigate,
}

impl Mode {
    /// From Fetch's name; anything else is the default.
    pub fn parse(name: &str) -> Self {
        match name {
            "no-cors" => Self::NoCors,
            "same-origin" => Self::SameOrigin,
            "navigate" => Self::Navigate,
            _ => Self::Cors,
        }
    }
}

/// Fetch's redirect mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redirect {
    /// Redirects are followed.
    #[default]
    Follow,
    /// A redirect is a network error.
    Error,
    /// A redirect gives an opaque answer.
    Manual,
}

impl Redirect {
    /// From Fetch's name; anything else is the default.
    pub fn parse(name: &str) -> Self {
        match name {
            "error" => Self::Error,
            "manual" => Self::Manual,
            _ => Self::Follow,
        }
    }
}

/// Header names and values in order, duplicates kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderList(pub Vec<(String, String)>);

impl HeaderList {
    /// "get" a header: all its values joined by a comma and a space, or nothing.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut values =
            self.0.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii());
        let mut joined = values.next()?.to_owned();
        for value in values {
            joined.push_str(", ");
            joined.push_str(value);
        }
        Some(joined)
    }

    /// Whether the header is there.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n.eq_ignore_ascii_case(name))
    }

    /// The names, lower-case, sorted, each once.
    pub fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (name, _) in &self.0 {
            insert_sorted(&mut names, name.to_ascii_lowercase());
        }
        names
    }

    /// The lines of one name that have a value.
    pub(super) fn filled(&self, name: &str) -> Self {
        let filled = |(n, value): &&(String, String)| n.eq_ignore_ascii_case(name) && !value.trim_ascii().is_empty();
        Self(self.0.iter().filter(filled).cloned().collect())
    }

    /// The same list without some names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = |name: &str| !names.iter().any(|unwanted| unwanted.eq_ignore_ascii_case(name));
        Self(self.0.iter().filter(|(name, _)| kept(name)).cloned().collect())
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for HeaderList {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// Lists of header names are short; a sorting algorithm would weigh more than all of them.
fn insert_sorted(names: &mut Vec<String>, name: String) {
    if let Err(at) = names.binary_search(&name) {
        names.insert(at, name);
    }
}

/// A request as the page made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The page's origin.
    pub origin: Origin,
    /// An absolute URL.
    pub url: String,
    /// As given to `fetch`.
    pub method: String,
    /// The headers that the script set.
    pub headers: HeaderList,
    /// The credentials mode.
    pub credentials: Credentials,
    /// The request mode.
    pub mode: Mode,
    /// The redirect mode.
    pub redirect: Redirect,
}

impl Request {
    /// Whether the request must be preceded by a preflight when it goes to another origin ("HTTP fetch", step 3.1).
    pub fn needs_preflight(&self, engine: Engine) -> bool {
        !is_safelisted_method(&normalize_method(&self.method)) || !unsafe_header_names(&self.headers, engine).is_empty()
    }
}

/// "normalize a method": six methods are upper-cased, nothing else is; `patch` stays `patch`.
pub fn normalize_method(method: &str) -> String {
    const NORMALIZED: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    NORMALIZED.iter().find(|name| name.eq_ignore_ascii_case(method)).map_or(method, |name| name).to_owned()
}

/// "CORS-safelisted method".
pub(super) fn is_safelisted_method(method: &str) -> bool {
    matches!(method, "GET" | "HEAD" | "POST")
}

/// "CORS-unsafe request-header names": what `Access-Control-Request-Headers` will list.
pub fn unsafe_header_names(headers: &HeaderList, engine: Engine) -> Vec<String> {
    let mut unsafe_names = Vec::new();
    let mut potentially_unsafe = Vec::new();
    let mut safelist_value_size = 0_usize;
    for name in headers.names() {
        // browsers combine duplicates before they look
        let value = headers.get(&name).unwrap_or_default();
        if is_forbidden(&name, &value) {
            continue; // dropped by the Headers object, never sent
        }
        if is_safelisted(&name, &value, engine) {
            safelist_value_size = safelist_value_size.saturating_add(value.len());
            potentially_unsafe.push(name);
        } else {
            unsafe_names.push(name);
        }
    }
    // step 4: more than 1024 bytes of safelisted values make all of them unsafe
    if safelist_value_size > 1024 {
        for name in potentially_unsafe {
            insert_sorted(&mut unsafe_names, name);
        }
    }
    unsafe_names
}

/// "CORS-safelisted request-header".
fn is_safelisted(name: &str, value: &str, engine: Engine) -> bool {
    // step 1
    if value.len() > 128 {
        return false;
    }
    match name {
        "accept" => !value.bytes().any(is_unsafe_byte),
        "accept-language" | "content-language" => value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')),
        "content-type" => !value.bytes().any(is_unsafe_byte) && has_safelisted_essence(value),
        "range" => is_simple_range(value),
        _ => engine.is_extra_safelisted(name, value),
    }
}

/// "CORS-unsafe request-header byte".
fn is_unsafe_byte(b: u8) -> bool {
    let mark = matches!(b, b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}');
    (b < 0x20 && b != b'\t') || b == 0x7f || mark
}

fn has_safelisted_essence(value: &str) -> bool {
    let essence = before(value, |b| b == b';').trim_ascii().to_ascii_lowercase();
    matches!(essence.as_str(), "application/x-www-form-urlencoded" | "multipart/form-data" | "text/plain")
}

/// "simple range header value": one range, and it has a start.
fn is_simple_range(value: &str) -> bool {
    let Some((start, end)) = value.strip_prefix("bytes=").and_then(|range| cut(range, |b| b == b'-')) else {
        return false;
    };
    // browsers count in 64 bits with a sign
    let position = |text: &str| number(text).filter(|position| *position < i64::MAX.unsigned_abs());
    position(start).is_some_and(|start| end.is_empty() || position(end).is_some_and(|end| start <= end))
}

impl Request {
    /// Whether the URL is on another origin than the page.
    pub fn crosses_origins(&self) -> bool {
        Url::parse(&self.url).is_some_and(|url| url.origin() != self.origin)
    }

    /// The headers of the script that leave the page: browsers keep the forbidden ones for themselves.
    pub fn sent_headers(&self) -> HeaderList {
        let leaves = |(name, value): &&(String, String)| !is_forbidden(&name.to_ascii_lowercase(), value);
        HeaderList(self.headers.0.iter().filter(leaves).cloned().collect())
    }
}

/// "forbidden request-header".
fn is_forbidden(name: &str, value: &str) -> bool {
    // a page hands over what its own `Headers` kept: these are gone already
    if cfg!(not(feature = "exchange")) {
        return false;
    }
    const FORBIDDEN: [&str; 20] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    // step 3: methods that no script may send, by another name
    let overrides = matches!(name, "x-http-method" | "x-http-method-override" | "x-method-override");
    let forbidden_method = |method: &str| {
        let method = method.trim_ascii();
        ["connect", "trace", "track"].iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method))
    };
    FORBIDDEN.contains(&name)
        || name == "via"
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
        || (overrides && members(value).any(forbidden_method))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unsafe_of(pairs: &[(&str, &str)]) -> Vec<String> {
        unsafe_header_names(&pairs.iter().copied().collect(), Engine::Chromium)
    }

    #[test]
    fn names_are_sorted_lower_case_and_once() {
        let names = unsafe_of(&[("X-B", "1"), ("Authorization", "t"), ("x-b", "2"), ("Accept", "*/*")]);
        assert_eq!(names, ["authorization", "x-b"]);
    }

    #[test]
    fn values_decide_about_safelisted_names() {
        assert!(unsafe_of(&[("content-type", "text/plain;charset=utf-8")]).is_empty());
        assert_eq!(unsafe_of(&[("content-type", "application/json")]), ["content-type"]);
        assert_eq!(unsafe_of(&[("accept", "a(b)")]), ["accept"]);
        assert_eq!(unsafe_of(&[("accept-language", "ja_JP")]), ["accept-language"]);
        assert!(unsafe_of(&[("range", "bytes=0-"), ("accept-language", "ja, en;q=0.5")]).is_empty());
        assert_eq!(unsafe_of(&[("range", "bytes=-500")]), ["range"]);
        assert_eq!(unsafe_of(&[("range", "bytes=9-1")]), ["range"]);
    }

    #[test]
    fn long_values_are_unsafe_alone_and_together() {
        let (long, limit) = ("a".repeat(129), "a".repeat(128));
        assert_eq!(unsafe_of(&[("accept", &long)]), ["accept"]);
        assert!(unsafe_of(&[("accept", &limit)]).is_empty());
        let dpr = "1".repeat(128);
        let names =
            ["accept", "content-language", "device-memory", "downlink", "dpr", "rtt", "viewport-width", "width"];
        let mut pairs: Vec<(&str, &str)> = names.iter().map(|name| (*name, dpr.as_str())).collect();
        assert!(unsafe_of(&pairs).is_empty());
        pairs.push(("accept-language", "a"));
        assert_eq!(unsafe_of(&pairs).len(), 9);
    }

    #[test]
    fn forbidden_names_never_leave() {
        assert!(unsafe_of(&[("x-http-method-override", "PUT, Trace"), ("X-Method-Override", "CONNECT")]).is_empty());
        assert_eq!(unsafe_of(&[("x-http-method", "\"TRACE\"")]), ["x-http-method"]);
        assert!(unsafe_of(&[("Host", "x"), ("Date", "y"), ("Sec-Fetch-Mode", "z"), ("Proxy-Foo", "w")]).is_empty());
    }

    #[test]
    fn patch_is_not_normalised() {
        assert_eq!(normalize_method("put"), "PUT");
        assert_eq!(normalize_method("patch"), "patch");
    }

    #[test]
    fn engines_differ_about_client_hints() {
        let headers: HeaderList =
            [("save-data", "On"), ("dpr", "2.5"), ("rtt", "50"), ("ect", "4g")].into_iter().collect();
        assert!(unsafe_header_names(&headers, Engine::Chromium).is_empty());
        assert_eq!(unsafe_header_names(&headers, Engine::Firefox), ["dpr", "ect", "rtt", "save-data"]);
        assert_eq!(unsafe_of(&[("dpr", "2."), ("ect", "5g"), ("rtt", "1.5"), ("save-data", "off")]).len(), 4);
    }
}
