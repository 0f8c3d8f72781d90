//! The canonical request of a call that was seen on the wire, as far as the call itself shows it.

use crate::cors::Url;
use crate::diagnosis::FailedRequest;
use crate::diagnosis::words::joined;
use crate::text::{around, before, cut, parts};

/// What was signed, if the URL is the one that it was signed for. The body is not known, so without `x-amz-content-sha256` neither is its
/// hash: an empty line.
pub(super) fn signed_request(request: &FailedRequest) -> Option<String> {
    let url = Url::parse(&request.url)?;
    let (_, query) = cut(before(&request.url, |b| b == b'#'), |b| b == b'?').unwrap_or_default();
    let authorization = request.headers.get("authorization").unwrap_or_default();
    let in_query = || parts(query, |b| b == b'&').find_map(|pair| pair.strip_prefix("X-Amz-SignedHeaders="));
    let signed_headers = match around(&authorization, "SignedHeaders=") {
        Some((_, rest)) => before(rest, |b| matches!(b, b',' | b' ')).to_owned(),
        None => in_query()?.replace("%3B", ";"),
    };
    let host = match &url.port {
        Some(port) => joined(&[&url.host, ":", port]),
        None => url.host.clone(),
    };
    // S3 alone signs the path as it is sent
    let is_s3 = authorization.contains("/s3/aws4_request") || query.contains("%2Fs3%2Faws4_request");
    let path = if is_s3 { url.path().to_owned() } else { url.path().replace('%', "%25") };
    let mut pairs: Vec<String> = parts(query, |b| b == b'&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("X-Amz-Signature="))
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { joined(&[pair, "="]) })
        .collect();
    pairs.sort();
    let mut text = joined(&[&request.method, "\n", &path, "\n", &pairs.join("&"), "\n"]);
    for name in parts(&signed_headers, |b| b == b';') {
        let value = if name == "host" { host.clone() } else { request.headers.get(name).unwrap_or_default() };
        text.push_str(&joined(&[name, ":", value.trim_ascii(), "\n"]));
    }
    let hash = request.headers.get("x-amz-content-sha256").unwrap_or_default();
    Some(joined(&[&text, "\n", &signed_headers, "\n", &hash]))
}
