//! Cognito user pool: messages, SRP, sign-in as a state machine, tokens.

pub mod base64;
pub mod message;
pub mod refusal;
pub mod sign_in;
pub mod srp;
mod timestamp;
pub mod token;

pub use sign_in::{Flow, NewPasswordRequired, SignIn, Step};
pub use srp::Natural;
pub use token::Claims;

use crate::secret::Secret;
use crate::text::cut;

/// The app client of a user pool that this app is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppClient {
    /// `ap-northeast-1_AbCdEfGhI`
    pub user_pool_id: String,
    /// The app client's id. It has no secret: a browser cannot keep one.
    pub client_id: String,
}

impl AppClient {
    /// The pool's id without its region: what SRP calls the pool.
    pub fn pool_name(&self) -> &str {
        cut(&self.user_pool_id, |b| b == b'_').map_or("", |(_, name)| name)
    }
}

/// `AuthenticationResult`: what a sign-in or a refresh gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tokens {
    /// `IdToken`
    pub id: Secret,
    /// `AccessToken`
    pub access: Secret,
    /// `RefreshToken`; a refresh without rotation gives none.
    pub refresh: Option<Secret>,
    /// `ExpiresIn`: seconds that the ID and access tokens live.
    pub expires_in: i64,
}
