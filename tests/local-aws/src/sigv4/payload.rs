//! What stands for the body in a canonical request.

use sha2::{Digest as _, Sha256};

use super::parse::{Parsed, Placement};
use super::{Service, SignatureError};
use crate::message::Request;

const HEADER: &str = "x-amz-content-sha256";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";
/// A body in chunks, with a checksum behind them in the place of signatures.
pub const STREAMING_UNSIGNED_TRAILER: &str = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

/// The last line of a canonical request.
pub(super) struct Payload {
    pub(super) hash: String,
    /// `x-amz-content-sha256`, where it has to be the body's hash.
    claimed: Option<String>,
}

impl Payload {
    pub(super) fn of(request: &Request, signed: &Parsed, service: Service) -> Result<Self, SignatureError> {
        if service != Service::S3 {
            // No other service takes an unsigned payload: the body is what counts, whatever the header says of it.
            let claimed = request.headers.get(HEADER).map(str::to_owned);
            return Ok(Self { hash: hash_of(request), claimed });
        }
        // S3 takes the header's word and holds the body against it; a presigned URL knows no body. S3 asks for https
        // before it takes an unsigned payload, which there is none of on this machine.
        let claimed = match (request.headers.get(HEADER), signed.placement) {
            (Some(claimed), _) => claimed.to_owned(),
            (None, Placement::Query { .. }) => {
                request.query_value("X-Amz-Content-Sha256").unwrap_or_else(|| UNSIGNED.to_owned())
            }
            (None, Placement::Header) => return Err(SignatureError::PayloadHash(None)),
        };
        match claimed.as_str() {
            UNSIGNED | STREAMING_UNSIGNED_TRAILER => Ok(Self { hash: claimed, claimed: None }),
            hash if hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                Ok(Self { hash: claimed.clone(), claimed: Some(claimed) })
            }
            _ => Err(SignatureError::PayloadHash(Some(claimed))),
        }
    }

    /// Holds the body against what was said of it.
    pub(super) fn check(self, request: &Request) -> Result<(), SignatureError> {
        let computed = hash_of(request);
        match self.claimed {
            Some(claimed) if claimed != computed => Err(SignatureError::Payload { claimed, computed }),
            _ => Ok(()),
        }
    }
}

fn hash_of(request: &Request) -> String {
    hex::encode(Sha256::digest(&request.body))
}
