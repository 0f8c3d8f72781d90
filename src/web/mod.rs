//! The browser.
use wasm_bindgen::prelude::*;
/// x
#[wasm_bindgen]
pub struct Foo;
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch, catch)]
    fn fetch(request: &web_sys::Request) -> Result<js_sys::Promise, JsValue>;
}
#[wasm_bindgen]
impl Foo {
    /// y
    pub fn x(&self, r: web_sys::Request) -> Result<js_sys::Promise, JsValue> { fetch(&r) }
}
