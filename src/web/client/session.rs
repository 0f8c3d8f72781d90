//! Keeps one user's session: stored, refreshed ahead of its end, once for all calls and tabs.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Object;
use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::host::Host;
use super::promise::Once;
use super::storage::Storage;
use super::vault::Vault;
use super::{clock, http, lock};
use crate::cognito::refusal::{self, During};
use crate::cognito::{AppClient, Flow, NewPasswordRequired, SignIn, Step, Tokens, message, token};
use crate::config::{Config, UserPool};
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::service::Request;
use crate::session::{Plan, Record, Refresh, Verdict, refresh};
use crate::web::bigint::BigInt;
use crate::web::js;

/// The session of one app client.
pub struct Session {
    pool: Rc<UserPool>,
    refresh_ahead: i64,
    storage: Storage,
    /// What goes with the user.
    vault: Option<Rc<Vault>>,
    host: Host,
    cached: RefCell<Option<Cached>>,
    refreshing: Once,
    pause_until: Cell<i64>,
    signing_in: RefCell<Option<SignIn>>,
    /// Goes up whenever a user comes or goes: what was begun for one must not be written for another.
    user: Cell<u32>,
}

/// The record as it was read last, with the text it was read from: parsing tokens anew at every call would cost more than the call's own work.
struct Cached {
    text: JsValue,
    record: Rc<Record>,
}

/// How many seconds a refresh that failed is not tried again while the token still lives.
const PAUSE: i64 = 10;

/// Where a sign-in stands.
pub enum SignInStep {
    /// The user is signed in.
    SignedIn(Rc<Record>),
    /// The user must choose a new password.
    NewPassword(NewPasswordRequired),
}

/// Which tokens a caller can use.
#[derive(Clone, Copy)]
pub enum Wanted<'a> {
    /// Any that do not expire soon.
    Live,
    /// Any but this one, which a server refused.
    OtherThan(&'a str),
}

impl Session {
    /// The session of the configured user pool.
    pub fn new(config: &Config, pool: Rc<UserPool>, vault: Option<Rc<Vault>>, host: Host) -> Self {
        let AppClient { user_pool_id, client_id } = &*pool.app_client;
        let key = ["gatepass:", user_pool_id, ":", client_id].concat();
        Self {
            pool,
            refresh_ahead: config.refresh_ahead,
            storage: Storage::new(config.storage, key, host.clone()),
            vault,
            host,
            cached: RefCell::new(None),
            refreshing: Once::default(),
            pause_until: Cell::new(0),
            signing_in: RefCell::new(None),
            user: Cell::new(0),
        }
    }

    /// The user pool.
    pub fn pool(&self) -> &UserPool {
        &self.pool
    }

    /// The storage key, which other tabs see in their `storage` events.
    pub fn key(&self) -> &str {
        self.storage.key()
    }

    /// What is stored, however old.
    pub async fn record(&self) -> Option<Rc<Record>> {
        let text = self.storage.read().await;
        if let Some(cached) = &*self.cached.borrow()
            && Object::is(&cached.text, &text)
        {
            return Some(Rc::clone(&cached.record));
        }
        let record = text.as_string().and_then(|text| Record::parse(&text)).map(Rc::new);
        *self.cached.borrow_mut() = record.clone().map(|record| Cached { text, record });
        record
    }

    /// What was read last, without reading again.
    pub fn last_record(&self) -> Option<Rc<Record>> {
        self.cached.borrow().as_ref().map(|cached| Rc::clone(&cached.record))
    }

    /// A record whose tokens can be used, `None` where nobody is signed in.
    ///
    /// # Errors
    /// `session-expired` when the user pool says so; anything else passes, and leaves the session as it is.
    pub async fn usable(self: &Rc<Self>, wanted: Wanted<'_>) -> Result<Option<Rc<Record>>, JsValue> {
        let record = self.record().await;
        match (self.plan(record.as_deref(), wanted), record) {
            (Plan::SignedOut, _) | (_, None) => Ok(None),
            (Plan::Use, record) => Ok(record),
            (Plan::Refresh, Some(stale)) => self.refreshed(stale, wanted).await,
        }
    }

    fn plan(&self, record: Option<&Record>, wanted: Wanted<'_>) -> Plan {
        match (Record::plan(record, clock::unix_seconds(), self.refresh_ahead), wanted, record) {
            (Plan::Use, Wanted::OtherThan(refused), Some(record)) if holds(record.tokens(), refused) => {
                if record.tokens().refresh.is_some() { Plan::Refresh } else { Plan::Use }
            }
            (plan, _, _) => plan,
        }
    }

    async fn refreshed(self: &Rc<Self>, stale: Rc<Record>, wanted: Wanted<'_>) -> Result<Option<Rc<Record>>, JsValue> {
        let now = clock::unix_seconds();
        let spare = matches!(wanted, Wanted::Live) && stale.is_alive(now);
        // A pool that throttles or is down is not asked anew by every call while the token lives.
        if spare && now < self.pause_until.get() {
            return Ok(Some(stale));
        }
        let work = Rc::clone(self).refresh_once(Rc::clone(&stale));
        let result = self.refreshing.join(Box::pin(work)).await;
        let record = self.record().await;
        match result {
            Ok(_) => Ok(record),
            // A failed refresh ahead of time harms nobody yet.
            Err(_) if spare && record.is_some() => {
                self.pause_until.set(now + PAUSE);
                Ok(Some(stale))
            }
            Err(error) => Err(error),
        }
    }

    async fn refresh_once(self: Rc<Self>, stale: Rc<Record>) -> Result<JsValue, JsValue> {
        let this = Rc::clone(&self);
        let result = lock::hold(self.key(), Box::pin(async move { this.refresh_unless_done(&stale).await })).await;
        self.refreshing.done();
        result
    }

    /// Runs under the lock. Another tab may have refreshed while this one waited, so storage is read again.
    async fn refresh_unless_done(&self, stale: &Record) -> Result<JsValue, JsValue> {
        let user = self.user.get();
        let Some(record) = self.record().await else { return Err(not_signed_in().into()) };
        if let Plan::Use = self.plan(Some(&record), Wanted::OtherThan(stale.tokens().id.expose())) {
            return Ok(JsValue::UNDEFINED);
        }
        let Some((mut refresh, mut request)) = Refresh::start(Rc::clone(&self.pool.app_client), Rc::clone(&record))
        else {
            return Err(not_signed_in().into());
        };
        let renewed = loop {
            let answer = http::post(&self.pool.endpoint, &request).await?;
            match refresh.answer(&answer, clock::unix_seconds()) {
                Ok(refresh::Step::Send(next)) => request = next,
                Ok(refresh::Step::Done(renewed)) => break Ok(renewed),
                Err(error) => break Err(error),
            }
        };
        // Signed out, or another user signed in, while the pool was asked: these tokens are nobody's any more. Or, without Web Locks,
        // another tab rotated the token that was refused here.
        let is_same =
            self.record().await.is_some_and(|stored| stored.tokens() == record.tokens()) && self.user.get() == user;
        match renewed {
            Ok(renewed) if is_same => {
                // The tokens are good, and kept for this page, even where they cannot be stored.
                if let Err(error) = self.storage.write(renewed.to_text().expose()).await {
                    self.host.tell_with("storage-failed", "error", &error);
                }
                self.host.tell("token-refreshed");
            }
            Ok(_) => {}
            Err(error) => {
                if is_same && Verdict::of(&error) == Verdict::Over {
                    self.forget().await.ok();
                    self.host.tell("session-expired");
                }
                return Err(error.into());
            }
        }
        Ok(JsValue::UNDEFINED)
    }

    /// Begins a sign-in.
    pub async fn sign_in(&self, username: &str, password: Secret, flow: Flow) -> Result<SignInStep, JsValue> {
        *self.signing_in.borrow_mut() = None;
        let random = Zeroizing::new(clock::random()?);
        let (sign_in, request) =
            SignIn::start::<BigInt>(Rc::clone(&self.pool.app_client), username, password, flow, random);
        self.drive(sign_in, request).await
    }

    /// Answers `NEW_PASSWORD_REQUIRED`.
    pub async fn new_password(
        &self,
        password: &Secret,
        attributes: &[(String, String)],
    ) -> Result<SignInStep, JsValue> {
        let sign_in = self.signing_in.borrow_mut().take().ok_or_else(no_challenge)?;
        let request = sign_in.new_password(password, attributes)?;
        self.drive(sign_in, request).await
    }

    async fn drive(&self, mut sign_in: SignIn, mut request: Request) -> Result<SignInStep, JsValue> {
        loop {
            let step = match http::post(&self.pool.endpoint, &request).await {
                Ok(answer) => sign_in.answer::<BigInt>(&answer, self.server_time()).map_err(JsValue::from),
                Err(error) => Err(error),
            };
            match step {
                Ok(Step::Send(next)) => request = next,
                Ok(Step::NewPassword(challenge)) => {
                    *self.signing_in.borrow_mut() = Some(sign_in);
                    return Ok(SignInStep::NewPassword(challenge));
                }
                Ok(Step::SignedIn(tokens)) => return self.signed_in(tokens).await.map(SignInStep::SignedIn),
                Err(error) => {
                    // A password that the policy refuses leaves the challenge open for another.
                    if sign_in.is_open() {
                        *self.signing_in.borrow_mut() = Some(sign_in);
                    }
                    return Err(error);
                }
            }
        }
    }

    async fn signed_in(&self, tokens: Tokens) -> Result<Rc<Record>, JsValue> {
        let record = Rc::new(Record::issued(tokens, clock::unix_seconds())?);
        self.user_changes();
        let stored = self.storage.write(record.to_text().expose()).await;
        self.drop_credentials().await;
        self.host.tell("signed-in");
        stored.map(|()| record)
    }

    /// Forgets the session, then tells the user pool. The session is gone here whatever the pool answers.
    ///
    /// # Errors
    /// Of a global sign-out: why the other devices are still signed in. Otherwise only `storage`.
    pub async fn sign_out(self: &Rc<Self>, everywhere: Everywhere) -> Result<(), JsValue> {
        let record = match everywhere {
            Everywhere::Yes => self.usable(Wanted::Live).await,
            Everywhere::No => Ok(self.record().await),
        };
        *self.signing_in.borrow_mut() = None;
        self.user_changes();
        self.forget().await?;
        self.host.tell("signed-out");
        let Some(record) = record? else { return Ok(()) };
        let request = match (everywhere, &record.tokens().refresh) {
            (Everywhere::Yes, _) => message::global_sign_out(&record.tokens().access),
            (Everywhere::No, Some(token)) => message::revoke_token(&self.pool.app_client, token),
            (Everywhere::No, None) => return Ok(()),
        };
        let answer = http::post(&self.pool.endpoint, &request).await;
        if everywhere == Everywhere::Yes {
            answer?.read().map_err(|exception| refusal::error(exception, During::Session))?;
        }
        // A token that cannot be revoked now dies by its own date.
        Ok(())
    }

    fn user_changes(&self) {
        self.user.set(self.user.get().wrapping_add(1));
    }

    async fn forget(&self) -> Result<(), JsValue> {
        *self.cached.borrow_mut() = None;
        let removed = self.storage.remove().await;
        self.drop_credentials().await;
        removed
    }

    /// After the session itself is written or removed: that must happen at once when the user changes.
    async fn drop_credentials(&self) {
        if let Some(vault) = &self.vault {
            vault.forget_user().await;
        }
    }

    /// Seconds since 1970 by the server's clock, as far as it is known.
    fn server_time(&self) -> i64 {
        let local = clock::unix_seconds();
        self.last_record().map_or(local, |record| record.clock().server_time(local))
    }
}

/// Whether a sign-out ends the user's sessions on every device.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Everywhere {
    /// `GlobalSignOut`.
    Yes,
    /// `RevokeToken`: this one.
    No,
}

/// Whether one of the tokens is `token`.
fn holds(tokens: &Tokens, token: &str) -> bool {
    tokens.id.expose() == token || tokens.access.expose() == token
}

/// The session as the app sees it.
pub fn view(record: &Record) -> Result<JsValue, JsValue> {
    let claims = record.claims();
    let view = js::object();
    js::set(&view, "username", record.username());
    js::set(&view, "userId", claims.subject.as_str());
    js::set(&view, "idToken", record.tokens().id.expose());
    js::set(&view, "accessToken", record.tokens().access.expose());
    // By the device's clock, so that a countdown against `Date.now()` ends when the token does.
    let expires_at = record.expires_at() - record.clock().offset();
    js::set(&view, "expiresAt", js::date(expires_at));
    let payload = token::payload(record.tokens().id.expose())?;
    js::set(&view, "claims", js::parse_json(&payload).unwrap_or(JsValue::NULL));
    js::set(&view, "groups", js::strings(&claims.groups));
    js::set(&view, "roles", js::strings(&claims.roles));
    js::set(&view, "preferredRole", claims.preferred_role.as_deref().map_or(JsValue::NULL, JsValue::from_str));
    Ok(view)
}

/// The error of a call that needs a user.
pub fn not_signed_in() -> Error {
    Error::new(ErrorCode::NotSignedIn, "Nobody is signed in", "Call signIn() first.")
}

fn no_challenge() -> Error {
    Error::new(ErrorCode::ChallengeExpired, "No challenge is waiting for an answer", "Start the sign-in again.")
}
