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
        "InvalidParameterException" => (ErrorCode::InvalidArgument, "Correct what the message names."),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Answer;

    fn code(name: &str, message: &str, during: During) -> ErrorCode {
        let body = serde_json::json!({ "__type": name, "message": message }).to_string();
        let answer = Answer { status: 400, error_type: None, request_id: None, body };
        let error = error(answer.read().unwrap_err(), during);
        assert_eq!(error.message(), message);
        assert_eq!(error.service().unwrap().exception, name);
        error.code()
    }

    #[test]
    fn tells_the_reasons_of_not_authorized_apart() {
        use During::{Challenge, Session, SignIn};
        for (message, during, expected) in [
            ("Incorrect username or password.", SignIn, ErrorCode::WrongCredentials),
            ("Password attempts exceeded", SignIn, ErrorCode::Throttled),
            ("User is disabled.", SignIn, ErrorCode::ServiceRefused),
            ("User is disabled.", Session, ErrorCode::SessionExpired),
            (
                "Temporary password has expired and must be reset by an administrator.",
                SignIn,
                ErrorCode::PasswordResetRequired,
            ),
            ("Invalid session for the user, session is expired.", Challenge, ErrorCode::ChallengeExpired),
            ("Invalid session for the user.", Challenge, ErrorCode::ChallengeExpired),
            ("Refresh Token has been revoked", Session, ErrorCode::SessionExpired),
            ("Refresh Token has expired", Session, ErrorCode::SessionExpired),
            ("Invalid Refresh Token.", Session, ErrorCode::SessionExpired),
            ("Access Token has been revoked", Session, ErrorCode::SessionExpired),
            (
                "Client abc is configured with secret but SECRET_HASH was not received",
                SignIn,
                ErrorCode::InvalidConfiguration,
            ),
            ("Unable to verify secret hash for client abc", Session, ErrorCode::InvalidConfiguration),
            ("Auth flow not enabled for this client", Session, ErrorCode::InvalidConfiguration),
        ] {
            assert_eq!(code("NotAuthorizedException", message, during), expected, "{message}");
        }
    }

    #[test]
    fn knows_the_user_pools_exceptions() {
        for (name, message, expected) in [
            ("UserNotFoundException", "User does not exist.", ErrorCode::UserNotFound),
            ("UserNotConfirmedException", "User is not confirmed.", ErrorCode::UserNotConfirmed),
            ("PasswordResetRequiredException", "Password reset required", ErrorCode::PasswordResetRequired),
            ("InvalidPasswordException", "Password not long enough", ErrorCode::PasswordPolicy),
            ("TooManyRequestsException", "Rate exceeded", ErrorCode::Throttled),
            ("LimitExceededException", "Attempt limit exceeded", ErrorCode::Throttled),
            ("InternalErrorException", "Something went wrong", ErrorCode::ServiceError),
            ("ResourceNotFoundException", "User pool client abc does not exist.", ErrorCode::InvalidConfiguration),
            (
                "InvalidParameterException",
                "USER_PASSWORD_AUTH flow not enabled for this client",
                ErrorCode::InvalidConfiguration,
            ),
            (
                "InvalidParameterException",
                "USER_SRP_AUTH is not enabled for the client.",
                ErrorCode::InvalidConfiguration,
            ),
            ("InvalidParameterException", "Invalid attributes given", ErrorCode::InvalidArgument),
            ("UserLambdaValidationException", "PreAuthentication failed", ErrorCode::ServiceRefused),
            ("RefreshTokenReuseException", "Refresh token has been reused", ErrorCode::SessionExpired),
            ("ForbiddenException", "Request not allowed due to WAF block.", ErrorCode::ServiceRefused),
            ("SomethingNewException", "?", ErrorCode::ServiceRefused),
        ] {
            assert_eq!(code(name, message, During::SignIn), expected, "{name}");
        }
    }
}
