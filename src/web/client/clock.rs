//! The clock and the random source of the browser, handed to the pure rooms as values.

use std::cell::Cell;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::web::js;

/// Seconds since 1970 by the browser's clock, which may be wrong; a session knows by how much.
pub fn unix_seconds() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

thread_local! {
    /// There is one clock on a device, whatever number of clients.
    static OFFSET: Cell<Option<i64>> = const { Cell::new(None) };
}

/// Seconds that the servers' clocks are ahead of this one, as far as any of them told.
pub fn offset() -> Option<i64> {
    OFFSET.get()
}

/// Takes what a server told of its clock.
pub fn set_offset(offset: i64) {
    OFFSET.set(Some(offset));
}

#[wasm_bindgen]
extern "C" {
    /// Milliseconds on the monotonic clock that Resource Timing uses.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    pub fn monotonic_ms() -> f64;
}

/// Random bytes from the browser's generator.
pub fn random() -> Result<[u8; 32], JsValue> {
    let mut bytes = [0; 32];
    let array = Uint8Array::from(&bytes[..]);
    js::call(&js::global("crypto")?, "getRandomValues", &[&array])?;
    array.copy_to(&mut bytes);
    Ok(bytes)
}
