//! Signature Version 4 as a service checks it: the credential scope, the clock, the session token, and the signature
//! computed anew from the request that arrived. Shares nothing with the SDK, so that each can prove the other wrong.

mod canonical;
mod parse;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

pub use self::parse::is_signed;
use self::parse::{Parsed, Placement};
use crate::credentials::{CredentialStore, TemporaryCredentials};
use crate::message::Request;

/// How far a signature's time may lie from the server's.
const WINDOW: Duration = Duration::minutes(5);

/// Where a signature has to be scoped to.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The region of the service.
    pub region: &'a str,
    /// `execute-api` or `lambda`.
    pub service: &'a str,
}

/// Why a signature was refused. The text of each is what the service says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// No signature at all.
    Missing,
    /// `Authorization` is something else than a signature: a bearer token, for example.
    Incomplete(String),
    /// The signature does not fit the request, or is not for this service, region or time.
    Invalid(String),
    /// No such access key, or not with this session token.
    UnrecognizedClient,
    /// The credentials have expired.
    ExpiredToken,
}

/// Whether there is something that has the form of a signature.
///
/// # Errors
/// What it lacks.
pub fn check_form(request: &Request) -> Result<(), SignatureError> {
    parse::parse(request).map(drop)
}

/// Verifies the signature of a request and says whose it is.
pub fn verify(
    request: &Request,
    scope: Scope<'_>,
    credentials: &CredentialStore,
    now: OffsetDateTime,
) -> Result<TemporaryCredentials, SignatureError> {
    let signed = parse::parse(request)?;
    check_scope(&signed, scope)?;
    check_time(&signed, now)?;
    check_signed_headers(&signed, request)?;

    let caller = credentials.find(&signed.access_key_id).ok_or(SignatureError::UnrecognizedClient)?;
    if signed.session_token.as_deref() != Some(caller.session_token.as_str()) {
        return Err(SignatureError::UnrecognizedClient);
    }
    if caller.expired_at(now) {
        return Err(SignatureError::ExpiredToken);
    }

    let canonical_request = canonical::canonical_request(request, &signed);
    let string_to_sign = format!(
        "AWS4-HMAC-SHA256\n{}\n{}\n{}",
        signed.date_time,
        signed.scope(),
        hex::encode(Sha256::digest(&canonical_request))
    );
    if signature_fits(&caller.secret_access_key, &signed, &string_to_sign) {
        Ok(caller)
    } else {
        Err(SignatureError::Invalid(mismatch(&canonical_request, &string_to_sign)))
    }
}

fn check_scope(signed: &Parsed, scope: Scope<'_>) -> Result<(), SignatureError> {
    if signed.region != scope.region {
        return Err(SignatureError::Invalid(format!(
            "Credential should be scoped to a valid region, not '{}'.",
            signed.region
        )));
    }
    if signed.service != scope.service {
        return Err(SignatureError::Invalid(format!(
            "Credential should be scoped to correct service: '{}'.",
            scope.service
        )));
    }
    if !signed.date_time.starts_with(&signed.date) {
        return Err(SignatureError::Invalid(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', \
             from '{}'.",
            signed.date,
            signed.date_time.get(..8).unwrap_or_default(),
            signed.date_time
        )));
    }
    Ok(())
}

fn check_time(signed: &Parsed, now: OffsetDateTime) -> Result<(), SignatureError> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let text = |time: OffsetDateTime| time.format(&format).unwrap_or_default();
    let signed_at =
        PrimitiveDateTime::parse(&signed.date_time, &format).map(PrimitiveDateTime::assume_utc).map_err(|_| {
            SignatureError::Incomplete(format!("Date must be in ISO-8601 'basic format'. Got '{}'.", signed.date_time))
        })?;

    let (lifetime, minutes) = match signed.placement {
        Placement::Header => (WINDOW, "5 min.".to_owned()),
        // A presigned URL says itself how long it lasts.
        Placement::Query { expires } => (Duration::seconds(expires), format!("{expires} s")),
    };
    let earliest = now - lifetime;
    if signed_at < earliest {
        return Err(SignatureError::Invalid(format!(
            "Signature expired: {} is now earlier than {} ({} - {minutes})",
            signed.date_time,
            text(earliest),
            text(now)
        )));
    }
    let latest = now + WINDOW;
    if signed_at > latest {
        return Err(SignatureError::Invalid(format!(
            "Signature not yet current: {} is still later than {} ({} + 5 min.)",
            signed.date_time,
            text(latest),
            text(now)
        )));
    }
    Ok(())
}

fn check_signed_headers(signed: &Parsed, request: &Request) -> Result<(), SignatureError> {
    if !signed.signs("host") {
        let message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
        return Err(SignatureError::Invalid(message.to_owned()));
    }
    // CloudFront adds its own id to what it passes on; no client can have signed it.
    let unsigned: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("x-amz-") && *name != "x-amz-cf-id" && !signed.signs(name))
        .collect();
    if unsigned.is_empty() {
        return Ok(());
    }
    Err(SignatureError::Invalid(format!(
        "There were headers present in the request which were not signed: {}",
        unsigned.join(", ")
    )))
}

fn signature_fits(secret_access_key: &str, signed: &Parsed, string_to_sign: &str) -> bool {
    let key = [signed.date.as_str(), &signed.region, &signed.service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{secret_access_key}").into_bytes(), |key, part| hmac(&key, part));
    let (Ok(mac), Ok(signature)) = (Hmac::<Sha256>::new_from_slice(&key), hex::decode(&signed.signature)) else {
        return false;
    };
    mac.chain_update(string_to_sign).verify_slice(&signature).is_ok()
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(message).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

/// What API Gateway answers, with the canonical request and the string to sign as it computed them.
fn mismatch(canonical_request: &str, string_to_sign: &str) -> String {
    format!(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access \
         Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this \
         request should have been\n'{canonical_request}'\n\nThe String-to-Sign should have been\n'{string_to_sign}'\n"
    )
}
