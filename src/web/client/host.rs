//! What the face hands over beside the configuration: its side of storage, events and the diagnosis module.

use js_sys::{Map, Promise};
use wasm_bindgen::prelude::*;

use crate::web::js;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
export interface Host {
  readonly memory: Map<string, string>;
  readonly storage?: {
    getItem(key: string): string | null | Promise<string | null>;
    setItem(key: string, value: string): unknown;
    removeItem(key: string): unknown;
  };
  emit(event: object): void;
  diagnosis(): Promise<object>;
  crashed(message: string): void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The face's side of a client.
    #[wasm_bindgen(typescript_type = "Host")]
    #[derive(Clone)]
    pub type Host;

    /// The session of storage `memory`. It lives in the face so that it outlives a trapped module.
    #[wasm_bindgen(method, getter)]
    pub fn memory(this: &Host) -> Map;

    /// The app's own storage.
    #[wasm_bindgen(method, getter)]
    pub fn storage(this: &Host) -> AppStorage;

    #[wasm_bindgen(method)]
    fn emit(this: &Host, event: &JsValue);

    /// Loads the diagnosis module, at the first failure.
    #[wasm_bindgen(method, catch)]
    pub fn diagnosis(this: &Host) -> Result<Promise, JsValue>;

    /// Called before a panic becomes a trap, so that no pending call waits for ever.
    #[wasm_bindgen(method)]
    pub fn crashed(this: &Host, message: &str);

    /// The app's `TokenStorage`; each method may give a promise.
    pub type AppStorage;

    /// The value stored under `key`, or `null`.
    #[wasm_bindgen(method, catch, js_name = getItem)]
    pub fn get_item(this: &AppStorage, key: &str) -> Result<JsValue, JsValue>;

    /// Stores a value.
    #[wasm_bindgen(method, catch, js_name = setItem)]
    pub fn set_item(this: &AppStorage, key: &str, value: &str) -> Result<JsValue, JsValue>;

    /// Removes a value.
    #[wasm_bindgen(method, catch, js_name = removeItem)]
    pub fn remove_item(this: &AppStorage, key: &str) -> Result<JsValue, JsValue>;

    /// The diagnosis module.
    pub type Diagnosis;

    /// Finds out why a request failed.
    #[wasm_bindgen(method, catch)]
    pub fn diagnose(this: &Diagnosis, failure: &JsValue) -> Result<Promise, JsValue>;

    /// Explains a response that could be read.
    #[wasm_bindgen(method, catch, js_name = explainResponse)]
    pub fn explain_response(
        this: &Diagnosis,
        answer: &JsValue,
        response: &web_sys::Response,
    ) -> Result<Promise, JsValue>;
}

impl Host {
    /// Tells the subscribers of an event.
    pub fn tell(&self, kind: &str) {
        self.tell_with(kind, "type", kind.into());
    }

    /// Tells the subscribers of an event that has something to show.
    pub fn tell_with(&self, kind: &str, name: &str, value: JsValue) {
        let event = js::object();
        js::set(&event, "type", kind);
        js::set(&event, name, value);
        self.emit(&event);
    }
}
