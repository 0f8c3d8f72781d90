//! What the face hands over beside the configuration: its side of storage, events and the diagnosis module.

use js_sys::{Map, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};

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
  readonly logins?: () => unknown;
  readonly developerIdentity?: () => unknown;
  emit(event: object): void;
  answered(response: Response, request: Request, route: number, canonicalRequest?: string): void;
  question(response: unknown): { request: Request; route: number; canonicalRequest?: string } | undefined;
  diagnosis(): Promise<object>;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// The face's side of a client.
    #[wasm_bindgen(typescript_type = "Host")]
    #[derive(Clone)]
    pub type Host;

    // What each call needs is bound, not reached by reflection.
    #[wasm_bindgen(method, getter, js_name = memory)]
    fn map(this: &Host) -> Map;

    /// Lets the face keep what a response answers.
    #[wasm_bindgen(method)]
    pub fn answered(this: &Host, response: &Response, request: &Request, route: u32, canonical_request: Option<&str>);
}

impl Host {
    /// The session of storage `memory`, a `Map`. It lives in the face so that it outlives a trapped module.
    pub fn memory(&self) -> JsValue {
        js::get(self, "memory")
    }

    /// What is kept there under a key, `undefined` where there is nothing.
    pub fn remembered(&self, key: &str) -> JsValue {
        self.map().get(&JsValue::from_str(key))
    }

    /// The app's own storage; each method may give a promise.
    pub fn storage(&self) -> JsValue {
        js::get(self, "storage")
    }

    /// Tells the subscribers of an event.
    pub fn tell(&self, kind: &str) {
        self.tell_with(kind, "type", &kind.into());
    }

    /// Tells the subscribers of an event that has something to show.
    pub fn tell_with(&self, kind: &str, name: &str, value: &JsValue) {
        let event = js::object();
        js::set(&event, "type", kind);
        js::set(&event, name, value);
        // The face lets no subscriber's error through.
        let _ = js::call(self, "emit", &[&event]);
    }

    /// Asks the diagnosis module, which is loaded at the first question.
    ///
    /// # Errors
    /// Why it could not be loaded, or could not answer.
    pub async fn ask(&self, question: &str, arguments: &[&JsValue]) -> Result<JsValue, JsValue> {
        let module = settled(js::call(self, "diagnosis", &[])?).await?;
        settled(js::call(&module, question, arguments)?).await
    }
}

/// A value that may be a promise, or any thenable. Where it cannot be one, nothing is waited for.
pub async fn settled(value: JsValue) -> Result<JsValue, JsValue> {
    if !value.is_object() {
        return Ok(value);
    }
    JsFuture::from(Promise::resolve(&value)).await
}
