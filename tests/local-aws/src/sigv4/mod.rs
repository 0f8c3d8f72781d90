//! Signature Version 4 as a service checks it: the credential scope, the clock, the session token, and the signature
//! computed anew from the request that arrived. Shares nothing with the SDK, so that each can prove the other wrong.

mod canonical;
mod error;
mod parse;
mod payload;
mod service;
mod sign;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use time::macros::format_description;
use time::{Duration, OffsetDateTime, PrimitiveDateTime};

pub use self::error::{Computed, Lifetime, MISMATCH, Refusal, SignatureError, Times, basic};
pub use self::parse::is_signed;
use self::parse::{Parsed, Placement};
use self::payload::Payload;
pub use self::payload::STREAMING_UNSIGNED_TRAILER;
pub use self::service::Service;
pub use self::sign::sign;
use crate::credentials::{CredentialStore, TemporaryCredentials};
use crate::message::Request;

/// A presigned URL lasts a week at most.
const WEEK: i64 = 7 * 24 * 60 * 60;

/// Where a signature has to be scoped to.
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The region of the service.
    pub region: &'a str,
    /// The service.
    pub service: Service,
}

/// Whether there is something that has the form of a signature.
///
/// # Errors
/// What it lacks.
pub fn check_form(request: &Request) -> Result<(), SignatureError> {
    parse::parse(request).map(drop)
}

/// Verifies the signature of a request and says whose it is.
///
/// # Errors
/// Why it is refused.
pub fn verify(
    request: &Request,
    scope: Scope<'_>,
    credentials: &CredentialStore,
    now: OffsetDateTime,
) -> Result<TemporaryCredentials, SignatureError> {
    let signed = parse::parse(request)?;
    check_scope(&signed, scope)?;
    check_time(&signed, scope.service, now)?;
    check_signed_headers(&signed, scope.service, request)?;
    let payload = Payload::of(request, &signed, scope.service)?;

    let caller = credentials
        .find(&signed.access_key_id)
        .ok_or_else(|| SignatureError::UnknownKey(signed.access_key_id.clone()))?;
    if signed.session_token.as_deref() != Some(caller.session_token.as_str()) {
        let Parsed { access_key_id, session_token: token, .. } = signed;
        return Err(SignatureError::WrongToken { access_key_id, token });
    }
    if caller.expired_at(now) {
        return Err(SignatureError::ExpiredToken(caller.session_token));
    }

    let canonical_request = canonical::canonical_request(request, &signed, scope.service, &payload.hash);
    let string_to_sign = string_to_sign(&signed, &hex::encode(Sha256::digest(&canonical_request)));
    if !signature_fits(&caller.secret_access_key, &signed, &string_to_sign) {
        let Parsed { access_key_id, signature, .. } = signed;
        let computed = Computed { access_key_id, canonical_request, string_to_sign, signature };
        return Err(SignatureError::Mismatch(Box::new(computed)));
    }
    payload.check(request)?;
    Ok(caller)
}

fn check_scope(signed: &Parsed, scope: Scope<'_>) -> Result<(), SignatureError> {
    if signed.region != scope.region {
        return Err(SignatureError::Region { given: signed.region.clone(), expected: scope.region.to_owned() });
    }
    if signed.service != scope.service.name() {
        return Err(SignatureError::Service { given: signed.service.clone(), expected: scope.service.name() });
    }
    if !signed.date_time.starts_with(&signed.date) {
        let (given, date_time) = (signed.date.clone(), signed.date_time.clone());
        return Err(SignatureError::ScopeDate { given, date_time });
    }
    Ok(())
}

fn check_time(signed: &Parsed, service: Service, now: OffsetDateTime) -> Result<(), SignatureError> {
    let format = format_description!("[year][month][day]T[hour][minute][second]Z");
    let signed_at = PrimitiveDateTime::parse(&signed.date_time, &format)
        .map(PrimitiveDateTime::assume_utc)
        .map_err(|_| SignatureError::Date(signed.date_time.clone()))?;

    let window = service.window();
    let minutes = format!("{} min.", window.whole_minutes());
    let (lifetime, tolerance, seconds) = match signed.placement {
        Placement::Header => (window, minutes.clone(), None),
        // A presigned URL says itself how long it lasts.
        Placement::Query { expires: Some(seconds) } if seconds > WEEK => {
            return Err(SignatureError::Lifetime(Lifetime::TooLong));
        }
        Placement::Query { expires: Some(seconds) } if seconds < 0 => {
            return Err(SignatureError::Lifetime(Lifetime::Negative));
        }
        Placement::Query { expires: Some(seconds) } => {
            (Duration::seconds(seconds), format!("{seconds} s"), Some(seconds))
        }
        Placement::Query { expires: None } => {
            let lifetime = service.default_lifetime().ok_or_else(parse::incomplete_query)?;
            (lifetime, minutes.clone(), None)
        }
    };
    let times = |limit, tolerance| {
        let signed = signed.date_time.clone();
        Times { signed, signed_at, limit, now, tolerance, lifetime: seconds }
    };
    let earliest = now - lifetime;
    if signed_at < earliest {
        return Err(SignatureError::Expired(times(earliest, tolerance)));
    }
    let latest = now + window;
    if signed_at > latest {
        return Err(SignatureError::NotYetCurrent(times(latest, minutes)));
    }
    Ok(())
}

fn check_signed_headers(signed: &Parsed, service: Service, request: &Request) -> Result<(), SignatureError> {
    if !signed.signs("host") {
        return Err(SignatureError::HostNotSigned);
    }
    // To S3 a header that is not there is an empty one.
    let is_missing = |name: &&String| service != Service::S3 && request.headers.get(name).is_none();
    if let Some(missing) = signed.signed_headers.iter().find(is_missing) {
        return Err(SignatureError::HeaderMissing(missing.clone()));
    }
    // CloudFront adds its own id to what it passes on; no client can have signed it.
    let unsigned: Vec<String> = request
        .headers
        .iter()
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("x-amz-") && *name != "x-amz-cf-id" && !signed.signs(name))
        .map(str::to_owned)
        .collect();
    if unsigned.is_empty() { Ok(()) } else { Err(SignatureError::HeadersNotSigned(unsigned)) }
}

fn string_to_sign(signed: &Parsed, canonical_request_hash: &str) -> String {
    format!("AWS4-HMAC-SHA256\n{}\n{}\n{canonical_request_hash}", signed.date_time, signed.scope())
}

fn signing_key(secret_access_key: &str, signed: &Parsed) -> Vec<u8> {
    [signed.date.as_str(), &signed.region, &signed.service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{secret_access_key}").into_bytes(), |key, part| hmac(&key, part))
}

fn signature_fits(secret_access_key: &str, signed: &Parsed, string_to_sign: &str) -> bool {
    let key = signing_key(secret_access_key, signed);
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
