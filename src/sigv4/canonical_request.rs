//! The canonical request: what client and server must both write to the same byte.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use super::encode::{push_encoded, push_path_again, push_path_once, push_query_component};
use super::{Request, Settings};
use crate::error::{Error, ErrorCode};
use crate::text::{cut, joined, parts};
use std::borrow::Cow;

/// How often the path of the canonical request is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathEncoding {
    /// Once, after it was decoded: S3.
    Single,
    /// Once more on top of what is sent: every other service.
    Double,
}

/// What is done about dot segments and empty segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathNormalization {
    /// They are resolved (RFC 3986, 5.2.4, and repeated slashes merged).
    Normalized,
    /// They stay: S3.
    Verbatim,
}

/// Which of a request's headers are signed, beside `host` and those that signing adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderSelection {
    /// `content-type` and `x-amz-*`: what SigV4 demands, and what neither a browser nor a CDN changes. CloudFront rewrites
    /// `user-agent`, `accept-encoding` and more, and an unsigned header never breaks a signature.
    Durable,
    /// All but those that browsers forbid, or that proxies set or change.
    All,
}

/// What browsers forbid a script to set (Fetch, forbidden request-header), and what browsers' caches, proxies and CDNs set, change or take away.
/// `content-length` is not among them: whoever sets it, it says the same.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>
const TRANSIENT: [&str; 26] = [
    "accept",
    "cache-control",
    "connection",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "forwarded",
    "keep-alive",
    "max-forwards",
    "origin",
    "pragma",
    "priority",
    "range",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "x-amz-cf-id",
    "x-amzn-trace-id",
    "x-real-ip",
];

/// The same, of every name that begins so.
const TRANSIENT_FAMILIES: [&str; 7] =
    ["accept-", "access-control-", "cloudfront-", "if-", "proxy-", "sec-", "x-forwarded-"];

/// A header that signing itself sets, by its lower-case name.
pub(super) type OwnHeader<'a> = (&'static str, &'a str);

/// The canonical request's parts that the signature carries with it.
pub(super) struct CanonicalRequest {
    pub(super) text: String,
    pub(super) signed_headers: String,
}

/// The headers of the canonical request, sorted by name, duplicates still apart.
pub(super) struct CanonicalHeaders<'a>(Vec<(String, &'a str)>);

impl<'a> CanonicalHeaders<'a> {
    pub(super) fn new(request: &Request<'a>, own: &[OwnHeader<'a>], selection: HeaderSelection) -> Result<Self, Error> {
        let mut headers = Self(Vec::with_capacity(own.len() + 4));
        for (name, value) in request.headers {
            let name = name.to_ascii_lowercase();
            if is_signed(&name, selection) {
                check_value(&name, value)?;
                headers.insert(name, value);
            }
        }
        check_value("host", request.host)?;
        headers.insert("host".to_owned(), request.host);
        for (name, value) in own {
            headers.insert((*name).to_owned(), value);
        }
        Ok(headers)
    }

    /// After its equals, so that duplicates stay in the order in which they are sent. The standard library's sort would be a tenth of
    /// the signer's bytes, for a handful of headers.
    fn insert(&mut self, name: String, value: &'a str) {
        let at = self.0.partition_point(|(known, _)| *known <= name);
        self.0.insert(at, (name, value));
    }

    /// `SignedHeaders`: the names, each once.
    pub(super) fn names(&self) -> String {
        let mut names = String::with_capacity(64);
        let mut previous = "";
        for (name, _) in &self.0 {
            if name != previous {
                if !names.is_empty() {
                    names.push(';');
                }
                names.push_str(name);
                previous = name;
            }
        }
        names
    }

    fn push_to(&self, out: &mut String) {
        let mut previous = "";
        for (name, value) in &self.0 {
            if name == previous {
                out.push(',');
            } else {
                if !previous.is_empty() {
                    out.push('\n');
                }
                out.push_str(name);
                out.push(':');
                previous = name;
            }
            push_folded(out, value);
        }
        out.push('\n');
    }
}

/// Writes the canonical request. `query` is canonical already, `payload_hash` is what its last line says.
pub(super) fn canonical_request(
    request: &Request<'_>,
    query: &str,
    headers: &CanonicalHeaders<'_>,
    payload_hash: &str,
    settings: &Settings,
) -> CanonicalRequest {
    let signed_headers = headers.names();
    let mut text = String::with_capacity(request.path.len() + query.len() + 2048);
    text.push_str(request.method);
    text.push('\n');
    push_path(&mut text, request.path, settings);
    text.push('\n');
    text.push_str(query);
    text.push('\n');
    headers.push_to(&mut text);
    text.push('\n');
    text.push_str(&signed_headers);
    text.push('\n');
    text.push_str(payload_hash);
    CanonicalRequest { text, signed_headers }
}

/// The canonical query: names and values encoded, sorted by encoded name, then by encoded value. `added` is not encoded yet.
pub(super) fn canonical_query(query: &str, added: &[(&str, &str)]) -> String {
    let mut pairs: Vec<(String, String)> = Vec::with_capacity(added.len());
    for pair in parts(query, |b| b == b'&').filter(|pair| !pair.is_empty()) {
        let (name, value) = cut(pair, |b| b == b'=').unwrap_or((pair, ""));
        insert(&mut pairs, name, value, push_query_component);
    }
    for (name, value) in added {
        insert(&mut pairs, name, value, push_encoded);
    }
    let mut out = String::with_capacity(query.len() + 16);
    for (name, value) in &pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

fn insert(pairs: &mut Vec<(String, String)>, name: &str, value: &str, encode: fn(&mut String, &str)) {
    let mut pair = (String::with_capacity(name.len()), String::with_capacity(value.len()));
    encode(&mut pair.0, name);
    encode(&mut pair.1, value);
    let at = pairs.partition_point(|known| *known <= pair);
    pairs.insert(at, pair);
}

fn push_path(out: &mut String, path: &str, settings: &Settings) {
    let mut once = String::new();
    let path = match settings.path_encoding {
        PathEncoding::Single => {
            push_path_once(&mut once, path);
            &once
        }
        PathEncoding::Double => path,
    };
    let path = match settings.path_normalization {
        PathNormalization::Normalized => normalized(path),
        PathNormalization::Verbatim => Cow::Borrowed(if path.is_empty() { "/" } else { path }),
    };
    match settings.path_encoding {
        PathEncoding::Single => out.push_str(&path),
        PathEncoding::Double => push_path_again(out, &path),
    }
}

/// Resolves `.` and `..` and merges slashes. The path stays absolute, and one that ended in a slash still does.
fn normalized(path: &str) -> Cow<'_, str> {
    let has_none = !path.as_bytes().windows(2).any(|pair| matches!(pair, [b'/', b'/' | b'.']));
    if has_none && path.starts_with('/') {
        return Cow::Borrowed(path);
    }
    let mut segments: Vec<&str> = Vec::new();
    for segment in parts(path, |b| b == b'/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    let mut out = String::with_capacity(path.len());
    for segment in &segments {
        out.push('/');
        out.push_str(segment);
    }
    if out.is_empty() || ["/", "/.", "/.."].iter().any(|end| path.ends_with(end)) {
        out.push('/');
    }
    Cow::Owned(out)
}

fn is_signed(name: &str, selection: HeaderSelection) -> bool {
    match name {
        // Signing sets these itself.
        "authorization" | "host" | "x-amz-date" | "x-amz-security-token" | "x-amz-content-sha256" => false,
        _ => match selection {
            HeaderSelection::Durable => name == "content-type" || name.starts_with("x-amz-"),
            HeaderSelection::All => {
                !TRANSIENT.contains(&name) && !TRANSIENT_FAMILIES.iter().any(|family| name.starts_with(family))
            }
        },
    }
}

/// A value that cannot be sent as it was signed must not be signed.
fn check_value(name: &str, value: &str) -> Result<(), Error> {
    if value.bytes().all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte)) {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::InvalidArgument,
        joined(&["The header ", name, " is to be signed, and holds a control character or one outside ASCII."]),
        "Encode its value, e.g. with encodeURIComponent.",
    ))
}

/// Trims, and folds every run of blanks to one space.
fn push_folded(out: &mut String, value: &str) {
    if is_folded(value) {
        return out.push_str(value);
    }
    let start = out.len();
    let mut after_blank = false;
    for character in value.chars() {
        let is_blank = matches!(character, ' ' | '\t');
        if !is_blank {
            if after_blank && out.len() > start {
                out.push(' ');
            }
            out.push(character);
        }
        after_blank = is_blank;
    }
}

fn is_folded(value: &str) -> bool {
    let mut after_blank = true;
    for byte in value.bytes() {
        if byte == b'\t' || byte == b' ' && after_blank {
            return false;
        }
        after_blank = byte == b' ';
    }
    value.is_empty() || !after_blank
}
