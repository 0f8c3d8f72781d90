//! The client in a real browser, with `fetch` and storage replaced where a test has to see or to break them.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod app_users;
mod calls;
mod credentials;
mod diagnosis;
mod face;
mod session;
mod storage;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
