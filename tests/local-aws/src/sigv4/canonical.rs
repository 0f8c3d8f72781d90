//! The canonical request, rebuilt from what arrived.

use super::parse::{Parsed, Placement};
use super::service::{PathRule, PlusRule, Service, TokenRule};
use crate::message::{Request, percent_decode_bytes};

/// The canonical request of what was signed.
pub(super) fn canonical_request(request: &Request, signed: &Parsed, service: Service, payload_hash: &str) -> String {
    let headers: String = signed
        .signed_headers
        .iter()
        .map(|name| {
            let values: Vec<String> = request.headers.get_all(name).map(collapse_spaces).collect();
            format!("{name}:{}\n", values.join(","))
        })
        .collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{payload_hash}",
        request.method,
        canonical_path(&request.path, service),
        canonical_query(request, signed.placement, service),
        signed.signed_headers.join(";"),
    )
}

fn canonical_path(path: &str, service: Service) -> String {
    match service.path_rule() {
        // What arrived is encoded in one way of several, `%2F` for a slash among them; decoded and encoded it is so in one.
        PathRule::Verbatim => encode(&decoded(path, service.plus_rule()), b"/"),
        PathRule::Normalized => normalized_path(path),
    }
}

/// Normalised, and encoded a second time: of all services only S3 takes the path as it was sent.
fn normalized_path(path: &str) -> String {
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
    format!("/{}{trailing}", encode(segments.join("/").as_bytes(), b"/"))
}

fn canonical_query(request: &Request, placement: Placement, service: Service) -> String {
    let token = service.token_rule();
    let is_signed = |name: &[u8]| match placement {
        Placement::Header => true,
        Placement::Query { .. } => {
            name != b"X-Amz-Signature" && (token == TokenRule::Signed || name != b"X-Amz-Security-Token")
        }
    };
    let mut pairs: Vec<(String, String)> = request
        .raw_query_pairs()
        .map(|(name, value)| (decoded(name, service.plus_rule()), decoded(value, service.plus_rule())))
        .filter(|(name, _)| is_signed(name))
        .map(|(name, value)| (encode(&name, b""), encode(&value, b"")))
        .collect();
    pairs.sort();
    pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn decoded(text: &str, plus: PlusRule) -> Vec<u8> {
    match plus {
        PlusRule::Plus => percent_decode_bytes(text),
        PlusRule::Space => percent_decode_bytes(&text.replace('+', " ")),
    }
}

/// `UriEncode`: everything but RFC 3986's unreserved characters, upper-case hexadecimal.
fn encode(bytes: &[u8], also_safe: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            _ if also_safe.contains(&byte) => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

fn collapse_spaces(value: &str) -> String {
    value.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
