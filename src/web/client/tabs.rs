//! What other tabs do to what they share with this one.

use std::rc::Rc;

use wasm_bindgen::prelude::*;

use super::host::Host;
use super::session::Session;
use super::vault::Vault;
use crate::web::js;

/// Passes on, until it is dropped, what other tabs do to the session in `localStorage`, and forgets the credentials that they dropped.
pub struct Tabs(Closure<dyn FnMut(JsValue)>);

impl Tabs {
    /// A tab never hears of its own changes (HTML, the storage event), so nothing is told twice.
    pub fn watch(session: Option<&Rc<Session>>, vault: Option<Rc<Vault>>, host: Host) -> Option<Self> {
        let session = session.map(|session| session.key().to_owned());
        let listener = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let changed = js::get(&event, "key");
            // `null` stands for all keys: somebody cleared the storage.
            let is = |key: &str| changed.is_null() || changed == *key;
            if let Some(vault) = vault.as_ref().filter(|vault| is(vault.key())) {
                vault.changed_elsewhere(&js::get(&event, "newValue"));
            }
            if session.as_deref().is_some_and(is) {
                let kind = match (js::get(&event, "oldValue").is_null(), js::get(&event, "newValue").is_null()) {
                    (_, true) => "signed-out",
                    (true, false) => "signed-in",
                    (false, false) => "token-refreshed",
                };
                host.tell(kind);
            }
        });
        listen("addEventListener", &listener).ok()?;
        Some(Self(listener))
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        let _ = listen("removeEventListener", &self.0);
    }
}

fn listen(method: &str, listener: &Closure<dyn FnMut(JsValue)>) -> Result<JsValue, JsValue> {
    js::call(&js_sys::global(), method, &[&"storage".into(), listener.as_ref()])
}
