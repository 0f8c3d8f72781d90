//! What an identity pool is made from, in Cognito's own names.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// An identity pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IdentityPoolConfig {
    /// `{region}:{uuid}`.
    pub id: String,
    /// Whether guests get credentials.
    #[serde(default)]
    pub allow_unauthenticated_identities: bool,
    /// The app clients whose ID tokens are accepted.
    #[serde(default)]
    pub cognito_identity_providers: Vec<CognitoIdentityProvider>,
    /// The roles where nothing else decides.
    #[serde(default)]
    pub roles: Roles,
    /// How a provider's tokens decide the role, by `{providerName}:{clientId}`.
    #[serde(default)]
    pub role_mappings: BTreeMap<String, RoleMapping>,
}

/// An app client of a user pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CognitoIdentityProvider {
    /// `cognito-idp.{region}.amazonaws.com/{poolId}`.
    pub provider_name: String,
    /// The app client's id.
    pub client_id: String,
}

/// The roles where nothing else decides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Roles {
    /// Of somebody who is signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated: Option<String>,
    /// Of a guest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unauthenticated: Option<String>,
}

/// How a token decides the role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum RoleMapping {
    /// By the claims `cognito:preferred_role` and `cognito:roles`.
    #[serde(rename_all = "camelCase")]
    Token {
        /// What happens when they leave it open.
        ambiguous_role_resolution: AmbiguousRoleResolution,
    },
}

/// What happens when a token leaves the role open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AmbiguousRoleResolution {
    /// The pool's authenticated role.
    AuthenticatedRole,
    /// No credentials.
    Deny,
}
