//! Why a signature was refused, and the words that most services have for it. S3 has its own.

use time::OffsetDateTime;
use time::macros::format_description;

/// Why a signature was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureError {
    /// No signature at all.
    Missing,
    /// Something that is no signature: a bearer token, for example. The text says what it lacks.
    Incomplete(String),
    /// The date is none.
    Date(String),
    /// For another region.
    Region {
        /// The signature's.
        given: String,
        /// The service's.
        expected: String,
    },
    /// For another service.
    Service {
        /// The signature's.
        given: String,
        /// This one.
        expected: &'static str,
    },
    /// The day of the scope is not the day of the date.
    ScopeDate {
        /// The scope's.
        given: String,
        /// `X-Amz-Date`.
        date_time: String,
    },
    /// Too old.
    Expired(Times),
    /// From the future.
    NotYetCurrent(Times),
    /// A presigned URL that wants to last for too long, or for no number of seconds.
    Lifetime(Lifetime),
    /// `Host` is not signed.
    HostNotSigned,
    /// This header is signed and did not come.
    HeaderMissing(String),
    /// These headers came and were not signed.
    HeadersNotSigned(Vec<String>),
    /// S3 wants `x-amz-content-sha256`, and gets none or nothing that it knows.
    PayloadHash(Option<String>),
    /// The body is not the one that `x-amz-content-sha256` was computed of.
    Payload {
        /// The header's value.
        claimed: String,
        /// The body's hash.
        computed: String,
    },
    /// No such access key.
    UnknownKey(String),
    /// Not the session token of the access key.
    WrongToken {
        /// The access key.
        access_key_id: String,
        /// The token that came, if any.
        token: Option<String>,
    },
    /// The credentials have expired.
    ExpiredToken(String),
    /// The signature is not the request's.
    Mismatch(Box<Computed>),
}

/// The times of a signature that came too late or too early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// `X-Amz-Date`.
    pub signed: String,
    /// The same as a time.
    pub signed_at: OffsetDateTime,
    /// What it should not have passed: the earliest time or the latest.
    pub limit: OffsetDateTime,
    /// The server's time.
    pub now: OffsetDateTime,
    /// What lies between the two, as the message has it.
    pub tolerance: String,
    /// How many seconds a presigned URL lasts.
    pub lifetime: Option<i64>,
}

/// What is wrong with `X-Amz-Expires`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// More than a week.
    TooLong,
    /// Less than nothing.
    Negative,
    /// No number.
    NotANumber,
}

/// What the service computed in the place of the signature that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    /// The access key.
    pub access_key_id: String,
    /// The canonical request.
    pub canonical_request: String,
    /// The string to sign.
    pub string_to_sign: String,
    /// The signature that came.
    pub signature: String,
}

/// The classes of refusals that the services' exceptions are named after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No signature.
    MissingAuthenticationToken,
    /// It lacks something.
    IncompleteSignature,
    /// It is wrong.
    InvalidSignature,
    /// No such key, or not with this token.
    UnrecognizedClient,
    /// The credentials have expired.
    ExpiredToken,
}

impl Refusal {
    /// The exception's name.
    pub const fn exception(self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::ExpiredToken => "ExpiredTokenException",
        }
    }
}

impl Lifetime {
    /// What is wrong, in S3's words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::TooLong => {
                "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less \
                 than 604800 seconds"
            }
            Self::Negative => "X-Amz-Expires must be non-negative",
            Self::NotANumber => "X-Amz-Expires should be a number",
        }
    }
}

/// The first sentences of a mismatch. Lambda and AppSync say no more; API Gateway adds what it computed.
pub const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                            AWS Secret Access Key and signing method. Consult the service documentation for details.";

impl SignatureError {
    /// The class of the refusal.
    pub const fn refusal(&self) -> Refusal {
        match self {
            Self::Missing => Refusal::MissingAuthenticationToken,
            Self::Incomplete(_) | Self::Date(_) | Self::HeaderMissing(_) => Refusal::IncompleteSignature,
            Self::UnknownKey(_) | Self::WrongToken { .. } => Refusal::UnrecognizedClient,
            Self::ExpiredToken(_) => Refusal::ExpiredToken,
            _ => Refusal::InvalidSignature,
        }
    }

    /// What all services but S3 say.
    pub fn message(&self) -> String {
        match self {
            Self::Missing => "Missing Authentication Token".to_owned(),
            Self::Incomplete(message) => message.clone(),
            Self::Date(date) => format!("Date must be in ISO-8601 'basic format'. Got '{date}'."),
            Self::Region { given, .. } => format!("Credential should be scoped to a valid region, not '{given}'."),
            Self::Service { expected, .. } => {
                format!("Credential should be scoped to correct service: '{expected}'.")
            }
            Self::ScopeDate { given, date_time } => format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{given}' \
                 != '{}', from '{date_time}'.",
                date_time.get(..8).unwrap_or_default()
            ),
            Self::Expired(times) => format!(
                "Signature expired: {} is now earlier than {} ({} - {})",
                times.signed,
                basic(times.limit),
                basic(times.now),
                times.tolerance
            ),
            Self::NotYetCurrent(times) => format!(
                "Signature not yet current: {} is still later than {} ({} + {})",
                times.signed,
                basic(times.limit),
                basic(times.now),
                times.tolerance
            ),
            Self::Lifetime(fault) => fault.text().to_owned(),
            Self::HostNotSigned => {
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".to_owned()
            }
            Self::HeaderMissing(name) => {
                format!("'{name}' is named as a SignedHeader, but it does not exist in the HTTP request.")
            }
            Self::HeadersNotSigned(names) => {
                format!("There were headers present in the request which were not signed: {}", names.join(", "))
            }
            Self::PayloadHash(_) | Self::Payload { .. } => MISMATCH.to_owned(),
            Self::UnknownKey(_) | Self::WrongToken { .. } => {
                "The security token included in the request is invalid.".to_owned()
            }
            Self::ExpiredToken(_) => "The security token included in the request is expired".to_owned(),
            Self::Mismatch(_) => MISMATCH.to_owned(),
        }
    }

    /// The same, with the canonical request and the string to sign as the service computed them: what API Gateway's REST
    /// APIs say.
    pub fn detailed_message(&self) -> String {
        match self {
            Self::Mismatch(computed) => format!(
                "{MISMATCH}\n\nThe Canonical String for this request should have been\n'{}'\n\nThe String-to-Sign \
                 should have been\n'{}'\n",
                computed.canonical_request, computed.string_to_sign
            ),
            _ => self.message(),
        }
    }
}

/// ISO 8601's basic format, as in `X-Amz-Date`.
pub fn basic(time: OffsetDateTime) -> String {
    time.format(format_description!("[year][month][day]T[hour][minute][second]Z")).unwrap_or_default()
}
