//! The user pool.

mod account;
pub mod aws_json;
mod config;
#[cfg(test)]
mod flow_tests;
mod issue;
pub mod keys;
mod password;
pub mod random;
mod sessions;
mod sign_in;
mod srp;
mod state;
mod token;
mod user;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::clock::Clock;

use aws_json::{Answer, ExceptionName};
use state::State;

pub use config::*;
pub use token::{Algorithm, Claims, Jwk, Jwks, TokenFault, TokenUse, peek, verify};

/// A user pool. Clones are the same pool.
#[derive(Clone)]
pub struct UserPool {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

impl UserPool {
    /// A pool as the configuration describes it.
    pub fn new(config: UserPoolConfig, clock: Clock) -> Self {
        keys::warm_up();
        Self { clock, state: Arc::new(Mutex::new(State::new(config))) }
    }

    /// Changes the configuration. Users whose configuration stays the same stay as they are; sessions go on.
    pub fn reconfigure(&self, config: UserPoolConfig) {
        self.state().reconfigure(config);
    }

    /// Puts every user back to the configuration and ends every session.
    pub fn reset(&self) {
        let mut state = self.state();
        *state = State::new(state.config.clone());
    }

    /// The pool's id.
    pub fn id(&self) -> UserPoolId {
        self.state().config.id.clone()
    }

    /// The name under which identity pools know the pool: `cognito-idp.{region}.amazonaws.com/{poolId}`.
    pub fn provider_name(&self) -> String {
        self.state().provider_name()
    }

    /// What stands in the tokens' `iss`.
    pub fn issuer(&self) -> String {
        self.state().issuer()
    }

    /// The public keys that the tokens can be verified with.
    pub fn jwks(&self) -> Jwks {
        keys::jwks()
    }

    /// Verifies a token as anybody can who has the pool's JWKS: what was revoked is not known here.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn verify(&self, token: &str) -> Result<Claims, TokenFault> {
        verify(token, &self.jwks(), &self.issuer(), self.clock.now_unix_secs())
    }

    /// The endpoint `cognito-idp.{region}.amazonaws.com`.
    pub fn router(&self) -> Router {
        let pool = self.clone();
        let operate = move |operation: &str, input| pool.operate(operation, input);
        let (keys, configuration) = (self.clone(), self.clone());
        aws_json::router("AWSCognitoIdentityProviderService", operate)
            .route(
                "/{pool}/.well-known/jwks.json",
                get(async move |Path(id): Path<String>| keys.document(&id, |pool| json!(pool.jwks()))),
            )
            .route(
                "/{pool}/.well-known/openid-configuration",
                get(async move |Path(id): Path<String>| configuration.document(&id, Self::openid_configuration)),
            )
    }

    /// Performs an operation, as the endpoint does.
    ///
    /// # Errors
    /// The operation's exceptions.
    pub fn operate(&self, operation: &str, input: Value) -> Answer {
        self.operate_at(self.clock.now_unix_secs(), operation, input)
    }

    /// An ID token that a user got a day ago, for apps that have kept it for too long. `None` where no password may be
    /// sent for it.
    pub fn day_old_id_token(&self, username: &str) -> Option<String> {
        let config = self.state().config.clone();
        let user = config.users.iter().find(|user| user.username == username)?;
        let parameters = json!({ "USERNAME": username, "PASSWORD": user.password });
        let client_id = &config.clients.first()?.id;
        let input = json!({ "AuthFlow": "USER_PASSWORD_AUTH", "ClientId": client_id, "AuthParameters": parameters });
        let yesterday = self.clock.now_unix_secs() - 24 * 60 * 60;
        let answer = self.operate_at(yesterday, "InitiateAuth", input).ok()?;
        answer.pointer("/AuthenticationResult/IdToken").and_then(Value::as_str).map(str::to_owned)
    }

    fn operate_at(&self, now: i64, operation: &str, input: Value) -> Answer {
        let state = &mut *self.state();
        match operation {
            "InitiateAuth" => sign_in::initiate_auth(state, now, input),
            "RespondToAuthChallenge" => sign_in::respond_to_auth_challenge(state, now, input),
            "GetTokensFromRefreshToken" => account::get_tokens_from_refresh_token(state, now, input),
            "RevokeToken" => account::revoke_token(state, input),
            "GlobalSignOut" => account::global_sign_out(state, now, input),
            "GetUser" => account::get_user(state, now, input),
            _ => Err(ExceptionName::UnknownOperationException.with("")),
        }
    }

    fn openid_configuration(&self) -> Value {
        let issuer = self.issuer();
        json!({
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": issuer,
            "jwks_uri": format!("{issuer}/.well-known/jwks.json"),
            "response_types_supported": ["code", "token"],
            "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"],
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn document(&self, id: &str, document: impl FnOnce(&Self) -> Value) -> Response {
        let (status, document) = if id == self.id().to_string() {
            (StatusCode::OK, document(self))
        } else {
            (StatusCode::BAD_REQUEST, json!({ "message": format!("User pool {id} does not exist.") }))
        };
        let headers = [(CONTENT_TYPE, "application/json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
        (status, headers, document.to_string()).into_response()
    }
}
