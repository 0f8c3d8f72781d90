//! From the browser's `Failed to fetch` to an error that says why.

use std::pin::pin;

use js_sys::{Array, TypeError};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};

use super::abort::until_aborted;
use super::core::Core;
use super::host::Diagnosis;
use super::request;
use crate::config::{Auth, Locale, Route};
use crate::error::{Error, ErrorCode};
use crate::web::js;

/// When a failed request began and ended, on Resource Timing's clock.
pub struct Times {
    /// `performance.now()` before.
    pub start: f64,
    /// `performance.now()` after.
    pub end: f64,
}

/// What `fetch` rejects with: the caller's own reason after an abort, else the browser's `TypeError` with its reason found.
pub async fn explained(core: &Core, route: &Route, request: &Request, thrown: JsValue, times: Times) -> JsValue {
    if request.signal().aborted() || !thrown.is_instance_of::<TypeError>() {
        return thrown;
    }
    let diagnosis = diagnose(core, route, request, &thrown, &times);
    match until_aborted(&request.signal(), pin!(async { Ok(diagnosis.await.ok()) })).await {
        Err(reason) => reason,
        // A diagnosis that fails itself never stands in the way of the app's error.
        Ok(None) => thrown.clone(),
        Ok(Some(diagnosis)) => {
            tell(core, &diagnosis);
            with_headline(&thrown, &diagnosis)
        }
    }
}

async fn diagnose(
    core: &Core,
    route: &Route,
    request: &Request,
    thrown: &JsValue,
    times: &Times,
) -> Result<JsValue, JsValue> {
    let failure = question(request, route, core.config.locale);
    let timing = js::object();
    js::set(&timing, "start", times.start);
    js::set(&timing, "end", times.end);
    js::set(&failure, "timing", timing);
    let error = js::object();
    js::set(&error, "name", js::get(thrown, "name"));
    js::set(&error, "message", js::get(thrown, "message"));
    js::set(&failure, "error", error);
    let module = JsFuture::from(core.host.diagnosis()?).await?;
    JsFuture::from(module.unchecked_into::<Diagnosis>().diagnose(&failure)?).await
}

fn with_headline(thrown: &JsValue, diagnosis: &JsValue) -> JsValue {
    let message = js::get(thrown, "message").as_string().unwrap_or_default();
    let findings = js::get(diagnosis, "findings");
    let headline = js::get(&js::get(&findings, "0"), "title").as_string().unwrap_or_default();
    let error: JsValue = TypeError::new(&format!("{message} ({headline})")).into();
    js::set(&error, "cause", thrown);
    js::set(&error, "diagnosis", diagnosis);
    error
}

fn tell(core: &Core, diagnosis: &JsValue) {
    core.host.tell_with("diagnosis", "diagnosis", diagnosis.clone());
}

/// What the browser would have rejected with, had it known what the redirect would carry away.
pub fn refused_redirect(request: &Request) -> JsValue {
    let message = format!(
        "Failed to fetch (the server redirects {}, and a redirect would carry the signature or the API key to another place: call the final URL)",
        request.url()
    );
    TypeError::new(&message).into()
}

/// What `explain` gives for a failure or a response of one of this client's calls.
///
/// # Errors
/// `invalid-argument` for anything else.
pub async fn explain(core: &Core, subject: &JsValue) -> Result<JsValue, JsValue> {
    // axios wraps what fetch rejected with.
    let mut error = subject.clone();
    while error.is_object() {
        let diagnosis = js::get(&error, "diagnosis");
        if diagnosis.is_object() {
            return Ok(diagnosis);
        }
        error = js::get(&error, "cause");
    }
    let Some(response) = subject.dyn_ref::<Response>() else { return Err(unexplainable().into()) };
    let (request, route) = core.question(response).ok_or_else(unexplainable)?;
    let answer = question(&request, route, core.config.locale);
    let module = JsFuture::from(core.host.diagnosis()?).await?;
    let module = module.unchecked_into::<Diagnosis>();
    // A body that the app has read already cannot be copied; status and headers still tell much.
    let copy = response.clone().unwrap_or_else(|_| Clone::clone(response));
    let diagnosis = JsFuture::from(module.explain_response(&answer, &copy)?).await?;
    tell(core, &diagnosis);
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
    js::set(&asked, "url", request.url());
    js::set(&asked, "method", request.method());
    let headers = request::headers(request);
    js::set(
        &asked,
        "headers",
        headers.iter().map(|(name, value)| Array::of2(&name.into(), &value.into())).collect::<Array>(),
    );
    for member in ["credentials", "mode", "redirect"] {
        js::set(&asked, member, js::get(request, member));
    }
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
