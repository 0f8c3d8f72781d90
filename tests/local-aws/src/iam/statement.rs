//! A statement of a policy.

use serde::{Deserialize, Serialize};

use super::condition::Conditions;
use super::pattern::Pattern;
use super::{Context, Question};

/// A statement, in the policy language's own spelling.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// What for, with `*` and `?`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<OneOrMany>,
    /// What for: everything but this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_action: Option<OneOrMany>,
    /// On what, with `*`, `?` and policy variables. The trust policy of a role has none: it is about the role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<OneOrMany>,
    /// On what: everything but this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_resource: Option<OneOrMany>,
    /// Whom it is about, in the policy of a resource or of a role's trust.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Conditions>,
}

impl Statement {
    /// Whether it is about that question.
    pub fn applies(&self, question: Question<'_>) -> bool {
        let Question { action, resource, context } = question;
        let names_action = |names: &OneOrMany| names.iter().any(|name| matches_action(name, action));
        let names_resource = |names: &OneOrMany| {
            let matches = |pattern: Pattern| pattern.matches(resource);
            names.iter().any(|name| Pattern::read(name, context).is_some_and(matches))
        };
        self.action.as_ref().is_none_or(names_action)
            && !self.not_action.as_ref().is_some_and(names_action)
            && self.resource.as_ref().is_none_or(names_resource)
            && !self.not_resource.as_ref().is_some_and(names_resource)
            && self.condition.as_ref().is_none_or(|condition| condition.hold(context))
    }
}

/// Action names compare without regard to case; resources do not. There are no variables in them.
fn matches_action(name: &str, action: &str) -> bool {
    Pattern::read(&name.to_ascii_lowercase(), &Context::default())
        .is_some_and(|pattern| pattern.matches(&action.to_ascii_lowercase()))
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, and outweighs every Allow.
    Deny,
}

/// Whom a statement is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Principal {
    /// `*`, or ARNs of roles.
    Names(OneOrMany),
    /// By kind.
    Kinds(PrincipalKinds),
}

/// The kinds of principals.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PrincipalKinds {
    /// ARNs of roles and accounts, or `*`.
    #[serde(default, rename = "AWS", skip_serializing_if = "Option::is_none")]
    pub aws: Option<OneOrMany>,
    /// Identity providers: `cognito-identity.amazonaws.com`, or the ARN of an OpenID Connect provider.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub federated: Option<OneOrMany>,
    /// Services.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<OneOrMany>,
}

impl Principal {
    /// Whether it is about a role.
    pub fn names_aws(&self, role_arn: &str) -> bool {
        self.aws().is_some_and(|names| names.iter().any(|name| name == "*" || name == role_arn))
    }

    /// Whether it is about everybody, the anonymous included.
    pub fn is_everybody(&self) -> bool {
        self.aws().is_some_and(|names| names.iter().any(|name| name == "*"))
    }

    /// Whether it is about whom that identity provider vouches for. `*` is not about them.
    pub fn names_federated(&self, provider: &str) -> bool {
        matches!(self, Self::Kinds(PrincipalKinds { federated: Some(names), .. })
            if names.iter().any(|name| name == provider))
    }

    const fn aws(&self) -> Option<&OneOrMany> {
        match self {
            Self::Names(names) => Some(names),
            Self::Kinds(kinds) => kinds.aws.as_ref(),
        }
    }
}

/// The policy language takes a string or a list of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// A string.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl OneOrMany {
    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        };
        all.iter().map(String::as_str)
    }
}
