//! SRP's numbers on the browser's own `BigInt`: the smallest and the fastest there is in a page.

use js_sys::BigInt as JsBigInt;
use wasm_bindgen::prelude::*;

use crate::cognito::Natural;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = BigInt)]
    fn big_int(literal: &str) -> JsBigInt;
}

/// A JavaScript `BigInt`.
pub struct BigInt(JsBigInt);

impl Natural for BigInt {
    fn from_hex(digits: &str) -> Self {
        Self(big_int(&["0x", digits].concat()))
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

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::BigInt;
    use crate::cognito::srp::tests::known_answers;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn srp_answers_as_other_implementations_do() {
        known_answers::<BigInt>();
    }
}
