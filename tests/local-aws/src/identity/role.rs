//! Which role an identity gets.

use crate::cognito::Claims;
use crate::cognito::aws_json::{Exception, ExceptionName, not_authorized};

use super::config::{AmbiguousRoleResolution, IdentityPoolConfig, RoleMapping};

/// The role of somebody who is signed in with that provider, by the rules of "Using tokens to assign roles to users".
///
/// # Errors
/// When there is none for this user.
pub fn authenticated(
    pool: &IdentityPoolConfig,
    provider: &str,
    claims: &Claims,
    custom_role_arn: Option<&str>,
) -> Result<String, Exception> {
    let Some(RoleMapping::Token { ambiguous_role_resolution }) = pool.role_mappings.get(provider) else {
        return match custom_role_arn {
            None => pool.roles.authenticated.clone().ok_or_else(no_role),
            Some(_) => Err(ExceptionName::InvalidParameterException
                .with("CustomRoleArn needs a role mapping of type Token for the provider.")),
        };
    };
    if let Some(wanted) = custom_role_arn {
        return match claims.texts("cognito:roles").into_iter().find(|role| *role == wanted) {
            Some(role) => Ok(role.to_owned()),
            None => Err(not_authorized("CustomRoleArn is not among the roles of the token.")),
        };
    }
    match (claims.text("cognito:preferred_role"), ambiguous_role_resolution) {
        (Some(preferred), _) => Ok(preferred.to_owned()),
        (None, AmbiguousRoleResolution::AuthenticatedRole) => pool.roles.authenticated.clone().ok_or_else(no_role),
        (None, AmbiguousRoleResolution::Deny) => {
            Err(not_authorized("The ambiguous role mapping rules denied this request."))
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

fn no_role() -> Exception {
    ExceptionName::InvalidIdentityPoolConfigurationException
        .with("Invalid identity pool configuration. Check assigned IAM roles for this pool.")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PROVIDER: &str = "cognito-idp.us-east-1.amazonaws.com/us-east-1_A:c";

    fn choose(mapping: Value, claims: Value, custom_role_arn: Option<&str>) -> Result<String, ExceptionName> {
        let pool: IdentityPoolConfig = serde_json::from_value(json!({
            "id": "us-east-1:0", "roles": { "authenticated": "auth" }, "roleMappings": mapping,
        }))
        .unwrap();
        let claims = Claims::from(claims.as_object().unwrap().clone());
        authenticated(&pool, PROVIDER, &claims, custom_role_arn).map_err(|exception| exception.name)
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
}
