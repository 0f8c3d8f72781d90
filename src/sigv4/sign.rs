//! From a request to its signature.

use super::canonical_request::{CanonicalHeaders, CanonicalRequest, OwnHeader, canonical_query, canonical_request};
use super::encode::hex;
use super::{
    Credentials, DateTime, Payload, PayloadHeader, Request, Scope, SessionTokenMode, Settings, SigningKeyCache,
    VPC_LATTICE,
};
use crate::error::{Error, ErrorCode};
use aws_sigv4::sign::v4::calculate_signature;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::fmt;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// One week: what AWS takes at most.
pub const MAX_EXPIRES: u32 = 604_800;

/// A signature in headers, and how it came about.
#[derive(Clone, PartialEq, Eq)]
pub struct Signed {
    /// The headers to set on the request, replacing any of the same name.
    pub headers: Vec<(&'static str, String)>,
    /// The canonical request, to compare with the one that a refusing server shows.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature, hex.
    pub signature: String,
}

/// A signature in the query, and how it came about.
#[derive(Clone, PartialEq, Eq)]
pub struct Presigned {
    /// The whole query of the signed URL, without the question mark.
    pub query: String,
    /// The canonical request, to compare with the one that a refusing server shows.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature, hex.
    pub signature: String,
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signed").field("string_to_sign", &self.string_to_sign).finish_non_exhaustive()
    }
}

impl fmt::Debug for Presigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presigned").field("string_to_sign", &self.string_to_sign).finish_non_exhaustive()
    }
}

/// Signs a request in its headers.
pub fn sign(
    request: &Request<'_>,
    payload: Payload<'_>,
    credentials: Credentials<'_>,
    scope: Scope<'_>,
    time: &DateTime,
    settings: &Settings,
    keys: &mut SigningKeyCache,
) -> Result<Signed, Error> {
    check(credentials, scope)?;
    let payload_hash = payload_hash(payload, scope);
    let mut headers = Vec::with_capacity(4);
    let mut own: Vec<OwnHeader<'_>> = Vec::with_capacity(3);
    own.push(("x-amz-date", time.as_str()));
    if settings.payload_header == PayloadHeader::Add || has_payload_header(request) {
        own.push(("x-amz-content-sha256", &payload_hash));
    }
    if let Some(token) = credentials.session_token {
        match settings.session_token {
            SessionTokenMode::Signed => own.push(("x-amz-security-token", token)),
            SessionTokenMode::Appended => headers.push(("x-amz-security-token", token.to_owned())),
        }
    }
    let query = canonical_query(request.query, &[]);
    let canonical_headers = CanonicalHeaders::new(request, &own, settings.headers)?;
    let canonical = canonical_request(request, &query, &canonical_headers, &payload_hash, settings);
    let credential_scope = credential_scope(scope, time);
    let (string_to_sign, signature) = signature(&canonical, credentials, &credential_scope, scope, time, keys);

    for (name, value) in own {
        headers.push((name, value.to_owned()));
    }
    let authorization = concat(&[
        ALGORITHM,
        " Credential=",
        credentials.access_key_id,
        "/",
        &credential_scope,
        ", SignedHeaders=",
        &canonical.signed_headers,
        ", Signature=",
        &signature,
    ]);
    headers.push(("authorization", authorization));
    Ok(Signed { headers, canonical_request: canonical.text, string_to_sign, signature })
}

/// Signs a request in its query: a URL that can be used as it is for `expires` seconds.
#[expect(clippy::too_many_arguments, reason = "sign's own, and how long the URL is good")]
pub fn presign(
    request: &Request<'_>,
    payload: Payload<'_>,
    credentials: Credentials<'_>,
    scope: Scope<'_>,
    time: &DateTime,
    expires: u32,
    settings: &Settings,
    keys: &mut SigningKeyCache,
) -> Result<Presigned, Error> {
    check(credentials, scope)?;
    if !(1..=MAX_EXPIRES).contains(&expires) {
        return Err(Error::new(
            ErrorCode::InvalidArgument,
            "A signed URL cannot be good for that long.",
            "Give a number of seconds between 1 and 604800 (one week).",
        ));
    }
    let payload_hash = payload_hash(payload, scope);
    let canonical_headers = CanonicalHeaders::new(request, &[], settings.headers)?;
    let signed_headers = canonical_headers.names();
    let credential_scope = credential_scope(scope, time);
    let credential = concat(&[credentials.access_key_id, "/", &credential_scope]);
    let expires = expires.to_string();
    let mut added = vec![
        ("X-Amz-Algorithm", ALGORITHM),
        ("X-Amz-Credential", &credential),
        ("X-Amz-Date", time.as_str()),
        ("X-Amz-Expires", &expires),
        ("X-Amz-SignedHeaders", &signed_headers),
    ];
    let mut appended = String::new();
    if let Some(token) = credentials.session_token {
        match settings.session_token {
            SessionTokenMode::Signed => added.push(("X-Amz-Security-Token", token)),
            SessionTokenMode::Appended => appended = canonical_query("", &[("X-Amz-Security-Token", token)]),
        }
    }
    let mut query = canonical_query(request.query, &added);
    let canonical = canonical_request(request, &query, &canonical_headers, &payload_hash, settings);
    let (string_to_sign, signature) = signature(&canonical, credentials, &credential_scope, scope, time, keys);
    query.push_str("&X-Amz-Signature=");
    query.push_str(&signature);
    if !appended.is_empty() {
        query.push('&');
        query.push_str(&appended);
    }
    Ok(Presigned { query, canonical_request: canonical.text, string_to_sign, signature })
}

/// The string to sign and its signature.
fn signature(
    canonical: &CanonicalRequest,
    credentials: Credentials<'_>,
    credential_scope: &str,
    scope: Scope<'_>,
    time: &DateTime,
    keys: &mut SigningKeyCache,
) -> (String, String) {
    let hash = sha256_hex(canonical.text.as_bytes());
    let string_to_sign = concat(&[ALGORITHM, "\n", time.as_str(), "\n", credential_scope, "\n", &hash]);
    let key = keys.get(credentials.secret_access_key, credential_scope, time, scope);
    let signature = calculate_signature(key.as_slice(), string_to_sign.as_bytes());
    (string_to_sign, signature)
}

fn credential_scope(scope: Scope<'_>, time: &DateTime) -> String {
    concat(&[time.date(), "/", scope.region, "/", scope.service, "/aws4_request"])
}

fn payload_hash<'a>(payload: Payload<'a>, scope: Scope<'_>) -> Cow<'a, str> {
    match payload {
        // <https://docs.aws.amazon.com/vpc-lattice/latest/ug/sigv4-authenticated-requests.html>: it takes no other.
        _ if scope.service == VPC_LATTICE => Cow::Borrowed("UNSIGNED-PAYLOAD"),
        Payload::Bytes(bytes) => Cow::Owned(sha256_hex(bytes)),
        Payload::Hash(hash) => Cow::Borrowed(hash),
        Payload::Unsigned => Cow::Borrowed("UNSIGNED-PAYLOAD"),
    }
}

fn has_payload_header(request: &Request<'_>) -> bool {
    request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-amz-content-sha256"))
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// `[&str]::concat`, at a tenth of its bytes.
fn concat(parts: &[&str]) -> String {
    let mut out = String::with_capacity(256);
    for part in parts {
        out.push_str(part);
    }
    out
}

/// Never a signature for a region, a service or a user that is not known.
fn check(credentials: Credentials<'_>, scope: Scope<'_>) -> Result<(), Error> {
    let Credentials { access_key_id, secret_access_key, session_token } = credentials;
    let wrong = if !is_name(access_key_id) || secret_access_key.is_empty() {
        "A request cannot be signed without an access key id and a secret access key."
    } else if access_key_id.starts_with("ASIA") && session_token.is_none() && scope.service != "s3express" {
        "Temporary credentials (their access key id begins with ASIA) cannot sign without their session token."
    } else if session_token.is_some_and(|token| !is_word(token)) {
        "The session token holds a blank, or something else that no token holds."
    } else if !is_name(scope.region) {
        "A request cannot be signed without a region."
    } else if scope.region == "*" {
        "A request is signed for one region: a signature for several (SigV4A) is not supported."
    } else if !is_name(scope.service) {
        "A request cannot be signed without a service name."
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorCode::InvalidArgument, wrong, "Give it in the route, or in the options of the call."))
}

/// Whether it can stand in a credential scope without becoming something else.
fn is_name(text: &str) -> bool {
    is_word(text) && !text.bytes().any(|byte| matches!(byte, b',' | b'/'))
}

/// Whether it can stand in a header or a query without becoming something else.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}
