//! Sessions: what a sign-in begins, a refresh token continues, and a revocation ends.

use std::collections::HashMap;

use super::config::{ClientConfig, Feature};
use super::random;

/// What one sign-in began. All its tokens carry its `origin_jti`.
#[derive(Clone, Debug)]
pub struct Session {
    /// The claim `origin_jti`.
    pub origin_jti: String,
    /// The claim `event_id`.
    pub event_id: String,
    /// When the user proved the password.
    pub auth_time: i64,
    /// Whose it is.
    pub username: String,
    /// The app client that it was begun with.
    pub client_id: String,
    /// When refreshing ends; a rotated token inherits it.
    pub expires: i64,
}

/// Why a refresh token is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshFault {
    /// No such token, or another client's.
    Invalid,
    /// Its time is over.
    Expired,
    /// It was revoked, or the user was signed out everywhere.
    Revoked,
    /// It was replaced, and the grace period is over.
    Reused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenState {
    Current,
    ReplacedAt(i64),
}

#[derive(Clone, Debug)]
struct RefreshToken {
    origin_jti: String,
    state: TokenState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SessionState {
    Alive,
    Revoked,
}

/// Every session of a pool.
#[derive(Debug, Default)]
pub struct Sessions {
    sessions: HashMap<String, (Session, SessionState)>,
    tokens: HashMap<String, RefreshToken>,
}

impl Sessions {
    /// Begins a session. Gives it with its refresh token.
    pub fn begin(&mut self, username: &str, client: &ClientConfig, now: i64) -> (Session, String) {
        let session = Session {
            origin_jti: random::uuid().to_string(),
            event_id: random::uuid().to_string(),
            auth_time: now,
            username: username.to_owned(),
            client_id: client.id.clone(),
            expires: now.saturating_add(client.refresh_token_validity),
        };
        self.sessions.insert(session.origin_jti.clone(), (session.clone(), SessionState::Alive));
        let token = self.new_token(&session.origin_jti);
        (session, token)
    }

    /// The session that a refresh token continues.
    ///
    /// # Errors
    /// Why it does not.
    pub fn find(&self, token: &str, client: &ClientConfig, now: i64) -> Result<&Session, RefreshFault> {
        let token = self.tokens.get(token).ok_or(RefreshFault::Invalid)?;
        let (session, state) = self.sessions.get(&token.origin_jti).ok_or(RefreshFault::Invalid)?;
        let grace = client.refresh_token_rotation.retry_grace_period_seconds;
        match (state, token.state) {
            _ if session.client_id != client.id => Err(RefreshFault::Invalid),
            (SessionState::Revoked, _) => Err(RefreshFault::Revoked),
            _ if now >= session.expires => Err(RefreshFault::Expired),
            (_, TokenState::ReplacedAt(at)) if now >= at.saturating_add(grace) => Err(RefreshFault::Reused),
            _ => Ok(session),
        }
    }

    /// Continues the session, with a new refresh token where the client rotates them.
    ///
    /// # Errors
    /// As [`Sessions::find`].
    pub fn refresh(
        &mut self,
        token: &str,
        client: &ClientConfig,
        now: i64,
    ) -> Result<(Session, Option<String>), RefreshFault> {
        let session = self.find(token, client, now)?.clone();
        if client.refresh_token_rotation.feature == Feature::Disabled {
            return Ok((session, None));
        }
        if let Some(RefreshToken { state: state @ TokenState::Current, .. }) = self.tokens.get_mut(token) {
            *state = TokenState::ReplacedAt(now);
        }
        let next = self.new_token(&session.origin_jti);
        Ok((session, Some(next)))
    }

    /// Ends the session of a refresh token, if there is one and it is the client's.
    pub fn revoke(&mut self, token: &str, client_id: &str) {
        let origin_jti = self.tokens.get(token).map(|token| token.origin_jti.clone());
        self.end(|session| session.client_id == client_id && Some(&session.origin_jti) == origin_jti.as_ref());
    }

    /// Ends every session of a user.
    pub fn sign_out_everywhere(&mut self, username: &str) {
        self.end(|session| session.username == username);
    }

    /// Whether the session that a token belongs to is there and was not ended.
    pub fn is_alive(&self, origin_jti: &str) -> bool {
        self.sessions.get(origin_jti).is_some_and(|(_, state)| *state == SessionState::Alive)
    }

    fn end(&mut self, is_meant: impl Fn(&Session) -> bool) {
        let meant = self.sessions.values_mut().filter(|(session, _)| is_meant(session));
        meant.for_each(|(_, state)| *state = SessionState::Revoked);
    }

    fn new_token(&mut self, origin_jti: &str) -> String {
        let token = random::refresh_token();
        let state = RefreshToken { origin_jti: origin_jti.to_owned(), state: TokenState::Current };
        self.tokens.insert(token.clone(), state);
        token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(rotation: &str) -> ClientConfig {
        serde_json::from_str(&format!(r#"{{"id":"c","refreshTokenValidity":100,"refreshTokenRotation":{rotation}}}"#))
            .unwrap()
    }

    #[test]
    fn without_rotation_a_token_works_until_it_expires() {
        let (client, mut sessions) = (client("{}"), Sessions::default());
        let (begun, token) = sessions.begin("u", &client, 1_000);
        let (session, next) = sessions.refresh(&token, &client, 1_099).unwrap();
        assert_eq!((session.origin_jti, next), (begun.origin_jti, None));
        assert_eq!(sessions.refresh(&token, &client, 1_100).unwrap_err(), RefreshFault::Expired);
        assert_eq!(sessions.refresh("other", &client, 1_000).unwrap_err(), RefreshFault::Invalid);
    }

    #[test]
    fn a_rotated_token_is_refused_after_the_grace_period_and_its_successor_is_not() {
        let (client, mut sessions) =
            (client(r#"{"feature":"ENABLED","retryGracePeriodSeconds":10}"#), Sessions::default());
        let (_, first) = sessions.begin("u", &client, 1_000);
        let second = sessions.refresh(&first, &client, 1_050).unwrap().1.unwrap();
        assert!(sessions.refresh(&first, &client, 1_059).is_ok());
        assert_eq!(sessions.refresh(&first, &client, 1_060).unwrap_err(), RefreshFault::Reused);
        assert!(sessions.refresh(&second, &client, 1_060).is_ok());
    }

    #[test]
    fn a_successor_does_not_outlive_what_it_replaced() {
        let (client, mut sessions) = (client(r#"{"feature":"ENABLED"}"#), Sessions::default());
        let (_, first) = sessions.begin("u", &client, 1_000);
        let second = sessions.refresh(&first, &client, 1_099).unwrap().1.unwrap();
        assert_eq!(sessions.refresh(&second, &client, 1_100).unwrap_err(), RefreshFault::Expired);
    }

    #[test]
    fn revoking_ends_one_session_and_signing_out_everywhere_all_of_the_user() {
        let (client, mut sessions) = (client("{}"), Sessions::default());
        let [(a, a_token), (b, b_token), (other, _)] =
            ["u", "u", "other"].map(|name| sessions.begin(name, &client, 1_000));
        sessions.revoke(&a_token, "another client");
        assert!(sessions.is_alive(&a.origin_jti));
        sessions.revoke(&a_token, "c");
        assert!(!sessions.is_alive(&a.origin_jti) && sessions.is_alive(&b.origin_jti));
        assert_eq!(sessions.refresh(&a_token, &client, 1_001).unwrap_err(), RefreshFault::Revoked);
        sessions.sign_out_everywhere("u");
        assert_eq!(sessions.refresh(&b_token, &client, 1_001).unwrap_err(), RefreshFault::Revoked);
        assert!(sessions.is_alive(&other.origin_jti));
    }
}
