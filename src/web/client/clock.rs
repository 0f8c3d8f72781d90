//! The clock and the random source of the browser, handed to the pure rooms as values.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    type Crypto;

    #[wasm_bindgen(thread_local_v2, js_name = crypto)]
    static CRYPTO: Crypto;

    #[wasm_bindgen(method, js_name = getRandomValues)]
    fn get_random_values(this: &Crypto, bytes: &mut [u8]);

    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Seconds since 1970 by the browser's clock, which may be wrong; a session knows by how much.
pub fn unix_seconds() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}

/// Milliseconds on the monotonic clock that Resource Timing uses.
pub fn monotonic_ms() -> f64 {
    performance_now()
}

/// Random bytes from the browser's generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    CRYPTO.with(|crypto| crypto.get_random_values(&mut bytes));
    bytes
}
