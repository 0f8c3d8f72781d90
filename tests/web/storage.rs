//! Storage that fails.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::face::{Page, code, header, js, route, sign_in, text, tokens, wait};

const KEY: &str = "gatepass:us-east-1_Pool:client";

fn network() -> String {
    format!(
        "return request.url.startsWith('https://pool') ? [200, `{}`] : [200, 'fine']",
        tokens("hana", "1", 3600, "r")
    )
}

#[wasm_bindgen_test]
async fn garbage_is_no_session() {
    for garbage in ["", "garbage", "{}", "null", r#"{"v":2}"#, r#"{"v":1,"id":"a.b.c"}"#, r#"{"v":1,"id":7}"#] {
        let page = Page::open("session", &route(r#""auth":"bearer""#), &network());
        js(&format!("sessionStorage.setItem('{KEY}', `{garbage}`)"));
        assert!(wait(page.client.session(JsValue::UNDEFINED)).await.unwrap().is_null(), "{garbage}");
        assert_eq!(code(&page.fetch("/", "({})").await.unwrap_err()), "not-signed-in");
        sign_in(&page).await.unwrap();
        assert_eq!(page.fetch("/", "({})").await.unwrap().status(), 200);
    }
}

#[wasm_bindgen_test]
async fn what_cannot_be_stored_is_said_and_kept_for_the_page() {
    for breakage in [
        // Full.
        "Storage.prototype.setItem = () => { throw new DOMException('quota', 'QuotaExceededError') }",
        // Forbidden: even reading the global throws.
        "Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, get() { throw new DOMException('no', 'SecurityError') } })",
        // Not there.
        "Object.defineProperty(globalThis, 'sessionStorage', { configurable: true, value: undefined })",
    ] {
        let page = Page::open("session", &route(r#""auth":"bearer""#), &network());
        js(
            "globalThis.mend = [Storage.prototype.setItem, Object.getOwnPropertyDescriptor(globalThis, 'sessionStorage')]",
        );
        js(breakage);
        let error = sign_in(&page).await;
        let called = page.fetch("/", "({})").await;
        js("Storage.prototype.setItem = mend[0]; Object.defineProperty(globalThis, 'sessionStorage', mend[1])");
        let error = error.unwrap_err();
        assert_eq!(code(&error), "storage");
        assert!(text(&error, "help").contains("memory"));
        assert_eq!(called.unwrap().status(), 200);
        assert!(header(&page.calls()[0], "authorization").starts_with("Bearer "));
    }
}
