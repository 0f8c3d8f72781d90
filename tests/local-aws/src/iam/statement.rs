//! Statements, and what they can name.

use serde::{Deserialize, Serialize};

use super::condition::Conditions;
use super::pattern::Pattern;
use super::{Context, Question};

/// A statement of a policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Statement {
    /// Its name.
    pub sid: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// What for, with `*` and `?`.
    pub actions: Named,
    /// On what, with `*`, `?` and policy variables. The trust policy of a role has none: it is about the role.
    pub resources: Option<Named>,
    /// Whom it is about, in the policy of a resource or of a role's trust.
    pub principal: Option<Principal>,
    /// When.
    pub condition: Option<Conditions>,
}

/// What a statement names.
#[derive(Clone, Debug)]
pub enum Named {
    /// These.
    Only(OneOrMany),
    /// All but these: `NotAction` and `NotResource`.
    AllBut(OneOrMany),
}

impl Named {
    /// Whether it includes what `names` finds in each of them; `None` is for one that cannot be known, and then all but
    /// that cannot be known either.
    fn includes(&self, names: impl Fn(&str) -> Option<bool>) -> bool {
        match self {
            Self::Only(these) => these.iter().any(|one| names(one) == Some(true)),
            Self::AllBut(these) => these.iter().all(|one| names(one) == Some(false)),
        }
    }
}

impl Statement {
    /// Whether it is about that question.
    pub fn applies(&self, question: Question<'_>) -> bool {
        let Question { action, resource, context } = question;
        let names_resource = |name: &str| Pattern::read(name, context).map(|pattern| pattern.matches(resource));
        self.actions.includes(|name| matches_action(name, action))
            && self.resources.as_ref().is_none_or(|resources| resources.includes(names_resource))
            && self.condition.as_ref().is_none_or(|condition| condition.hold(context))
    }

    /// Whether it can stand in the policy of an identity or of a session: it is about resources, and whom it is about
    /// is clear.
    pub const fn is_identity_based(&self) -> bool {
        self.resources.is_some() && self.principal.is_none()
    }

    /// Whether it can stand in the trust policy of a role.
    pub const fn is_about_trust(&self) -> bool {
        self.resources.is_none() && self.principal.is_some()
    }
}

/// A statement in the policy language's own spelling.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<String>,
    effect: Effect,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<OneOrMany>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_action: Option<OneOrMany>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<OneOrMany>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_resource: Option<OneOrMany>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    condition: Option<Conditions>,
}

impl TryFrom<Written> for Statement {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { sid, effect, action, not_action, resource, not_resource, principal, condition } = written;
        let actions = named(action, not_action).ok_or("a statement has either Action or NotAction")?;
        if resource.is_some() && not_resource.is_some() {
            return Err("a statement has not both Resource and NotResource");
        }
        Ok(Self { sid, effect, actions, resources: named(resource, not_resource), principal, condition })
    }
}

fn named(only: Option<OneOrMany>, all_but: Option<OneOrMany>) -> Option<Named> {
    match (only, all_but) {
        (Some(these), None) => Some(Named::Only(these)),
        (None, Some(these)) => Some(Named::AllBut(these)),
        _ => None,
    }
}

impl From<Statement> for Written {
    fn from(statement: Statement) -> Self {
        let Statement { sid, effect, actions, resources, principal, condition } = statement;
        let (action, not_action) = split(Some(actions));
        let (resource, not_resource) = split(resources);
        Self { sid, effect, action, not_action, resource, not_resource, principal, condition }
    }
}

fn split(named: Option<Named>) -> (Option<OneOrMany>, Option<OneOrMany>) {
    match named {
        Some(Named::Only(these)) => (Some(these), None),
        Some(Named::AllBut(these)) => (None, Some(these)),
        None => (None, None),
    }
}

/// Action names compare without regard to case; resources do not. There are no variables in them.
fn matches_action(name: &str, action: &str) -> Option<bool> {
    let pattern = Pattern::read(&name.to_ascii_lowercase(), &Context::default())?;
    Some(pattern.matches(&action.to_ascii_lowercase()))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_written_as_it_was_read() {
        for written in [
            json!({ "Sid": "s", "Effect": "Allow", "Action": "a:B", "Resource": ["x", "y"] }),
            json!({ "Effect": "Deny", "NotAction": ["a:*"], "NotResource": "x", "Principal": { "AWS": "*" } }),
            json!({ "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": { "Federated": "cognito-identity.amazonaws.com" },
                "Condition": { "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": "authenticated" } } }),
        ] {
            let read: Statement = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), written);
        }
    }

    #[test]
    fn what_iam_would_not_take_is_refused_and_not_understood_as_more() {
        let refused = |written: Value| serde_json::from_value::<Statement>(written).is_err();
        assert!(refused(json!({ "Effect": "Allow", "Resource": "*" })));
        assert!(refused(json!({ "Effect": "Allow", "Action": "a", "NotAction": "b", "Resource": "*" })));
        assert!(refused(json!({ "Effect": "Allow", "Action": "a", "Resource": "*", "NotResource": "b" })));
        assert!(refused(json!({ "Effect": "Allow", "Action": "a", "Resource": "*", "Conditon": {} })));
        assert!(refused(json!({ "Effect": "allow", "Action": "a", "Resource": "*" })));
    }
}
