//! The identity pool: a user's token in, temporary credentials of a role out.

mod config;
#[cfg(test)]
mod flow_tests;
mod role;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};
use time::Duration;

use crate::cognito::aws_json::{self, Answer, Exception, ExceptionName, input, not_authorized};
use crate::cognito::{Claims, TokenFault, TokenUse, UserPool, random};
use crate::credentials::CredentialStore;

pub use config::*;

/// An identity pool. Clones are the same pool.
#[derive(Clone)]
pub struct IdentityPool {
    user_pools: Arc<[UserPool]>,
    credentials: CredentialStore,
    state: Arc<Mutex<State>>,
}

struct State {
    config: IdentityPoolConfig,
    identities: HashMap<String, Login>,
}

/// Whom an identity stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Login {
    Guest,
    User { provider_name: String, sub: String },
}

/// A login whose token was verified.
struct Verified {
    login: Login,
    /// `{providerName}:{clientId}`, the key of a role mapping.
    provider: String,
    claims: Claims,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetIdInput {
    identity_pool_id: Option<String>,
    #[serde(default)]
    logins: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetCredentialsInput {
    identity_id: Option<String>,
    custom_role_arn: Option<String>,
    #[serde(default)]
    logins: BTreeMap<String, String>,
}

impl IdentityPool {
    /// A pool as the configuration describes it. `user_pools` are those there are; which of them it trusts is in the
    /// configuration.
    pub fn new(config: IdentityPoolConfig, user_pools: &[UserPool], credentials: CredentialStore) -> Self {
        let state = State { config, identities: HashMap::new() };
        Self { user_pools: user_pools.into(), credentials, state: Arc::new(Mutex::new(state)) }
    }

    /// Changes the configuration. Identities stay.
    pub fn reconfigure(&self, config: IdentityPoolConfig) {
        self.state().config = config;
    }

    /// Forgets every identity.
    pub fn reset(&self) {
        self.state().identities.clear();
    }

    /// The endpoint `cognito-identity.{region}.amazonaws.com`.
    pub fn router(&self) -> Router {
        let pool = self.clone();
        aws_json::router("AWSCognitoIdentityService", move |operation, input| pool.operate(operation, input))
    }

    /// Performs an operation, as the endpoint does.
    ///
    /// # Errors
    /// The operation's exceptions.
    pub fn operate(&self, operation: &str, input: Value) -> Answer {
        match operation {
            "GetId" => self.get_id(input),
            "GetCredentialsForIdentity" => self.get_credentials_for_identity(input),
            _ => Err(ExceptionName::UnknownOperationException.with("")),
        }
    }

    fn get_id(&self, body: Value) -> Answer {
        let GetIdInput { identity_pool_id, logins } = input(body)?;
        let pool_id = required(identity_pool_id, "identityPoolId")?;
        let mut state = self.state();
        if pool_id != state.config.id {
            return Err(not_found("IdentityPool", &pool_id));
        }
        let login = self.verified(&state.config, &logins)?.map_or(Login::Guest, |verified| verified.login);
        Ok(json!({ "IdentityId": state.identity_of(login)? }))
    }

    /// The enhanced flow: the pool itself assumes the role.
    fn get_credentials_for_identity(&self, body: Value) -> Answer {
        let GetCredentialsInput { identity_id, custom_role_arn, logins } = input(body)?;
        let identity_id = required(identity_id, "identityId")?;
        let state = self.state();
        let owner = state.identities.get(&identity_id).ok_or_else(|| not_found("Identity", &identity_id))?;
        let verified = self.verified(&state.config, &logins)?;
        let role_arn = match (owner, verified) {
            (Login::Guest, None) => role::unauthenticated(&state.config)?,
            (_, Some(Verified { login, provider, claims })) if login == *owner => {
                role::authenticated(&state.config, &provider, &claims, custom_role_arn.as_deref())?
            }
            (Login::User { .. }, None) => {
                return Err(not_authorized(format!("Access to Identity '{identity_id}' is forbidden.")));
            }
            (_, Some(_)) => {
                return Err(not_authorized(
                    "Logins don't match. Please include at least one valid login for this identity or identity pool.",
                ));
            }
        };
        let issued =
            self.credentials.issue(&role_arn, "CognitoIdentityCredentials", Some(&identity_id), Duration::HOUR);
        Ok(json!({
            "Credentials": {
                "AccessKeyId": issued.access_key_id,
                "Expiration": issued.expiration.unix_timestamp(),
                "SecretKey": issued.secret_access_key,
                "SessionToken": issued.session_token,
            },
            "IdentityId": identity_id,
        }))
    }

    /// The login, with its token verified; nothing when there is none.
    fn verified(
        &self,
        config: &IdentityPoolConfig,
        logins: &BTreeMap<String, String>,
    ) -> Result<Option<Verified>, Exception> {
        let Some((provider_name, token)) = logins.first_key_value() else { return Ok(None) };
        let clients: Vec<&str> = config
            .cognito_identity_providers
            .iter()
            .filter(|provider| provider.provider_name == *provider_name)
            .map(|provider| provider.client_id.as_str())
            .collect();
        let user_pool = self.user_pools.iter().find(|pool| pool.provider_name() == *provider_name);
        let Some(user_pool) = user_pool.filter(|_| !clients.is_empty()) else {
            return Err(not_authorized("Token is not from a supported provider of this identity pool."));
        };
        let claims = user_pool
            .verify(token)
            .and_then(|claims| claims.of_use(TokenUse::Id))
            .and_then(|claims| claims.for_client(&clients))
            .map_err(|fault| not_authorized(format!("Invalid login token. {}", said_of(fault))))?;
        let sub = claims.text("sub").unwrap_or_default().to_owned();
        let provider = format!("{provider_name}:{}", claims.client_id().unwrap_or_default());
        Ok(Some(Verified { login: Login::User { provider_name: provider_name.clone(), sub }, provider, claims }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A user has one identity; every guest has a new one.
    fn identity_of(&mut self, login: Login) -> Result<String, Exception> {
        if login == Login::Guest {
            role::admit_guest(&self.config)?;
        } else if let Some((id, _)) = self.identities.iter().find(|(_, owner)| **owner == login) {
            return Ok(id.clone());
        }
        let region = self.config.id.split(':').next().unwrap_or_default();
        let id = format!("{region}:{}", random::uuid());
        self.identities.insert(id.clone(), login);
        Ok(id)
    }
}

fn said_of(fault: TokenFault) -> String {
    match fault {
        TokenFault::Missing | TokenFault::Malformed => "Not a valid OpenId Connect identity token.".to_owned(),
        TokenFault::Signature => "Signature did not match.".to_owned(),
        TokenFault::Expired { exp, now } => format!("Token expired: {now} >= {exp}"),
        TokenFault::Issuer => "Issuer doesn't match providerName".to_owned(),
        TokenFault::Audience => "Incorrect token audience.".to_owned(),
        TokenFault::Use => "Not an ID token.".to_owned(),
    }
}

fn not_found(what: &str, id: &str) -> Exception {
    ExceptionName::ResourceNotFoundException.with(format!("{what} '{id}' not found."))
}

fn required(member: Option<String>, name: &str) -> Result<String, Exception> {
    member.ok_or_else(|| {
        ExceptionName::ValidationException.with(format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })
}
