//! AWS credentials: fetched when they are needed, ahead of their end, once for all calls and tabs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::host::{Host, settled};
use super::promise::Once;
use super::session::{Session, Wanted, not_signed_in};
use super::vault::Vault;
use super::{clock, http, lock};
use crate::config::{CredentialFlow, Identity, IdentityPool, LoginSource, RoleChoice};
use crate::error::{Error, ErrorCode};
use crate::identity::{Credentials, GetCredentials, GroupRoles, Login, Owner, Step, chosen_role};
use crate::secret::Secret;
use crate::session::Record;
use crate::web::js;

/// Credentials that expire sooner than this are renewed: a request must arrive before they do.
const RENEW_AHEAD: i64 = 300;

/// How many seconds a renewal that failed is not tried again while the credentials still live.
const PAUSE: i64 = 10;

/// The credentials of one identity pool.
pub struct CredentialStore {
    pool: Rc<IdentityPool>,
    session: Option<Rc<Session>>,
    vault: Rc<Vault>,
    host: Host,
    fetching: RefCell<Vec<(String, Rc<Once>)>>,
    pause_until: Cell<i64>,
}

/// Whose credentials, of which role.
struct Wish {
    source: Source,
    owner: Owner,
    role: Option<String>,
    slot: String,
}

/// Who says who it is.
#[derive(Clone)]
enum Source {
    /// Nobody: a guest.
    Nobody,
    /// The user pool's session.
    User(Rc<Record>),
    /// The app's callback.
    App,
}

impl CredentialStore {
    /// The credentials of the configured identity pool.
    pub fn new(pool: Rc<IdentityPool>, session: Option<Rc<Session>>, vault: Rc<Vault>, host: Host) -> Self {
        let (fetching, pause_until) = (RefCell::default(), Cell::new(0));
        Self { pool, session, vault, host, fetching, pause_until }
    }

    /// Where they are kept.
    pub fn vault(&self) -> &Rc<Vault> {
        &self.vault
    }

    /// The role that is meant where nobody names one. The enhanced flow knows one for guests, the configured one is the users'.
    pub fn role(&self, identity: Identity) -> &RoleChoice {
        match (identity, self.pool.flow) {
            (Identity::Guest, CredentialFlow::Enhanced) => &RoleChoice::Pool,
            _ => &self.pool.role,
        }
    }

    /// Live credentials; `wanted` names an access key that is not wanted any more. `offset` is how far the server's clock is ahead.
    pub async fn get(
        self: &Rc<Self>,
        identity: Identity,
        role: &RoleChoice,
        wanted: Wanted<'_>,
        offset: i64,
    ) -> Result<Rc<Credentials>, JsValue> {
        let wish = Rc::new(self.wish(identity, role).await?);
        let refused = match wanted {
            Wanted::Live => "",
            Wanted::OtherThan(access_key_id) => access_key_id,
        };
        let now = clock::unix_seconds() + offset;
        let kept = self.vault.kept().await.credentials(&wish.slot);
        let live = |ahead| kept.clone().filter(|kept| is_usable(kept, refused, now + ahead));
        if let Some(credentials) = live(RENEW_AHEAD) {
            return Ok(credentials);
        }
        // A service that throttles or is down is not asked anew by every call while the credentials live.
        let spare = live(0);
        if let Some(spare) = &spare
            && now < self.pause_until.get()
        {
            return Ok(Rc::clone(spare));
        }
        let once = self.once(&wish.slot);
        let work = Rc::clone(self).fetch_once(Rc::clone(&once), Rc::clone(&wish), refused.to_owned(), now);
        match (once.join(Box::pin(work)).await, spare) {
            (Ok(_), _) => self.vault.kept().await.credentials(&wish.slot).ok_or_else(|| not_signed_in().into()),
            // A failed renewal ahead of time harms nobody yet.
            (Err(error), Some(spare)) if js::get(&error, "retryable").is_truthy() => {
                self.pause_until.set(now + PAUSE);
                Ok(spare)
            }
            (Err(error), _) => Err(error),
        }
    }

    /// The access key at hand, which a caller who wants new credentials does not want.
    pub async fn at_hand(&self, identity: Identity, role: &RoleChoice) -> Result<String, JsValue> {
        let wish = self.wish(identity, role).await?;
        let kept = self.vault.kept().await.credentials(&wish.slot);
        Ok(kept.map(|kept| kept.access_key_id.clone()).unwrap_or_default())
    }

    /// # Errors
    /// `not-signed-in`: a user who is not there is never a guest. Why the session could not be refreshed; why there is no such role.
    async fn wish(&self, identity: Identity, role: &RoleChoice) -> Result<Wish, JsValue> {
        let source = match (identity, self.pool.login) {
            (Identity::Guest, _) => Source::Nobody,
            (Identity::User, LoginSource::UserPool) => {
                let session = self.session.as_ref().ok_or_else(not_signed_in)?;
                Source::User(session.usable(Wanted::Live).await?.ok_or_else(not_signed_in)?)
            }
            (Identity::User, _) => Source::App,
        };
        let (owner, groups) = match &source {
            Source::Nobody => (Owner::guest(), None),
            Source::App => (Owner::app(), None),
            Source::User(record) => {
                let groups = groups(record);
                (owner(record), Some(groups))
            }
        };
        let role = chosen_role(role, self.pool.flow, groups)?;
        let slot = owner.slot(role.as_deref());
        Ok(Wish { source, owner, role, slot })
    }

    fn once(&self, slot: &str) -> Rc<Once> {
        let mut fetching = self.fetching.borrow_mut();
        if let Some((_, once)) = fetching.iter().find(|(name, _)| name == slot) {
            return Rc::clone(once);
        }
        let once = Rc::<Once>::default();
        fetching.push((slot.to_owned(), Rc::clone(&once)));
        once
    }

    async fn fetch_once(
        self: Rc<Self>,
        once: Rc<Once>,
        wish: Rc<Wish>,
        refused: String,
        now: i64,
    ) -> Result<JsValue, JsValue> {
        let name = [self.vault.key(), ":", &wish.slot].concat();
        let result =
            lock::hold(&name, Box::pin(async move { self.fetch_unless_done(&wish, &refused, now).await })).await;
        once.done();
        result
    }

    /// Runs under the lock. Another tab may have fetched them while this one waited, so storage is read again.
    async fn fetch_unless_done(&self, wish: &Wish, refused: &str, now: i64) -> Result<JsValue, JsValue> {
        let users = self.vault.users();
        let kept = self.vault.kept().await;
        if kept.credentials(&wish.slot).is_some_and(|kept| is_usable(&kept, refused, now + RENEW_AHEAD)) {
            return Ok(JsValue::UNDEFINED);
        }
        let mut source = wish.source.clone();
        let mut is_renewed = false;
        let credentials = loop {
            match (self.fetch(&source, &wish.role, kept.identity_id(&wish.owner)).await, &source, &self.session) {
                (Ok(credentials), ..) => break credentials,
                // The identity pool's clock is its own: a token that it calls expired is renewed, once.
                (Err(error), Source::User(record), Some(session))
                    if !is_renewed && js::get(&error, "code") == *ErrorCode::SessionExpired.as_str() =>
                {
                    let wanted = Wanted::OtherThan(record.tokens().id.expose());
                    let renewed = session.usable(wanted).await?.ok_or_else(not_signed_in)?;
                    (source, is_renewed) = (Source::User(renewed), true);
                }
                (Err(error), ..) => return Err(error),
            }
        };
        // Whoever left while the services were asked does not come back by their answer.
        let is_same = match (&wish.source, &self.session) {
            (Source::User(_), Some(session)) => {
                session.record().await.is_some_and(|record| owner(&record) == wish.owner)
            }
            (Source::App, _) => self.vault.users() == users,
            _ => true,
        };
        if is_same {
            let mut kept = (*self.vault.kept().await).clone();
            kept.keep(&wish.owner, wish.slot.clone(), credentials);
            self.vault.keep(&kept).await;
        }
        Ok(JsValue::UNDEFINED)
    }

    async fn fetch(
        &self,
        source: &Source,
        role: &Option<String>,
        identity_id: Option<String>,
    ) -> Result<Credentials, JsValue> {
        let (pool, role) = (Rc::clone(&self.pool), role.clone());
        let (mut flow, mut step) = match (source, self.pool.login) {
            (Source::Nobody, _) => GetCredentials::start(pool, Vec::new(), identity_id, role),
            (Source::User(record), _) => GetCredentials::start(pool, self.user_pool_login(record), identity_id, role),
            (Source::App, LoginSource::DeveloperIdentity) => {
                let identity = self.asked("developerIdentity").await?;
                let (identity_id, token) = (js::text(&identity, "identityId"), js::text(&identity, "token"));
                if identity_id.is_empty() || token.is_empty() {
                    return Err(malformed("developerIdentity() must give { identityId, token }").into());
                }
                GetCredentials::developer(pool, identity_id, token.into(), role)
            }
            (Source::App, _) => {
                let given = self.asked("logins").await?;
                let pairs = js::call(&js::global("Object")?, "entries", &[&given])?;
                let login = |(provider, token): (String, String)| Login { provider, token: Secret::from(token) };
                let logins: Vec<_> = js::pairs(&pairs).into_iter().map(login).collect();
                if logins.is_empty() {
                    return Err(malformed("logins() must give a token for each provider").into());
                }
                GetCredentials::start(pool, logins, identity_id, role)
            }
        };
        loop {
            let answer = match step {
                Step::Send(request) => http::post(&self.pool.endpoint, &request).await?,
                Step::AssumeRole(form) => http::post_form(&self.pool.sts_endpoint, &form).await?,
                Step::Done(credentials) => return Ok(credentials),
            };
            step = flow.answer(&answer)?;
        }
    }

    fn user_pool_login(&self, record: &Record) -> Vec<Login> {
        let pool = self.session.iter().map(|session| session.pool());
        pool.map(|pool| Login::user_pool(&pool.region, &pool.app_client.user_pool_id, record.tokens().id.clone()))
            .collect()
    }

    /// What the app's callback gives. It throws what it throws.
    ///
    /// # Errors
    /// `not-signed-in` where it gives nothing.
    async fn asked(&self, callback: &str) -> Result<JsValue, JsValue> {
        let given = settled(js::call(&self.host, callback, &[])?).await?;
        if given.is_object() { Ok(given) } else { Err(not_signed_in().into()) }
    }
}

fn is_usable(credentials: &Credentials, refused: &str, at: i64) -> bool {
    at < credentials.expiration && credentials.access_key_id != refused
}

fn owner(record: &Record) -> Owner {
    let claims = record.claims();
    Owner::user(&claims.subject, claims.preferred_role.as_deref(), &claims.roles)
}

fn groups(record: &Record) -> GroupRoles<'_> {
    let claims = record.claims();
    GroupRoles { preferred: claims.preferred_role.as_deref(), all: &claims.roles }
}

fn malformed(message: &'static str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message, "Correct what the function given to createClient() returns.")
}

/// The credentials in the shape of an AWS SDK v3 credential provider.
///
/// `offset` is how far the server's clock is ahead: the SDKs compare `expiration` with the device's.
pub fn view(credentials: &Credentials, offset: i64) -> JsValue {
    let view = js::object();
    js::set(&view, "accessKeyId", credentials.access_key_id.as_str());
    js::set(&view, "secretAccessKey", credentials.secret_access_key.expose());
    js::set(&view, "sessionToken", credentials.session_token.expose());
    js::set(&view, "expiration", js::date(credentials.expiration - offset));
    js::set(&view, "identityId", credentials.identity_id.as_str());
    view
}
