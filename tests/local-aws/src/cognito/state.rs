//! A pool as things stand: its configuration, its users, the challenges that are open and the sessions.

use std::collections::{BTreeMap, HashMap};

use num_bigint::BigUint;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::aws_json::{Answer, Exception, ExceptionName, invalid_parameter, not_authorized};
use super::config::{ClientConfig, UserPoolConfig};
use super::issue::{Subject, authentication_result};
use super::random;
use super::sessions::{RefreshFault, Session, Sessions};
use super::sign_in::Challenge;
use super::srp::Verifier;
use super::user::User;

/// A pool as things stand.
pub struct State {
    /// The configuration.
    pub config: UserPoolConfig,
    /// The users by name.
    pub users: BTreeMap<String, User>,
    /// The challenges that wait for their answer, by `SECRET_BLOCK` or `Session`.
    pub challenges: HashMap<String, Challenge>,
    /// The sessions.
    pub sessions: Sessions,
}

impl State {
    /// A pool as the configuration describes it.
    pub fn new(config: UserPoolConfig) -> Self {
        let users = config.users.iter().map(|user| (user.username.clone(), User::new(&config, user))).collect();
        Self { config, users, challenges: HashMap::new(), sessions: Sessions::default() }
    }

    /// Another configuration. Users whose configuration is the same stay as they are.
    pub fn reconfigure(&mut self, config: UserPoolConfig) {
        let mut before = std::mem::take(&mut self.users);
        let same_pool = config.id == self.config.id;
        self.users = config
            .users
            .iter()
            .map(|user| {
                let kept = before.remove(&user.username).filter(|_| same_pool && self.config.users.contains(user));
                (user.username.clone(), kept.unwrap_or_else(|| User::new(&config, user)))
            })
            .collect();
        self.config = config;
    }

    /// The name under which identity pools know the pool.
    pub fn provider_name(&self) -> String {
        let id = &self.config.id;
        format!("cognito-idp.{}.amazonaws.com/{id}", id.region())
    }

    /// What stands in the tokens' `iss`.
    pub fn issuer(&self) -> String {
        format!("https://{}", self.provider_name())
    }

    /// An app client.
    ///
    /// # Errors
    /// When none is named, or none has the id.
    pub fn client(&self, id: Option<String>) -> Result<ClientConfig, Exception> {
        let id = required(id, "clientId")?;
        let found = self.config.clients.iter().find(|client| client.id == id).cloned();
        found.ok_or_else(|| {
            ExceptionName::ResourceNotFoundException.with(format!("User pool client {id} does not exist."))
        })
    }

    /// The user who goes by that name.
    pub fn user(&self, name: &str) -> Option<&User> {
        self.users.get(name).or_else(|| self.users.values().find(|user| user.goes_by(name, &self.config)))
    }

    /// The verifier of a user who does not exist, the same each time but for the password, which nobody knows.
    pub fn nobody(&self, name: &str) -> Verifier {
        let digest = Sha256::digest(format!("{}|{name}", self.config.id));
        let salt = BigUint::from_bytes_be(&digest) >> 128_u32;
        Verifier::with_salt(self.config.id.name(), name, &random::opaque_token(), salt)
    }

    /// Signs a user in.
    pub fn begin_session(&mut self, client: &ClientConfig, user: &User, now: i64) -> Value {
        let (session, refresh_token) = self.sessions.begin(&user.username, client, now);
        authentication_result(&self.subject(client, user, &session), Some(refresh_token), now)
    }

    /// New tokens for a refresh token.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub fn refresh(&mut self, client: &ClientConfig, token: &str, now: i64) -> Answer {
        let (session, next) = self.sessions.refresh(token, client, now).map_err(|fault| match fault {
            RefreshFault::Invalid => not_authorized("Invalid Refresh Token"),
            RefreshFault::Expired => not_authorized("Refresh Token has expired"),
            RefreshFault::Revoked => not_authorized("Refresh Token has been revoked"),
            RefreshFault::Reused => {
                ExceptionName::RefreshTokenReuseException.with("The refresh token has been replaced by rotation.")
            }
        })?;
        let user = self.users.get(&session.username).ok_or_else(|| not_authorized("Refresh Token has been revoked"))?;
        Ok(authentication_result(&self.subject(client, user, &session), next, now))
    }

    fn subject<'a>(&'a self, client: &'a ClientConfig, user: &'a User, session: &'a Session) -> Subject<'a> {
        Subject { pool: &self.config, issuer: self.issuer(), client, user, session }
    }
}

/// A member that an input must have.
///
/// # Errors
/// `InvalidParameterException` that names it.
pub fn required<T>(member: Option<T>, name: &str) -> Result<T, Exception> {
    member.ok_or_else(|| {
        invalid_parameter(format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })
}
