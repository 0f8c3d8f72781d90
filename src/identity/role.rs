//! Which role credentials are asked for.

use crate::config::{CredentialFlow, RoleChoice};
use crate::error::{Error, ErrorCode};

/// The roles that a user pool's groups give to a user.
#[derive(Clone, Copy, Debug)]
pub struct GroupRoles<'a> {
    /// `cognito:preferred_role`: of the group with the highest precedence.
    pub preferred: Option<&'a str>,
    /// `cognito:roles`
    pub all: &'a [String],
}

/// The ARN to ask for, `None` where the identity pool's own rule decides. Only users of the user pool have groups.
///
/// # Errors
/// `role-ambiguous` where the groups have several roles and none is preferred, `identity-refused` where they have none;
/// `invalid-argument` for a choice that cannot be made here.
pub fn chosen_role(
    choice: &RoleChoice,
    flow: CredentialFlow,
    groups: Option<GroupRoles<'_>>,
) -> Result<Option<String>, Error> {
    match (choice, flow, groups) {
        (RoleChoice::Arn(arn), ..) => Ok(Some(arn.clone())),
        (RoleChoice::Pool, CredentialFlow::Enhanced, _) => Ok(None),
        (RoleChoice::Pool, CredentialFlow::Classic, _) => {
            Err(unavailable("The classic flow knows no rule of the pool's"))
        }
        (RoleChoice::Group, _, None) => Err(unavailable("Only users of the user pool have groups")),
        (RoleChoice::Group, _, Some(groups)) => by_group(groups).map(|role| Some(role.to_owned())),
    }
}

fn unavailable(message: &'static str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message, "Set role to a role's ARN.")
}

fn by_group<'a>(groups: GroupRoles<'a>) -> Result<&'a str, Error> {
    let (code, mut message) = match (groups.preferred, groups.all) {
        (Some(role), _) => return Ok(role),
        (None, [role]) => return Ok(role),
        (None, []) => (ErrorCode::IdentityRefused, "No group of the user has a role".to_owned()),
        (None, _) => (ErrorCode::RoleAmbiguous, "The user's groups have several roles and prefer none:".to_owned()),
    };
    for role in groups.all {
        message.push(' ');
        message.push_str(role);
    }
    Err(Error::new(
        code,
        message,
        "Give one group of the user a role and the lowest precedence number, or name the role.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(preferred: Option<&str>, all: &[&str]) -> Result<Option<String>, Error> {
        let all: Vec<_> = all.iter().map(|role| (*role).to_owned()).collect();
        chosen_role(&RoleChoice::Group, CredentialFlow::Enhanced, Some(GroupRoles { preferred, all: &all }))
    }

    #[test]
    fn a_group_gives_its_role() {
        assert_eq!(by(Some("arn:a"), &["arn:a", "arn:b"]).unwrap().as_deref(), Some("arn:a"));
        assert_eq!(by(None, &["arn:b"]).unwrap().as_deref(), Some("arn:b"));
        assert_eq!(by(None, &[]).unwrap_err().code(), ErrorCode::IdentityRefused);
    }

    #[test]
    fn an_ambiguous_group_names_the_roles_and_what_to_do() {
        let error = by(None, &["arn:a", "arn:b"]).unwrap_err();
        assert_eq!(error.code(), ErrorCode::RoleAmbiguous);
        assert!(error.message().contains("arn:a arn:b") && error.help().contains("precedence"), "{error}");
    }

    #[test]
    fn the_pools_rule_is_the_enhanced_flows_alone_and_groups_are_the_user_pools() {
        use CredentialFlow::{Classic, Enhanced};
        let arn = RoleChoice::Arn("arn:x".into());
        for flow in [Enhanced, Classic] {
            assert_eq!(chosen_role(&arn, flow, None).unwrap().as_deref(), Some("arn:x"));
            assert_eq!(chosen_role(&RoleChoice::Group, flow, None).unwrap_err().code(), ErrorCode::InvalidArgument);
        }
        assert_eq!(chosen_role(&RoleChoice::Pool, Enhanced, None), Ok(None));
        assert_eq!(chosen_role(&RoleChoice::Pool, Classic, None).unwrap_err().code(), ErrorCode::InvalidArgument);
    }
}
