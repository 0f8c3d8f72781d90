//! The tokens of an identity pool itself: what `GetOpenIdToken` gives out, and STS and the pool take back.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use crate::cognito::keys::KeyPair;
use crate::cognito::{Algorithm, Claims, Jwks, TokenFault, verify};

/// The name that identity pools go by, as a provider of roles and as a login.
pub const PROVIDER: &str = "cognito-identity.amazonaws.com";

/// What stands in the tokens' `iss`.
pub const ISSUER: &str = "https://cognito-identity.amazonaws.com";

/// What a token says.
pub struct OpenIdToken<'a> {
    /// The pool.
    pub pool_id: &'a str,
    /// The identity.
    pub identity_id: &'a str,
    /// How it was authenticated: `authenticated` and by whom, or `unauthenticated`.
    pub amr: &'a [String],
    /// When it was issued.
    pub issued_at: i64,
    /// For how long it holds, in seconds.
    pub lifetime: i64,
}

impl OpenIdToken<'_> {
    /// The token, signed.
    pub fn sign(&self) -> String {
        let claims: [(&str, Value); 6] = [
            ("sub", json!(self.identity_id)),
            ("aud", json!(self.pool_id)),
            ("amr", json!(self.amr)),
            ("iss", json!(ISSUER)),
            ("iat", json!(self.issued_at)),
            ("exp", json!(self.issued_at.saturating_add(self.lifetime))),
        ];
        key().sign(&Map::from_iter(claims.map(|(name, value)| (name.to_owned(), value))))
    }
}

/// Verifies a token of an identity pool.
///
/// # Errors
/// What is wrong with it.
pub fn verified(token: &str, now: i64) -> Result<Claims, TokenFault> {
    verify(token, &jwks(), ISSUER, now)
}

/// The public keys.
pub fn jwks() -> Jwks {
    Jwks { keys: vec![key().jwk()] }
}

/// Begins to make the key.
pub fn warm_up() {
    std::thread::spawn(key);
}

fn key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::new(Algorithm::Rs512))
}
