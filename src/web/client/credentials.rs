//! Keeps the credentials that the identity pool gives the signed-in user, for as long as they live.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::promise::Once;
use super::session::{Session, Wanted, not_signed_in};
use super::{clock, http};
use crate::config::IdentityPool;
use crate::identity::{Credentials, GetCredentials, Login, Step};
use crate::session::Record;
use crate::web::js;

/// Credentials that expire sooner than this are renewed: a request must arrive before they do.
const RENEW_AHEAD: i64 = 300;

/// The credentials of one identity pool.
pub struct CredentialStore {
    pool: Rc<IdentityPool>,
    session: Rc<Session>,
    cached: RefCell<Option<Cached>>,
    asking: Once,
    asked_for: RefCell<String>,
}

struct Cached {
    owner: String,
    credentials: Rc<Credentials>,
}

/// Credentials are good for one user with one set of roles.
fn owner(record: &Record) -> String {
    let claims = record.claims();
    let mut owner = [&claims.subject, "\n", claims.preferred_role.as_deref().unwrap_or_default()].concat();
    for role in &claims.roles {
        owner.push('\n');
        owner.push_str(role);
    }
    owner
}

impl CredentialStore {
    /// The credentials of the configured identity pool, for users of the user pool.
    pub fn new(pool: Rc<IdentityPool>, session: Rc<Session>) -> Self {
        Self { pool, session, cached: RefCell::new(None), asking: Once::default(), asked_for: RefCell::default() }
    }

    /// Live credentials of the signed-in user, asked for once however many calls wait.
    pub async fn get(self: &Rc<Self>) -> Result<Rc<Credentials>, JsValue> {
        let record = self.session.usable(Wanted::Live).await?.ok_or_else(not_signed_in)?;
        if let Some(credentials) = self.at_hand(&record) {
            return Ok(credentials);
        }
        let asked = self.asking.join(Box::pin(Rc::clone(self).ask_once(Rc::clone(&record)))).await;
        if let Some(credentials) = self.at_hand(&record) {
            return Ok(credentials);
        }
        // What was under way may have been for a user who has left: then its end says nothing of this one.
        if *self.asked_for.borrow() == owner(&record) {
            asked?;
        }
        self.asking.join(Box::pin(Rc::clone(self).ask_once(Rc::clone(&record)))).await?;
        self.at_hand(&record).ok_or_else(|| not_signed_in().into())
    }

    fn at_hand(&self, record: &Record) -> Option<Rc<Credentials>> {
        let server_time = record.clock().server_time(clock::unix_seconds());
        let cached = self.cached.borrow();
        let cached = cached.as_ref().filter(|cached| cached.owner == owner(record))?;
        (server_time + RENEW_AHEAD < cached.credentials.expiration).then(|| Rc::clone(&cached.credentials))
    }

    async fn ask_once(self: Rc<Self>, record: Rc<Record>) -> Result<JsValue, JsValue> {
        let owner = owner(&record);
        self.asked_for.borrow_mut().clone_from(&owner);
        let result = self.ask(&record).await;
        self.asking.done();
        let credentials = result?;
        if self.session.last_record().is_some_and(|now| self::owner(&now) == owner) {
            self.session.keep_identity_id(record, credentials.identity_id.clone()).await;
            *self.cached.borrow_mut() = Some(Cached { owner, credentials: Rc::new(credentials) });
        }
        Ok(JsValue::UNDEFINED)
    }

    async fn ask(&self, record: &Record) -> Result<Credentials, JsValue> {
        let user_pool = self.session.pool();
        let user_pool_id = &user_pool.app_client.user_pool_id;
        let login = Login::user_pool(&user_pool.region, user_pool_id, record.tokens().id.clone());
        let identity_id = record.identity_id().map(str::to_owned);
        let (mut flow, mut request) = GetCredentials::start(&self.pool.pool_id, login, identity_id, None);
        loop {
            match flow.answer(&http::post(&self.pool.endpoint, &request).await?)? {
                Step::Send(next) => request = next,
                Step::Done(credentials) => return Ok(credentials),
            }
        }
    }

    /// Wipes what is kept.
    pub fn forget(&self) {
        *self.cached.borrow_mut() = None;
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
