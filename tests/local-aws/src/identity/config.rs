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
    /// Whether tokens are given out for STS. Pools that never said so give them out, too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_classic_flow: Option<bool>,
    /// The name of the app's own back end as a provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub developer_provider_name: Option<String>,
    /// OpenID Connect providers whose ID tokens are accepted; they are the account's in IAM, too.
    #[serde(default)]
    pub open_id_providers: Vec<OpenIdProvider>,
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

impl IdentityPoolConfig {
    /// Where the pool is: the first part of its id.
    pub fn region(&self) -> &str {
        self.id.split(':').next().unwrap_or_default()
    }
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

/// An OpenID Connect provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OpenIdProvider {
    /// The issuer without `https://`.
    pub provider_name: String,
    /// The audiences of the tokens that are accepted.
    pub client_ids: Vec<String>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub enum RoleMapping {
    /// By the claims `cognito:preferred_role` and `cognito:roles`.
    #[serde(rename_all = "camelCase")]
    Token {
        /// What happens when they leave it open.
        ambiguous_role_resolution: AmbiguousRoleResolution,
    },
    /// By rules about any claims; the first that matches.
    #[serde(rename_all = "camelCase")]
    Rules {
        /// What happens when none matches.
        ambiguous_role_resolution: AmbiguousRoleResolution,
        /// In order.
        rules: Vec<MappingRule>,
    },
}

impl RoleMapping {
    /// What happens when it leaves the role open.
    pub const fn ambiguous_role_resolution(&self) -> AmbiguousRoleResolution {
        match self {
            Self::Token { ambiguous_role_resolution } | Self::Rules { ambiguous_role_resolution, .. } => {
                *ambiguous_role_resolution
            }
        }
    }
}

/// A rule that gives a role to whoever has a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MappingRule {
    /// The claim.
    pub claim: String,
    /// How its value is compared.
    pub match_type: MatchType,
    /// With what.
    pub value: String,
    /// The role.
    #[serde(rename = "roleARN")]
    pub role_arn: String,
}

/// How a rule compares a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are Cognito's, and say it")]
pub enum MatchType {
    Equals,
    Contains,
    StartsWith,
    NotEqual,
}

/// What happens when a token leaves the role open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AmbiguousRoleResolution {
    /// The pool's authenticated role.
    AuthenticatedRole,
    /// No credentials.
    Deny,
}
