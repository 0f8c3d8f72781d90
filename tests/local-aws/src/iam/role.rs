//! A role: who may assume it, and what it may do then.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use super::{Context, Decision, Question, Statement, evaluate};

/// A role and what its policies say.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Role {
    /// Who may assume it: the statements of its trust policy. Nobody, without any.
    #[serde(default, deserialize_with = "trust_policy", skip_serializing_if = "Vec::is_empty")]
    pub assume_role_policy: Vec<Statement>,
    /// For how long it may be assumed, in seconds.
    #[serde(default = "one_hour")]
    pub max_session_duration: i64,
    /// The statements of its policies, by the policy's name.
    #[serde(deserialize_with = "identity_policies")]
    pub policies: BTreeMap<String, Vec<Statement>>,
}

const fn one_hour() -> i64 {
    3_600
}

fn trust_policy<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Statement>, D::Error> {
    let statements = Vec::<Statement>::deserialize(deserializer)?;
    if statements.iter().all(Statement::is_about_trust) {
        return Ok(statements);
    }
    Err(D::Error::custom("a statement of a trust policy has a Principal and no Resource"))
}

fn identity_policies<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Vec<Statement>>, D::Error> {
    let policies = BTreeMap::<String, Vec<Statement>>::deserialize(deserializer)?;
    if policies.values().flatten().all(Statement::is_identity_based) {
        return Ok(policies);
    }
    Err(D::Error::custom("a statement of a role's policy has a Resource and no Principal"))
}

impl Role {
    /// The statements of all policies.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        self.policies.values().flatten()
    }

    /// Whether somebody whom an identity provider vouches for may assume it. The context is what the provider's token
    /// says of them.
    pub fn trusts(&self, provider: &str, context: &Context) -> bool {
        let about_them = |statement: &&Statement| {
            statement.principal.as_ref().is_some_and(|principal| principal.names_federated(provider))
        };
        let question = Question { action: "sts:AssumeRoleWithWebIdentity", resource: "", context };
        evaluate(self.assume_role_policy.iter().filter(about_them), question) == Decision::Allowed
    }
}

/// A role by its ARN: the last part of its path is its name.
pub fn find_role<'a>(roles: &'a BTreeMap<String, Role>, role_arn: &str) -> Option<&'a Role> {
    role_arn.rsplit('/').next().and_then(|name| roles.get(name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const COGNITO: &str = "cognito-identity.amazonaws.com";

    #[test]
    fn only_whom_the_trust_policy_names_may_assume_it() {
        let role: Role = serde_json::from_value(json!({
            "policies": {},
            "assumeRolePolicy": [{
                "Effect": "Allow",
                "Principal": { "Federated": COGNITO },
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": { "StringEquals": { "cognito-identity.amazonaws.com:aud": "pool" } },
            }],
        }))
        .unwrap();
        let of_pool = |pool| Context::default().with("cognito-identity.amazonaws.com:aud", pool);
        assert!(role.trusts(COGNITO, &of_pool("pool")));
        assert!(!role.trusts(COGNITO, &of_pool("other")));
        assert!(!role.trusts("accounts.google.com", &of_pool("pool")));
        let nobodys = Role { assume_role_policy: Vec::new(), ..role };
        assert!(!nobodys.trusts(COGNITO, &of_pool("pool")));
    }

    #[test]
    fn a_deny_a_star_and_another_action_trust_nobody() {
        let allow = json!({ "Effect": "Allow", "Principal": { "Federated": COGNITO },
            "Action": "sts:AssumeRoleWithWebIdentity" });
        let mut deny = allow.clone();
        deny["Effect"] = json!("Deny");
        let mut star = allow.clone();
        star["Principal"] = json!("*");
        let mut other_action = allow.clone();
        other_action["Action"] = json!("sts:AssumeRole");
        for statements in [json!([allow, deny]), json!([star]), json!([other_action])] {
            let role: Role = serde_json::from_value(json!({ "policies": {}, "assumeRolePolicy": statements })).unwrap();
            assert!(!role.trusts(COGNITO, &Context::default()));
        }
    }

    #[test]
    fn a_policy_of_the_wrong_kind_is_refused() {
        let read = |role| serde_json::from_value::<Role>(role);
        let identity_based = json!({ "Effect": "Allow", "Action": "*", "Resource": "*" });
        let without_resource = json!({ "Effect": "Allow", "Action": "*" });
        assert!(read(json!({ "policies": { "p": [identity_based] } })).is_ok());
        assert!(read(json!({ "policies": { "p": [without_resource] } })).is_err());
        assert!(read(json!({ "policies": {}, "assumeRolePolicy": [identity_based] })).is_err());
    }
}
