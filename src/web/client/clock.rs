//! The clock and the random source of the browser, handed to the pure rooms as values.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::web::js;

/// Seconds since 1970 by the browser's clock, which may be wrong; a session knows by how much.
pub fn unix_seconds() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
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
