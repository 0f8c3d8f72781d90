//! AWS credentials: fetched when they are needed, ahead of their end, once for all calls and tabs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::host::{Host, settled};
use super::promise::Once;
use super::session::{Session, Wanted, not_signed_in};
use super::vault::Vault;
use super::{clock, http, lock};
use crate::config::{CredentialFlow, Identity, IdentityPool, LoginSource, RoleChoice, UserPool};
use crate::error::{Error, ErrorCode};
use crate::identity::{Credentials, GetCredentials, GroupRoles, Kept, Login, Owner, Step, chosen_role};
use crate::service::{FORM, Request};
use crate::session::Record;
use crate::web::js;

/// Credentials that expire sooner than this are renewed: a request must arrive before they do.
const RENEW_AHEAD: i64 = 300;

/// How many seconds a renewal that failed is not tried again while the credentials still live.
const PAUSE: i64 = 10;

/// Which credentials a caller can use.
#[derive(Clone, Copy)]
pub enum Fetch<'a> {
    /// Any that do not expire soon.
    IfNeeded,
    /// Any but those of this access key, which a server refused.
    InPlaceOf(&'a str),
    /// Any but those at hand.
    Now,
}

impl Fetch<'_> {
    /// What a caller's options say: `{ forceRefresh? }`.
    pub fn asked(options: &JsValue) -> Self {
        if js::get(options, "forceRefresh").is_truthy() { Self::Now } else { Self::IfNeeded }
    }
}

/// The credentials of one identity pool.
pub struct CredentialStore {
    pool: Rc<IdentityPool>,
    session: Option<Rc<Session>>,
    vault: Rc<Vault>,
    host: Host,
    fetching: RefCell<Vec<(String, Rc<Once>)>>,
    pause_until: Cell<i64>,
}

/// Whose credentials, of which role, and which of them will not do.
struct Wish {
    source: Source,
    owner: Owner,
    role: Option<String>,
    slot: String,
    refused: String,
    now: i64,
}

/// Who says who it is.
enum Source {
    /// Nobody: a guest.
    Nobody,
    /// The user pool's session.
    User(Rc<Record>),
    /// The app's callback.
    App,
}

impl Wish {
    /// What is kept and is still good in so many seconds.
    fn usable(&self, kept: &Kept, ahead: i64) -> Option<Rc<Credentials>> {
        let kept = kept.credentials(&self.slot)?;
        (self.now + ahead < kept.expiration && kept.access_key_id != self.refused).then_some(kept)
    }
}

// Whatever needs no waiting is in functions that do not wait: what is alive across an `await` costs bytes at each step.
impl CredentialStore {
    /// The credentials of the configured identity pool.
    pub fn new(pool: Rc<IdentityPool>, session: Option<Rc<Session>>, vault: Rc<Vault>, host: Host) -> Self {
        let (fetching, pause_until) = (RefCell::default(), Cell::new(0));
        Self { pool, session, vault, host, fetching, pause_until }
    }

    /// Where they are kept.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The role that is meant where nobody names one. The enhanced flow knows one for guests, the configured one is the users'.
    pub fn role(&self, identity: Identity) -> &RoleChoice {
        match (identity, self.pool.flow) {
            (Identity::Guest, CredentialFlow::Enhanced) => &RoleChoice::Pool,
            _ => &self.pool.role,
        }
    }

    /// Live credentials. `offset` is how far the server's clock is ahead.
    ///
    /// # Errors
    /// `not-signed-in`: a user who is not there is never a guest. Why the session could not be refreshed; why there is no such role;
    /// what the services refused.
    pub async fn get(
        self: &Rc<Self>,
        identity: Identity,
        role: &RoleChoice,
        fetch: Fetch<'_>,
        offset: i64,
    ) -> Result<Rc<Credentials>, JsValue> {
        let source = match (identity, self.pool.login, &self.session) {
            (Identity::Guest, ..) => Source::Nobody,
            (Identity::User, LoginSource::UserPool, Some(session)) => {
                Source::User(session.usable(Wanted::Live).await?.ok_or_else(not_signed_in)?)
            }
            (Identity::User, LoginSource::UserPool, None) => return Err(not_signed_in().into()),
            (Identity::User, ..) => Source::App,
        };
        let kept = self.vault.kept().await;
        let wish = Rc::new(self.wish(source, role, fetch, &kept, clock::unix_seconds() + offset)?);
        if let Some(credentials) = wish.usable(&kept, RENEW_AHEAD).or_else(|| self.in_pause(&wish, &kept)) {
            return Ok(credentials);
        }
        let once = self.once(&wish.slot);
        let work = Rc::clone(self).fetch_once(Rc::clone(&once), Rc::clone(&wish));
        let result = once.join(Box::pin(work)).await;
        self.outcome(result, &wish, &kept)
    }

    fn wish(&self, source: Source, role: &RoleChoice, fetch: Fetch<'_>, kept: &Kept, now: i64) -> Result<Wish, Error> {
        let (owner, groups) = match &source {
            Source::Nobody => (Owner::guest(), None),
            Source::App => (Owner::app(), None),
            Source::User(record) => (owner(record), Some(groups(record))),
        };
        let role = chosen_role(role, self.pool.flow, groups)?;
        let slot = owner.slot(role.as_deref());
        let refused = match fetch {
            Fetch::IfNeeded => String::new(),
            Fetch::InPlaceOf(access_key_id) => access_key_id.to_owned(),
            Fetch::Now => kept.credentials(&slot).map(|kept| kept.access_key_id.clone()).unwrap_or_default(),
        };
        Ok(Wish { source, owner, role, slot, refused, now })
    }

    /// A service that throttles or is down is not asked anew by every call while the credentials live.
    fn in_pause(&self, wish: &Wish, kept: &Kept) -> Option<Rc<Credentials>> {
        (wish.now < self.pause_until.get()).then(|| wish.usable(kept, 0))?
    }

    fn outcome(
        &self,
        result: Result<JsValue, JsValue>,
        wish: &Wish,
        before: &Kept,
    ) -> Result<Rc<Credentials>, JsValue> {
        match result {
            Ok(_) => self.vault.last().credentials(&wish.slot).ok_or_else(|| not_signed_in().into()),
            // A failed renewal ahead of time harms nobody yet.
            Err(error) => {
                let spare = wish.usable(before, 0).filter(|_| js::get(&error, "retryable").is_truthy());
                self.pause_until.set(wish.now + PAUSE);
                spare.ok_or(error)
            }
        }
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

    async fn fetch_once(self: Rc<Self>, once: Rc<Once>, wish: Rc<Wish>) -> Result<JsValue, JsValue> {
        let name = [self.vault.key(), ":", &wish.slot].concat();
        let result = lock::hold(&name, Box::pin(async move { self.fetch_unless_done(&wish).await })).await;
        once.done();
        result
    }

    /// Runs under the lock. Another tab may have fetched them while this one waited, so storage is read again.
    async fn fetch_unless_done(&self, wish: &Wish) -> Result<JsValue, JsValue> {
        let users = self.vault.users();
        let kept = self.vault.kept().await;
        if wish.usable(&kept, RENEW_AHEAD).is_some() {
            return Ok(JsValue::UNDEFINED);
        }
        let credentials = self.fetch(wish, kept.identity_id(&wish.owner)).await?;
        // Whoever left while the services were asked does not come back by their answer.
        let is_same = match (&wish.source, &self.session) {
            (Source::User(_), Some(session)) => {
                session.record().await.is_some_and(|record| owner(&record) == wish.owner)
            }
            (Source::App, _) => self.vault.users() == users,
            _ => true,
        };
        if is_same {
            let mut kept = Kept::clone(&*self.vault.kept().await);
            kept.keep(&wish.owner, &wish.slot, credentials);
            self.vault.keep(kept).await;
        }
        Ok(JsValue::UNDEFINED)
    }

    async fn fetch(&self, wish: &Wish, identity_id: Option<String>) -> Result<Credentials, JsValue> {
        let given = match wish.source {
            Source::App => self.asked().await?,
            _ => JsValue::UNDEFINED,
        };
        let (mut flow, mut request) = self.begin(wish, &wish.source, &given, identity_id)?;
        let mut is_renewed = false;
        loop {
            let answer = http::post(self.endpoint(&request), &request).await?;
            match (flow.answer(&answer), &wish.source, &self.session) {
                (Ok(Step::Send(next)), ..) => request = next,
                (Ok(Step::Done(credentials)), ..) => return Ok(credentials),
                // The identity pool's clock is its own: a token that it calls expired is renewed, once.
                (Err(error), Source::User(record), Some(session))
                    if error.code() == ErrorCode::SessionExpired && !is_renewed =>
                {
                    is_renewed = true;
                    let wanted = Wanted::OtherThan(record.tokens().id.expose());
                    let renewed = session.usable(wanted).await?.ok_or_else(not_signed_in)?;
                    (flow, request) = self.begin(wish, &Source::User(renewed), &given, None)?;
                }
                (Err(error), ..) => return Err(error.into()),
            }
        }
    }

    fn endpoint(&self, request: &Request) -> &str {
        if request.target == FORM { &self.pool.sts_endpoint } else { &self.pool.endpoint }
    }

    fn begin(
        &self,
        wish: &Wish,
        source: &Source,
        given: &JsValue,
        identity_id: Option<String>,
    ) -> Result<(GetCredentials, Request), JsValue> {
        let (pool, role) = (Rc::clone(&self.pool), wish.role.clone());
        let mut logins = Vec::new();
        match (source, &self.session, self.pool.login) {
            (Source::User(record), Some(session), _) => {
                let UserPool { region, app_client, .. } = session.pool();
                logins.push(Login::user_pool(region, &app_client.user_pool_id, record.tokens().id.clone()));
            }
            (Source::App, _, LoginSource::DeveloperIdentity) => {
                let (identity_id, token) = (js::text(given, "identityId"), js::text(given, "token"));
                if identity_id.is_empty() || token.is_empty() {
                    return Err(malformed("developerIdentity() must give { identityId, token }").into());
                }
                return Ok(GetCredentials::developer(pool, identity_id, token.into(), role));
            }
            (Source::App, ..) => {
                let entries = js::call(&js::global("Object")?, "entries", &[given])?;
                for (provider, token) in js::pairs(&entries) {
                    logins.push(Login { provider, token: token.into() });
                }
                if logins.is_empty() {
                    return Err(malformed("logins() must give a token for each provider").into());
                }
            }
            _ => {}
        }
        Ok(GetCredentials::start(pool, logins, identity_id, role))
    }

    /// What the app's callback gives. It throws what it throws.
    ///
    /// # Errors
    /// `not-signed-in` where it gives nothing.
    async fn asked(&self) -> Result<JsValue, JsValue> {
        let callback = match self.pool.login {
            LoginSource::DeveloperIdentity => "developerIdentity",
            _ => "logins",
        };
        let given = settled(js::call(&self.host, callback, &[])?).await?;
        if given.is_object() { Ok(given) } else { Err(not_signed_in().into()) }
    }
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
