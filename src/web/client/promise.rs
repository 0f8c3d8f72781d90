//! Futures as promises. All of them pass through one function: the machinery behind a promise is large, and is built for each type it is given.

use std::future::Future;
use std::pin::Pin;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// Work that ends in a JavaScript value.
pub type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// Starts the work.
pub fn promise(work: Work) -> Promise {
    future_to_promise(work)
}
