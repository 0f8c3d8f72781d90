//! The requests to a user pool, and the tokens in its answers.

use super::{AppClient, Tokens};
use crate::error::Error;
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;
use crate::service::{Answer, Request};

const INITIATE_AUTH: &str = "AWSCognitoIdentityProviderService.InitiateAuth";
const RESPOND_TO_AUTH_CHALLENGE: &str = "AWSCognitoIdentityProviderService.RespondToAuthChallenge";
const GET_TOKENS_FROM_REFRESH_TOKEN: &str = "AWSCognitoIdentityProviderService.GetTokensFromRefreshToken";
const REVOKE_TOKEN: &str = "AWSCognitoIdentityProviderService.RevokeToken";
const GLOBAL_SIGN_OUT: &str = "AWSCognitoIdentityProviderService.GlobalSignOut";

fn request(target: &'static str, body: &mut ObjectWriter) -> Request {
    Request { target, body: Secret::from(body.finish()) }
}

/// `InitiateAuth`, the first step of every flow.
pub fn initiate_auth(client: &AppClient, flow: &str, parameters: &mut ObjectWriter) -> Request {
    let mut body = ObjectWriter::new();
    body.string("AuthFlow", flow).string("ClientId", &client.client_id).object("AuthParameters", parameters);
    request(INITIATE_AUTH, &mut body)
}

/// `RespondToAuthChallenge`; `session` is what the challenge came with.
pub fn respond_to_auth_challenge(
    client: &AppClient,
    challenge: &str,
    session: Option<&str>,
    responses: &mut ObjectWriter,
) -> Request {
    let mut body = ObjectWriter::new();
    body.string("ChallengeName", challenge)
        .string("ClientId", &client.client_id)
        .object("ChallengeResponses", responses);
    if let Some(session) = session {
        body.string("Session", session);
    }
    request(RESPOND_TO_AUTH_CHALLENGE, &mut body)
}

/// `GetTokensFromRefreshToken`: refreshes with and without rotation.
pub fn get_tokens_from_refresh_token(client: &AppClient, refresh: &Secret) -> Request {
    let mut body = ObjectWriter::new();
    body.string("ClientId", &client.client_id).string("RefreshToken", refresh.expose());
    request(GET_TOKENS_FROM_REFRESH_TOKEN, &mut body)
}

/// `InitiateAuth` with `REFRESH_TOKEN_AUTH`: the older way to refresh, closed where rotation is on.
pub fn refresh_token_auth(client: &AppClient, refresh: &Secret) -> Request {
    initiate_auth(client, "REFRESH_TOKEN_AUTH", ObjectWriter::new().string("REFRESH_TOKEN", refresh.expose()))
}

/// `RevokeToken`: ends this session everywhere, other sessions of the user go on.
pub fn revoke_token(client: &AppClient, refresh: &Secret) -> Request {
    let mut body = ObjectWriter::new();
    body.string("ClientId", &client.client_id).string("Token", refresh.expose());
    request(REVOKE_TOKEN, &mut body)
}

/// `GlobalSignOut`: ends every session of the user.
pub fn global_sign_out(access: &Secret) -> Request {
    request(GLOBAL_SIGN_OUT, ObjectWriter::new().string("AccessToken", access.expose()))
}

/// The tokens of an answer's `AuthenticationResult`, `None` where it has none.
///
/// # Errors
/// `bad-response` where one of the two tokens is missing.
pub fn tokens(answer: &Answer, json: &Json<'_>) -> Result<Option<Tokens>, Error> {
    let Some(result) = json.get("AuthenticationResult").filter(|result| **result != Json::Null) else {
        return Ok(None);
    };
    let (Some(id), Some(access)) = (result.text("IdToken"), result.text("AccessToken")) else {
        return Err(answer.incomplete());
    };
    let refresh = result.text("RefreshToken").map(Secret::from);
    let expires_in = result.integer("ExpiresIn").unwrap_or_default();
    Ok(Some(Tokens { id: id.into(), access: access.into(), refresh, expires_in }))
}
