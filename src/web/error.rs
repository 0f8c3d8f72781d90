//! Rust errors as JavaScript `Error`s.

use wasm_bindgen::prelude::*;

use super::js;
use crate::error::Error;

impl From<Error> for JsValue {
    /// A real `Error` of the shape that the face calls `GatepassError`.
    fn from(error: Error) -> Self {
        with_cause(&error, &JsValue::UNDEFINED)
    }
}

/// The same, with what the browser threw as `cause`.
pub fn with_cause(error: &Error, cause: &JsValue) -> JsValue {
    let value: JsValue = js_sys::Error::new(error.message()).into();
    js::set(&value, "name", "GatepassError");
    js::set(&value, "code", error.code().as_str());
    js::set(&value, "help", error.help());
    js::set(&value, "retryable", error.code().is_retryable());
    if let Some(service) = error.service() {
        let about = js::object();
        js::set(&about, "exception", service.exception.as_str());
        if let Some(id) = &service.request_id {
            js::set(&about, "requestId", id.as_str());
        }
        js::set(&value, "service", about);
    }
    if !cause.is_undefined() {
        js::set(&value, "cause", cause);
    }
    value
}
