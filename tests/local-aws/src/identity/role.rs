//! Which role an identity gets.

use crate::cognito::Claims;
use crate::cognito::aws_json::{Exception, ExceptionName, not_authorized};

use super::config::{AmbiguousRoleResolution, IdentityPoolConfig, MappingRule, MatchType, RoleMapping};
use super::login::Verified;

/// The role of somebody who is signed in, by the rules of "Using tokens to assign roles to users" and "Using rule-based
/// mapping to assign roles to users". Of several logins, the first that has a mapping decides.
///
/// # Errors
/// When there is none for this user.
pub fn authenticated(
    pool: &IdentityPoolConfig,
    logins: &[Verified],
    custom_role_arn: Option<&str>,
) -> Result<String, Exception> {
    let mapped =
        logins.iter().find_map(|login| pool.role_mappings.get(&login.mapping).map(|found| (found, &login.claims)));
    let Some((mapping, claims)) = mapped else {
        return match custom_role_arn {
            None => pool.roles.authenticated.clone().ok_or_else(no_role),
            Some(_) => {
                Err(ExceptionName::InvalidParameterException
                    .with("CustomRoleArn needs a role mapping for the provider."))
            }
        };
    };
    let (candidates, chosen) = match mapping {
        RoleMapping::Token { .. } => (claims.texts("cognito:roles"), claims.text("cognito:preferred_role")),
        RoleMapping::Rules { rules, .. } => {
            let roles = rules.iter().filter(|rule| rule.matches(claims)).map(|rule| rule.role_arn.as_str());
            let roles: Vec<&str> = roles.collect();
            let first = roles.first().copied();
            (roles, first)
        }
    };
    match (custom_role_arn, chosen, mapping.ambiguous_role_resolution()) {
        (Some(wanted), ..) if candidates.contains(&wanted) => Ok(wanted.to_owned()),
        (Some(_), ..) => Err(not_authorized("CustomRoleArn is not among the roles of the token.")),
        (None, Some(chosen), _) => Ok(chosen.to_owned()),
        (None, None, AmbiguousRoleResolution::AuthenticatedRole) => {
            pool.roles.authenticated.clone().ok_or_else(no_role)
        }
        (None, None, AmbiguousRoleResolution::Deny) => {
            Err(not_authorized("The ambiguous role mapping rules denied this request."))
        }
    }
}

impl MappingRule {
    /// Whether the token has such a claim. A list is compared as the text that it is in JSON: `Contains` finds an item
    /// in it.
    fn matches(&self, claims: &Claims) -> bool {
        let Some(claim) = claims.as_map().get(&self.claim) else { return false };
        let text = claim.as_str().map_or_else(|| claim.to_string(), str::to_owned);
        match self.match_type {
            MatchType::Equals => text == self.value,
            MatchType::NotEqual => text != self.value,
            MatchType::Contains => text.contains(&self.value),
            MatchType::StartsWith => text.starts_with(&self.value),
        }
    }
}

/// Refuses guests where the pool does.
///
/// # Errors
/// `NotAuthorizedException`.
pub fn admit_guest(pool: &IdentityPoolConfig) -> Result<(), Exception> {
    if pool.allow_unauthenticated_identities {
        Ok(())
    } else {
        Err(not_authorized("Unauthenticated access is not supported for this identity pool."))
    }
}

/// The role of a guest.
///
/// # Errors
/// When guests are refused, or have none.
pub fn unauthenticated(pool: &IdentityPoolConfig) -> Result<String, Exception> {
    admit_guest(pool)?;
    pool.roles.unauthenticated.clone().ok_or_else(no_role)
}

/// There is no role, or it does not trust the pool.
pub fn no_role() -> Exception {
    ExceptionName::InvalidIdentityPoolConfigurationException
        .with("Invalid identity pool configuration. Check assigned IAM roles for this pool.")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::login::Login;
    use super::*;

    const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_A:c";

    fn choose(mapping: Value, claims: Value, custom_role_arn: Option<&str>) -> Result<String, ExceptionName> {
        let pool: IdentityPoolConfig = serde_json::from_value(json!({
            "id": "us-east-1:0", "roles": { "authenticated": "auth" }, "roleMappings": mapping,
        }))
        .unwrap();
        let claims = Claims::from(claims.as_object().unwrap().clone());
        let login = Login { provider_name: "cognito-idp".into(), user: "u".into() };
        let login = Verified { login, mapping: PROVIDER.into(), claims, amr: Vec::new() };
        authenticated(&pool, &[login], custom_role_arn).map_err(|exception| exception.name)
    }

    fn by_token(resolution: &str) -> Value {
        json!({ PROVIDER: { "type": "Token", "ambiguousRoleResolution": resolution } })
    }

    #[test]
    fn without_a_mapping_everybody_gets_the_authenticated_role() {
        let claims = json!({ "cognito:preferred_role": "admin", "cognito:roles": ["admin"] });
        assert_eq!(choose(json!({}), claims.clone(), None).as_deref(), Ok("auth"));
        assert_eq!(choose(json!({}), claims, Some("admin")), Err(ExceptionName::InvalidParameterException));
    }

    #[test]
    fn a_mapping_by_token_takes_the_preferred_role() {
        let claims = json!({ "cognito:preferred_role": "admin", "cognito:roles": ["admin", "general"] });
        assert_eq!(choose(by_token("Deny"), claims, None).as_deref(), Ok("admin"));
    }

    #[test]
    fn where_none_is_preferred_the_resolution_decides() {
        for claims in [json!({ "cognito:roles": ["a", "b"] }), json!({})] {
            assert_eq!(choose(by_token("AuthenticatedRole"), claims.clone(), None).as_deref(), Ok("auth"));
            assert_eq!(choose(by_token("Deny"), claims, None), Err(ExceptionName::NotAuthorizedException));
        }
    }

    #[test]
    fn a_custom_role_must_be_one_of_the_tokens() {
        let claims = json!({ "cognito:preferred_role": "admin", "cognito:roles": ["admin", "general"] });
        assert_eq!(choose(by_token("Deny"), claims.clone(), Some("general")).as_deref(), Ok("general"));
        let refused = choose(by_token("AuthenticatedRole"), claims, Some("auth"));
        assert_eq!(refused, Err(ExceptionName::NotAuthorizedException));
    }

    fn by_rules(resolution: &str) -> Value {
        let rule = |claim: &str, match_type: &str, value: &str, role: &str| json!({ "claim": claim, "matchType": match_type, "value": value, "roleARN": role });
        json!({ PROVIDER: { "type": "Rules", "ambiguousRoleResolution": resolution, "rules": [
            rule("custom:department", "Equals", "sales", "sales"),
            rule("cognito:groups", "Contains", "admin", "admin"),
            rule("email", "StartsWith", "taro@", "taro"),
            rule("locale", "NotEqual", "ja", "abroad"),
        ] } })
    }

    #[test]
    fn the_first_rule_that_matches_gives_the_role() {
        for (claims, role) in [
            (json!({ "custom:department": "sales", "cognito:groups": ["admin"] }), "sales"),
            (json!({ "custom:department": "Sales", "cognito:groups": ["general", "admin"] }), "admin"),
            (json!({ "email": "taro@example.com", "locale": "ja" }), "taro"),
            (json!({ "email": "a-taro@example.com", "locale": "fr" }), "abroad"),
            (json!({ "locale": "ja" }), "auth"),
            (json!({}), "auth"),
        ] {
            let chosen = choose(by_rules("AuthenticatedRole"), claims.clone(), None);
            assert_eq!(chosen.as_deref(), Ok(role), "{claims}");
        }
        assert_eq!(choose(by_rules("Deny"), json!({}), None), Err(ExceptionName::NotAuthorizedException));
    }

    #[test]
    fn a_custom_role_overrides_the_order_of_the_rules_that_match() {
        let claims = json!({ "custom:department": "sales", "cognito:groups": ["admin"] });
        let choose = |role| choose(by_rules("Deny"), claims.clone(), Some(role));
        assert_eq!(choose("admin").as_deref(), Ok("admin"));
        assert_eq!(choose("taro"), Err(ExceptionName::NotAuthorizedException));
    }
}
