//! S3's errors: XML, and words of its own for every fault of a signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::request_id;
use crate::cognito::random;
use crate::message::{Request, Response};
use crate::sigv4::{SignatureError, basic};

/// How far a signature's time may lie from S3's.
const ALLOWED_SKEW_MILLIS: &str = "900000";

/// An error of S3.
#[derive(Clone, Debug)]
pub(super) struct S3Error {
    status: u16,
    code: &'static str,
    message: String,
    details: Vec<(&'static str, String)>,
}

impl S3Error {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), details: Vec::new() }
    }

    /// The same with one more element.
    pub(super) fn with(mut self, element: &'static str, value: impl Into<String>) -> Self {
        self.details.push((element, value.into()));
        self
    }

    pub(super) fn render(&self, resource: &str) -> Response {
        let (request_id, host_id) = (request_id(), STANDARD.encode(random::bytes::<56>()));
        let mut xml = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>",
            self.code,
            escaped(&self.message)
        );
        let own = [("Resource", resource), ("RequestId", &request_id), ("HostId", &host_id)];
        let details = self.details.iter().map(|(name, value)| (*name, value.as_str()));
        for (name, value) in details.chain(own) {
            xml.push_str(&format!("<{name}>{}</{name}>", escaped(value)));
        }
        xml.push_str("</Error>");
        Response::with_body(self.status, "application/xml", xml)
            .header("x-amz-request-id", request_id)
            .header("x-amz-id-2", host_id)
    }
}

/// What S3 says of a signature that it refuses.
pub(super) fn of_signature(error: &SignatureError, request: &Request, now: OffsetDateTime) -> S3Error {
    let presigned = request.headers.get("authorization").is_none();
    let denied = |message: &str| S3Error::new(403, "AccessDenied", message);
    // The same faults have other names in a URL than in a header.
    let malformed = |header: String, query: String| {
        if presigned {
            S3Error::new(400, "AuthorizationQueryParametersError", query)
        } else {
            S3Error::new(
                400,
                "AuthorizationHeaderMalformed",
                format!("The authorization header is malformed; {header}"),
            )
        }
    };
    match error {
        SignatureError::Missing => denied("Access Denied"),
        SignatureError::Incomplete(message) => {
            let authorization = request.headers.get("authorization").unwrap_or_default();
            if !presigned && !authorization.starts_with("AWS4-HMAC-SHA256") {
                return S3Error::new(400, "InvalidArgument", "Unsupported Authorization Type")
                    .with("ArgumentName", "Authorization")
                    .with("ArgumentValue", authorization);
            }
            let query = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                         X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
            malformed(message.clone(), query.to_owned())
        }
        SignatureError::Date(_) => denied("AWS authentication requires a valid Date or x-amz-date header"),
        SignatureError::Region { given, expected } => malformed(
            format!("the region '{given}' is wrong; expecting '{expected}'"),
            format!(
                "Error parsing the X-Amz-Credential parameter; the region '{given}' is wrong; expecting '{expected}'"
            ),
        )
        .with("Region", expected),
        SignatureError::Service { given, expected } => malformed(
            format!("incorrect service \"{given}\". This endpoint belongs to \"{expected}\"."),
            format!(
                "Error parsing the X-Amz-Credential parameter; incorrect service \"{given}\". This endpoint belongs to \
                 \"{expected}\"."
            ),
        ),
        SignatureError::ScopeDate { given, date_time } => {
            let day = date_time.get(..8).unwrap_or_default();
            let text =
                format!("invalid credential date \"{given}\". This date is not the same as X-Amz-Date: \"{day}\".");
            malformed(text.clone(), format!("Error parsing the X-Amz-Credential parameter; {text}"))
        }
        SignatureError::Expired(times) => match times.lifetime {
            Some(seconds) => {
                let ended = iso(times.signed_at + Duration::seconds(seconds));
                denied("Request has expired")
                    .with("X-Amz-Expires", seconds.to_string())
                    .with("Expires", ended)
                    .with("ServerTime", iso(now))
            }
            None => skewed(&times.signed, now),
        },
        SignatureError::NotYetCurrent(times) => match times.lifetime {
            Some(seconds) => denied("Request is not yet valid")
                .with("X-Amz-Expires", seconds.to_string())
                .with("ServerTime", iso(now)),
            None => skewed(&times.signed, now),
        },
        SignatureError::Lifetime(fault) => S3Error::new(400, "AuthorizationQueryParametersError", fault.text()),
        SignatureError::HostNotSigned => not_signed("host"),
        SignatureError::HeaderMissing(name) => malformed(
            format!("the header '{name}' is signed and missing."),
            format!("The header '{name}' is signed and missing."),
        ),
        SignatureError::HeadersNotSigned(names) => not_signed(&names.join(", ")),
        SignatureError::PayloadHash(None) => {
            S3Error::new(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256")
        }
        SignatureError::PayloadHash(Some(value)) => {
            let message = "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, or a \
                           valid sha256 value.";
            S3Error::new(400, "InvalidArgument", message)
                .with("ArgumentName", "x-amz-content-sha256")
                .with("ArgumentValue", value)
        }
        SignatureError::Payload { claimed, computed } => {
            let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
            S3Error::new(400, "XAmzContentSHA256Mismatch", message)
                .with("ClientComputedContentSHA256", claimed)
                .with("S3ComputedContentSHA256", computed)
        }
        SignatureError::UnknownKey(key) => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::new(403, "InvalidAccessKeyId", message).with("AWSAccessKeyId", key)
        }
        // Without its token a temporary key is one that S3 does not know.
        SignatureError::WrongToken { access_key_id, token: None } => {
            let message = "The AWS Access Key Id you provided does not exist in our records.";
            S3Error::new(403, "InvalidAccessKeyId", message).with("AWSAccessKeyId", access_key_id)
        }
        SignatureError::WrongToken { token: Some(token), .. } => {
            S3Error::new(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
                .with("Token-0", token)
        }
        SignatureError::ExpiredToken(token) => {
            S3Error::new(400, "ExpiredToken", "The provided token has expired.").with("Token-0", token)
        }
        SignatureError::Mismatch(computed) => {
            let message = "The request signature we calculated does not match the signature you provided. Check your \
                           key and signing method.";
            S3Error::new(403, "SignatureDoesNotMatch", message)
                .with("AWSAccessKeyId", &computed.access_key_id)
                .with("StringToSign", &computed.string_to_sign)
                .with("SignatureProvided", &computed.signature)
                .with("StringToSignBytes", spelled(&computed.string_to_sign))
                .with("CanonicalRequest", &computed.canonical_request)
                .with("CanonicalRequestBytes", spelled(&computed.canonical_request))
        }
    }
}

fn skewed(signed: &str, now: OffsetDateTime) -> S3Error {
    let message = "The difference between the request time and the current time is too large.";
    S3Error::new(403, "RequestTimeTooSkewed", message)
        .with("RequestTime", signed)
        .with("ServerTime", iso(now))
        .with("MaxAllowedSkewMilliseconds", ALLOWED_SKEW_MILLIS)
}

fn not_signed(names: &str) -> S3Error {
    S3Error::new(403, "AccessDenied", "There were headers present in the request which were not signed")
        .with("HeadersNotSigned", names)
}

/// `2026-01-31T12:34:56Z`
pub(super) fn iso(time: OffsetDateTime) -> String {
    time.replace_nanosecond(0).unwrap_or(time).format(&Rfc3339).unwrap_or_else(|_| basic(time))
}

/// The bytes in hexadecimal, as S3 spells them out.
fn spelled(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}

/// Text in XML.
pub(super) fn escaped(text: &str) -> String {
    let mut xml = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\r' => xml.push_str("&#13;"),
            other => xml.push(other),
        }
    }
    xml
}
