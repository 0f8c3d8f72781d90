//! What the calls of one client share.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::authorize::Freshness;
use super::clock;
use super::credentials::{CredentialStore, Fetch};
use super::host::Host;
use super::session::{Everywhere, Session, Wanted, not_signed_in};
use super::tabs::Tabs;
use super::vault::Vault;
use crate::config::{Config, Identity, RoleChoice, Route, StorageKind, TokenUse};
use crate::error::{Error, ErrorCode};
use crate::identity::Credentials;
use crate::sigv4::SigningKeyCache;
use crate::web::js;

/// One client.
pub struct Core {
    /// The configuration.
    pub config: Config,
    /// The face's side.
    pub host: Host,
    /// The page's own origin, empty where there is no page.
    pub origin: String,
    /// Signing keys, wiped when the user goes.
    pub signing_keys: Rc<RefCell<SigningKeyCache>>,
    session: Option<Rc<Session>>,
    credentials: Option<Rc<CredentialStore>>,
    tabs: RefCell<Option<Tabs>>,
}

impl Core {
    /// From a configuration that was checked.
    pub fn new(config: Config, host: Host) -> Self {
        let pool = config.identity_pool.as_ref();
        let signing_keys = Rc::<RefCell<SigningKeyCache>>::default();
        let vault =
            pool.map(|pool| Rc::new(Vault::new(config.storage, &pool.pool_id, host.clone(), Rc::clone(&signing_keys))));
        let user_pool = config.user_pool.as_ref();
        let session =
            user_pool.map(|pool| Rc::new(Session::new(&config, Rc::clone(pool), vault.clone(), host.clone())));
        let tabs = match config.storage {
            StorageKind::Local => Tabs::watch(session.as_ref(), vault.clone(), host.clone()),
            _ => None,
        };
        let credentials = pool
            .zip(vault)
            .map(|(pool, vault)| Rc::new(CredentialStore::new(Rc::clone(pool), session.clone(), vault, host.clone())));
        Self {
            config,
            host,
            origin: js::text(&js::get(&js_sys::global(), "location"), "origin"),
            signing_keys,
            session,
            credentials,
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
            Freshness::OtherThan(refused) => {
                Wanted::OtherThan(refused.expose().strip_prefix(BEARER).unwrap_or_default())
            }
        };
        let record = self.session()?.usable(wanted).await?.ok_or_else(not_signed_in)?;
        let tokens = record.tokens();
        let token = match token {
            TokenUse::Id => &tokens.id,
            TokenUse::Access => &tokens.access,
        };
        Ok([BEARER, token.expose()].concat())
    }

    /// Live AWS credentials.
    ///
    /// # Errors
    /// `invalid-configuration` without an identity pool; why there is no session; what the identity pool refused.
    pub async fn credentials(
        &self,
        identity: Identity,
        role: &RoleChoice,
        fetch: Fetch,
    ) -> Result<Rc<Credentials>, JsValue> {
        self.credential_store()?.get(identity, role, fetch, self.clock_offset()).await
    }

    /// The credentials of the identity pool.
    ///
    /// # Errors
    /// `invalid-configuration` without one.
    pub fn credential_store(&self) -> Result<&Rc<CredentialStore>, Error> {
        self.credentials.as_ref().ok_or_else(|| lacks("identityPool"))
    }

    /// Signs the user out. Where there is no user pool the credentials are all there is of a user.
    ///
    /// # Errors
    /// Why the session could not be forgotten, or not everywhere.
    pub async fn sign_out(&self, everywhere: Everywhere) -> Result<(), JsValue> {
        self.forget_user();
        match (&self.session, &self.credentials) {
            (None, Some(credentials)) => {
                credentials.vault().forget_user().await;
                self.host.tell("signed-out");
                Ok(())
            }
            _ => self.session()?.sign_out(everywhere).await,
        }
    }

    /// Wipes what was derived from a user's session.
    pub fn forget_user(&self) {
        if let Some(credentials) = &self.credentials {
            credentials.vault().wipe();
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
        clock::offset().or_else(issued).unwrap_or_default()
    }

    /// Seconds since 1970 by the server's clock, as far as it is known.
    pub fn server_time(&self) -> i64 {
        clock::unix_seconds() + self.clock_offset()
    }

    /// What a response answers; nothing for whatever else it is.
    pub fn question(&self, response: &JsValue) -> Option<Question<'_>> {
        let question = js::call(&self.host, "question", &[response]).ok()?;
        let route = self.config.routes.get(js::get(&question, "route").as_f64()? as usize)?;
        let request = js::get(&question, "request").unchecked_into();
        Some(Question { request, route, canonical_request: js::get(&question, "canonicalRequest") })
    }
}

/// What a response answers.
pub struct Question<'a> {
    /// The request.
    pub request: Request,
    /// The route that matched it.
    pub route: &'a Route,
    /// What its signature was computed from, where that may have been refused; `undefined` otherwise.
    pub canonical_request: JsValue,
}

const BEARER: &str = "Bearer ";

fn lacks(field: &str) -> Error {
    Error::new(
        ErrorCode::InvalidConfiguration,
        ["The client has no ", field].concat(),
        ["Give createClient() a ", field, "."].concat(),
    )
}
