//! The body of a PUT: whole, or in chunks with a checksum behind them (`aws-chunked`).

use super::checksum;
use super::error::S3Error;
use crate::message::{Headers, Request};
use crate::sigv4::STREAMING_UNSIGNED_TRAILER;

const CHECKSUM: &str = "x-amz-checksum-";

/// A body, with the checksum that it was held against.
pub(super) struct Received {
    pub(super) body: Vec<u8>,
    pub(super) checksum: Option<(String, String)>,
}

/// The body that was meant, once its length and its checksum are right.
pub(super) fn received(request: &Request) -> Result<Received, S3Error> {
    let in_chunks = request.headers.get("x-amz-content-sha256") == Some(STREAMING_UNSIGNED_TRAILER);
    let (body, trailers) = if in_chunks {
        decode(&request.body).ok_or_else(incomplete)?
    } else {
        (request.body.clone(), Headers::default())
    };
    if in_chunks {
        let length = request.headers.get("x-amz-decoded-content-length").and_then(|length| length.parse().ok());
        if length != Some(body.len()) {
            return Err(incomplete());
        }
    }
    let sums = request.headers.iter().chain(trailers.iter());
    let claimed = sums.filter_map(|(name, value)| Some((name, name.strip_prefix(CHECKSUM)?, value)));
    let mut checksum = None;
    for (name, algorithm, value) in claimed {
        // `x-amz-checksum-algorithm`, `-mode` and `-type` are no checksums.
        let Some(computed) = checksum::compute(algorithm, &body) else { continue };
        if computed != value {
            let algorithm = algorithm.to_ascii_uppercase();
            let message = format!("The {algorithm} you specified did not match the calculated checksum.");
            return Err(S3Error::new(400, "BadDigest", message));
        }
        checksum = Some((name.to_owned(), computed));
    }
    Ok(Received { body, checksum })
}

fn incomplete() -> S3Error {
    let message = "You did not provide the number of bytes specified by the Content-Length HTTP header";
    S3Error::new(400, "IncompleteBody", message)
}

/// `size CRLF data CRLF …  0 CRLF trailer: value CRLF … CRLF`
fn decode(mut rest: &[u8]) -> Option<(Vec<u8>, Headers)> {
    let mut body = Vec::new();
    loop {
        let size = usize::from_str_radix(line(&mut rest)?, 16).ok()?;
        if size == 0 {
            break;
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
    let mut trailers = Headers::default();
    loop {
        match line(&mut rest)? {
            "" => return Some((body, trailers)),
            trailer => {
                let (name, value) = trailer.split_once(':')?;
                trailers.append(name.trim(), value.trim());
            }
        }
    }
}

/// Takes a line off the front.
fn line<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let end = rest.windows(2).position(|pair| pair == b"\r\n")?;
    let (line, after) = (rest.get(..end)?, rest.get(end + 2..)?);
    *rest = after;
    std::str::from_utf8(line).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_joined_and_trailers_read() {
        let (body, trailers) = decode(b"5\r\nhello\r\n1\r\n!\r\n0\r\nx-amz-checksum-crc32: AAAA\r\n\r\n").unwrap();
        assert_eq!((body.as_slice(), trailers.get("x-amz-checksum-crc32")), (&b"hello!"[..], Some("AAAA")));
        for torn in [&b"5\r\nhell"[..], b"5\r\nhello\r\n", b"x\r\n", b"0\r\n", b""] {
            assert!(decode(torn).is_none(), "{torn:?}");
        }
    }
}
