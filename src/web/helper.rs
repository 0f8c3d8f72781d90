//! The dev server's helper: it repeats a failed call outside the browser, where nothing is hidden, and so is exact.

use wasm_bindgen::prelude::*;

use super::js::{call, get, global, object, set, text};
use super::probe::{awaited, page, status_of, time_limit};
use crate::diagnosis::words::{joined, says};

/// Of a body no more than this is handed over, in bytes.
const BODY: usize = 32 * 1024;

/// Where the helper is, if the dev server put one into the page. It is a path, so it is on the page's own origin whatever it is.
pub fn of(failure: &JsValue) -> Option<String> {
    let (origin, path) = (page().origin, text(failure, "helper"));
    // A sandboxed page and a worker without a place of its own have the origin `null`.
    (path.starts_with('/') && says(&origin, "://")).then(|| joined(&[&origin, &path]))
}

/// The helper's diagnosis of a call. Nothing where the helper refuses, fails, takes too long or saw nothing wrong.
pub async fn ask(helper: &str, failure: &JsValue, milliseconds: f64) -> Option<JsValue> {
    let response = awaited(post(helper, &question(failure), milliseconds)).await.ok()?;
    if status_of(&response) != 200 {
        return None;
    }
    let report = awaited(call(&response, "json", &[])).await.ok()?;
    let diagnosis = get(&report, "diagnosis");
    let headline = text(&get(&get(&diagnosis, "findings"), "0"), "title");
    (get(&report, "outcome") == *"blocked" && !headline.is_empty()).then_some(diagnosis)
}

/// The call as the helper takes it.
fn question(failure: &JsValue) -> JsValue {
    let question = object();
    for part in ["request", "route", "locale"] {
        set(&question, part, get(failure, part));
    }
    let request = get(&question, "request");
    set(&request, "origin", page().origin);
    // What is long, or no text, the helper does without.
    if text(&request, "body").len() > BODY {
        set(&request, "body", JsValue::NULL);
    }
    question
}

fn post(helper: &str, question: &JsValue, milliseconds: f64) -> Result<JsValue, JsValue> {
    let (init, headers) = (object(), object());
    set(&headers, "content-type", "application/json");
    set(&init, "headers", headers);
    set(&init, "method", "POST");
    set(&init, "redirect", "error");
    set(&init, "body", call(&global("JSON")?, "stringify", &[question])?);
    if let Ok(signal) = time_limit(milliseconds) {
        set(&init, "signal", signal);
    }
    call(&js_sys::global(), "fetch", &[&helper.into(), &init])
}
