//! Plain JavaScript values.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// An empty object.
pub fn object() -> JsValue {
    Object::new().into()
}

/// Sets a property of an object that this module made, which cannot fail.
pub fn set(target: &JsValue, key: &str, value: impl Into<JsValue>) {
    let _ = Reflect::set(target, &JsValue::from_str(key), &value.into());
}

/// A property, `undefined` where there is none or `target` is no object.
pub fn get(target: &JsValue, key: &str) -> JsValue {
    Reflect::get(target, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// JSON text as a JavaScript value, `None` where it is not JSON.
#[cfg(feature = "client")]
pub fn parse_json(text: &str) -> Option<JsValue> {
    js_sys::JSON::parse(text).ok()
}

/// An array of strings.
pub fn strings(items: &[String]) -> JsValue {
    items.iter().map(|item| JsValue::from_str(item)).collect::<js_sys::Array>().into()
}
