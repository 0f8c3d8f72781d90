//! Futures as promises. All of them pass through one function: the machinery behind a promise is large, and is built for each type it is given.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

/// Work that ends in a JavaScript value.
pub type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

/// Starts the work.
pub fn promise(work: Work) -> Promise {
    future_to_promise(work)
}

/// Work that is under way once, however many wait for it.
#[derive(Default)]
pub struct Once(RefCell<Option<Promise>>);

impl Once {
    /// Starts the work, unless it is under way, and waits for its end.
    pub async fn join(&self, work: Work) -> Result<JsValue, JsValue> {
        let running = self.0.borrow().clone();
        let promise = running.unwrap_or_else(|| promise(work));
        *self.0.borrow_mut() = Some(promise.clone());
        JsFuture::from(promise).await
    }

    /// What the work says at its end: whoever comes now starts it again.
    pub fn done(&self) {
        *self.0.borrow_mut() = None;
    }
}
