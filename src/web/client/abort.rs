//! Waiting that ends when the caller aborts.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::web::js;

/// Waits for `work`, or fails with the reason of `holder.signal` as soon as that is aborted.
///
/// `work` keeps its result for itself: so there is one of this function, whatever is waited for.
pub async fn until_aborted(holder: &JsValue, mut work: Pin<&mut dyn Future<Output = ()>>) -> Result<(), JsValue> {
    // Tokens at hand are the rule: no listener, no promise, no look at the signal for them.
    let first = std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    if first.is_ready() {
        return Ok(());
    }
    let signal = &js::get(holder, "signal");
    if !signal.is_object() {
        work.await;
        return Ok(());
    }
    if is_aborted(signal) {
        return Err(js::get(signal, "reason"));
    }
    let (aborted, listener) = on_abort(signal)?;
    let mut aborted = pin!(JsFuture::from(aborted));
    let result = std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(()) => Poll::Ready(Ok(())),
        Poll::Pending => aborted.as_mut().poll(context).map(|_| Err(js::get(signal, "reason"))),
    })
    .await;
    js::call(signal, "removeEventListener", &[&"abort".into(), &listener])?;
    result
}

/// Whether the caller has aborted already.
pub fn is_aborted(signal: &JsValue) -> bool {
    js::get(signal, "aborted").is_truthy()
}

/// A promise that the signal's `abort` event resolves, and the listener to take away again.
fn on_abort(signal: &JsValue) -> Result<(Promise, Function), JsValue> {
    let mut listener = None;
    let promise = Promise::new(&mut |resolve, _| listener = Some(resolve));
    let listener = listener.ok_or(JsValue::UNDEFINED)?;
    js::call(signal, "addEventListener", &[&"abort".into(), &listener])?;
    Ok((promise, listener))
}
