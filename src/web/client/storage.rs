//! Where the one session record is kept.

use wasm_bindgen::prelude::*;

use super::host::{Host, settled};
use crate::config::StorageKind;
use crate::error::{Error, ErrorCode};
use crate::web::{error, js};

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
        let kept = self.host.remembered(&self.key);
        if kept.is_string() || self.kind == StorageKind::Memory {
            return kept;
        }
        self.outside("getItem", &[]).await.unwrap_or(JsValue::NULL)
    }

    /// Stores the record.
    ///
    /// # Errors
    /// `storage`, when the storage is full, forbidden or not there; the record is then kept for this page.
    pub async fn write(&self, record: &str) -> Result<(), JsValue> {
        let record = JsValue::from_str(record);
        let written = match self.kind {
            StorageKind::Memory => return self.in_memory("set", &[&record]).map(drop),
            _ => self.outside("setItem", &[&record]).await,
        };
        match written {
            Ok(_) => self.in_memory("delete", &[]).map(drop),
            Err(cause) => {
                self.in_memory("set", &[&record])?;
                Err(self.failed(&cause))
            }
        }
    }

    /// Removes the record everywhere.
    ///
    /// # Errors
    /// `storage`, when the storage refuses.
    pub async fn remove(&self) -> Result<(), JsValue> {
        self.in_memory("delete", &[])?;
        // What may not be touched holds nothing of ours either.
        if self.kind == StorageKind::Memory || self.place().is_err() {
            return Ok(());
        }
        self.outside("removeItem", &[]).await.map(drop).map_err(|cause| self.failed(&cause))
    }

    /// Calls a method of the face's `Map` with the key and what else there is.
    fn in_memory(&self, method: &str, more: &[&JsValue]) -> Result<JsValue, JsValue> {
        call(&self.host.memory(), method, &self.key, more)
    }

    /// The same for the browser's or the app's storage. All have the same three methods, and the app's may give promises.
    async fn outside(&self, method: &str, more: &[&JsValue]) -> Result<JsValue, JsValue> {
        settled(call(&self.place()?, method, &self.key, more)?).await
    }

    /// Reading the global itself throws a `SecurityError` where the user forbids storage.
    fn place(&self) -> Result<JsValue, JsValue> {
        let place = match self.kind {
            StorageKind::Custom => self.host.storage(),
            _ => js::global(self.name())?,
        };
        if place.is_object() { Ok(place) } else { Err(place) }
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
        let message = [self.name(), " refused to keep the session: it is full, forbidden or not there"].concat();
        let help = "The session lasts until this page is left. Free some space, allow storage for this site, or choose storage: 'memory'.";
        error::with_cause(&Error::new(ErrorCode::Storage, message, help), cause)
    }
}

fn call(place: &JsValue, method: &str, key: &str, more: &[&JsValue]) -> Result<JsValue, JsValue> {
    let key = JsValue::from_str(key);
    let mut arguments = vec![&key];
    arguments.extend(more);
    js::call(place, method, &arguments)
}
