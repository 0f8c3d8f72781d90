//! What other tabs do to a session that they share.

use wasm_bindgen::prelude::*;

use super::host::Host;
use crate::web::js;

/// Passes on, until it is dropped, what other tabs do to one key of `localStorage`.
pub struct Tabs(Closure<dyn FnMut(JsValue)>);

impl Tabs {
    /// A tab never hears of its own changes (HTML, the storage event), so nothing is told twice.
    pub fn watch(key: String, host: Host) -> Option<Self> {
        let listener = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            let changed = js::get(&event, "key");
            // `null` stands for all keys: somebody cleared the storage.
            if changed.is_null() || changed == *key {
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
