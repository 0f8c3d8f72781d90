//! Where the credentials of one identity pool are kept: in the storage that the app chose, in a record of their own.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Object;
use wasm_bindgen::prelude::*;

use super::host::Host;
use super::storage::Storage;
use crate::config::StorageKind;
use crate::identity::Kept;
use crate::sigv4::SigningKeyCache;

/// The stored record. Every read asks the storage, as the session's does: so all tabs agree on who is there.
pub struct Vault {
    storage: Storage,
    cached: RefCell<Option<(JsValue, Rc<Kept>)>>,
    signing_keys: Rc<RefCell<SigningKeyCache>>,
    /// Goes up whenever a user goes: what was begun for one must not be kept for another.
    users: Cell<u32>,
}

impl Vault {
    /// The record of one identity pool.
    pub fn new(kind: StorageKind, pool_id: &str, host: Host, signing_keys: Rc<RefCell<SigningKeyCache>>) -> Self {
        let storage = Storage::new(kind, ["gatepass:", pool_id].concat(), host);
        Self { storage, cached: RefCell::new(None), signing_keys, users: Cell::new(0) }
    }

    /// The storage key, which other tabs see in their `storage` events.
    pub fn key(&self) -> &str {
        self.storage.key()
    }

    /// How many users have gone.
    pub fn users(&self) -> u32 {
        self.users.get()
    }

    /// What is kept.
    pub async fn kept(&self) -> Rc<Kept> {
        let text = self.storage.read().await;
        if let Some((read, kept)) = &*self.cached.borrow()
            && Object::is(read, &text)
        {
            return Rc::clone(kept);
        }
        let kept = Rc::new(text.as_string().map(|text| Kept::parse(&text)).unwrap_or_default());
        *self.cached.borrow_mut() = Some((text, Rc::clone(&kept)));
        kept
    }

    /// Writes what is to be kept now, and wipes the keys that were derived from what is not. What cannot be stored is kept for this page.
    pub async fn keep(&self, kept: Kept) {
        self.signing_keys.borrow_mut().clear();
        let text = kept.to_text();
        *self.cached.borrow_mut() = Some((JsValue::from_str(text.expose()), Rc::new(kept)));
        self.storage.write(text.expose()).await.ok();
    }

    /// Drops the user's credentials everywhere.
    pub async fn forget_user(&self) {
        self.users.set(self.users().wrapping_add(1));
        let mut kept = Kept::clone(&*self.kept().await);
        kept.forget_user();
        self.wipe();
        if kept.is_empty() {
            self.storage.remove().await.ok();
        } else {
            self.keep(kept).await;
        }
    }

    /// Takes note of what another tab wrote, `null` where it removed everything.
    pub fn changed_elsewhere(&self, text: &JsValue) {
        self.wipe();
        if !text.as_string().is_some_and(|text| Kept::parse(&text).has_credentials()) {
            self.users.set(self.users().wrapping_add(1));
        }
    }

    /// Wipes what is in memory, and the keys that were derived from it; it is read again when it is needed.
    pub fn wipe(&self) {
        self.signing_keys.borrow_mut().clear();
        *self.cached.borrow_mut() = None;
    }
}
