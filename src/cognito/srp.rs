//! Cognito's SRP-6a, client side: RFC 5054's protocol on RFC 3526's 3072-bit group, with rules of its own for hashing.
//!
//! Not in constant time, as with every client in a browser: what is computed on is used once, far from any attacker's clock.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::base64;
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;

/// The big integers of the platform: JavaScript's `BigInt` in browsers. Never negative.
pub trait Natural: Sized {
    /// From hexadecimal digits, of which there is at least one.
    fn from_hex(digits: &str) -> Self;
    /// As hexadecimal digits, the first of which is not zero.
    fn to_hex(&self) -> String;
    /// `self + other`
    fn plus(&self, other: &Self) -> Self;
    /// `self - other`, where `other` is not larger.
    fn minus(&self, other: &Self) -> Self;
    /// `self * other`
    fn times(&self, other: &Self) -> Self;
    /// `self << bits`
    fn shifted_left(&self, bits: u8) -> Self;
    /// `self mod modulus`
    fn modulo(&self, modulus: &Self) -> Self;
}

/// RFC 3526 section 5; the generator is 2.
const N: &str = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD\
    EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED\
    EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F\
    83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B\
    E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510\
    15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7\
    ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C\
    BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF";

/// k = H(N | PAD(g)), RFC 5054 section 2.6, where Cognito pads `g` to one byte only.
const K: &str = "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6";

/// The client's half of one key agreement.
pub struct Srp {
    a: Zeroizing<[u8; 32]>,
    public: String,
}

/// The parameters of a `PASSWORD_VERIFIER` challenge.
pub struct PasswordVerifier<'a> {
    /// `USER_ID_FOR_SRP`: the user's name in the pool, not the alias that was typed.
    pub user_id: &'a str,
    /// `SALT`
    pub salt: &'a str,
    /// `SRP_B`
    pub server_public: &'a str,
    /// `SECRET_BLOCK`
    pub secret_block: &'a str,
}

impl Srp {
    /// `a` is random. RFC 5054 section 2.5.4 asks for 256 bits at least; more only cost time.
    pub fn new<T: Natural>(a: Zeroizing<[u8; 32]>) -> Self {
        let public = power_of_two(&a[..], &T::from_hex(N)).to_hex();
        Self { a, public }
    }

    /// `SRP_A`
    pub fn public(&self) -> &str {
        &self.public
    }

    /// `PASSWORD_CLAIM_SIGNATURE`: proves the password without sending it.
    ///
    /// # Errors
    /// `bad-response` where the challenge is malformed, or would let its sender cheat.
    pub fn password_claim_signature<T: Natural>(
        &self,
        challenge: &PasswordVerifier<'_>,
        pool_name: &str,
        password: &Secret,
        timestamp: &str,
    ) -> Result<String, Error> {
        let secret_block = base64::decode(challenge.secret_block).ok_or_else(unusable)?;
        let key = self.key::<T>(challenge, pool_name, password)?;
        let signature = hmac(
            key.split_at(16).0,
            &[pool_name.as_bytes(), challenge.user_id.as_bytes(), &secret_block, timestamp.as_bytes()],
        );
        Ok(base64::encode(&signature[..]))
    }

    /// HKDF (RFC 5869) of the premaster secret S = (B - k·g^x)^(a + u·x), RFC 5054 section 2.6.
    fn key<T: Natural>(
        &self,
        challenge: &PasswordVerifier<'_>,
        pool_name: &str,
        password: &Secret,
    ) -> Result<Zeroizing<[u8; 32]>, Error> {
        let n = T::from_hex(N);
        let b = T::from_hex(digits(challenge.server_public)?).modulo(&n);
        let b_hex = b.to_hex();
        // RFC 5054 section 2.5.4: abort where B % N is zero; and so where u is.
        if is_zero(&b_hex) {
            return Err(unusable());
        }
        // Cognito hashes B as it sent it, which is less than N for any server that means well.
        let u = hash(&[&padded(&self.public), &padded(&b_hex)]);
        let u_hex = hex(&u[..]);
        if is_zero(&u_hex) {
            return Err(unusable());
        }
        let identity = hash(&[pool_name.as_bytes(), challenge.user_id.as_bytes(), b":", password.expose().as_bytes()]);
        let x = hash(&[&padded(digits(challenge.salt)?), &identity[..]]);
        let k_g_x = T::from_hex(K).times(&power_of_two(&x[..], &n)).modulo(&n);
        let base = b.plus(&n).minus(&k_g_x).modulo(&n);
        let exponent = natural::<T>(&self.a[..]).plus(&natural::<T>(&u[..]).times(&natural(&x[..])));
        let exponent = secret_bytes(&exponent);
        let s = secret_bytes(&power(&base, &exponent, &n));
        let prk = hmac(&padded(&u_hex), &[&s]);
        Ok(hmac(&prk[..], &[b"Caldera Derived Key\x01"]))
    }
}

/// 2^exponent mod n: a multiplication by a power of the generator is but a shift.
fn power_of_two<T: Natural>(exponent: &[u8], n: &T) -> T {
    let mut power = T::from_hex("1");
    for &byte in exponent {
        for _ in 0..8 {
            power = power.times(&power).modulo(n);
        }
        // Up to 255 bits above n, until the next square is reduced.
        power = power.shifted_left(byte);
    }
    power.modulo(n)
}

/// base^exponent mod n, four bits of the exponent at a time.
fn power<T: Natural>(base: &T, exponent: &[u8], n: &T) -> T {
    let mut table = vec![T::from_hex("1")];
    while let (Some(last), true) = (table.last(), table.len() < 16) {
        table.push(last.times(base).modulo(n));
    }
    let mut power = T::from_hex("1");
    for byte in exponent {
        for nibble in [byte >> 4, byte & 15] {
            for _ in 0..4 {
                power = power.times(&power).modulo(n);
            }
            if let (Some(factor), 1..) = (table.get(usize::from(nibble)), nibble) {
                power = power.times(factor).modulo(n);
            }
        }
    }
    power
}

/// The bytes of a number as Cognito hashes it: as short as can be, with a zero byte before a high bit.
fn padded(digits: &str) -> Vec<u8> {
    let zeros = digits.bytes().take_while(|digit| *digit == b'0').count();
    let length = digits.len() - zeros;
    let mut bytes = Vec::with_capacity(length / 2 + 1);
    // Of an even number of digits the first is the upper half of a byte.
    if length.is_multiple_of(2) && digits.as_bytes().get(zeros).is_none_or(|&digit| nibble(digit) >= 8) {
        bytes.push(0);
    }
    let mut byte = 0;
    for (place, digit) in digits.bytes().enumerate().skip(zeros) {
        byte = byte << 4 | nibble(digit);
        if !(digits.len() - place).is_multiple_of(2) {
            bytes.push(byte);
        }
    }
    bytes
}

fn nibble(digit: u8) -> u8 {
    char::from(digit).to_digit(16).and_then(|value| value.try_into().ok()).unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

fn natural<T: Natural>(bytes: &[u8]) -> T {
    T::from_hex(&Zeroizing::new(hex(bytes)))
}

fn secret_bytes<T: Natural>(number: &T) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(padded(&Zeroizing::new(number.to_hex())))
}

/// The digits of a number that the server sent. None of Cognito's is longer than the group's 3072 bits.
fn digits(text: &str) -> Result<&str, Error> {
    let well_formed = (1..=N.len()).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    well_formed.then_some(text).ok_or_else(unusable)
}

fn is_zero(digits: &str) -> bool {
    digits.bytes().all(|digit| digit == b'0')
}

#[inline(never)]
fn hash(parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    Zeroizing::new(hash.finalize().into())
}

/// HMAC-SHA-256 (RFC 2104) with a key of at most one block.
fn hmac(key: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let keyed = |pad: u8, parts: &[&[u8]]| {
        let mut block = Zeroizing::new([pad; 64]);
        block.iter_mut().zip(key).for_each(|(to, from)| *to ^= from);
        let mut all: Vec<&[u8]> = vec![&block[..]];
        all.extend(parts);
        hash(&all)
    };
    keyed(0x5c, &[&keyed(0x36, parts)[..]])
}

fn unusable() -> Error {
    Error::new(
        ErrorCode::BadResponse,
        "The user pool's endpoint sent a PASSWORD_VERIFIER challenge that cannot be answered",
        "Check userPool.endpoint.",
    )
}

#[cfg(test)]
pub(crate) mod tests;
