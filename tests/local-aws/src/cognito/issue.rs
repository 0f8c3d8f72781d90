//! The tokens that a session gives out, with Cognito's claims.

use serde_json::{Map, Value, json};

use super::config::{ClientConfig, UserPoolConfig};
use super::keys;
use super::random;
use super::sessions::Session;
use super::token::TokenUse;
use super::user::User;

/// The scope of every access token that was not got through OAuth: the user's own account.
pub const ACCOUNT_SCOPE: &str = "aws.cognito.signin.user.admin";

/// What tokens are made from.
pub struct Subject<'a> {
    /// The pool.
    pub pool: &'a UserPoolConfig,
    /// The pool's issuer.
    pub issuer: String,
    /// The app client.
    pub client: &'a ClientConfig,
    /// The user.
    pub user: &'a User,
    /// The session.
    pub session: &'a Session,
}

/// `AuthenticationResult`, with a refresh token if there is a new one.
pub fn authentication_result(subject: &Subject<'_>, refresh_token: Option<String>, now: i64) -> Value {
    let mut result = json!({
        "AccessToken": keys::sign(TokenUse::Access, &access_claims(subject, now)),
        "ExpiresIn": subject.client.access_token_validity,
        "IdToken": keys::sign(TokenUse::Id, &id_claims(subject, now)),
        "TokenType": "Bearer",
    });
    if let (Some(token), Value::Object(result)) = (refresh_token, &mut result) {
        result.insert("RefreshToken".to_owned(), Value::String(token));
    }
    json!({ "AuthenticationResult": result, "ChallengeParameters": {} })
}

fn id_claims(subject: &Subject<'_>, now: i64) -> Map<String, Value> {
    let Subject { pool, client, user, .. } = subject;
    let membership = user.membership(pool);
    let mut claims = user.attribute_claims();
    claims.extend(common_claims(subject, now, client.id_token_validity));
    claims.insert("token_use".to_owned(), json!("id"));
    claims.insert("aud".to_owned(), json!(client.id));
    claims.insert("cognito:username".to_owned(), json!(user.username));
    if !membership.groups.is_empty() {
        claims.insert("cognito:groups".to_owned(), json!(membership.groups));
    }
    if !membership.roles.is_empty() {
        claims.insert("cognito:roles".to_owned(), json!(membership.roles));
    }
    if let Some(role) = membership.preferred_role {
        claims.insert("cognito:preferred_role".to_owned(), json!(role));
    }
    claims
}

/// An access token names no roles: only an ID token can be exchanged for credentials.
fn access_claims(subject: &Subject<'_>, now: i64) -> Map<String, Value> {
    let Subject { pool, client, user, .. } = subject;
    let groups = user.membership(pool).groups;
    let mut claims = common_claims(subject, now, client.access_token_validity);
    claims.insert("token_use".to_owned(), json!("access"));
    claims.insert("client_id".to_owned(), json!(client.id));
    claims.insert("username".to_owned(), json!(user.username));
    claims.insert("scope".to_owned(), json!(ACCOUNT_SCOPE));
    if !groups.is_empty() {
        claims.insert("cognito:groups".to_owned(), json!(groups));
    }
    claims
}

fn common_claims(subject: &Subject<'_>, now: i64, validity: i64) -> Map<String, Value> {
    let Subject { issuer, user, session, .. } = subject;
    [
        ("sub", json!(user.sub)),
        ("iss", json!(issuer)),
        ("origin_jti", json!(session.origin_jti)),
        ("event_id", json!(session.event_id)),
        ("auth_time", json!(session.auth_time)),
        ("iat", json!(now)),
        ("exp", json!(now.saturating_add(validity))),
        ("jti", json!(random::uuid().to_string())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}
