//! Plain JavaScript values, and JavaScript's own reflection on them.
//!
//! A typed binding is a hundred bytes of import and glue for each member that is used; these few functions reach all of them. What
//! runs often, such as SRP's arithmetic, is bound.

#[cfg(any(feature = "client", feature = "diagnosis"))]
use js_sys::Function;
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// An empty object.
pub fn object() -> JsValue {
    Object::new().into()
}

/// Sets a property of an object that this module made, which cannot fail.
pub fn set(target: &JsValue, key: &str, value: impl Into<JsValue>) {
    set_value(target, key, &value.into());
}

#[inline(never)]
fn set_value(target: &JsValue, key: &str, value: &JsValue) {
    let _ = Reflect::set(target, &JsValue::from_str(key), value);
}

/// A property, `undefined` where there is none or `target` is no object.
pub fn get(target: &JsValue, key: &str) -> JsValue {
    // A throw costs more than all the rest of a call.
    if !target.is_object() {
        return JsValue::UNDEFINED;
    }
    Reflect::get(target, &JsValue::from_str(key)).unwrap_or(JsValue::UNDEFINED)
}

/// A property that is a string, empty where it is none.
#[inline(never)]
pub fn text(target: &JsValue, key: &str) -> String {
    get(target, key).as_string().unwrap_or_default()
}

/// A global, `undefined` where this browser has none.
///
/// # Errors
/// What its getter throws: so do forbidden storages.
#[cfg(any(feature = "client", feature = "diagnosis"))]
pub fn global(name: &str) -> Result<JsValue, JsValue> {
    Reflect::get(&js_sys::global(), &JsValue::from_str(name))
}

/// `target[method](...arguments)`
///
/// # Errors
/// What the method throws, or that there is none.
#[cfg(any(feature = "client", feature = "diagnosis"))]
#[inline(never)]
pub fn call(target: &JsValue, method: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    let method = Reflect::get(target, &JsValue::from_str(method))?;
    Reflect::apply(method.unchecked_ref::<Function>(), target, &array(arguments))
}

/// `new class(...arguments)`, of a global class.
///
/// # Errors
/// What the constructor throws.
#[cfg(feature = "client")]
#[inline(never)]
pub fn new(class: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
    Reflect::construct(global(class)?.unchecked_ref::<Function>(), &array(arguments))
}

#[cfg(any(feature = "client", feature = "diagnosis"))]
fn array(items: &[&JsValue]) -> Array {
    let array = Array::new();
    for item in items {
        array.push(item);
    }
    array
}

/// The pairs of strings that an iterable gives, such as `Headers`; none where it is no iterable.
#[cfg(any(feature = "client", feature = "diagnosis"))]
pub fn pairs(iterable: &JsValue) -> Vec<(String, String)> {
    if !iterable.is_object() {
        return Vec::new();
    }
    let pairs = Array::from(iterable);
    pairs.iter().filter_map(|pair| Some((get(&pair, "0").as_string()?, get(&pair, "1").as_string()?))).collect()
}

/// The items of an array; `None` where it is none.
#[cfg(feature = "exchange")]
pub fn list(value: &JsValue) -> Option<Vec<JsValue>> {
    Array::is_array(value).then(|| Array::from(value).to_vec())
}

/// Seconds since 1970 as a `Date`.
#[cfg(feature = "client")]
pub fn date(unix_seconds: i64) -> JsValue {
    new("Date", &[&JsValue::from_f64(unix_seconds as f64 * 1000.0)]).unwrap_or(JsValue::UNDEFINED)
}

/// JSON text as a JavaScript value, `None` where it is not JSON.
#[cfg(feature = "client")]
pub fn parse_json(text: &str) -> Option<JsValue> {
    js_sys::JSON::parse(text).ok()
}

/// An array of strings.
#[cfg(feature = "client")]
pub fn strings(items: &[String]) -> JsValue {
    items.iter().map(|item| JsValue::from_str(item)).collect::<Array>().into()
}
