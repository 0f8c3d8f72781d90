//! The exports of the diagnosis module: convert, call, convert back.

use std::cell::RefCell;

use js_sys::Promise;
use serde::Serialize;
use serde_wasm_bindgen::{Serializer, from_value};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::probe;
use crate::diagnosis::{self, Answer, Answered, Diagnosis, Failure};

/// A diagnosis is good for so long, in milliseconds.
const MINUTE: f64 = 60_000.0;

/// A diagnosis that was made or is being made.
struct Known {
    route: String,
    call: String,
    promise: Promise,
    until: f64,
}

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// Why a call failed. The same call within a minute gets the same diagnosis, and a route is probed by one diagnosis at a time.
///
/// # Errors
/// When `failure` is not of its declared shape.
#[wasm_bindgen]
pub fn diagnose(failure: JsValue) -> Result<Promise, JsValue> {
    let failure: Failure = from_value(failure)?;
    let (route, call) = (failure.route.pattern.clone(), identity(&failure));
    let now = probe::clock();
    KNOWN.with_borrow_mut(|known| {
        known.retain(|entry| entry.until > now);
        if let Some(entry) = known.iter().find(|entry| entry.call == call) {
            return Ok(entry.promise.clone());
        }
        let before = known.iter().rev().find(|entry| entry.route == route).map(|entry| entry.promise.clone());
        let promise = future_to_promise(async move {
            if let Some(before) = before {
                let _ = JsFuture::from(before).await;
            }
            let evidence = probe::gather(&failure).await;
            to_js(&diagnosis::diagnose(&failure, &evidence))
        });
        known.push(Known { route, call, promise: promise.clone(), until: now + MINUTE });
        Ok(promise)
    })
}

/// Why a server answered as it did. The response stays readable.
///
/// # Errors
/// When `answer` is not of its declared shape.
#[wasm_bindgen(js_name = explainResponse)]
pub fn explain_response(answer: JsValue, response: JsValue) -> Result<Promise, JsValue> {
    let answer: Answer = from_value(answer)?;
    // at once: the app may read the body as soon as this returns
    let copy = probe::copy_of(&response);
    Ok(future_to_promise(async move {
        let body = match copy {
            Some(copy) => probe::body_of(&copy).await,
            None => String::new(),
        };
        let answered =
            Answered { status: probe::status_of(&response), headers: probe::headers_of(&response), body };
        to_js(&diagnosis::explain_answer(&answer, &answered, &probe::page()))
    }))
}

/// Calls with the same identity fail for the same reason.
fn identity(failure: &Failure) -> String {
    let request = &failure.request;
    let path = request.url.split(['?', '#']).next().unwrap_or_default();
    let names = request.headers.names().join(",");
    format!("{} {path} {names} {:?} {:?} {:?}", request.method, request.credentials, request.mode, failure.locale)
}

fn to_js(diagnosis: &Diagnosis) -> Result<JsValue, JsValue> {
    Ok(diagnosis.serialize(&Serializer::json_compatible())?)
}
