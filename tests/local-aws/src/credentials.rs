//! Temporary credentials: what the identity pool issues and what signatures are checked against.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use time::{Duration, OffsetDateTime};

use crate::clock::Clock;
use crate::cognito::random;
use crate::iam::{Context, Statement};

/// An access key with its secret, the token that must come with it, and who it stands for.
#[derive(Clone)]
pub struct TemporaryCredentials {
    /// `ASIA…`, as every temporary access key.
    pub access_key_id: String,
    /// What requests are signed with.
    pub secret_access_key: String,
    /// What must be sent along as `X-Amz-Security-Token`.
    pub session_token: String,
    /// When they stop working.
    pub expiration: OffsetDateTime,
    /// The role that was assumed: `arn:aws:iam::…:role/…`.
    pub role_arn: String,
    /// The caller as IAM names it: `arn:aws:sts::…:assumed-role/…/…`.
    pub assumed_role_arn: String,
    /// The identity that they were issued to, if an identity pool issued them.
    pub identity_id: Option<String>,
    /// What policies can ask of the session: `cognito-identity.amazonaws.com:sub` and others.
    pub context: Context,
    /// What the session is limited to, within what the role may do.
    pub session_policies: Option<Vec<Statement>>,
}

/// A role that somebody assumes.
#[derive(Clone, Debug)]
pub struct Session<'a> {
    /// The role.
    pub role_arn: &'a str,
    /// What the session is called.
    pub role_session_name: &'a str,
    /// The identity of an identity pool that it is for.
    pub identity_id: Option<&'a str>,
    /// What policies can ask of the session.
    pub context: Context,
    /// What it is limited to.
    pub session_policies: Option<Vec<Statement>>,
    /// For how long.
    pub lifetime: Duration,
}

impl TemporaryCredentials {
    /// Whether they have stopped working at `now`.
    pub fn expired_at(&self, now: OffsetDateTime) -> bool {
        now >= self.expiration
    }
}

impl fmt::Debug for TemporaryCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TemporaryCredentials")
            .field("access_key_id", &self.access_key_id)
            .field("expiration", &self.expiration)
            .field("assumed_role_arn", &self.assumed_role_arn)
            .field("identity_id", &self.identity_id)
            .finish_non_exhaustive()
    }
}

/// Every temporary credential that was issued, also those that have expired: a signature made with one of them is
/// answered differently from one made with a key that never was.
#[derive(Clone, Default)]
pub struct CredentialStore {
    clock: Clock,
    issued: Arc<Mutex<HashMap<String, TemporaryCredentials>>>,
}

impl CredentialStore {
    /// An empty store whose expirations follow `clock`.
    pub fn new(clock: Clock) -> Self {
        Self { clock, issued: Arc::default() }
    }

    /// New credentials of a role, from now on.
    pub fn assume(&self, session: Session<'_>) -> TemporaryCredentials {
        let Session { role_arn, role_session_name, identity_id, context, session_policies, lifetime } = session;
        let credentials = TemporaryCredentials {
            access_key_id: format!("ASIA{}", random::base32_upper(16)),
            secret_access_key: STANDARD.encode(random::bytes::<30>()),
            session_token: STANDARD.encode(random::bytes::<384>()),
            expiration: self.clock.now() + lifetime,
            role_arn: role_arn.to_owned(),
            assumed_role_arn: assumed_role_arn(role_arn, role_session_name),
            identity_id: identity_id.map(str::to_owned),
            context,
            session_policies,
        };
        self.locked(|issued| issued.insert(credentials.access_key_id.clone(), credentials.clone()));
        credentials
    }

    /// New credentials of a role for a session that is limited by nothing.
    pub fn issue(
        &self,
        role_arn: &str,
        role_session_name: &str,
        identity_id: Option<&str>,
        lifetime: Duration,
    ) -> TemporaryCredentials {
        let (context, session_policies) = (Context::default(), None);
        self.assume(Session { role_arn, role_session_name, identity_id, context, session_policies, lifetime })
    }

    /// The credentials of an access key, expired or not.
    pub fn find(&self, access_key_id: &str) -> Option<TemporaryCredentials> {
        self.locked(|issued| issued.get(access_key_id).cloned())
    }

    /// Makes one access key's credentials expire now. Says whether there were any.
    pub fn expire(&self, access_key_id: &str) -> bool {
        let now = self.clock.now();
        self.locked(|issued| issued.get_mut(access_key_id).map(|credentials| credentials.expiration = now).is_some())
    }

    /// Makes all credentials expire now.
    pub fn expire_all(&self) {
        let now = self.clock.now();
        self.locked(|issued| issued.values_mut().for_each(|credentials| credentials.expiration = now));
    }

    /// Forgets everything.
    pub fn reset(&self) {
        self.locked(HashMap::clear);
    }

    fn locked<T>(&self, work: impl FnOnce(&mut HashMap<String, TemporaryCredentials>) -> T) -> T {
        work(&mut self.issued.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// `arn:aws:iam::1:role/path/Name` assumed as `session` is `arn:aws:sts::1:assumed-role/Name/session`: STS leaves the
/// role's path out.
fn assumed_role_arn(role_arn: &str, role_session_name: &str) -> String {
    let account = role_arn.split(':').nth(4).unwrap_or_default();
    let role_name = role_arn.rsplit('/').next().unwrap_or_default();
    format!("arn:aws:sts::{account}:assumed-role/{role_name}/{role_session_name}")
}

/// The caller as STS's `UserId` names it: the role's unique id and the session.
pub fn user_id(credentials: &TemporaryCredentials) -> String {
    let session = credentials.assumed_role_arn.rsplit('/').next().unwrap_or_default();
    format!("{}:{session}", role_id(&credentials.role_arn))
}

/// The unique id of a role: `AROA` and what looks random, but is the same for the same role.
fn role_id(role_arn: &str) -> String {
    let digest = Sha256::digest(role_arn);
    format!("AROA{}", digest.iter().take(17).map(|byte| random::base32_letter(*byte)).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLE: &str = "arn:aws:iam::123456789012:role/teams/Admin";

    #[test]
    fn issued_credentials_are_found_under_their_access_key() {
        let store = CredentialStore::new(Clock::default());
        let issued = store.issue(ROLE, "CognitoIdentityCredentials", Some("region:id"), Duration::HOUR);
        assert!(issued.access_key_id.starts_with("ASIA") && issued.access_key_id.len() == 20);
        assert_eq!(issued.secret_access_key.len(), 40);
        assert_eq!(issued.assumed_role_arn, "arn:aws:sts::123456789012:assumed-role/Admin/CognitoIdentityCredentials");
        let found = store.find(&issued.access_key_id).unwrap();
        assert_eq!(found.secret_access_key, issued.secret_access_key);
        assert!(store.find("ASIAAAAAAAAAAAAAAAAA").is_none());
    }

    #[test]
    fn they_expire_with_the_clock_and_on_command_and_stay_known() {
        let clock = Clock::default();
        let store = CredentialStore::new(clock.clone());
        let issued = store.issue(ROLE, "s", None, Duration::HOUR);
        let expired = |key: &str| store.find(key).unwrap().expired_at(clock.now());
        assert!(!expired(&issued.access_key_id));
        clock.advance(3_600);
        assert!(expired(&issued.access_key_id));
        clock.reset();
        assert!(!expired(&issued.access_key_id));
        assert!(store.expire(&issued.access_key_id));
        assert!(expired(&issued.access_key_id));
        assert!(!store.expire("ASIAAAAAAAAAAAAAAAAA"));
    }

    #[test]
    fn debug_shows_no_secret() {
        let issued = CredentialStore::default().issue(ROLE, "s", None, Duration::HOUR);
        let shown = format!("{issued:?}");
        assert!(!shown.contains(&issued.secret_access_key) && !shown.contains(&issued.session_token));
    }
}
