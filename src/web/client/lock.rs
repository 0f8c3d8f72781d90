//! One at a time, across tabs where the browser has Web Locks.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::promise::{Work, promise};
use crate::web::js;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method)]
    fn request(this: &LockManager, name: &str, callback: &JsValue) -> Promise;
}

/// Runs `work` while holding the lock `name`. Without Web Locks it just runs: the caller already
/// sees to it that this tab does the work once.
pub async fn hold(name: &str, work: Work) -> Result<JsValue, JsValue> {
    let locks = js::get(&js::get(&js_sys::global(), "navigator"), "locks");
    if locks.is_undefined() {
        return work.await;
    }
    let callback = Closure::once_into_js(move || promise(work));
    JsFuture::from(locks.unchecked_ref::<LockManager>().request(name, &callback)).await
}
