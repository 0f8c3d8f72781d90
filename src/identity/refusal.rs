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
    use ErrorCode::{IdentityRefused, InvalidConfiguration, RoleAmbiguous, SessionExpired};
    let says = |part| exception.says(part);
    let (code, help) = match exception.name.as_str() {
        "NotAuthorizedException" if is_ambiguous(&exception) => {
            (RoleAmbiguous, "Give one of the user's groups precedence, or name the role.")
        }
        "NotAuthorizedException" if is_expired(&exception) => (SessionExpired, EXPIRED),
        "ExpiredTokenException" => (SessionExpired, EXPIRED),
        "NotAuthorizedException" if says("unauthenticated") => {
            (IdentityRefused, "Allow guests in the identity pool, or sign in.")
        }
        "ResourceConflictException" => (IdentityRefused, "These logins are of different identities: give one of them."),
        "AccessDenied" | "InvalidIdentityPoolConfigurationException" | "InvalidIdentityToken" | "IDPRejectedClaim" => {
            (IdentityRefused, TRUST)
        }
        "ResourceNotFoundException" => (InvalidConfiguration, "Check identityPoolId and the endpoint's region."),
        "InvalidParameterException" if says("classic") => (
            InvalidConfiguration,
            "Let the identity pool allow the classic flow and have no role mappings, or set flow: 'enhanced'.",
        ),
        "NotAuthorizedException" | "InvalidParameterException" => (IdentityRefused, PROVIDERS),
        "ValidationError" => (InvalidConfiguration, "Check the role's ARN."),
        "RegionDisabledException" => (InvalidConfiguration, "Activate STS in this region, or set stsEndpoint."),
        _ => return exception.into_general_error(),
    };
    exception.into_error(code, help)
}

const EXPIRED: &str = "Sign in again, or give a token that has not expired.";
const PROVIDERS: &str =
    "Check the identity pool's providers (user pool and app client), its role rules, and that it gets an ID token.";
const TRUST: &str = "The role must exist, and its trust policy let cognito-identity.amazonaws.com assume it for this identity pool (aud) and such users (amr).";
