//! The canonical request, rebuilt from what arrived.

use sha2::{Digest as _, Sha256};

use super::parse::{Parsed, Placement};
use crate::message::Request;

pub(super) fn canonical_request(request: &Request, signed: &Parsed) -> String {
    let headers: String = signed
        .signed_headers
        .iter()
        .map(|name| {
            let values: Vec<String> = request.headers.get_all(name).map(collapse_spaces).collect();
            format!("{name}:{}\n", values.join(","))
        })
        .collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        request.method,
        canonical_path(&request.path),
        canonical_query(request, signed.placement),
        signed.signed_headers.join(";"),
        hex::encode(Sha256::digest(&request.body))
    )
}

/// Normalised, and encoded a second time: of all services only S3 takes the path as it was sent.
fn canonical_path(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    // RFC 3986 section 5.2.4: a path that ends in a dot segment ends in a slash without it.
    let ends_in_slash = ["/", "/.", "/.."].iter().any(|end| path.ends_with(end));
    let trailing = if ends_in_slash && !segments.is_empty() { "/" } else { "" };
    format!("/{}{trailing}", encode(&segments.join("/"), b"/"))
}

fn canonical_query(request: &Request, placement: Placement) -> String {
    let mut pairs: Vec<(String, String)> = request
        .query_pairs()
        .into_iter()
        .filter(|(name, _)| placement == Placement::Header || name != "X-Amz-Signature")
        .map(|(name, value)| (encode(&name, b""), encode(&value, b"")))
        .collect();
    pairs.sort();
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// `UriEncode`: everything but RFC 3986's unreserved characters, upper-case hexadecimal.
fn encode(text: &str, also_safe: &[u8]) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ if also_safe.contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn collapse_spaces(value: &str) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
