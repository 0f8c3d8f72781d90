//! Signing, where one of AWS's own services calls another.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use time::OffsetDateTime;

use super::error::basic;
use super::parse::{Parsed, Placement};
use super::{Scope, canonical, signing_key, string_to_sign};
use crate::credentials::TemporaryCredentials;
use crate::message::Request;

/// Signs a request in its headers. `payload_hash` is what the signer takes for the body's hash.
pub fn sign(
    request: &mut Request,
    scope: Scope<'_>,
    credentials: &TemporaryCredentials,
    payload_hash: &str,
    now: OffsetDateTime,
) {
    let date_time = basic(now);
    request.headers.remove("authorization");
    request.headers.set("x-amz-date", &date_time);
    request.headers.set("x-amz-security-token", &credentials.session_token);
    request.headers.set("x-amz-content-sha256", payload_hash);
    let is_signed = |name: &&str| *name == "host" || (name.starts_with("x-amz-") && *name != "x-amz-cf-id");
    let mut signed_headers: Vec<String> =
        request.headers.iter().map(|(name, _)| name).filter(is_signed).map(str::to_owned).collect();
    signed_headers.sort();
    signed_headers.dedup();
    let mut signed = Parsed {
        access_key_id: credentials.access_key_id.clone(),
        date: date_time.get(..8).unwrap_or_default().to_owned(),
        region: scope.region.to_owned(),
        service: scope.service.name().to_owned(),
        signed_headers,
        signature: String::new(),
        date_time,
        session_token: None,
        placement: Placement::Header,
    };
    let canonical_request = canonical::canonical_request(request, &signed, scope.service, payload_hash);
    let string_to_sign = string_to_sign(&signed, &hex::encode(Sha256::digest(canonical_request)));
    signed.signature = Hmac::<Sha256>::new_from_slice(&signing_key(&credentials.secret_access_key, &signed))
        .map(|mac| hex::encode(mac.chain_update(string_to_sign).finalize().into_bytes()))
        .unwrap_or_default();
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}",
        signed.access_key_id,
        signed.scope(),
        signed.signed_headers.join(";"),
        signed.signature
    );
    request.headers.set("authorization", authorization);
}
