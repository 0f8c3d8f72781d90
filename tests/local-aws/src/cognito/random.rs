//! Random identifiers, from the operating system's generator.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::rand_core::{OsRng, RngCore as _};
use uuid::{Builder, Uuid};

/// `N` random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.fill_bytes(&mut bytes);
    bytes
}

/// A random UUID (RFC 9562, version 4).
pub fn uuid() -> Uuid {
    Builder::from_random_bytes(bytes()).into_uuid()
}

/// `length` random letters and digits of the alphabet that access keys are made of (RFC 4648 base32).
pub fn base32_upper(length: usize) -> String {
    std::iter::repeat_with(|| base32_letter(bytes::<1>()[0])).take(length).collect()
}

/// A letter or digit of that alphabet.
pub fn base32_letter(byte: u8) -> char {
    match byte % 32 {
        letter @ 0..26 => char::from(b'A' + letter),
        digit => char::from(b'2' + digit - 26),
    }
}

/// A token that says nothing to whoever holds it.
pub fn opaque_token() -> String {
    URL_SAFE_NO_PAD.encode(bytes::<192>())
}

/// A refresh token: as Cognito's, it has the form and size of an encrypted JWT (RFC 7516 section 7.1).
pub fn refresh_token() -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}"#);
    let [key, nonce, text, tag] =
        [&bytes::<256>()[..], &bytes::<12>(), &bytes::<880>(), &bytes::<16>()].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{key}.{nonce}.{text}.{tag}")
}
