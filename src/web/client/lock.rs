//! One at a time, across tabs where the browser has Web Locks.

use wasm_bindgen::prelude::*;

use super::host::settled;
use super::promise::{Work, promise};
use crate::web::js;

/// Runs `work` while holding the lock `name`. Without Web Locks it just runs: the caller already
/// sees to it that this tab does the work once.
pub async fn hold(name: &str, work: Work) -> Result<JsValue, JsValue> {
    let locks = js::get(&js::global("navigator")?, "locks");
    let result = if locks.is_undefined() {
        promise(work).into()
    } else {
        let callback = Closure::once_into_js(move || promise(work));
        js::call(&locks, "request", &[&JsValue::from_str(name), &callback])?
    };
    settled(result).await
}
