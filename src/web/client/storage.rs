//! Where the one session record is kept.

use js_sys::{Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Storage as WebStorage;

use super::host::Host;
use crate::config::StorageKind;
use crate::error::{Error, ErrorCode};
use crate::web::error;

/// One key of one storage. What cannot be written is kept in the face's memory, so that it is not lost for this page.
pub struct Storage {
    kind: StorageKind,
    key: String,
    host: Host,
}

impl Storage {
    /// The record of one app client, wherever the app keeps it.
    pub fn new(kind: StorageKind, key: String, host: Host) -> Self {
        Self { kind, key, host }
    }

    /// The key, which other tabs see in their `storage` events.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The stored text, or `null`. Forbidden storage reads as empty: the write is what must be heard of.
    pub async fn read(&self) -> JsValue {
        let kept = self.host.memory().get(&JsValue::from_str(&self.key));
        if kept.is_string() {
            return kept;
        }
        match self.kind {
            StorageKind::Memory => JsValue::NULL,
            StorageKind::Custom => match self.host.storage().get_item(&self.key) {
                Ok(value) => settled(value).await.unwrap_or(JsValue::NULL),
                Err(_) => JsValue::NULL,
            },
            StorageKind::Session | StorageKind::Local => self
                .web_storage()
                .and_then(|storage| storage.get_item(&self.key))
                .ok()
                .flatten()
                .map_or(JsValue::NULL, JsValue::from),
        }
    }

    /// Stores the record.
    ///
    /// # Errors
    /// `storage`, when the storage is full, forbidden or not there; the record is then kept for this page.
    pub async fn write(&self, record: &str) -> Result<(), JsValue> {
        let memory = self.host.memory();
        let key = JsValue::from_str(&self.key);
        let written = match self.kind {
            StorageKind::Memory => {
                memory.set(&key, &JsValue::from_str(record));
                return Ok(());
            }
            StorageKind::Custom => match self.host.storage().set_item(&self.key, record) {
                Ok(value) => settled(value).await.map(drop),
                Err(thrown) => Err(thrown),
            },
            StorageKind::Session | StorageKind::Local => {
                self.web_storage().and_then(|storage| storage.set_item(&self.key, record))
            }
        };
        match written {
            Ok(()) => {
                memory.delete(&key);
                Ok(())
            }
            Err(cause) => {
                memory.set(&key, &JsValue::from_str(record));
                Err(self.failed(&cause))
            }
        }
    }

    /// Removes the record everywhere.
    ///
    /// # Errors
    /// `storage`, when the storage refuses.
    pub async fn remove(&self) -> Result<(), JsValue> {
        self.host.memory().delete(&JsValue::from_str(&self.key));
        let removed = match self.kind {
            StorageKind::Memory => Ok(()),
            StorageKind::Custom => match self.host.storage().remove_item(&self.key) {
                Ok(value) => settled(value).await.map(drop),
                Err(thrown) => Err(thrown),
            },
            // What may not be touched holds nothing of ours either.
            StorageKind::Session | StorageKind::Local => match self.web_storage() {
                Ok(storage) => storage.remove_item(&self.key),
                Err(_) => Ok(()),
            },
        };
        removed.map_err(|cause| self.failed(&cause))
    }

    /// Reading the global itself throws a `SecurityError` where the user forbids storage.
    fn web_storage(&self) -> Result<WebStorage, JsValue> {
        let storage = Reflect::get(&js_sys::global(), &JsValue::from_str(self.name()))?;
        storage.dyn_into()
    }

    fn name(&self) -> &'static str {
        match self.kind {
            StorageKind::Memory => "memory",
            StorageKind::Custom => "the app's TokenStorage",
            StorageKind::Session => "sessionStorage",
            StorageKind::Local => "localStorage",
        }
    }

    fn failed(&self, cause: &JsValue) -> JsValue {
        let message = format!("{} refused to keep the session: it is full, forbidden or not there", self.name());
        let help = "The session lasts until this page is left. Free some space, allow storage for this site, or choose storage: 'memory'.";
        error::with_cause(&Error::new(ErrorCode::Storage, message, help), cause)
    }
}

/// A value that may be a promise, or any thenable.
async fn settled(value: JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&value)).await
}
