//! From the browser's `Failed to fetch` to an error that says why.

use std::pin::pin;

use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::abort::{is_aborted, until_aborted};
use super::core::{Core, Question};
use crate::config::{Auth, Locale, Route};
use crate::error::{Error, ErrorCode};
use crate::json::ObjectWriter;
use crate::web::js;

#[wasm_bindgen(module = "/src/web/client/failure.js")]
extern "C" {
    #[wasm_bindgen(js_name = question)]
    fn asked(request: &Request, route: &str, locale: &str) -> JsValue;

    #[wasm_bindgen(js_name = failure)]
    fn failed(question: &JsValue, start: f64, end: f64, name: &str, message: &str) -> JsValue;

    #[wasm_bindgen(catch)]
    fn headline(thrown: &JsValue, diagnosis: &JsValue, hedge: &str) -> Result<JsValue, JsValue>;
}

/// When a failed request began and ended, by `performance.now()`: Resource Timing's clock.
pub struct Times {
    /// Before.
    pub start: f64,
    /// After.
    pub end: f64,
}

/// What `fetch` rejects with: the caller's own reason after an abort, else the browser's `TypeError` with its reason found.
pub async fn explained(
    core: &Core,
    route: &Route,
    request: &Request,
    body: &JsValue,
    thrown: JsValue,
    times: Times,
) -> JsValue {
    if is_aborted(&js::get(request, "signal")) || js::get(&thrown, "name") != *"TypeError" {
        return thrown;
    }
    let failure = failure(core, route, request, "TypeError", &js::text(&thrown, "message"), &times);
    // A stream that is signed was read first, and is none any more.
    if body.is_string() || js::get(body, "getReader").is_function() {
        js::set(&js::get(&failure, "request"), "body", body);
    }
    told(core, &failure, request, thrown).await
}

async fn told(core: &Core, failure: &JsValue, request: &Request, thrown: JsValue) -> JsValue {
    let mut diagnosis = None;
    let asked = async { diagnosis = core.host.ask("diagnose", &[failure]).await.ok() };
    if let Err(reason) = until_aborted(request, pin!(asked)).await {
        return reason;
    }
    // A diagnosis that fails itself never stands in the way of the app's error.
    let Some(diagnosis) = diagnosis else { return thrown };
    core.host.tell_with("diagnosis", "diagnosis", &diagnosis);
    // One of several that fit as well is not told as a fact.
    let hedge = match core.config.locale {
        Locale::En => "perhaps: ",
        Locale::Ja => "可能性: ",
    };
    headline(&thrown, &diagnosis, hedge).unwrap_or(thrown)
}

fn failure(core: &Core, route: &Route, request: &Request, name: &str, message: &str, times: &Times) -> JsValue {
    failed(&question(request, route, core.config.locale), times.start, times.end, name, message)
}

/// What the browser would have rejected with, had it known what the redirect would carry away.
pub async fn refused_redirect(core: &Core, route: &Route, request: &Request, times: Times) -> JsValue {
    let message = "Failed to fetch";
    let thrown = js_sys::TypeError::new(message).into();
    // No probe could tell: it is known.
    let failure = failure(core, route, request, "RefusedRedirect", message, &times);
    told(core, &failure, request, thrown).await
}

/// What `explain` gives for a response of one of this client's calls. The face itself finds the diagnosis that an error carries.
///
/// # Errors
/// `invalid-argument` for anything else.
pub async fn explain(core: &Core, subject: &JsValue) -> Result<JsValue, JsValue> {
    let Question { request, route, canonical_request } = core.question(subject).ok_or_else(unexplainable)?;
    let answer = question(&request, route, core.config.locale);
    js::set(&answer, "canonicalRequest", canonical_request);
    // A body that the app has read already cannot be copied; status and headers still tell much.
    let copy = js::call(subject, "clone", &[]).unwrap_or_else(|_| subject.clone());
    let diagnosis = core.host.ask("explainResponse", &[&answer, &copy]).await?;
    core.host.tell_with("diagnosis", "diagnosis", &diagnosis);
    Ok(diagnosis)
}

fn unexplainable() -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        "Only a response or an error of a call that a route of this client matched can be explained",
        "Pass the Response that gp.fetch() gave, or what it rejected with.",
    )
}

/// A request and its route, as the diagnosis module takes them.
fn question(request: &Request, route: &Route, locale: Locale) -> JsValue {
    let mut about = ObjectWriter::new();
    about.string("match", &route.pattern).string("auth", route.auth.as_str()).string("probes", route.probes.as_str());
    if let Some(kind) = route.kind {
        about.string("kind", kind.as_str());
    }
    if let Auth::Iam(signing) = &route.auth
        && let Some(sign_as) = &signing.sign_as
    {
        about.string("signAs", &sign_as.origin);
    }
    asked(request, &about.finish(), locale.as_str())
}
