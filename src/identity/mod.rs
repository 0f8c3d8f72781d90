//! Cognito identity pool, enhanced flow: login → identity → credentials.

use crate::error::{Error, ErrorCode};
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;
use crate::service::{Answer, Exception, Request};

const GET_ID: &str = "AWSCognitoIdentityService.GetId";
const GET_CREDENTIALS: &str = "AWSCognitoIdentityService.GetCredentialsForIdentity";

/// Who the user is, as the identity pool takes it.
#[derive(Clone, Debug)]
pub struct Login {
    provider: String,
    id_token: Secret,
}

impl Login {
    /// A user of a user pool, by the ID token.
    pub fn user_pool(region: &str, user_pool_id: &str, id_token: Secret) -> Self {
        // China's regions are a partition of their own.
        let suffix = if region.starts_with("cn-") { ".amazonaws.com.cn/" } else { ".amazonaws.com/" };
        Self { provider: ["cognito-idp.", region, suffix, user_pool_id].concat(), id_token }
    }
}

/// Temporary AWS credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// `AccessKeyId`
    pub access_key_id: String,
    /// `SecretKey`
    pub secret_access_key: Secret,
    /// `SessionToken`
    pub session_token: Secret,
    /// `Expiration`: seconds since 1970 by the server's clock.
    pub expiration: i64,
    /// `IdentityId`, which never changes for this login: keep it, and the next time one request is saved.
    pub identity_id: String,
}

/// What comes next.
#[derive(Debug)]
pub enum Step {
    /// Send this, then call [`GetCredentials::answer`].
    Send(Request),
    /// Done.
    Done(Credentials),
}

/// `GetId`, unless the identity is known, then `GetCredentialsForIdentity`.
pub struct GetCredentials<'a> {
    identity_pool_id: &'a str,
    login: Login,
    role: Option<&'a str>,
    identity: Identity,
}

enum Identity {
    /// `GetId` was sent.
    Asked,
    /// Known from before. It may be gone or another login's; `GetId` then tells the right one.
    Cached(String),
    /// What `GetId` said just now.
    Fresh(String),
}

impl<'a> GetCredentials<'a> {
    /// Starts. `role` is the role to ask for (`CustomRoleArn`) where the user has several.
    pub fn start(
        identity_pool_id: &'a str,
        login: Login,
        identity_id: Option<String>,
        role: Option<&'a str>,
    ) -> (Self, Request) {
        let identity = identity_id.map_or(Identity::Asked, Identity::Cached);
        let this = Self { identity_pool_id, login, role, identity };
        let request = this.request();
        (this, request)
    }

    /// Takes the answer to the last request.
    ///
    /// # Errors
    /// What the identity pool refused.
    pub fn answer(&mut self, answer: &Answer) -> Result<Step, Error> {
        let json = match answer.read() {
            Ok(json) => json,
            Err(exception) => {
                if matches!(self.identity, Identity::Cached(_)) && is_stale(&exception) {
                    self.identity = Identity::Asked;
                    return Ok(Step::Send(self.request()));
                }
                return Err(refused(exception));
            }
        };
        match &self.identity {
            Identity::Asked => {
                let identity_id = json.string("IdentityId").ok_or_else(|| answer.incomplete())?;
                self.identity = Identity::Fresh(identity_id);
                Ok(Step::Send(self.request()))
            }
            Identity::Cached(identity_id) | Identity::Fresh(identity_id) => {
                credentials(&json, identity_id).map(Step::Done).ok_or_else(|| answer.incomplete())
            }
        }
    }

    fn request(&self) -> Request {
        let mut body = ObjectWriter::new();
        let target = match &self.identity {
            Identity::Asked => {
                body.string("IdentityPoolId", self.identity_pool_id);
                GET_ID
            }
            Identity::Cached(identity_id) | Identity::Fresh(identity_id) => {
                body.string("IdentityId", identity_id);
                if let Some(role) = self.role {
                    body.string("CustomRoleArn", role);
                }
                GET_CREDENTIALS
            }
        };
        body.object("Logins", ObjectWriter::new().string(&self.login.provider, self.login.id_token.expose()));
        Request { target, body: Secret::from(body.finish()) }
    }
}

fn credentials(json: &Json<'_>, identity_id: &str) -> Option<Credentials> {
    let credentials = json.get("Credentials")?;
    let access_key_id = credentials.text("AccessKeyId")?;
    let (secret_access_key, session_token) = (credentials.text("SecretKey")?, credentials.text("SessionToken")?);
    Some(Credentials {
        expiration: credentials.integer("Expiration")?,
        access_key_id: access_key_id.to_owned(),
        secret_access_key: secret_access_key.into(),
        session_token: session_token.into(),
        identity_id: json.text("IdentityId").unwrap_or(identity_id).to_owned(),
    })
}

/// The identity was deleted, merged into another, or belongs to another login or pool.
fn is_stale(exception: &Exception) -> bool {
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

fn refused(exception: Exception) -> Error {
    let (code, help) = match exception.name.as_str() {
        "NotAuthorizedException" if is_expired(&exception) => {
            (ErrorCode::SessionExpired, "Refresh the session; if it cannot be refreshed, sign in again.")
        }
        "NotAuthorizedException" if is_ambiguous(&exception) => (
            ErrorCode::RoleAmbiguous,
            "Give the user's group with the highest precedence a role, or let the identity pool's role resolution fall back to the authenticated role.",
        ),
        "NotAuthorizedException" => (
            ErrorCode::IdentityRefused,
            "Check that the identity pool has this user pool and app client as an identity provider, and its role rules.",
        ),
        "InvalidIdentityPoolConfigurationException" => (
            ErrorCode::IdentityRefused,
            "Check the identity pool's roles: each must exist, and its trust policy must allow sts:AssumeRoleWithWebIdentity to this pool.",
        ),
        "ResourceNotFoundException" => {
            (ErrorCode::InvalidConfiguration, "Check identityPoolId, and that it is in the endpoint's region.")
        }
        "InvalidParameterException" => {
            (ErrorCode::IdentityRefused, "Check the identity pool's identity providers and the role asked for.")
        }
        _ => return exception.into_general_error(),
    };
    exception.into_error(code, help)
}

#[cfg(test)]
mod tests;
