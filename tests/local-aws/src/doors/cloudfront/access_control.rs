//! Origin access control: CloudFront signs what it asks of a function URL itself.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use time::Duration;

use crate::doors::Aws;
use crate::message::Request;
use crate::sigv4::{Scope, Service, sign};

/// The principal that a function's policy has to let in.
pub const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// When CloudFront signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SigningBehavior {
    /// Always, whatever the viewer has sent.
    Always,
    /// Unless the viewer has sent `Authorization` and it was passed on.
    NoOverride,
    /// Never.
    Never,
}

impl SigningBehavior {
    /// Signs a request for Lambda. CloudFront does not read the body: it takes the viewer's word for its hash, and where
    /// there is none, there is no body to it.
    pub(super) fn sign(self, aws: Aws<'_>, request: &mut Request) {
        let signs = match self {
            Self::Always => true,
            Self::NoOverride => request.headers.get("authorization").is_none(),
            Self::Never => false,
        };
        if !signs {
            return;
        }
        let own = aws.credentials.issue(CLOUDFRONT, "OriginAccessControl", None, Duration::minutes(5));
        let hash = request.headers.get("x-amz-content-sha256").map(str::to_owned);
        let hash = hash.unwrap_or_else(|| hex::encode(Sha256::digest("")));
        sign(request, Scope { region: &aws.world.region, service: Service::Lambda }, &own, &hash, aws.now);
    }
}
