//! What the refusals of the identity pool and of STS mean.

use crate::error::{Error, ErrorCode};
use crate::service::Exception;

/// The identity was deleted, merged into another, or belongs to another login or pool.
pub fn is_stale(exception: &Exception) -> bool {
    match exception.name.as_str() {
        "ResourceNotFoundException" => true,
        "NotAuthorizedException" => !is_expired(exception) && !is_ambiguous(exception),
        _ => false,
    }
}

/// "Invalid login token. Token expired: 1712649903 >= 1712646303"
fn is_expired(exception: &Exception) -> bool {
    exception.says("expired")
}

/// "The ambiguous role mapping rules denied this request."
fn is_ambiguous(exception: &Exception) -> bool {
    exception.says("ambiguous role")
}

/// The error that an exception of either service stands for.
pub fn error(exception: Exception) -> Error {
    let says = |part| exception.says(part);
    let (code, help) = match exception.name.as_str() {
        "NotAuthorizedException" if is_ambiguous(&exception) => (
            ErrorCode::RoleAmbiguous,
            "Give the user's group with the highest precedence a role, let the identity pool fall back to the authenticated role, or name one: role.",
        ),
        "ExpiredTokenException" => (ErrorCode::SessionExpired, EXPIRED),
        "NotAuthorizedException" if is_expired(&exception) => (ErrorCode::SessionExpired, EXPIRED),
        "NotAuthorizedException" if says("unauthenticated") => {
            (ErrorCode::IdentityRefused, "Allow guests (unauthenticated identities) in the identity pool, or sign in.")
        }
        "NotAuthorizedException" if says("login") || says("token") => (
            ErrorCode::IdentityRefused,
            "Check that the identity pool has this user pool and app client, or this provider, as an identity provider, and gets its ID token.",
        ),
        "NotAuthorizedException" => (
            ErrorCode::IdentityRefused,
            "Check that the identity pool has the user's identity provider, and that its role rules allow this role.",
        ),
        "ResourceConflictException" => (
            ErrorCode::IdentityRefused,
            "These logins belong to different identities: give one of them, or unlink one (UnlinkIdentity).",
        ),
        "AccessDenied" | "InvalidIdentityPoolConfigurationException" => (ErrorCode::IdentityRefused, TRUST),
        "InvalidIdentityToken" | "IDPRejectedClaim" => (
            ErrorCode::IdentityRefused,
            "Check that the token is of this identity pool, and that the role's trust policy names cognito-identity.amazonaws.com.",
        ),
        "ResourceNotFoundException" => {
            (ErrorCode::InvalidConfiguration, "Check identityPoolId, and that it is in the endpoint's region.")
        }
        "InvalidParameterException" if says("classic") => (
            ErrorCode::InvalidConfiguration,
            "Let the identity pool allow the classic flow and have no role mappings, or set flow: 'enhanced'.",
        ),
        "InvalidParameterException" => {
            (ErrorCode::IdentityRefused, "Check the identity pool's identity providers and the role asked for.")
        }
        "ValidationError" => (ErrorCode::InvalidConfiguration, "Check the role: it takes the ARN of a role."),
        "RegionDisabledException" => (
            ErrorCode::InvalidConfiguration,
            "Activate STS in this region (IAM, account settings), or set stsEndpoint.",
        ),
        _ => return exception.into_general_error(),
    };
    exception.into_error(code, help)
}

const EXPIRED: &str = "Sign in again, or give a token that has not expired.";
const TRUST: &str = "Check the role: it must exist, and its trust policy must allow sts:AssumeRoleWithWebIdentity to this identity pool (aud) and to such users (amr).";
