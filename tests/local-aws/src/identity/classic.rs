//! The classic flow: the pool gives out a token of its own, which STS takes for a role; and the token that the app's
//! back end gets for a user of its own.

use axum::Router;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::login::Login;
use super::open_id::{self, OpenIdToken};
use super::{IdentityPool, IdentityPoolConfig, input, required};
use crate::cognito::aws_json::{Answer, Exception, invalid_parameter};

/// "The OpenID token is valid for 10 minutes" (`GetOpenIdToken`).
const LIFETIME: i64 = 600;

/// The default of `TokenDuration` (`GetOpenIdTokenForDeveloperIdentity`).
const DEVELOPER_LIFETIME: i64 = 900;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetOpenIdTokenInput {
    identity_id: Option<String>,
    #[serde(default)]
    logins: BTreeMap<String, String>,
}

impl IdentityPool {
    pub(super) fn get_open_id_token(&self, body: Value) -> Answer {
        let GetOpenIdTokenInput { identity_id, logins } = input(body)?;
        let identity_id = required(identity_id, "identityId")?;
        let state = &mut *self.state();
        allowed(&state.config)?;
        let admitted = self.admit(state, &identity_id, &logins)?;
        let token = OpenIdToken {
            pool_id: &state.config.id,
            identity_id: &identity_id,
            amr: &admitted.amr,
            issued_at: self.around.clock.now_unix_secs(),
            lifetime: LIFETIME,
        };
        Ok(json!({ "IdentityId": identity_id, "Token": token.sign() }))
    }

    /// `GetOpenIdTokenForDeveloperIdentity`, which only the app's back end may call: the identity of one of its users
    /// and a token for it.
    ///
    /// # Errors
    /// Where the pool has no developer provider.
    pub fn developer_identity(&self, user: &str) -> Result<(String, String), Exception> {
        let state = &mut *self.state();
        let Some(provider_name) = state.config.developer_provider_name.clone() else {
            return Err(invalid_parameter("The identity pool has no developer provider."));
        };
        let login = Login { provider_name: provider_name.clone(), user: user.to_owned() };
        let identity_id = state.identities.of(&[login], state.config.region())?;
        let qualified = format!("{provider_name}:{}:{user}", state.config.id);
        let token = OpenIdToken {
            pool_id: &state.config.id,
            identity_id: &identity_id,
            amr: &["authenticated".to_owned(), provider_name, qualified],
            issued_at: self.around.clock.now_unix_secs(),
            lifetime: DEVELOPER_LIFETIME,
        };
        let token = token.sign();
        Ok((identity_id, token))
    }

    /// Signs somebody in with the first of the pool's OpenID Connect providers: its name, and the ID token.
    pub fn open_id_sign_in(&self, sub: &str, claims: &Map<String, Value>) -> Option<(String, String)> {
        let provider = self.state().config.open_id_providers.first()?.clone();
        let token = provider.sign_in(sub, claims, self.around.clock.now_unix_secs());
        Some((provider.provider_name, token))
    }
}

/// The texts are those that users of pools report.
fn allowed(pool: &IdentityPoolConfig) -> Result<(), Exception> {
    if pool.allow_classic_flow == Some(false) {
        return Err(invalid_parameter("Basic (classic) flow is not enabled, please use enhanced flow."));
    }
    if !pool.role_mappings.is_empty() {
        return Err(invalid_parameter(
            "Basic (classic) flow is not supported with RoleMappings, please use enhanced flow.",
        ));
    }
    Ok(())
}

/// What a verifier of the pool's tokens asks for.
pub fn documents() -> Router {
    let configuration = json!({
        "issuer": open_id::ISSUER,
        "jwks_uri": format!("{}/.well-known/jwks_uri", open_id::ISSUER),
        "response_types_supported": ["token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS512"],
    });
    let document = |document: Value| {
        ([(CONTENT_TYPE, "application/json"), (ACCESS_CONTROL_ALLOW_ORIGIN, "*")], document.to_string())
    };
    Router::new()
        .route("/.well-known/openid-configuration", get(async move || document(configuration)))
        .route("/.well-known/jwks_uri", get(async move || document(json!(open_id::jwks()))))
}
