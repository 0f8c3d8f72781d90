//! The life of a session: what is stored, when it is refreshed, what ends it.

pub mod clock;
pub mod record;
pub mod refresh;

pub use clock::Clock;
pub use record::{Plan, Record};
pub use refresh::{Refresh, RefreshWith};

use crate::error::{Error, ErrorCode};

/// What an error means for the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The service said that the session is over: forget it.
    Over,
    /// Offline, 5xx, throttling, a wrong configuration …: keep it.
    Passing,
}

impl Verdict {
    /// A session ends by the answers on this list alone; whatever is unknown passes.
    pub fn of(error: &Error) -> Self {
        match error.code() {
            ErrorCode::SessionExpired
            | ErrorCode::UserNotFound
            | ErrorCode::UserNotConfirmed
            | ErrorCode::PasswordResetRequired => Self::Over,
            _ => Self::Passing,
        }
    }
}

#[cfg(test)]
mod tests;
