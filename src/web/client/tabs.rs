//! What other tabs do to a session that they share.

use wasm_bindgen::prelude::*;
use web_sys::EventTarget;

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
        target()?.add_event_listener_with_callback(STORAGE, listener.as_ref().unchecked_ref()).ok()?;
        Some(Self(listener))
    }
}

impl Drop for Tabs {
    fn drop(&mut self) {
        if let Some(target) = target() {
            let _ = target.remove_event_listener_with_callback(STORAGE, self.0.as_ref().unchecked_ref());
        }
    }
}

const STORAGE: &str = "storage";

fn target() -> Option<EventTarget> {
    js_sys::global().dyn_into().ok()
}
