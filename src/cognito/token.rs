//! What a token says. JWTs (RFC 7519) are read here, never verified: they come from Cognito over TLS, nothing is
//! granted in the page on their word, and whoever does grant something (the gateway, the identity pool) verifies them.

use super::base64;
use crate::error::{Error, ErrorCode};
use crate::json::Json;

/// The claims of an ID or access token that the SDK itself needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// `exp`: seconds since 1970 by the server's clock.
    pub expires_at: i64,
    /// `iat`: seconds since 1970 by the server's clock.
    pub issued_at: i64,
    /// `sub`
    pub subject: String,
    /// `cognito:username`, or `username` in access tokens.
    pub username: String,
    /// `cognito:groups`, the group with the highest precedence first.
    pub groups: Vec<String>,
    /// `cognito:roles`
    pub roles: Vec<String>,
    /// `cognito:preferred_role`
    pub preferred_role: Option<String>,
}

impl Claims {
    /// Reads a token.
    ///
    /// # Errors
    /// `bad-response` where it is no JWT of Cognito's.
    pub fn read(token: &str) -> Result<Self, Error> {
        let payload = payload(token)?;
        let claims = Json::parse(&payload).ok_or_else(malformed)?;
        let text = |key| claims.text(key).map(str::to_owned);
        let list = |key| {
            let items = claims.get(key).map(Json::items).unwrap_or_default();
            items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
        };
        Ok(Self {
            expires_at: claims.integer("exp").ok_or_else(malformed)?,
            issued_at: claims.integer("iat").ok_or_else(malformed)?,
            subject: text("sub").ok_or_else(malformed)?,
            username: text("cognito:username").or_else(|| text("username")).unwrap_or_default(),
            groups: list("cognito:groups"),
            roles: list("cognito:roles"),
            preferred_role: text("cognito:preferred_role"),
        })
    }
}

/// The payload of a JWT: all of its claims as JSON text.
///
/// # Errors
/// `bad-response` where it is no JWT.
pub fn payload(token: &str) -> Result<String, Error> {
    // RFC 7515 section 7.1: header, payload and signature, each base64url, joined by dots.
    let mut parts = token.split('.');
    let (Some(_header), Some(payload), Some(_signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed());
    };
    base64::decode(payload).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(malformed)
}

fn malformed() -> Error {
    Error::new(
        ErrorCode::BadResponse,
        "The user pool's endpoint gave a token that is not one of Cognito's",
        "Check userPool.endpoint.",
    )
}
