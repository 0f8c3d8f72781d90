//! AWS credentials: fetched when they are needed, ahead of their end, once for all calls and tabs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;

use super::host::{Host, settled};
use super::promise::Once;
use super::session::{Session, Wanted, not_signed_in};
use super::vault::Vault;
use super::{clock, http, lock};
use crate::cognito::token;
use crate::config::{CredentialFlow, Identity, IdentityPool, LoginSource, RoleChoice, UserPool};
use crate::error::{Error, ErrorCode};
use crate::identity::{Credentials, GetCredentials, GroupRoles, Kept, Login, Owner, Step, chosen_role};
use crate::json::Json;
use crate::secret::Secret;
use crate::service::{FORM, Request};
use crate::session::Record;
use crate::sigv4::{self, hex};
use crate::web::js;

/// Credentials that expire sooner than this are renewed: a request must arrive before they do.
const RENEW_AHEAD: i64 = 300;

/// For how many seconds both services give them, as long as nothing else was seen.
const LIFE: i64 = 3600;

/// How many seconds a renewal that failed is not tried again while the credentials still live.
const PAUSE: i64 = 10;

/// Which credentials a caller can use.
#[derive(Clone)]
pub enum Fetch {
    /// Any that live so many seconds, and do not expire soon; of those who never live that long, new ones.
    For(u32),
    /// Any but those of this access key, which a server refused.
    InPlaceOf(String),
    /// Any but those at hand.
    Now,
}

impl Fetch {
    /// What a caller's options say: `{ forceRefresh? }`.
    pub fn asked(options: &JsValue, seconds: u32) -> Self {
        if js::get(options, "forceRefresh").is_truthy() { Self::Now } else { Self::For(seconds) }
    }
}

/// The credentials of one identity pool.
pub struct CredentialStore {
    pool: Rc<IdentityPool>,
    session: Option<Rc<Session>>,
    vault: Rc<Vault>,
    host: Host,
    fetching: RefCell<Vec<Rc<Fetching>>>,
    /// Whom the app named last, and how many users had gone then.
    named: RefCell<Option<(u32, Owner)>>,
    pause_until: Cell<i64>,
    life: Cell<i64>,
}

/// What is under way for one user and one role, once for all who wait for it.
#[derive(Default)]
struct Fetching {
    users: u32,
    slot: String,
    once: Once,
    /// What came of it: nothing where the user it was for is there no more, or has other roles.
    got: RefCell<Option<Rc<Credentials>>>,
}

/// Whose credentials, of which role, and which of them will not do.
struct Wish {
    source: Source,
    owner: Owner,
    role: Option<String>,
    slot: String,
    fetch: Fetch,
    refused: String,
    ahead: i64,
    now: i64,
    users: u32,
}

/// Who says who it is.
enum Source {
    /// Nobody: a guest.
    Nobody,
    /// The user pool's session.
    User(Rc<Record>),
    /// The app, which is yet to be asked.
    App,
    /// The app, with these tokens.
    Logins(Vec<Login>),
    /// The app's back end.
    Developer(String, Secret),
}

impl Source {
    fn groups(&self) -> Option<GroupRoles<'_>> {
        let Self::User(record) = self else { return None };
        let claims = record.claims();
        Some(GroupRoles { preferred: claims.preferred_role.as_deref(), all: &claims.roles })
    }
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
        let (fetching, named, pause_until) = (RefCell::default(), RefCell::default(), Cell::new(0));
        Self { pool, session, vault, host, fetching, named, pause_until, life: Cell::new(LIFE) }
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
        fetch: Fetch,
        offset: i64,
    ) -> Result<Rc<Credentials>, JsValue> {
        let mut former = None::<Rc<Wish>>;
        loop {
            let source = match (identity, self.pool.login, &self.session) {
                (Identity::Guest, ..) => Source::Nobody,
                (Identity::User, LoginSource::UserPool, Some(session)) => {
                    Source::User(session.usable(Wanted::Live).await?.ok_or_else(not_signed_in)?)
                }
                (Identity::User, LoginSource::UserPool, None) => return Err(not_signed_in().into()),
                (Identity::User, ..) => Source::App,
            };
            let role = chosen_role(role, self.pool.flow, source.groups())?;
            let kept = self.vault.kept().await;
            let wish = Rc::new(self.wish(source, role, fetch.clone(), &kept, clock::unix_seconds() + offset));
            // The same user with other roles begins anew, and nobody else.
            if former.is_some_and(|former| former.users != wish.users || !former.owner.is_same_user(&wish.owner)) {
                return Err(not_signed_in().into());
            }
            if let Some(credentials) = wish.usable(&kept, wish.ahead).or_else(|| self.in_pause(&wish, &kept)) {
                return Ok(credentials);
            }
            let fetching = self.fetching(&wish);
            let work = Rc::clone(self).fetch_once(Rc::clone(&fetching), Rc::clone(&wish));
            let result = fetching.once.join(Box::pin(work)).await;
            if let Some(credentials) = self.outcome(result, &fetching, &wish, &kept)? {
                return Ok(credentials);
            }
            former = Some(wish);
        }
    }

    fn wish(&self, source: Source, role: Option<String>, fetch: Fetch, kept: &Kept, now: i64) -> Wish {
        let owner = match &source {
            Source::Nobody => Owner::guest(),
            Source::User(record) => owner(record),
            _ => self.named().unwrap_or_else(nobody_yet),
        };
        let slot = owner.slot(role.as_deref());
        let refused = match &fetch {
            Fetch::For(_) => String::new(),
            Fetch::InPlaceOf(access_key_id) => access_key_id.clone(),
            Fetch::Now => kept.credentials(&slot).map(|kept| kept.access_key_id.clone()).unwrap_or_default(),
        };
        let ahead = match fetch {
            Fetch::For(seconds) => RENEW_AHEAD.max((self.life.get() - RENEW_AHEAD).min(seconds.into())),
            _ => RENEW_AHEAD,
        };
        Wish { source, owner, role, slot, fetch, refused, ahead, now, users: self.vault.users() }
    }

    /// Whom the app named, unless a user has gone since.
    fn named(&self) -> Option<Owner> {
        self.named.borrow().as_ref().filter(|(users, _)| *users == self.vault.users()).map(|(_, owner)| owner.clone())
    }

    /// A service that throttles or is down is not asked anew by every call while the credentials live.
    fn in_pause(&self, wish: &Wish, kept: &Kept) -> Option<Rc<Credentials>> {
        (wish.now < self.pause_until.get()).then(|| wish.usable(kept, 0))?
    }

    fn outcome(
        &self,
        result: Result<JsValue, JsValue>,
        fetching: &Fetching,
        wish: &Wish,
        before: &Kept,
    ) -> Result<Option<Rc<Credentials>>, JsValue> {
        let Err(error) = result else { return Ok(fetching.got.borrow().clone()) };
        // A failed renewal ahead of time harms nobody yet.
        let spare = wish.usable(before, 0).filter(|_| js::get(&error, "retryable").is_truthy());
        self.pause_until.set(wish.now + PAUSE);
        if spare.is_some() { Ok(spare) } else { Err(error) }
    }

    /// What is under way for this wish. Whom the app will name is not known before, so its users' credentials are one fetch a role.
    fn fetching(&self, wish: &Wish) -> Rc<Fetching> {
        let slot = match wish.source {
            Source::App => nobody_yet().slot(wish.role.as_deref()),
            _ => wish.slot.clone(),
        };
        let mut all = self.fetching.borrow_mut();
        if let Some(found) = all.iter().find(|other| other.users == wish.users && other.slot == slot) {
            return Rc::clone(found);
        }
        let fetching = Rc::new(Fetching { users: wish.users, slot, ..Fetching::default() });
        all.push(Rc::clone(&fetching));
        fetching
    }

    async fn fetch_once(self: Rc<Self>, fetching: Rc<Fetching>, wish: Rc<Wish>) -> Result<JsValue, JsValue> {
        let result = Rc::clone(&self).fetch_for(wish, Rc::clone(&fetching)).await;
        self.fetching.borrow_mut().retain(|other| !Rc::ptr_eq(other, &fetching));
        result
    }

    async fn fetch_for(self: Rc<Self>, mut wish: Rc<Wish>, fetching: Rc<Fetching>) -> Result<JsValue, JsValue> {
        if let Source::App = wish.source {
            wish = Rc::new(self.asked(&wish).await?);
        }
        let name = [self.vault.key(), ":", &wish.slot].concat();
        lock::hold(&name, Box::pin(async move { self.fetch_unless_done(&wish, &fetching).await })).await
    }

    /// Runs under the lock. Another tab may have fetched them while this one waited, so storage is read again.
    async fn fetch_unless_done(&self, wish: &Wish, fetching: &Fetching) -> Result<JsValue, JsValue> {
        let kept = self.vault.kept().await;
        let mut got = wish.usable(&kept, wish.ahead);
        if got.is_none() {
            let credentials = Rc::new(self.fetch(wish, kept.identity_id(&wish.owner)).await?);
            self.life.set(credentials.expiration - wish.now);
            // Whoever left while the services were asked does not come back by their answer.
            let is_same = match (&wish.source, &self.session) {
                (Source::Nobody, _) => true,
                (Source::User(_), Some(session)) => {
                    session.record().await.is_some_and(|record| owner(&record) == wish.owner)
                }
                _ => self.vault.users() == wish.users,
            };
            if is_same {
                let mut kept = Kept::clone(&*self.vault.kept().await);
                kept.keep(&wish.owner, &wish.slot, Rc::clone(&credentials));
                self.vault.keep(kept).await;
                got = Some(credentials);
            }
        }
        *fetching.got.borrow_mut() = got;
        Ok(JsValue::UNDEFINED)
    }

    async fn fetch(&self, wish: &Wish, identity_id: Option<String>) -> Result<Credentials, JsValue> {
        let (mut flow, mut request) = self.begin(wish, &wish.source, identity_id);
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
                    (flow, request) = self.begin(wish, &Source::User(renewed), None);
                }
                (Err(error), ..) => return Err(error.into()),
            }
        }
    }

    fn endpoint(&self, request: &Request) -> &str {
        if request.target == FORM { &self.pool.sts_endpoint } else { &self.pool.endpoint }
    }

    fn begin(&self, wish: &Wish, source: &Source, identity_id: Option<String>) -> (GetCredentials, Request) {
        let (pool, role) = (Rc::clone(&self.pool), wish.role.clone());
        let logins = match (source, &self.session) {
            (Source::User(record), Some(session)) => {
                let UserPool { region, app_client, .. } = session.pool();
                vec![Login::user_pool(region, &app_client.user_pool_id, record.tokens().id.clone())]
            }
            (Source::Developer(identity_id, token), _) => {
                return GetCredentials::developer(pool, identity_id.clone(), token.clone(), role);
            }
            (Source::Logins(logins), _) => logins.clone(),
            _ => Vec::new(),
        };
        GetCredentials::start(pool, logins, identity_id, role)
    }

    /// The wish of whom the app's callback names now. It throws what it throws.
    ///
    /// # Errors
    /// `not-signed-in` where it names nobody: then what was kept goes.
    async fn asked(&self, wish: &Wish) -> Result<Wish, JsValue> {
        let (callback, read): (_, fn(&JsValue) -> _) = match self.pool.login {
            LoginSource::DeveloperIdentity => ("developerIdentity", developer),
            _ => ("logins", logins),
        };
        let given = settled(js::call(&self.host, callback, &[])?).await?;
        if self.vault.users() != wish.users {
            return Err(not_signed_in().into());
        }
        let found = if given.is_object() { Some(read(&given)?) } else { None };
        let (source, owner) = found.unzip();
        let known = self.named();
        let changes = owner.is_none() || known.is_some_and(|known| Some(known) != owner);
        *self.named.borrow_mut() = owner.map(|owner| (wish.users.wrapping_add(changes.into()), owner));
        if changes {
            self.vault.forget_user().await;
        }
        let kept = self.vault.kept().await;
        match source.filter(|_| self.named().is_some()) {
            Some(source) => Ok(self.wish(source, wish.role.clone(), wish.fetch.clone(), &kept, wish.now)),
            None => Err(not_signed_in().into()),
        }
    }
}

/// Whoever the app's callback gives tokens for: the subject that each names, or the token itself where it names none.
fn logins(given: &JsValue) -> Result<(Source, Owner), JsValue> {
    let entries = js::call(&js::global("Object")?, "entries", &[given])?;
    let (mut logins, mut who) = (Vec::new(), Sha256::new());
    for (provider, token) in js::pairs(&entries) {
        if token.is_empty() {
            logins.clear();
            break;
        }
        let payload = token::payload(&token).unwrap_or_default();
        let claims = Json::parse(&payload).unwrap_or(Json::Null);
        let subject = claims.text("sub");
        for part in [&provider, claims.text("iss").unwrap_or_default(), subject.unwrap_or(&token)] {
            who.update(part);
            who.update([0]);
        }
        logins.push(Login { provider, token: token.into() });
    }
    if logins.is_empty() {
        return Err(malformed("logins() must give a token for each provider").into());
    }
    Ok((Source::Logins(logins), Owner::app(&hex(&who.finalize()))))
}

/// Whoever the app's back end authenticated.
fn developer(given: &JsValue) -> Result<(Source, Owner), JsValue> {
    let (identity_id, token) = (js::text(given, "identityId"), js::text(given, "token"));
    if identity_id.is_empty() || token.is_empty() {
        return Err(malformed("developerIdentity() must give { identityId, token }").into());
    }
    let owner = Owner::app(&hex(&Sha256::digest(&identity_id)));
    Ok((Source::Developer(identity_id, token.into()), owner))
}

/// In the place of whom the app has not named yet: nothing is kept for it.
fn nobody_yet() -> Owner {
    Owner::app("")
}

fn owner(record: &Record) -> Owner {
    let claims = record.claims();
    Owner::user(&claims.subject, claims.preferred_role.as_deref(), &claims.roles)
}

fn malformed(message: &'static str) -> Error {
    Error::new(ErrorCode::InvalidArgument, message, "Correct what the function given to createClient() returns.")
}

/// What a signature is made with.
pub fn keys(credentials: &Credentials) -> sigv4::Credentials<'_> {
    sigv4::Credentials {
        access_key_id: &credentials.access_key_id,
        secret_access_key: credentials.secret_access_key.expose(),
        session_token: Some(credentials.session_token.expose()),
    }
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
