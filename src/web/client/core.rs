//! What the calls of one client share.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::{Array, WeakMap};
use wasm_bindgen::prelude::*;
use web_sys::{Request, Response};

use super::authorize::Freshness;
use super::credentials::CredentialStore;
use super::host::Host;
use super::session::{Session, Wanted, not_signed_in};
use super::tabs::Tabs;
use crate::config::{Config, Route, StorageKind, TokenUse};
use crate::error::{Error, ErrorCode};
use crate::identity::Credentials;
use crate::sigv4::SigningKeyCache;

/// One client.
pub struct Core {
    /// The configuration.
    pub config: Config,
    /// The face's side.
    pub host: Host,
    /// Signing keys, wiped when the user goes.
    pub signing_keys: RefCell<SigningKeyCache>,
    session: Option<Rc<Session>>,
    credentials: Option<Rc<CredentialStore>>,
    learnt_offset: Cell<Option<i64>>,
    answered: WeakMap,
    tabs: RefCell<Option<Tabs>>,
}

impl Core {
    /// From a configuration that was checked.
    pub fn new(config: Config, host: Host) -> Self {
        let user_pool = config.user_pool.clone();
        let session = user_pool.as_ref().map(|pool| Rc::new(Session::new(&config, pool, host.clone())));
        let credentials = match (&config.identity_pool, user_pool, &session) {
            (Some(pool), Some(user_pool), Some(session)) => {
                Some(Rc::new(CredentialStore::new(pool.clone(), user_pool, Rc::clone(session))))
            }
            _ => None,
        };
        let tabs = match (&session, config.storage) {
            (Some(session), StorageKind::Local) => Tabs::watch(session.key().to_owned(), host.clone()),
            _ => None,
        };
        Self {
            config,
            host,
            signing_keys: RefCell::default(),
            session,
            credentials,
            learnt_offset: Cell::new(None),
            answered: WeakMap::new(),
            tabs: RefCell::new(tabs),
        }
    }

    /// The user's session.
    ///
    /// # Errors
    /// `invalid-configuration` without a user pool.
    pub fn session(&self) -> Result<&Rc<Session>, Error> {
        self.session.as_ref().ok_or_else(|| lacks("userPool"))
    }

    /// The value of `Authorization` for a Bearer call.
    ///
    /// # Errors
    /// `not-signed-in`, `session-expired`, or why the token could not be refreshed.
    pub async fn bearer(&self, token: TokenUse, freshness: &Freshness) -> Result<String, JsValue> {
        let wanted = match freshness {
            Freshness::AtHand => Wanted::Live,
            Freshness::OtherThan(refused) => Wanted::OtherThan(refused.strip_prefix(BEARER).unwrap_or_default()),
        };
        let record = self.session()?.usable(wanted).await?.ok_or_else(not_signed_in)?;
        let tokens = record.tokens();
        let token = match token {
            TokenUse::Id => &tokens.id,
            TokenUse::Access => &tokens.access,
        };
        Ok([BEARER, token.expose()].concat())
    }

    /// Live AWS credentials of the signed-in user.
    ///
    /// # Errors
    /// `invalid-configuration` without an identity pool; why there is no session; what the identity pool refused.
    pub async fn credentials(&self) -> Result<Rc<Credentials>, JsValue> {
        self.credentials.as_ref().ok_or_else(|| lacks("identityPool"))?.get().await
    }

    /// Wipes what was derived from a user's session.
    pub fn forget_user(&self) {
        self.signing_keys.borrow_mut().clear();
        if let Some(credentials) = &self.credentials {
            credentials.forget();
        }
    }

    /// Lets go of the page.
    pub fn close(&self) {
        self.forget_user();
        self.tabs.replace(None);
    }

    /// When the tokens at hand expire, by the server's clock.
    pub fn token_expires_at(&self) -> Option<i64> {
        Some(self.session.as_ref()?.last_record()?.expires_at())
    }

    /// Seconds that the server's clock is ahead of this one, as far as anything told.
    pub fn clock_offset(&self) -> i64 {
        let issued = || Some(self.session.as_ref()?.last_record()?.clock().offset());
        self.learnt_offset.get().or_else(issued).unwrap_or_default()
    }

    /// Takes what a server told of its clock.
    pub fn set_clock_offset(&self, offset: i64) {
        self.learnt_offset.set(Some(offset));
    }

    /// Keeps what a response answered, so that [`Core::question`] can tell when the app asks for an explanation.
    pub fn remember(&self, response: &Response, request: &Request, route: usize) {
        let question = Array::of2(request, &JsValue::from_f64(route as f64));
        self.answered.set(response, &question);
    }

    /// The request that a response answers, and its route.
    pub fn question(&self, response: &Response) -> Option<(Request, &Route)> {
        let question: Array = self.answered.get(response).dyn_into().ok()?;
        let route = self.config.routes.get(question.get(1).as_f64()? as usize)?;
        Some((question.get(0).dyn_into().ok()?, route))
    }
}

const BEARER: &str = "Bearer ";

fn lacks(field: &str) -> Error {
    Error::new(
        ErrorCode::InvalidConfiguration,
        format!("The client has no {field}"),
        format!("Give createClient() a {field}."),
    )
}
