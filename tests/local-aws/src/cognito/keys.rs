//! Signing keys of those who issue tokens.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::rand_core::OsRng;
use rsa::sha2::{Sha256, Sha512};
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Map, Value, json};

use super::random;
use super::token::{Algorithm, Jwk, Jwks, TokenUse};

/// A private key, and the name that its public one goes by.
pub struct KeyPair {
    kid: String,
    algorithm: Algorithm,
    private: RsaPrivateKey,
}

impl KeyPair {
    /// A new key.
    #[expect(
        clippy::expect_used,
        reason = "2048 bits are always enough for a key; the library's other errors are about that"
    )]
    pub fn new(algorithm: Algorithm) -> Self {
        let private = RsaPrivateKey::new(&mut OsRng, 2048).expect("an RSA key of 2048 bits");
        Self { kid: STANDARD.encode(random::bytes::<32>()), algorithm, private }
    }

    /// Signs claims as a JWS in compact form (RFC 7515 section 3.1).
    pub fn sign(&self, claims: &Map<String, Value>) -> String {
        let header = json!({ "kid": self.kid, "alg": self.algorithm }).to_string();
        let payload = Value::Object(claims.clone()).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let key = self.private.clone();
        let signature = match self.algorithm {
            Algorithm::Rs256 => SigningKey::<Sha256>::new(key).sign(signed.as_bytes()),
            Algorithm::Rs512 => SigningKey::<Sha512>::new(key).sign(signed.as_bytes()),
        };
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// The public key.
    pub fn jwk(&self) -> Jwk {
        Jwk {
            alg: self.algorithm,
            e: URL_SAFE_NO_PAD.encode(self.private.e().to_bytes_be()),
            kid: self.kid.clone(),
            kty: "RSA".to_owned(),
            n: URL_SAFE_NO_PAD.encode(self.private.n().to_bytes_be()),
            key_use: "sig".to_owned(),
        }
    }
}

/// A user pool signs ID tokens with one key and access tokens with another, and publishes both.
struct Keys {
    id: KeyPair,
    access: KeyPair,
}

/// Signs claims as a user pool does.
pub fn sign(token_use: TokenUse, claims: &Map<String, Value>) -> String {
    match token_use {
        TokenUse::Id => keys().id.sign(claims),
        TokenUse::Access => keys().access.sign(claims),
    }
}

/// The public keys of the user pool.
pub fn jwks() -> Jwks {
    let Keys { id, access } = keys();
    Jwks { keys: vec![id.jwk(), access.jwk()] }
}

/// Begins to make the keys, so that the first sign-in need not wait for them.
pub fn warm_up() {
    std::thread::spawn(keys);
}

/// Made once per process, and never on disk.
fn keys() -> &'static Keys {
    static KEYS: OnceLock<Keys> = OnceLock::new();
    KEYS.get_or_init(|| Keys { id: KeyPair::new(Algorithm::Rs256), access: KeyPair::new(Algorithm::Rs256) })
}
