//! The checksums that S3 takes beside a body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Computes a checksum as its header has it; `None` for an algorithm that is not known here.
pub(super) fn compute(algorithm: &str, body: &[u8]) -> Option<String> {
    let low = |crc: u64| u32::try_from(crc).unwrap_or_default().to_be_bytes();
    Some(match algorithm {
        "crc32" => STANDARD.encode(low(crc::<32>(0xEDB8_8320, body))),
        "crc32c" => STANDARD.encode(low(crc::<32>(0x82F6_3B78, body))),
        "crc64nvme" => STANDARD.encode(crc::<64>(0x9A6C_9329_AC4B_C9B5, body).to_be_bytes()),
        "sha256" => STANDARD.encode(Sha256::digest(body)),
        _ => return None,
    })
}

/// A reflected cyclic redundancy check that begins and ends with ones.
fn crc<const BITS: u32>(polynomial: u64, bytes: &[u8]) -> u64 {
    let ones = u64::MAX >> (64 - BITS);
    let step = |crc: u64| if crc & 1 == 1 { (crc >> 1) ^ polynomial } else { crc >> 1 };
    let table: Vec<u64> = (0..256_u64).map(|byte| (0..8).fold(byte, |crc, _| step(crc))).collect();
    let sum = bytes.iter().fold(ones, |crc, &byte| {
        let index = usize::try_from((crc ^ u64::from(byte)) & 0xFF).unwrap_or_default();
        table.get(index).copied().unwrap_or_default() ^ (crc >> 8)
    });
    sum ^ ones
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue of parametrised CRC algorithms.
    #[test]
    fn check_values() {
        assert_eq!(crc::<32>(0xEDB8_8320, b"123456789"), 0xCBF4_3926);
        assert_eq!(crc::<32>(0x82F6_3B78, b"123456789"), 0xE306_9283);
        assert_eq!(crc::<64>(0x9A6C_9329_AC4B_C9B5, b"123456789"), 0xAE8B_1486_0A79_9888);
    }
}
