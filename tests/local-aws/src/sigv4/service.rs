//! In what the services differ when they check a signature.

use time::Duration;

/// A service that checks signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// API Gateway: REST, HTTP and WebSocket APIs.
    ExecuteApi,
    /// Lambda, at its function URLs.
    Lambda,
    /// AppSync.
    AppSync,
    /// AWS IoT's WebSocket.
    IotDeviceGateway,
    /// STS.
    Sts,
    /// S3.
    S3,
}

/// How a path gets into the canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PathRule {
    /// Without dot segments and repeated slashes, and encoded once more than it was sent.
    Normalized,
    /// As it was sent, encoded once: a key of S3 may hold `..` and `//`.
    Verbatim,
}

/// What a `+` in a URL is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlusRule {
    /// Itself (RFC 3986).
    Plus,
    /// A space, as in a form. So S3 has it, in the path and in the query, by what the AWS SDK for .NET (pull request 4473)
    /// and aws4fetch (issue 83) have seen it do.
    Space,
}

/// Where the session token of a presigned URL stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenRule {
    /// Among what is signed.
    Signed,
    /// Behind it.
    Appended,
}

impl Service {
    /// The name in the credential scope.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ExecuteApi => "execute-api",
            Self::Lambda => "lambda",
            Self::AppSync => "appsync",
            Self::IotDeviceGateway => "iotdevicegateway",
            Self::Sts => "sts",
            Self::S3 => "s3",
        }
    }

    pub(super) const fn path_rule(self) -> PathRule {
        match self {
            Self::S3 => PathRule::Verbatim,
            _ => PathRule::Normalized,
        }
    }

    pub(super) const fn plus_rule(self) -> PlusRule {
        match self {
            Self::S3 => PlusRule::Space,
            _ => PlusRule::Plus,
        }
    }

    pub(super) const fn token_rule(self) -> TokenRule {
        match self {
            Self::IotDeviceGateway => TokenRule::Appended,
            _ => TokenRule::Signed,
        }
    }

    /// How far a signature's time may lie from the server's.
    pub(super) const fn window(self) -> Duration {
        match self {
            Self::S3 => Duration::minutes(15),
            _ => Duration::minutes(5),
        }
    }

    /// How long a presigned URL lasts that does not say it; `None` where it has to. The clients of AWS IoT leave it out.
    pub(super) const fn default_lifetime(self) -> Option<Duration> {
        match self {
            Self::S3 => None,
            _ => Some(Duration::minutes(5)),
        }
    }
}
