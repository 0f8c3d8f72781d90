//! What a user pool is made from, in Cognito's own names.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// `{region}_{nine letters and digits}`; the region is part of the pool's issuer and host name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserPoolId {
    region: String,
    name: String,
}

impl UserPoolId {
    /// `ap-northeast-1` of `ap-northeast-1_AbCdEfGhI`.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// `AbCdEfGhI` of `ap-northeast-1_AbCdEfGhI`: what SRP hashes as the pool's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for UserPoolId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}_{}", self.region, self.name)
    }
}

impl From<UserPoolId> for String {
    fn from(id: UserPoolId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for UserPoolId {
    type Error = String;

    fn try_from(id: String) -> Result<Self, String> {
        match id.split_once('_') {
            Some((region, name))
                if region.contains('-')
                    && !name.is_empty()
                    && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) =>
            {
                Ok(Self { region: region.to_owned(), name: name.to_owned() })
            }
            _ => {
                Err(format!("user pool id {id:?} is not of the form `region_Name`, with letters and digits after `_`"))
            }
        }
    }
}

/// A user pool with its app clients, groups and users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserPoolConfig {
    /// The pool's id.
    pub id: UserPoolId,
    /// The app clients.
    pub clients: Vec<ClientConfig>,
    /// The groups that users can be in.
    #[serde(default)]
    pub groups: Vec<GroupConfig>,
    /// The users there are at the start.
    #[serde(default)]
    pub users: Vec<UserConfig>,
    /// Attributes under which a user can sign in as well as by name.
    #[serde(default)]
    pub alias_attributes: Vec<String>,
    /// Attributes that every user must have: `NEW_PASSWORD_REQUIRED` asks for those that are missing.
    #[serde(default)]
    pub required_attributes: Vec<String>,
    /// What a new password must be like.
    #[serde(default)]
    pub password_policy: PasswordPolicy,
}

impl UserPoolConfig {
    /// Whether a user's groups have several roles and none of the groups comes first.
    pub fn prefers_no_role(&self, user: &UserConfig) -> bool {
        let groups: Vec<&GroupConfig> =
            self.groups.iter().filter(|group| group.role_arn.is_some() && user.groups.contains(&group.name)).collect();
        let first = groups.first().map(|group| &group.role_arn);
        groups.iter().all(|group| group.precedence.is_none())
            && groups.iter().any(|group| Some(&group.role_arn) != first)
    }
}

/// An app client, without a secret: browsers cannot keep one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientConfig {
    /// The client's id.
    pub id: String,
    /// The ways in that the client may use.
    #[serde(default = "default_flows")]
    pub explicit_auth_flows: Vec<ExplicitAuthFlow>,
    /// How many seconds an ID token is valid.
    #[serde(default = "one_hour")]
    pub id_token_validity: i64,
    /// How many seconds an access token is valid.
    #[serde(default = "one_hour")]
    pub access_token_validity: i64,
    /// How many seconds a refresh token is valid.
    #[serde(default = "thirty_days")]
    pub refresh_token_validity: i64,
    /// How many seconds a user has to answer a challenge.
    #[serde(default = "three_minutes")]
    pub auth_session_validity: i64,
    /// Whether a refresh token is replaced when it is used.
    #[serde(default)]
    pub refresh_token_rotation: RefreshTokenRotation,
    /// Whether an unknown user is told apart from a wrong password.
    #[serde(default)]
    pub prevent_user_existence_errors: PreventUserExistenceErrors,
}

/// A way in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ExplicitAuthFlow {
    /// The password is proved with SRP and never sent.
    AllowUserSrpAuth,
    /// The password is sent.
    AllowUserPasswordAuth,
    /// `REFRESH_TOKEN_AUTH`.
    AllowRefreshTokenAuth,
}

/// Whether a refresh token is replaced when it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RefreshTokenRotation {
    /// On or off.
    #[serde(default)]
    pub feature: Feature,
    /// How many seconds the replaced token can be used again by a client that did not get the answer.
    #[serde(default)]
    pub retry_grace_period_seconds: i64,
}

/// On or off, as Cognito says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Feature {
    /// On.
    Enabled,
    /// Off.
    #[default]
    Disabled,
}

/// Whether an unknown user is told apart from a wrong password.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PreventUserExistenceErrors {
    /// An unknown user gets a challenge that nobody can pass, as the console sets clients up.
    #[default]
    Enabled,
    /// An unknown user gets `UserNotFoundException`.
    Legacy,
}

/// A group, perhaps with a role for its members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupConfig {
    /// The group's name.
    pub name: String,
    /// The IAM role that members may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_arn: Option<String>,
    /// The lowest number wins; none is last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precedence: Option<u32>,
}

/// A user as at the start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserConfig {
    /// The name that the user signs in with.
    pub username: String,
    /// The password, or the temporary one.
    pub password: String,
    /// `email`, `custom:…` and so on.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
    /// The groups that the user is in.
    #[serde(default)]
    pub groups: Vec<String>,
    /// Where the user stands.
    #[serde(default)]
    pub status: UserStatus,
}

/// Where a user stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UserStatus {
    /// Can sign in.
    #[default]
    Confirmed,
    /// Has a temporary password.
    ForceChangePassword,
    /// Has signed up and not entered the code yet.
    Unconfirmed,
    /// Must set a new password with a code.
    ResetRequired,
}

/// What a new password must be like. The default is Cognito's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PasswordPolicy {
    /// At least so many characters.
    pub minimum_length: usize,
    /// A to Z.
    pub require_uppercase: bool,
    /// a to z.
    pub require_lowercase: bool,
    /// 0 to 9.
    pub require_numbers: bool,
    /// One of Cognito's special characters.
    pub require_symbols: bool,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 8,
            require_uppercase: true,
            require_lowercase: true,
            require_numbers: true,
            require_symbols: true,
        }
    }
}

fn default_flows() -> Vec<ExplicitAuthFlow> {
    vec![ExplicitAuthFlow::AllowUserSrpAuth, ExplicitAuthFlow::AllowRefreshTokenAuth]
}

const fn one_hour() -> i64 {
    3_600
}

const fn thirty_days() -> i64 {
    30 * 24 * 3_600
}

const fn three_minutes() -> i64 {
    180
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_id_is_a_region_and_a_name() {
        let id: UserPoolId = serde_json::from_str("\"ap-northeast-1_AbCdEfGhI\"").unwrap();
        assert_eq!((id.region(), id.name()), ("ap-northeast-1", "AbCdEfGhI"));
        for wrong in ["", "ap-northeast-1", "ap-northeast-1_", "_AbC", "ap-northeast-1_A-b"] {
            assert!(UserPoolId::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let config = r#"{"id":"us-east-1_A","clients":[],"user":[]}"#;
        assert!(serde_json::from_str::<UserPoolConfig>(config).is_err());
    }

    #[test]
    fn what_is_left_out_is_as_cognito_has_it() {
        let config = r#"{"id":"us-east-1_A","clients":[{"id":"c"}],"users":[{"username":"u","password":"p"}]}"#;
        let pool: UserPoolConfig = serde_json::from_str(config).unwrap();
        assert_eq!(pool.clients[0].id_token_validity, 3_600);
        assert!(!pool.clients[0].explicit_auth_flows.contains(&ExplicitAuthFlow::AllowUserPasswordAuth));
        assert_eq!(pool.users[0].status, UserStatus::Confirmed);
        assert_eq!(pool.password_policy.minimum_length, 8);
    }
}
