//! Waiting that ends when the caller aborts.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortSignal;

/// The result of `work`, or the signal's reason as an error as soon as it is aborted.
pub async fn until_aborted<T>(
    signal: &AbortSignal,
    mut work: Pin<&mut dyn Future<Output = Result<T, JsValue>>>,
) -> Result<T, JsValue> {
    // Tokens at hand are the rule: no listener, no promise for them.
    let first = std::future::poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
    if let Poll::Ready(result) = first {
        return result;
    }
    if signal.aborted() {
        return Err(signal.reason());
    }
    let (aborted, listener) = on_abort(signal)?;
    let mut aborted = pin!(JsFuture::from(aborted));
    let result = std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(result) => Poll::Ready(result),
        Poll::Pending => aborted.as_mut().poll(context).map(|_| Err(signal.reason())),
    })
    .await;
    signal.remove_event_listener_with_callback("abort", &listener)?;
    result
}

/// A promise that the signal's `abort` event resolves, and the listener to take away again.
fn on_abort(signal: &AbortSignal) -> Result<(Promise, js_sys::Function), JsValue> {
    let mut listener = None;
    let promise = Promise::new(&mut |resolve, _| listener = Some(resolve));
    let listener = listener.ok_or(JsValue::UNDEFINED)?;
    signal.add_event_listener_with_callback("abort", &listener)?;
    Ok((promise, listener))
}
