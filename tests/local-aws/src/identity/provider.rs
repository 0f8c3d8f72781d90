//! Another OpenID Connect provider than Cognito: who signs in with it, and what its tokens are verified by.

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use super::config::OpenIdProvider;
use crate::cognito::keys::KeyPair;
use crate::cognito::{Algorithm, Claims, Jwks, TokenFault, verify};

/// For how long its ID tokens hold, in seconds.
const LIFETIME: i64 = 3_600;

impl OpenIdProvider {
    /// What stands in its tokens' `iss`.
    pub fn issuer(&self) -> String {
        format!("https://{}", self.provider_name)
    }

    /// An ID token (OpenID Connect Core 1.0 section 2) for its first client, with more claims if there are any.
    pub fn sign_in(&self, sub: &str, more: &Map<String, Value>, now: i64) -> String {
        let claims: [(&str, Value); 5] = [
            ("iss", json!(self.issuer())),
            ("sub", json!(sub)),
            ("aud", json!(self.client_ids.first())),
            ("iat", json!(now)),
            ("exp", json!(now.saturating_add(LIFETIME))),
        ];
        let claims = claims.map(|(name, value)| (name.to_owned(), value));
        key().sign(&more.clone().into_iter().chain(claims).collect())
    }

    /// Verifies a token of the provider's for one of its clients.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verified(&self, token: &str, now: i64) -> Result<Claims, TokenFault> {
        let jwks = Jwks { keys: vec![key().jwk()] };
        verify(token, &jwks, &self.issuer(), now)?.for_client(&self.client_ids)
    }
}

fn key() -> &'static KeyPair {
    static KEY: OnceLock<KeyPair> = OnceLock::new();
    KEY.get_or_init(|| KeyPair::new(Algorithm::Rs256))
}
