//! IAM: roles with policies, and the evaluation of a request against them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::glob::glob_matches;

/// A role and what its policies say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// The statements of its policies, by the policy's name.
    pub policies: BTreeMap<String, Vec<Statement>>,
}

impl Role {
    /// The statements of all policies.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.policies.values().flatten()
    }
}

/// A statement, in the policy language's own spelling.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Statement {
    /// What it does.
    pub effect: Effect,
    /// What for, with `*` and `?`.
    pub action: OneOrMany,
    /// On what, with `*` and `?`.
    pub resource: OneOrMany,
    /// Whom it is about, in a resource policy: `*`, or the ARN of a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principal: Option<OneOrMany>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, and outweighs every Allow.
    Deny,
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
    fn iter(&self) -> impl Iterator<Item = &str> {
        let all = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many.as_slice(),
        };
        all.iter().map(String::as_str)
    }
}

/// What the statements say of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Allowed, and nowhere denied.
    Allowed,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement allows it.
    ImplicitDeny,
}

/// Evaluates the policies of an identity.
pub fn evaluate<'a>(statements: impl IntoIterator<Item = &'a Statement>, action: &str, resource: &str) -> Decision {
    let mut decision = Decision::ImplicitDeny;
    for statement in statements {
        let applies = statement.action.iter().any(|pattern| matches_action(pattern, action))
            && statement.resource.iter().any(|pattern| glob_matches(pattern, resource));
        match statement.effect {
            _ if !applies => {}
            Effect::Deny => return Decision::ExplicitDeny,
            Effect::Allow => decision = Decision::Allowed,
        }
    }
    decision
}

/// Evaluates a resource policy for a caller (`None` is an anonymous one).
pub fn evaluate_resource_policy(
    statements: &[Statement],
    caller_role: Option<&str>,
    action: &str,
    resource: &str,
) -> Decision {
    let about_caller = |statement: &&Statement| {
        statement.principal.as_ref().is_none_or(|principal| {
            principal.iter().any(|pattern| pattern == "*" || caller_role.is_some_and(|role| role == pattern))
        })
    };
    evaluate(statements.iter().filter(about_caller), action, resource)
}

/// Action names compare without regard to case; resources do not.
fn matches_action(pattern: &str, action: &str) -> bool {
    glob_matches(&pattern.to_ascii_lowercase(), &action.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn decide(statements: Value, action: &str, resource: &str) -> Decision {
        let statements: Vec<Statement> = serde_json::from_value(statements).unwrap();
        evaluate(&statements, action, resource)
    }

    const ITEM: &str = "arn:aws:execute-api:ap-northeast-1:123456789012:a1/api/GET/admin/users";

    #[test]
    fn nothing_is_allowed_unless_a_statement_allows_it() {
        assert_eq!(decide(json!([]), "execute-api:Invoke", ITEM), Decision::ImplicitDeny);
        let other_method = json!([{ "Effect": "Allow", "Action": "execute-api:Invoke",
            "Resource": "arn:aws:execute-api:ap-northeast-1:123456789012:a1/api/POST/*" }]);
        assert_eq!(decide(other_method, "execute-api:Invoke", ITEM), Decision::ImplicitDeny);
    }

    #[test]
    fn wildcards_cross_slashes_and_actions_ignore_case() {
        for resource in ["*", "arn:aws:execute-api:*:*:a1/api/GET/admin/*", "arn:aws:execute-api:*:*:a?/*"] {
            let statements = json!([{ "Effect": "Allow", "Action": ["Execute-API:*"], "Resource": [resource] }]);
            assert_eq!(decide(statements, "execute-api:Invoke", ITEM), Decision::Allowed, "{resource}");
        }
    }

    #[test]
    fn a_deny_outweighs_every_allow() {
        let statements = json!([
            { "Effect": "Allow", "Action": "*", "Resource": "*" },
            { "Effect": "Deny", "Action": "execute-api:Invoke", "Resource": "*/GET/admin/*" },
            { "Effect": "Allow", "Action": "execute-api:Invoke", "Resource": ITEM },
        ]);
        assert_eq!(decide(statements, "execute-api:Invoke", ITEM), Decision::ExplicitDeny);
    }

    #[test]
    fn a_resource_policy_is_about_its_principals() {
        let statements: Vec<Statement> = serde_json::from_value(json!([
            { "Effect": "Allow", "Principal": "arn:aws:iam::123456789012:role/admin", "Action": "*", "Resource": "*" },
        ]))
        .unwrap();
        let decide = |caller| evaluate_resource_policy(&statements, caller, "execute-api:Invoke", ITEM);
        assert_eq!(decide(Some("arn:aws:iam::123456789012:role/admin")), Decision::Allowed);
        assert_eq!(decide(None), Decision::ImplicitDeny);
    }
}
