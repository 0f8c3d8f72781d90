//! What a token says. JWTs (RFC 7519) are read here, never verified: they come from Cognito over TLS, nothing is
//! granted in the page on their word, and whoever does grant something (the gateway, the identity pool) verifies them.

use super::base64;
use crate::error::{Error, ErrorCode};
use crate::json::Json;
use crate::text::cut;

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
        Json::parse(&payload).as_ref().and_then(Self::of).ok_or_else(malformed)
    }

    fn of(claims: &Json<'_>) -> Option<Self> {
        let subject = claims.text("sub")?;
        let username = claims.text("cognito:username").or_else(|| claims.text("username")).unwrap_or_default();
        Some(Self {
            expires_at: claims.integer("exp")?,
            issued_at: claims.integer("iat")?,
            subject: subject.to_owned(),
            username: username.to_owned(),
            groups: list(claims, "cognito:groups"),
            roles: list(claims, "cognito:roles"),
            preferred_role: claims.string("cognito:preferred_role"),
        })
    }
}

#[inline(never)]
fn list(claims: &Json<'_>, key: &str) -> Vec<String> {
    let items = claims.get(key).map(Json::items).unwrap_or_default();
    items.iter().filter_map(Json::as_str).map(str::to_owned).collect()
}

/// The payload of a JWT: all of its claims as JSON text.
///
/// # Errors
/// `bad-response` where it is no JWT.
pub fn payload(token: &str) -> Result<String, Error> {
    // RFC 7515 section 7.1: header, payload and signature, each base64url, joined by dots.
    let (_header, rest) = cut(token, |b| b == b'.').ok_or_else(malformed)?;
    let (payload, _signature) = cut(rest, |b| b == b'.').ok_or_else(malformed)?;
    base64::decode(payload).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(malformed)
}

fn malformed() -> Error {
    Error::new(
        ErrorCode::BadResponse,
        "The user pool's endpoint gave a token that is not one of Cognito's",
        "Check userPool.endpoint.",
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A token with these claims, signed by nobody.
    pub(crate) fn token(claims: &serde_json::Value) -> String {
        let part = |bytes: &[u8]| base64::encode(bytes).replace('+', "-").replace('/', "_").replace('=', "");
        [part(br#"{"alg":"RS256"}"#), part(claims.to_string().as_bytes()), part(b"signature")].join(".")
    }

    #[test]
    fn reads_id_tokens() {
        let claims = serde_json::json!({
            "sub": "6f1d9a3e", "cognito:username": "hanako", "iat": 1_712_646_303, "exp": 1_712_649_903,
            "cognito:groups": ["admin", "general"], "cognito:roles": ["arn:a", "arn:g"], "cognito:preferred_role": "arn:a",
            "token_use": "id", "name": "花子",
        });
        let token = token(&claims);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&payload(&token).unwrap()).unwrap(), claims);
        let read = Claims::read(&token).unwrap();
        assert_eq!((read.subject.as_str(), read.username.as_str()), ("6f1d9a3e", "hanako"));
        assert_eq!((read.issued_at, read.expires_at), (1_712_646_303, 1_712_649_903));
        assert_eq!(
            (read.groups, read.roles),
            (vec!["admin".into(), "general".into()], vec!["arn:a".into(), "arn:g".into()])
        );
        assert_eq!(read.preferred_role.as_deref(), Some("arn:a"));
    }

    #[test]
    fn reads_access_tokens() {
        let read =
            Claims::read(&token(&serde_json::json!({ "sub": "s", "username": "hanako", "iat": 1, "exp": 2 }))).unwrap();
        assert_eq!((read.username.as_str(), read.groups, read.preferred_role), ("hanako", vec![], None));
    }

    #[test]
    fn refuses_what_is_no_token() {
        let no_expiry = token(&serde_json::json!({ "sub": "s", "iat": 1 }));
        for text in ["", "a.b", "..", "a.%.c", "a.e30.c", "a.bm9uZQ.c", &no_expiry] {
            assert_eq!(Claims::read(text).unwrap_err().code(), ErrorCode::BadResponse, "{text}");
        }
    }

    proptest! {
        #[test]
        fn survives_anything(text in "[A-Za-z0-9_.-]{0,60}|.{0,20}") {
            let _ = Claims::read(&text);
        }
    }
}
