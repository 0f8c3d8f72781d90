//! What a signed-in user, or a refresh token, can ask for: `GetTokensFromRefreshToken`, `RevokeToken`,
//! `GlobalSignOut`, `GetUser`.

use serde::Deserialize;
use serde_json::{Value, json};

use super::aws_json::{Answer, Exception, ExceptionName, input, not_authorized};
use super::issue::ACCOUNT_SCOPE;
use super::keys;
use super::state::{State, required};
use super::token::{Claims, TokenFault, TokenUse, verify};
use super::user::User;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RefreshInput {
    client_id: Option<String>,
    refresh_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RevokeInput {
    client_id: Option<String>,
    token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AccessInput {
    access_token: Option<String>,
}

/// `GetTokensFromRefreshToken`.
pub fn get_tokens_from_refresh_token(state: &mut State, now: i64, body: Value) -> Answer {
    let RefreshInput { client_id, refresh_token } = input(body)?;
    let client = state.client(client_id)?;
    state.refresh(&client, &required(refresh_token, "refreshToken")?, now)
}

/// `RevokeToken`. An unknown token is no error (RFC 7009 section 2.2).
pub fn revoke_token(state: &mut State, body: Value) -> Answer {
    let RevokeInput { client_id, token } = input(body)?;
    let client = state.client(client_id)?;
    let token = required(token, "token")?;
    // An ID token or an access token is a JWS, of three parts; a refresh token has five.
    if token.split('.').count() == 3 {
        return Err(ExceptionName::UnsupportedTokenTypeException.with("Only a refresh token can be revoked."));
    }
    state.sessions.revoke(&token, &client.id);
    Ok(json!({}))
}

/// `GlobalSignOut`.
pub fn global_sign_out(state: &mut State, now: i64, body: Value) -> Answer {
    let username = owner(state, now, body)?.username.clone();
    state.sessions.sign_out_everywhere(&username);
    Ok(json!({}))
}

/// `GetUser`.
pub fn get_user(state: &State, now: i64, body: Value) -> Answer {
    let user = owner(state, now, body)?;
    Ok(json!({ "Username": user.username, "UserAttributes": user.attribute_list() }))
}

/// The user whose access token it is. Cognito itself knows what has been revoked, unlike a verifier with the JWKS.
fn owner(state: &State, now: i64, body: Value) -> Result<&User, Exception> {
    let AccessInput { access_token } = input(body)?;
    let token = required(access_token, "accessToken")?;
    let claims = verify(&token, &keys::jwks(), &state.issuer(), now)
        .and_then(|claims| claims.of_use(TokenUse::Access))
        .map_err(|fault| match fault {
            TokenFault::Expired { .. } => not_authorized("Access Token has expired"),
            _ => not_authorized("Invalid Access Token"),
        })?;
    let claim = |name| Claims::text(&claims, name).unwrap_or_default();
    if !state.sessions.is_alive(claim("origin_jti")) {
        return Err(not_authorized("Access Token has been revoked"));
    }
    if !claims.scopes().any(|scope| scope == ACCOUNT_SCOPE) {
        return Err(not_authorized("Access Token does not have required scopes"));
    }
    let user = state.users.get(claim("username"));
    user.ok_or_else(|| ExceptionName::UserNotFoundException.with("User does not exist."))
}
