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
        (RoleChoice::Pool, CredentialFlow::Classic, _) => Err(Error::new(
            ErrorCode::InvalidArgument,
            "The classic flow knows no rule of the pool's",
            "Set role to a role's ARN, or to 'group'.",
        )),
        (RoleChoice::Group, _, None) => Err(Error::new(
            ErrorCode::InvalidArgument,
            "Only users of the user pool have groups",
            "Set role to a role's ARN or, in the enhanced flow, to 'pool'.",
        )),
        (RoleChoice::Group, _, Some(groups)) => by_group(groups).map(|role| Some(role.to_owned())),
    }
}

fn by_group<'a>(groups: GroupRoles<'a>) -> Result<&'a str, Error> {
    match (groups.preferred, groups.all) {
        (Some(role), _) => Ok(role),
        (None, [role]) => Ok(role),
        (None, []) => Err(Error::new(
            ErrorCode::IdentityRefused,
            "None of the user's groups has a role",
            "Give a group of this user a role in the user pool, then sign in again.",
        )),
        (None, roles) => Err(Error::new(
            ErrorCode::RoleAmbiguous,
            ["The user's groups have several roles and none is preferred: ", &roles.join(", ")].concat(),
            "Give one of the groups the lowest precedence number, or name the role: role: 'arn:…'.",
        )),
    }
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
        assert!(error.message().contains("arn:a, arn:b") && error.help().contains("precedence"), "{error}");
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
