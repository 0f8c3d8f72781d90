//! The identity pool: a user's token in, temporary credentials of a role out.

mod classic;
mod config;
#[cfg(test)]
mod flow_tests;
mod guest_policy;
mod identities;
mod login;
pub mod open_id;
mod provider;
mod role;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde::Deserialize;
use serde_json::{Value, json};
use time::Duration;

use self::identities::{Identities, forbidden};
use self::login::{Login, Presented, Verified};
use crate::clock::Clock;
use crate::cognito::UserPool;
use crate::cognito::aws_json::{self, Answer, Exception, ExceptionName, input};
use crate::credentials::{CredentialStore, Session};
use crate::iam::{Context, Role, find_role};

pub use config::*;

/// An identity pool. Clones are the same pool.
#[derive(Clone)]
pub struct IdentityPool {
    around: Arc<Surroundings>,
    state: Arc<Mutex<State>>,
}

/// What a pool works with.
pub struct Surroundings {
    /// The user pools there are; which of them it trusts is in its configuration.
    pub user_pools: Vec<UserPool>,
    /// Where it has credentials from.
    pub credentials: CredentialStore,
    /// The time.
    pub clock: Clock,
}

struct State {
    config: IdentityPoolConfig,
    roles: BTreeMap<String, Role>,
    identities: Identities,
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

/// How somebody came to be an identity.
struct Admitted {
    logins: Vec<Verified>,
    /// The claim of that name of the pool's token for them.
    amr: Vec<String>,
}

impl Admitted {
    fn is_guest(&self) -> bool {
        !self.amr.iter().any(|how| how == "authenticated")
    }
}

impl IdentityPool {
    /// A pool as the configuration describes it.
    pub fn new(config: IdentityPoolConfig, roles: BTreeMap<String, Role>, around: Surroundings) -> Self {
        open_id::warm_up();
        let state = State { config, roles, identities: Identities::default() };
        Self { around: Arc::new(around), state: Arc::new(Mutex::new(state)) }
    }

    /// Changes the configuration. Identities stay.
    pub fn reconfigure(&self, config: IdentityPoolConfig, roles: BTreeMap<String, Role>) {
        let mut state = self.state();
        state.config = config;
        state.roles = roles;
    }

    /// Forgets every identity.
    pub fn reset(&self) {
        self.state().identities = Identities::default();
    }

    /// The endpoint `cognito-identity.{region}.amazonaws.com`.
    pub fn router(&self) -> Router {
        let pool = self.clone();
        aws_json::router("AWSCognitoIdentityService", move |operation, input| pool.operate(operation, input))
            .merge(classic::documents())
    }

    /// Performs an operation, as the endpoint does.
    ///
    /// # Errors
    /// The operation's exceptions.
    pub fn operate(&self, operation: &str, input: Value) -> Answer {
        match operation {
            "GetId" => self.get_id(input),
            "GetCredentialsForIdentity" => self.get_credentials_for_identity(input),
            "GetOpenIdToken" => self.get_open_id_token(input),
            // A back end signs it with the account's own credentials: `developer_identity` stands for that.
            "GetOpenIdTokenForDeveloperIdentity" => {
                Err(ExceptionName::MissingAuthenticationTokenException.with("Missing Authentication Token"))
            }
            _ => Err(ExceptionName::UnknownOperationException.with("")),
        }
    }

    /// Who presents no login is a new guest; several logins at once are linked to one identity.
    fn get_id(&self, body: Value) -> Answer {
        let GetIdInput { identity_pool_id, logins } = input(body)?;
        let pool_id = required(identity_pool_id, "identityPoolId")?;
        let state = &mut *self.state();
        if pool_id != state.config.id {
            let message = format!("IdentityPool '{pool_id}' not found.");
            return Err(ExceptionName::ResourceNotFoundException.with(message));
        }
        let presented = self.verified(&state.config, &logins)?;
        if let Some(own) = presented.own {
            return Ok(json!({ "IdentityId": own.text("sub") }));
        }
        let region = state.config.region();
        let logins = logins_of(&presented);
        let id = if logins.is_empty() {
            role::admit_guest(&state.config)?;
            state.identities.add_guest(region)
        } else {
            state.identities.of(&logins, region)?
        };
        Ok(json!({ "IdentityId": id }))
    }

    /// The enhanced flow: the pool itself assumes the role.
    fn get_credentials_for_identity(&self, body: Value) -> Answer {
        let GetCredentialsInput { identity_id, custom_role_arn, logins } = input(body)?;
        let identity_id = required(identity_id, "identityId")?;
        let state = &mut *self.state();
        let admitted = self.admit(state, &identity_id, &logins)?;
        let role_arn = if admitted.is_guest() {
            role::unauthenticated(&state.config)?
        } else {
            role::authenticated(&state.config, &admitted.logins, custom_role_arn.as_deref())?
        };
        let context = session_context(&state.config.id, &identity_id, &admitted.amr);
        // The pool assumes the role with a token of its own, as an app does with STS in the classic flow.
        if !find_role(&state.roles, &role_arn).is_some_and(|role| role.trusts(open_id::PROVIDER, &context)) {
            return Err(role::no_role());
        }
        let issued = self.around.credentials.assume(Session {
            role_arn: &role_arn,
            role_session_name: "CognitoIdentityCredentials",
            identity_id: Some(&identity_id),
            context,
            session_policies: admitted.is_guest().then(guest_policy::statements),
            lifetime: Duration::HOUR,
        });
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

    /// Lets somebody be an identity by what they present.
    fn admit(
        &self,
        state: &mut State,
        identity_id: &str,
        logins: &BTreeMap<String, String>,
    ) -> Result<Admitted, Exception> {
        let presented = self.verified(&state.config, logins)?;
        let providers = presented.logins.iter().flat_map(|login| login.amr.iter().cloned());
        let amr = if let Some(own) = &presented.own {
            // It says who its bearer is, and how they were authenticated.
            state.identities.get(identity_id)?;
            if own.text("sub") != Some(identity_id) {
                return Err(forbidden(identity_id));
            }
            state.identities.claim(identity_id, &logins_of(&presented))?;
            own.texts("amr").into_iter().map(str::to_owned).chain(providers).collect()
        } else {
            state.identities.admit(identity_id, &logins_of(&presented))?;
            if presented.logins.is_empty() {
                role::admit_guest(&state.config)?;
                vec!["unauthenticated".to_owned()]
            } else {
                std::iter::once("authenticated".to_owned()).chain(providers).collect()
            }
        };
        Ok(Admitted { logins: presented.logins, amr })
    }

    fn verified(&self, config: &IdentityPoolConfig, logins: &BTreeMap<String, String>) -> Result<Presented, Exception> {
        login::verify(config, &self.around.user_pools, logins, self.around.clock.now_unix_secs())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn logins_of(presented: &Presented) -> Vec<Login> {
    presented.logins.iter().map(|verified| verified.login.clone()).collect()
}

/// What policies can ask of the session of an identity.
pub fn session_context(pool_id: &str, identity_id: &str, amr: &[String]) -> Context {
    Context::default()
        .with("cognito-identity.amazonaws.com:aud", pool_id)
        .with("cognito-identity.amazonaws.com:sub", identity_id)
        .with_all("cognito-identity.amazonaws.com:amr", amr)
}

fn required(member: Option<String>, name: &str) -> Result<String, Exception> {
    member.ok_or_else(|| {
        ExceptionName::ValidationException.with(format!(
            "1 validation error detected: Value at '{name}' failed to satisfy constraint: Member must not be null"
        ))
    })
}
