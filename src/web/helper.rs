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

/// What the helper said of a call.
pub enum Said {
    /// The exact diagnosis.
    Fault(JsValue),
    /// The call passes where it is repeated.
    NothingWrong,
    /// It refused, failed or took too long.
    Nothing,
}

/// Asks the helper.
pub async fn ask(helper: &str, failure: &JsValue, milliseconds: f64) -> Said {
    let Ok(response) = awaited(post(helper, &question(failure, milliseconds), milliseconds)).await else {
        return Said::Nothing;
    };
    if status_of(&response) != 200 {
        return Said::Nothing;
    }
    let report = awaited(call(&response, "json", &[])).await.unwrap_or_default();
    let diagnosis = get(&report, "diagnosis");
    let headline = text(&get(&get(&diagnosis, "findings"), "0"), "title");
    match text(&report, "outcome").as_str() {
        "blocked" if !headline.is_empty() => Said::Fault(diagnosis),
        "" | "blocked" => Said::Nothing,
        _ => Said::NothingWrong,
    }
}

/// The call as the helper takes it, and how long the page waits.
fn question(failure: &JsValue, milliseconds: f64) -> JsValue {
    let question = object();
    for part in ["request", "route", "locale"] {
        set(&question, part, get(failure, part));
    }
    set(&question, "timeout", milliseconds);
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
