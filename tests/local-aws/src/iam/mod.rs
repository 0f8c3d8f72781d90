//! IAM: roles with policies, and the evaluation of a request against them.

mod condition;
mod context;
mod pattern;
mod role;
mod statement;

pub use self::condition::Conditions;
pub use self::context::Context;
pub use self::role::{Role, find_role};
pub use self::statement::{Effect, Named, OneOrMany, Principal, Statement};

/// What is asked of the policies.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// `execute-api:Invoke`
    pub action: &'a str,
    /// The resource's ARN.
    pub resource: &'a str,
    /// What else is known of the request.
    pub context: &'a Context,
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

impl Decision {
    /// What two policies that must both allow say together: the role's and the session's.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::ExplicitDeny, _) | (_, Self::ExplicitDeny) => Self::ExplicitDeny,
            (Self::Allowed, Self::Allowed) => Self::Allowed,
            _ => Self::ImplicitDeny,
        }
    }
}

/// Evaluates the policies of an identity.
pub fn evaluate<'a>(statements: impl IntoIterator<Item = &'a Statement>, question: Question<'_>) -> Decision {
    let mut decision = Decision::ImplicitDeny;
    for statement in statements {
        match statement.effect {
            _ if !statement.applies(question) => {}
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
    question: Question<'_>,
) -> Decision {
    let about_caller = |statement: &&Statement| {
        statement.principal.as_ref().is_none_or(|principal| match caller_role {
            Some(role) => principal.names_aws(role),
            None => principal.is_everybody(),
        })
    };
    evaluate(statements.iter().filter(about_caller), question)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn decide(statements: Value, action: &str, resource: &str) -> Decision {
        let statements: Vec<Statement> = serde_json::from_value(statements).unwrap();
        evaluate(&statements, Question { action, resource, context: &context() })
    }

    fn context() -> Context {
        Context::default().with("cognito-identity.amazonaws.com:sub", "us-east-1:me").with("aws:SourceIp", "192.0.2.1")
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
        let context = context();
        let question = Question { action: "execute-api:Invoke", resource: ITEM, context: &context };
        let decide = |caller| evaluate_resource_policy(&statements, caller, question);
        assert_eq!(decide(Some("arn:aws:iam::123456789012:role/admin")), Decision::Allowed);
        assert_eq!(decide(Some("arn:aws:iam::123456789012:role/other")), Decision::ImplicitDeny);
        assert_eq!(decide(None), Decision::ImplicitDeny);
    }

    #[test]
    fn a_resource_may_be_each_callers_own() {
        let own = json!([{ "Effect": "Allow", "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::bucket/${cognito-identity.amazonaws.com:sub}/*" }]);
        let get = |resource| decide(own.clone(), "s3:GetObject", resource);
        assert_eq!(get("arn:aws:s3:::bucket/us-east-1:me/photo.jpg"), Decision::Allowed);
        assert_eq!(get("arn:aws:s3:::bucket/us-east-1:you/photo.jpg"), Decision::ImplicitDeny);
    }

    #[test]
    fn what_is_not_named() {
        let all_but = json!([{ "Effect": "Allow", "NotAction": "iam:*", "NotResource": "*/POST/*" }]);
        let get = |action, resource| decide(all_but.clone(), action, resource);
        assert_eq!(get("execute-api:Invoke", ITEM), Decision::Allowed);
        assert_eq!(get("IAM:CreateUser", ITEM), Decision::ImplicitDeny);
        assert_eq!(get("execute-api:Invoke", "arn:a/api/POST/items"), Decision::ImplicitDeny);
        let unknown = json!([{ "Effect": "Allow", "Action": "*", "NotResource": "*/${aws:nobody}/*" }]);
        assert_eq!(decide(unknown, "execute-api:Invoke", ITEM), Decision::ImplicitDeny);
    }

    #[test]
    fn a_condition_limits_a_deny_too() {
        let elsewhere = |network| {
            json!([
                { "Effect": "Allow", "Action": "*", "Resource": "*" },
                { "Effect": "Deny", "Action": "*", "Resource": "*",
                  "Condition": { "NotIpAddress": { "aws:SourceIp": network } } },
            ])
        };
        assert_eq!(decide(elsewhere("192.0.2.0/24"), "execute-api:Invoke", ITEM), Decision::Allowed);
        assert_eq!(decide(elsewhere("10.0.0.0/8"), "execute-api:Invoke", ITEM), Decision::ExplicitDeny);
    }

    #[test]
    fn a_session_policy_takes_away_and_gives_nothing() {
        use Decision::{Allowed, ExplicitDeny, ImplicitDeny};
        for (role, session, expected) in [
            (Allowed, Allowed, Allowed),
            (Allowed, ImplicitDeny, ImplicitDeny),
            (ImplicitDeny, Allowed, ImplicitDeny),
            (Allowed, ExplicitDeny, ExplicitDeny),
            (ExplicitDeny, Allowed, ExplicitDeny),
        ] {
            assert_eq!(role.and(session), expected, "{role:?} and {session:?}");
        }
    }
}
