//! Plain JavaScript values: objects, JSON, and serde across the boundary.

use js_sys::{JSON, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
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
pub fn parse_json(text: &str) -> Option<JsValue> {
    JSON::parse(text).ok()
}

/// JSON text as `T`, `None` where it is not JSON or of another shape.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Option<T> {
    from_value(parse_json(text)?)
}

/// A JavaScript value as `T`, `None` where it is of another shape.
pub fn from_value<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// `T` as JSON text.
pub fn to_json<T: Serialize>(value: &T) -> Option<String> {
    let value = value.serialize(&serde_wasm_bindgen::Serializer::json_compatible()).ok()?;
    JSON::stringify(&value).ok().map(String::from)
}
