//! AWS Signature Version 4: canonical request, string to sign, signature; in headers or in the query.
//!
//! The HMACs are the aws-sigv4 crate's low-level ones. The canonical request is our own, because the crate's HTTP layer costs five
//! times the bytes, and because a browser hands over an already parsed URL.

mod canonical_request;
mod date_time;
mod encode;
mod sign;
mod signing_key;
mod url;

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod differential_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod vector_tests;

pub use canonical_request::{HeaderSelection, PathEncoding, PathNormalization};
pub use date_time::DateTime;
pub use encode::{hex, unambiguous_query, without_signature};
pub use sign::{MAX_EXPIRES, Presigned, Signed, presign, sign};
pub use signing_key::SigningKeyCache;
pub use url::Url;

use std::fmt;

/// What is signed: a request as the server will see it, its URL in the parts that the browser's `URL` hands over.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method, in capitals.
    pub method: &'a str,
    /// The `Host` the server sees: with the port, if it is not the scheme's default.
    pub host: &'a str,
    /// `URL.pathname`: encoded once, as it is sent.
    pub path: &'a str,
    /// `URL.search` without the question mark. Take it through [`unambiguous_query`] first and send what that gives.
    pub query: &'a str,
    /// Headers in any order and case. Those that signing sets itself are left out of account.
    pub headers: &'a [(String, String)],
}

/// The body of what is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload<'a> {
    /// The bytes that are sent.
    Bytes(&'a [u8]),
    /// The hex SHA-256 of the bytes that are sent, computed elsewhere (WebCrypto, for large bodies).
    Hash(&'a str),
    /// `UNSIGNED-PAYLOAD`, where the service allows it.
    Unsigned,
}

/// Whose signature it is.
#[derive(Clone, Copy)]
pub struct Credentials<'a> {
    /// The access key id; no secret.
    pub access_key_id: &'a str,
    /// The secret access key.
    pub secret_access_key: &'a str,
    /// The session token, which all temporary credentials have.
    pub session_token: Option<&'a str>,
}

impl fmt::Debug for Credentials<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Where the signature is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The region, e.g. `ap-northeast-1`.
    pub region: &'a str,
    /// The service's signing name, e.g. `execute-api`.
    pub service: &'a str,
}

/// Whether `x-amz-content-sha256` is added. It is one more header that CORS must allow, so it is added only where it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadHeader {
    /// Add the header and sign it.
    Add,
    /// Leave it out, unless the caller set it: then it is set to the truth.
    Omit,
}

/// How the session token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionTokenMode {
    /// It is part of what is signed.
    Signed,
    /// It is added after signing.
    Appended,
}

/// In what services differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether the path is encoded once more for signing.
    pub path_encoding: PathEncoding,
    /// Whether dot segments and double slashes are taken out of the path for signing.
    pub path_normalization: PathNormalization,
    /// Whether `x-amz-content-sha256` is added.
    pub payload_header: PayloadHeader,
    /// How the session token travels.
    pub session_token: SessionTokenMode,
    /// Which of the request's headers are signed.
    pub headers: HeaderSelection,
}

/// VPC Lattice's signing name. It takes no signature of the body.
const VPC_LATTICE: &str = "vpc-lattice-svcs";

/// Whether the signing name is one of S3's. A URL that is signed for it says nothing about a body: S3 takes it for `UNSIGNED-PAYLOAD`.
pub fn is_s3(service: &str) -> bool {
    matches!(service, "s3" | "s3express" | "s3-outposts" | "s3-object-lambda")
}

impl Settings {
    /// The settings that a service wants, by its signing name.
    pub fn for_service(service: &str) -> Self {
        let common = Self {
            path_encoding: PathEncoding::Double,
            path_normalization: PathNormalization::Normalized,
            payload_header: PayloadHeader::Omit,
            session_token: SessionTokenMode::Signed,
            headers: HeaderSelection::Durable,
        };
        match service {
            // An object's key is a path as it is: `a//b` and `a/../b` are keys of their own.
            service if is_s3(service) => Self {
                path_encoding: PathEncoding::Single,
                path_normalization: PathNormalization::Verbatim,
                payload_header: PayloadHeader::Add,
                ..common
            },
            // OpenSearch Serverless and VPC Lattice refuse requests without the header.
            "aoss" | VPC_LATTICE => Self { payload_header: PayloadHeader::Add, ..common },
            // AWS IoT computes the signature of a WebSocket URL without the token.
            "iotdevicegateway" => Self { session_token: SessionTokenMode::Appended, ..common },
            _ => common,
        }
    }
}
