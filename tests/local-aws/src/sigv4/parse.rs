//! The signature as it comes: in the `Authorization` header, or in the query of a presigned URL.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{Lifetime, SignatureError};
use crate::message::Request;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// A signature's parts.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) access_key_id: String,
    pub(super) date: String,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) signed_headers: Vec<String>,
    pub(super) signature: String,
    pub(super) date_time: String,
    pub(super) session_token: Option<String>,
    pub(super) placement: Placement,
}

/// Where the signature was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Placement {
    Header,
    /// `X-Amz-Expires`, where it is there.
    Query {
        expires: Option<i64>,
    },
}

impl Parsed {
    pub(super) fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }

    pub(super) fn signs(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|name| name == header)
    }
}

/// Whether a request carries a signature of version 4, right or wrong.
pub fn is_signed(request: &Request) -> bool {
    request.headers.get("authorization").is_some_and(|value| value.starts_with(ALGORITHM))
        || request.query_pairs().iter().any(|(name, _)| name == "X-Amz-Signature")
}

pub(super) fn parse(request: &Request) -> Result<Parsed, SignatureError> {
    match request.headers.get("authorization") {
        Some(authorization) => from_header(request, authorization),
        None => from_query(request),
    }
}

fn from_header(request: &Request, authorization: &str) -> Result<Parsed, SignatureError> {
    let (scheme, parameters) = authorization.split_once(' ').unwrap_or(("", authorization));
    let mut credential = None;
    let mut signed_headers = None;
    let mut signature = None;
    for parameter in parameters.split(',').map(str::trim) {
        match parameter.split_once('=') {
            Some(("Credential", value)) => credential = Some(value),
            Some(("SignedHeaders", value)) => signed_headers = Some(value),
            Some(("Signature", value)) => signature = Some(value),
            Some(_) => {}
            // What a bearer token gets wherever API Gateway expects a signature.
            None if !scheme.is_empty() => {
                return Err(SignatureError::Incomplete(format!(
                    "Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and \
                     encoded with Base64): '{}'.",
                    hashed(parameter)
                )));
            }
            None => {}
        }
    }

    let date_time = request.headers.get("x-amz-date").or_else(|| request.headers.get("date"));
    let (Some(credential), Some(signed_headers), Some(signature), Some(date_time)) =
        (credential, signed_headers, signature, date_time)
    else {
        let mut message = String::new();
        for (name, value) in [("Credential", credential), ("Signature", signature), ("SignedHeaders", signed_headers)] {
            if value.is_none() {
                message.push_str(&format!("Authorization header requires '{name}' parameter. "));
            }
        }
        if date_time.is_none() {
            message.push_str("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ");
        }
        let hash = hashed(authorization);
        message.push_str(&format!("(Hashed with SHA-256 and encoded with Base64) Authorization={hash}"));
        return Err(SignatureError::Incomplete(message));
    };
    let session_token = request.headers.get("x-amz-security-token");
    parsed(credential, signed_headers, signature, date_time, session_token, Placement::Header)
}

fn from_query(request: &Request) -> Result<Parsed, SignatureError> {
    let pairs = request.query_pairs();
    let find = |name: &str| pairs.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str());
    let Some(signature) = find("X-Amz-Signature") else { return Err(SignatureError::Missing) };
    let (Some(ALGORITHM), Some(credential), Some(signed_headers), Some(date_time)) =
        (find("X-Amz-Algorithm"), find("X-Amz-Credential"), find("X-Amz-SignedHeaders"), find("X-Amz-Date"))
    else {
        return Err(incomplete_query());
    };
    let expires = find("X-Amz-Expires").map(str::parse).transpose();
    let expires = expires.map_err(|_| SignatureError::Lifetime(Lifetime::NotANumber))?;
    let placement = Placement::Query { expires };
    parsed(credential, signed_headers, signature, date_time, find("X-Amz-Security-Token"), placement)
}

/// A presigned URL lacks something.
pub(super) fn incomplete_query() -> SignatureError {
    let message = "AWS query-string parameters must include X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, \
                   X-Amz-SignedHeaders, X-Amz-Date and X-Amz-Expires.";
    SignatureError::Incomplete(message.to_owned())
}

fn parsed(
    credential: &str,
    signed_headers: &str,
    signature: &str,
    date_time: &str,
    session_token: Option<&str>,
    placement: Placement,
) -> Result<Parsed, SignatureError> {
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key_id, date, region, service, "aws4_request"] = parts.as_slice() else {
        return Err(SignatureError::Incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{credential}'."
        )));
    };
    Ok(Parsed {
        access_key_id: (*access_key_id).to_owned(),
        date: (*date).to_owned(),
        region: (*region).to_owned(),
        service: (*service).to_owned(),
        signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
        signature: signature.to_owned(),
        date_time: date_time.to_owned(),
        session_token: session_token.map(str::to_owned),
        placement,
    })
}

fn hashed(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}
