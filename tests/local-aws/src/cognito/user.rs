//! A user as things stand, and what Cognito says about one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Builder;

use super::config::{GroupConfig, UserConfig, UserPoolConfig, UserStatus};
use super::srp::Verifier;

/// A user as things stand.
#[derive(Clone, Debug)]
pub struct User {
    /// The user's id, the same in every run.
    pub sub: String,
    /// What the user signs in with, and what SRP hashes.
    pub username: String,
    /// What is kept of the password.
    pub verifier: Verifier,
    /// `email`, `custom:…` and so on.
    pub attributes: BTreeMap<String, String>,
    /// The names of the user's groups.
    pub groups: Vec<String>,
    /// Where the user stands.
    pub status: UserStatus,
}

/// A user's groups with what follows from them.
pub struct Membership {
    /// The names, the one with the best precedence first.
    pub groups: Vec<String>,
    /// The groups' roles.
    pub roles: Vec<String>,
    /// The role of the group that goes before all others.
    pub preferred_role: Option<String>,
}

impl User {
    /// The user that the configuration describes.
    pub fn new(pool: &UserPoolConfig, user: &UserConfig) -> Self {
        let sub = user.attributes.get("sub").cloned().unwrap_or_else(|| {
            let mut bytes = [0; 16];
            let digest = Sha256::digest(format!("{}|{}", pool.id, user.username));
            bytes.iter_mut().zip(digest).for_each(|(byte, digest)| *byte = digest);
            Builder::from_random_bytes(bytes).into_uuid().to_string()
        });
        Self {
            sub,
            username: user.username.clone(),
            verifier: Verifier::new(pool.id.name(), &user.username, &user.password),
            attributes: user.attributes.iter().filter(|(name, _)| *name != "sub").map(owned).collect(),
            groups: user.groups.clone(),
            status: user.status,
        }
    }

    /// Whether the user can sign in under that name: the user's own, or an attribute that stands for it.
    pub fn goes_by(&self, name: &str, pool: &UserPoolConfig) -> bool {
        let is_alias = |attribute| self.attributes.get(attribute).is_some_and(|value| value == name);
        self.username == name || pool.alias_attributes.iter().any(is_alias)
    }

    /// The user's groups in the pool.
    pub fn membership(&self, pool: &UserPoolConfig) -> Membership {
        let mut groups: Vec<&GroupConfig> =
            pool.groups.iter().filter(|group| self.groups.contains(&group.name)).collect();
        groups.sort_by_key(|group| group.precedence.unwrap_or(u32::MAX));
        let best = groups.first().map(|group| group.precedence);
        let mut best_roles =
            groups.iter().filter(|group| Some(group.precedence) == best).filter_map(|group| group.role_arn.as_ref());
        // Groups of equal precedence prefer no role unless it is the same one.
        let preferred_role = best_roles.next().filter(|role| best_roles.all(|other| other == *role)).cloned();
        let mut roles: Vec<String> = Vec::new();
        for role in groups.iter().filter_map(|group| group.role_arn.as_ref()) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        Membership { groups: groups.into_iter().map(|group| group.name.clone()).collect(), roles, preferred_role }
    }

    /// The attributes as claims of an ID token.
    pub fn attribute_claims(&self) -> Map<String, Value> {
        self.attributes
            .iter()
            .map(|(name, value)| {
                let claim = match name.as_str() {
                    // OpenID Connect Core 1.0 section 5.1: these are booleans, and an address is an object.
                    "email_verified" | "phone_number_verified" => Value::Bool(value == "true"),
                    "address" => json!({ "formatted": value }),
                    _ => Value::String(value.clone()),
                };
                (name.clone(), claim)
            })
            .collect()
    }

    /// The attributes as `GetUser` lists them.
    pub fn attribute_list(&self) -> Value {
        let sub = std::iter::once(json!({ "Name": "sub", "Value": self.sub }));
        sub.chain(self.attributes.iter().map(|(name, value)| json!({ "Name": name, "Value": value }))).collect()
    }
}

fn owned((name, value): (&String, &String)) -> (String, String) {
    (name.clone(), value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(groups: Value, of: &[&str]) -> Membership {
        let pool: UserPoolConfig = serde_json::from_value(json!({
            "id": "us-east-1_A", "clients": [], "groups": groups,
            "users": [{ "username": "u", "password": "p", "groups": of }],
        }))
        .unwrap();
        User::new(&pool, &pool.users[0]).membership(&pool)
    }

    #[test]
    fn the_lowest_precedence_gives_the_preferred_role() {
        let groups = json!([
            { "name": "none", "roleArn": "n" },
            { "name": "general", "roleArn": "g", "precedence": 10 },
            { "name": "admin", "roleArn": "a", "precedence": 1 },
            { "name": "other", "roleArn": "o", "precedence": 0 },
        ]);
        let membership = membership(groups, &["none", "general", "admin"]);
        assert_eq!(membership.groups, ["admin", "general", "none"]);
        assert_eq!(membership.roles, ["a", "g", "n"]);
        assert_eq!(membership.preferred_role.as_deref(), Some("a"));
    }

    #[test]
    fn equal_precedence_prefers_no_role_unless_it_is_the_same() {
        let two = |first, second| {
            let groups = json!([
                { "name": "x", "roleArn": first, "precedence": 1 },
                { "name": "y", "roleArn": second, "precedence": 1 },
            ]);
            membership(groups, &["x", "y"])
        };
        assert_eq!(two("a", "b").preferred_role, None);
        assert_eq!(two("a", "b").roles, ["a", "b"]);
        assert_eq!(two("a", "a").preferred_role.as_deref(), Some("a"));
        assert_eq!(two("a", "a").roles, ["a"]);
    }

    #[test]
    fn a_user_keeps_the_same_sub_and_no_two_share_one() {
        let pool: UserPoolConfig = serde_json::from_value(json!({
            "id": "us-east-1_A", "clients": [],
            "users": [{ "username": "a", "password": "p" }, { "username": "b", "password": "p" },
                { "username": "c", "password": "p", "attributes": { "sub": "given" } }],
        }))
        .unwrap();
        let sub = |index: usize| User::new(&pool, &pool.users[index]).sub;
        assert_eq!(sub(0), sub(0));
        assert_ne!(sub(0), sub(1));
        assert_eq!(sub(2), "given");
    }
}
