//! Cognito identity pool: logins → identity → credentials, handed out by the pool (the enhanced flow) or by STS (the classic one).

mod kept;
mod refusal;
mod role;
mod sts;
mod xml;

use std::rc::Rc;

pub use self::kept::{Kept, Owner};
pub use self::role::{GroupRoles, chosen_role};
use crate::config::{CredentialFlow, IdentityPool};
use crate::error::Error;
use crate::json::{Json, ObjectWriter};
use crate::secret::Secret;
use crate::service::{Answer, Request};
use crate::text::before;

/// One identity provider's word on who the user is.
#[derive(Clone, Debug)]
pub struct Login {
    /// The provider's name in the identity pool.
    pub provider: String,
    /// Its token.
    pub token: Secret,
}

impl Login {
    /// A user of a user pool, by the ID token.
    pub fn user_pool(region: &str, user_pool_id: &str, id_token: Secret) -> Self {
        let provider = [&endpoint("cognito-idp.", region, true), "/", user_pool_id].concat();
        Self { provider, token: id_token }
    }

    /// A developer-authenticated user, by the identity pool's own token.
    fn developer(pool_id: &str, token: Secret) -> Self {
        let region = before(pool_id, |b| b == b':');
        Self { provider: endpoint("cognito-identity.", region, false), token }
    }
}

/// The name that a service has as an identity provider. China's regions are a partition of their own, where all names are regional.
fn endpoint(service: &str, region: &str, is_regional: bool) -> String {
    match (region.starts_with("cn-"), is_regional) {
        (true, _) => [service, region, ".amazonaws.com.cn"].concat(),
        (false, true) => [service, region, ".amazonaws.com"].concat(),
        (false, false) => [service, "amazonaws.com"].concat(),
    }
}

/// Temporary AWS credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Send this, a form to STS and anything else to the identity pool, then call [`GetCredentials::answer`].
    Send(Request),
    /// Done.
    Done(Credentials),
}

/// `GetId`, unless the identity is known; then `GetCredentialsForIdentity` or, in the classic flow, `GetOpenIdToken` and STS's
/// `AssumeRoleWithWebIdentity`.
pub struct GetCredentials {
    pool: Rc<IdentityPool>,
    logins: Vec<Login>,
    role: Option<String>,
    identity_id: String,
    known: Known,
    asked: Asked,
}

/// Where the identity id is from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// An earlier time. It may be gone or another login's; `GetId` then tells the right one.
    Cached,
    /// The service, or the app's back end, just now.
    Fresh,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Id,
    Credentials,
    OpenIdToken,
    Role,
}

impl GetCredentials {
    /// Starts with what identity providers say of the user; without any login it is a guest's. `identity_id` is what an earlier time
    /// told. `role` is the role to ask for, which the classic flow must know.
    pub fn start(
        pool: Rc<IdentityPool>,
        logins: Vec<Login>,
        identity_id: Option<String>,
        role: Option<String>,
    ) -> (Self, Request) {
        let asked = if identity_id.is_some() { after_id(&pool) } else { Asked::Id };
        let identity_id = identity_id.unwrap_or_default();
        let mut this = Self { pool, logins, role, identity_id, known: Known::Cached, asked };
        let request = this.send(asked);
        (this, request)
    }

    /// Starts with a developer-authenticated identity: what `GetOpenIdTokenForDeveloperIdentity` gave to the app's back end.
    pub fn developer(
        pool: Rc<IdentityPool>,
        identity_id: String,
        token: Secret,
        role: Option<String>,
    ) -> (Self, Request) {
        let login = Login::developer(&pool.pool_id, token.clone());
        let (mut this, request) = Self::start(pool, vec![login], Some(identity_id), role);
        this.known = Known::Fresh;
        // The token is already what GetOpenIdToken would give.
        let request = if this.asked == Asked::OpenIdToken { this.assume_role(&token) } else { request };
        (this, request)
    }

    /// Takes the answer to the last request.
    ///
    /// # Errors
    /// What the identity pool or STS refused.
    pub fn answer(&mut self, answer: &Answer) -> Result<Step, Error> {
        if self.asked == Asked::Role {
            return sts::credentials(answer, &self.identity_id).map(Step::Done);
        }
        let json = match answer.read() {
            Ok(json) => json,
            Err(exception)
                if self.known == Known::Cached && self.asked != Asked::Id && refusal::is_stale(&exception) =>
            {
                return Ok(Step::Send(self.send(Asked::Id)));
            }
            Err(exception) => return Err(refusal::error(exception)),
        };
        let next = match self.asked {
            Asked::Id => json.string("IdentityId").map(|identity_id| {
                self.identity_id = identity_id;
                self.known = Known::Fresh;
                Step::Send(self.send(after_id(&self.pool)))
            }),
            Asked::OpenIdToken => json.text("Token").map(|token| Step::Send(self.assume_role(&token.into()))),
            Asked::Credentials | Asked::Role => credentials(&json, &self.identity_id).map(Step::Done),
        };
        next.ok_or_else(|| answer.incomplete())
    }

    fn send(&mut self, asked: Asked) -> Request {
        self.asked = asked;
        let mut body = ObjectWriter::new();
        let target = if asked == Asked::Id {
            body.string("IdentityPoolId", &self.pool.pool_id);
            "AWSCognitoIdentityService.GetId"
        } else {
            body.string("IdentityId", &self.identity_id);
            match (asked, &self.role) {
                (Asked::OpenIdToken, _) => "AWSCognitoIdentityService.GetOpenIdToken",
                (_, role) => {
                    if let Some(role) = role {
                        body.string("CustomRoleArn", role);
                    }
                    "AWSCognitoIdentityService.GetCredentialsForIdentity"
                }
            }
        };
        if !self.logins.is_empty() {
            let mut logins = ObjectWriter::new();
            for login in &self.logins {
                logins.string(&login.provider, login.token.expose());
            }
            body.object("Logins", &mut logins);
        }
        Request { target, body: Secret::from(body.finish()) }
    }

    fn assume_role(&mut self, token: &Secret) -> Request {
        self.asked = Asked::Role;
        sts::assume_role(self.role.as_deref().unwrap_or_default(), &self.identity_id, token)
    }
}

fn after_id(pool: &IdentityPool) -> Asked {
    match pool.flow {
        CredentialFlow::Enhanced => Asked::Credentials,
        CredentialFlow::Classic => Asked::OpenIdToken,
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

#[cfg(test)]
mod tests;
