//! The identity pool: a user's token in, temporary credentials of a role out.

mod config;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;

use crate::cognito::UserPool;
use crate::credentials::CredentialStore;

pub use config::*;

/// An identity pool. Clones are the same pool.
#[derive(Clone)]
pub struct IdentityPool {
    #[expect(dead_code, reason = "the operations come next")]
    user_pools: Arc<[UserPool]>,
    #[expect(dead_code, reason = "the operations come next")]
    credentials: CredentialStore,
    state: Arc<Mutex<State>>,
}

struct State {
    config: IdentityPoolConfig,
}

impl IdentityPool {
    /// A pool as the configuration describes it. `user_pools` are those there are; which of them it trusts is in the
    /// configuration.
    pub fn new(config: IdentityPoolConfig, user_pools: &[UserPool], credentials: CredentialStore) -> Self {
        Self { user_pools: user_pools.into(), credentials, state: Arc::new(Mutex::new(State { config })) }
    }

    /// Changes the configuration. Identities stay.
    pub fn reconfigure(&self, config: IdentityPoolConfig) {
        self.state().config = config;
    }

    /// Forgets every identity.
    pub fn reset(&self) {
        drop(self.state());
    }

    /// The endpoint `cognito-identity.{region}.amazonaws.com`.
    pub fn router(&self) -> Router {
        Router::new()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
