//! The one closed error type: a Rust error here, a JavaScript `Error` and a TypeScript union at the edge.

use std::borrow::Cow;
use std::fmt;

/// What went wrong, as a name that never changes. The TypeScript union of the face lists the same names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// A field of the configuration is missing, unknown or malformed.
    InvalidConfiguration,
    /// A call was given something it cannot take.
    InvalidArgument,
    /// The client was closed.
    ClientClosed,
    /// The call needs a signed-in user and there is none.
    NotSignedIn,
    /// The service said that the session is over; sign in again.
    SessionExpired,
    /// User name or password is wrong.
    WrongCredentials,
    /// There is no such user (only where the app client reveals it).
    UserNotFound,
    /// The user has not confirmed the sign-up.
    UserNotConfirmed,
    /// An administrator reset the password; a new one must be set first.
    PasswordResetRequired,
    /// The new password does not meet the pool's policy.
    PasswordPolicy,
    /// The user pool asks for a challenge that this version cannot answer.
    UnsupportedChallenge,
    /// The challenge is no longer open; start the sign-in again.
    ChallengeExpired,
    /// The service limits the rate of calls.
    Throttled,
    /// The service failed (5xx).
    ServiceError,
    /// The service refused the call for a reason of its own.
    ServiceRefused,
    /// A server answered with something that is not the expected JSON.
    BadResponse,
    /// The server could not be reached.
    Network,
    /// The token storage is full, forbidden or failed.
    Storage,
    /// The identity pool refused the login, or gives no role.
    IdentityRefused,
    /// The user has several roles and none is preferred.
    RoleAmbiguous,
    /// The page's Content Security Policy forbids WebAssembly.
    ModuleBlocked,
    /// The runtime cannot load the module.
    ModuleUnsupported,
    /// The module trapped; the next call gets a fresh one.
    ModuleCrashed,
    /// A defect of this library.
    Unexpected,
}

impl ErrorCode {
    /// The stable name, as `GatepassError.code` has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidConfiguration => "invalid-configuration",
            Self::InvalidArgument => "invalid-argument",
            Self::ClientClosed => "client-closed",
            Self::NotSignedIn => "not-signed-in",
            Self::SessionExpired => "session-expired",
            Self::WrongCredentials => "wrong-credentials",
            Self::UserNotFound => "user-not-found",
            Self::UserNotConfirmed => "user-not-confirmed",
            Self::PasswordResetRequired => "password-reset-required",
            Self::PasswordPolicy => "password-policy",
            Self::UnsupportedChallenge => "unsupported-challenge",
            Self::ChallengeExpired => "challenge-expired",
            Self::Throttled => "throttled",
            Self::ServiceError => "service-error",
            Self::ServiceRefused => "service-refused",
            Self::BadResponse => "bad-response",
            Self::Network => "network",
            Self::Storage => "storage",
            Self::IdentityRefused => "identity-refused",
            Self::RoleAmbiguous => "role-ambiguous",
            Self::ModuleBlocked => "module-blocked",
            Self::ModuleUnsupported => "module-unsupported",
            Self::ModuleCrashed => "module-crashed",
            Self::Unexpected => "unexpected",
        }
    }

    /// Whether the same call may succeed later without any change.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::Throttled | Self::ServiceError | Self::Network | Self::ModuleCrashed)
    }
}

/// What an AWS service said of its own failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceException {
    /// The exception's name without its namespace, e.g. `NotAuthorizedException`.
    pub exception: String,
    /// `x-amzn-requestid`, where the page may read it.
    pub request_id: Option<String>,
}

/// An error of the SDK itself. No secret is ever part of it.
///
/// One pointer wide: it is part of nearly every result, and a wide one would be copied at each step up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Fault>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    code: ErrorCode,
    message: Cow<'static, str>,
    help: Cow<'static, str>,
    service: Option<ServiceException>,
}

impl Error {
    /// `message` says what happened, `help` what to do about it.
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>, help: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Fault { code, message: message.into(), help: help.into(), service: None }))
    }

    /// Adds what the AWS service said.
    pub fn with_service(mut self, service: ServiceException) -> Self {
        self.0.service = Some(service);
        self
    }

    /// The stable name of the failure.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn help(&self) -> &str {
        &self.0.help
    }

    /// What the AWS service said, where it spoke.
    pub fn service(&self) -> Option<&ServiceException> {
        self.0.service.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl std::error::Error for Error {}
