//! The pool's signing keys.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::rand_core::OsRng;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Map, Value, json};

use super::random;
use super::token::{Jwk, Jwks, TokenUse};

struct KeyPair {
    kid: String,
    private: RsaPrivateKey,
}

/// Cognito signs ID tokens with one key and access tokens with another, and publishes both.
struct Keys {
    id: KeyPair,
    access: KeyPair,
}

/// Signs claims as a JWS in compact form (RFC 7515 section 3.1).
pub fn sign(token_use: TokenUse, claims: &Map<String, Value>) -> String {
    let pair = match token_use {
        TokenUse::Id => &keys().id,
        TokenUse::Access => &keys().access,
    };
    let header = json!({ "kid": pair.kid, "alg": "RS256" }).to_string();
    let payload = Value::Object(claims.clone()).to_string();
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = SigningKey::<Sha256>::new(pair.private.clone()).sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

/// The public keys.
pub fn jwks() -> Jwks {
    let Keys { id, access } = keys();
    Jwks { keys: vec![jwk(id), jwk(access)] }
}

fn jwk(pair: &KeyPair) -> Jwk {
    Jwk {
        alg: "RS256".to_owned(),
        e: URL_SAFE_NO_PAD.encode(pair.private.e().to_bytes_be()),
        kid: pair.kid.clone(),
        kty: "RSA".to_owned(),
        n: URL_SAFE_NO_PAD.encode(pair.private.n().to_bytes_be()),
        key_use: "sig".to_owned(),
    }
}

/// Begins to make the keys, so that the first sign-in need not wait for them.
pub fn warm_up() {
    std::thread::spawn(keys);
}

/// Made once per process, and never on disk.
fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys { id: key_pair(), access: key_pair() })
}

#[expect(
    clippy::expect_used,
    reason = "2048 bits are always enough for a key; the library's other errors are about that"
)]
fn key_pair() -> KeyPair {
    KeyPair {
        kid: STANDARD.encode(random::bytes::<32>()),
        private: RsaPrivateKey::new(&mut OsRng, 2048).expect("an RSA key of 2048 bits"),
    }
}
