//! From the browser's `Failed to fetch` to an error that says why.

use std::pin::pin;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::abort::{is_aborted, until_aborted};
use super::core::{Core, Question};
use super::request;
use crate::config::{Auth, Locale, Route};
use crate::error::{Error, ErrorCode};
use crate::web::js;

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
    let failure = failure(core, route, request, &thrown, &times);
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
    with_headline(&thrown, &diagnosis, core.config.locale)
}

fn failure(core: &Core, route: &Route, request: &Request, thrown: &JsValue, times: &Times) -> JsValue {
    let failure = question(request, route, core.config.locale);
    let timing = js::object();
    js::set(&timing, "start", times.start);
    js::set(&timing, "end", times.end);
    js::set(&failure, "timing", timing);
    let error = js::object();
    request::copy(thrown, &error, &["name", "message"]);
    js::set(&failure, "error", error);
    failure
}

fn with_headline(thrown: &JsValue, diagnosis: &JsValue, locale: Locale) -> JsValue {
    // One of several that fit as well is not told as a fact.
    let hedge = match (js::get(diagnosis, "verdict") == *"ambiguous", locale) {
        (false, _) => "",
        (true, Locale::En) => "perhaps: ",
        (true, Locale::Ja) => "可能性: ",
    };
    let headline = js::text(&js::get(&js::get(diagnosis, "findings"), "0"), "title");
    let error = type_error(&[&js::text(thrown, "message"), " (", hedge, &headline, ")"].concat());
    js::set(&error, "cause", thrown);
    js::set(&error, "diagnosis", diagnosis);
    error
}

/// What the browser would have rejected with, had it known what the redirect would carry away.
pub async fn refused_redirect(core: &Core, route: &Route, request: &Request, times: Times) -> JsValue {
    let thrown = type_error("Failed to fetch");
    let failure = failure(core, route, request, &thrown, &times);
    // No probe could tell: it is known.
    js::set(&js::get(&failure, "error"), "name", "RefusedRedirect");
    told(core, &failure, request, thrown).await
}

fn type_error(message: &str) -> JsValue {
    js::new("TypeError", &[&JsValue::from_str(message)]).unwrap_or_else(|thrown| thrown)
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
    let asked = js::object();
    request::copy(request, &asked, &["url", "method", "credentials", "mode", "redirect", "targetAddressSpace"]);
    js::set(&asked, "headers", Array::from(&js::get(request, "headers")));
    let about = js::object();
    js::set(&about, "match", route.pattern.as_str());
    js::set(&about, "auth", route.auth.as_str());
    js::set(&about, "probes", route.probes.as_str());
    if let Some(kind) = route.kind {
        js::set(&about, "kind", kind.as_str());
    }
    if let Auth::Iam(signing) = &route.auth
        && let Some(sign_as) = &signing.sign_as
    {
        js::set(&about, "signAs", sign_as.origin.as_str());
    }
    let question = js::object();
    js::set(&question, "request", asked);
    js::set(&question, "route", about);
    js::set(&question, "locale", locale.as_str());
    question
}
