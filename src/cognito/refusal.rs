//! What a user pool's refusals mean.

use crate::error::{Error, ErrorCode};
use crate::service::Exception;

/// What was being asked for: `NotAuthorizedException` means something else each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum During {
    /// The password is being proved.
    SignIn,
    /// A challenge is being answered.
    Challenge,
    /// A token that was once issued is being used.
    Session,
}

/// The error that an exception of the user pool stands for.
pub fn error(exception: Exception, during: During) -> Error {
    let (code, help) = match exception.name.as_str() {
        "NotAuthorizedException" => return not_authorized(exception, during),
        "RefreshTokenReuseException" | "TokenRevokedException" => (ErrorCode::SessionExpired, SIGN_IN_AGAIN),
        "UserNotFoundException" => (ErrorCode::UserNotFound, "Check the user name."),
        "UserNotConfirmedException" => {
            (ErrorCode::UserNotConfirmed, "Confirm the sign-up with the code that was sent, then sign in.")
        }
        "PasswordResetRequiredException" => (ErrorCode::PasswordResetRequired, RESET),
        "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => {
            (ErrorCode::PasswordPolicy, "Choose another password.")
        }
        // The pool or the app client is unknown.
        "ResourceNotFoundException" => {
            (ErrorCode::InvalidConfiguration, "Check userPoolId, clientId and the endpoint's region.")
        }
        "InvalidParameterException" if is_closed_flow(&exception) => (
            ErrorCode::InvalidConfiguration,
            "Allow this flow among the app client's authentication flows (ExplicitAuthFlows), or choose another.",
        ),
        "InvalidParameterException" => (ErrorCode::InvalidArgument, ""),
        "UserLambdaValidationException" | "UnexpectedLambdaException" | "InvalidLambdaResponseException" => {
            (ErrorCode::ServiceRefused, "A Lambda trigger of the user pool refused or failed; see its log.")
        }
        "ForbiddenException" => {
            (ErrorCode::ServiceRefused, "AWS WAF blocked the call; see the web ACL's sampled requests.")
        }
        _ => return exception.into_general_error(),
    };
    exception.into_error(code, help)
}

const SIGN_IN_AGAIN: &str = "Sign in again.";
const RESET: &str =
    "A new password must be set before the user can sign in: forgotten-password, or by an administrator.";

/// One exception for many reasons, which only its words tell apart.
fn not_authorized(exception: Exception, during: During) -> Error {
    let (code, help) = if exception.says("secret") {
        (
            ErrorCode::InvalidConfiguration,
            "The app client has a client secret. A browser cannot keep one: use an app client without.",
        )
    } else if is_closed_flow(&exception) {
        (
            ErrorCode::InvalidConfiguration,
            "Allow this flow among the app client's authentication flows (ExplicitAuthFlows).",
        )
    } else if exception.says("attempts exceeded") {
        (ErrorCode::Throttled, "Too many wrong passwords. Wait, then try again.")
    } else if during == During::Session {
        (ErrorCode::SessionExpired, SIGN_IN_AGAIN)
    } else if exception.says("disabled") {
        (ErrorCode::ServiceRefused, "An administrator disabled this user.")
    } else if exception.says("temporary password") {
        (ErrorCode::PasswordResetRequired, "The temporary password ran out. Ask an administrator for a new one.")
    } else if during == During::Challenge || exception.says("session") {
        (ErrorCode::ChallengeExpired, "Start the sign-in again.")
    } else {
        (ErrorCode::WrongCredentials, "Check user name and password.")
    };
    exception.into_error(code, help)
}

/// "… flow not enabled for this client", "USER_SRP_AUTH is not enabled for the client", "… is not supported".
pub(crate) fn is_closed_flow(exception: &Exception) -> bool {
    exception.says("not enabled") || exception.says("not supported")
}
