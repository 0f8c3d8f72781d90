//! SRP's integers on the engine's own: smaller and faster than any in the module.

use js_sys::BigInt as JsBigInt;
use wasm_bindgen::prelude::*;

use crate::cognito::Natural;

/// JavaScript's `BigInt`.
pub struct BigInt(JsBigInt);

impl Natural for BigInt {
    fn from_hex(digits: &str) -> Self {
        let literal = ["0x", digits].concat();
        Self(JsBigInt::new(&JsValue::from_str(&literal)).unwrap_or_default())
    }

    fn to_hex(&self) -> String {
        self.0.to_string(16).map(String::from).unwrap_or_default()
    }

    fn plus(&self, other: &Self) -> Self {
        Self(&self.0 + &other.0)
    }

    fn minus(&self, other: &Self) -> Self {
        Self(&self.0 - &other.0)
    }

    fn times(&self, other: &Self) -> Self {
        Self(&self.0 * &other.0)
    }

    fn shifted_left(&self, bits: u8) -> Self {
        Self(&self.0 << &JsBigInt::from(bits))
    }

    fn modulo(&self, modulus: &Self) -> Self {
        Self(&self.0 % &modulus.0)
    }
}
