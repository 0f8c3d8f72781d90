//! The exports of the diagnosis module: convert, call, convert back.

mod convert;

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::probe;
use crate::diagnosis::failure::Probes;
use crate::diagnosis::words::{joined, listed};
use crate::diagnosis::{self, Answered, Diagnosis, Failure};
use crate::text::before;

/// A diagnosis is good for so long, in milliseconds.
const MINUTE: f64 = 60_000.0;

/// One without probes of its own is good only while the calls that failed together come in.
const MOMENT: f64 = 3_000.0;

/// A diagnosis that was made or is being made.
struct Known {
    route: String,
    call: String,
    promise: Promise,
    under_way: Rc<Cell<bool>>,
    until: f64,
}

thread_local! {
    static KNOWN: RefCell<Vec<Known>> = const { RefCell::new(Vec::new()) };
}

/// Why a call failed. The same call within a minute gets the same diagnosis, and a route is probed by one diagnosis at a time.
#[wasm_bindgen]
pub fn diagnose(failure: &JsValue) -> Promise {
    let mut failure = convert::failure(failure);
    let (route, call) = (failure.route.pattern.clone(), identity(&failure));
    let now = probe::now();
    KNOWN.with_borrow_mut(|known| {
        known.retain(|entry| entry.until > now);
        if let Some(entry) = known.iter().find(|entry| entry.call == call) {
            return entry.promise.clone();
        }
        let before = known.iter().rev().find(|entry| entry.route == route && entry.under_way.get());
        let before = before.map(|entry| entry.promise.clone());
        let until = now + if before.is_some() { MOMENT } else { MINUTE };
        let under_way = Rc::new(Cell::new(true));
        let ended = Rc::clone(&under_way);
        let promise = promised(async move {
            if let Some(before) = before {
                let _ = JsFuture::from(before).await;
                // Its app has waited for the probes of another call, and does not wait for its own, too.
                failure.route.probes = Probes::Off;
            }
            let evidence = probe::try_out(&failure, probe::look(&failure).await, usize::MAX).await;
            let diagnosis = diagnosis::diagnose(&failure, &evidence);
            ended.set(false);
            diagnosis
        });
        known.push(Known { route, call, promise: promise.clone(), under_way, until });
        promise
    })
}

/// Why a server answered as it did. The response stays readable.
#[wasm_bindgen(js_name = explainResponse)]
pub fn explain_response(answer: &JsValue, response: JsValue) -> Promise {
    let answer = convert::answer(answer);
    // at once: the app may read the body as soon as this returns
    let copy = probe::copy_of(&response);
    promised(async move {
        let body = match copy {
            Some(copy) => probe::body_of(&copy).await,
            None => String::new(),
        };
        let answered = Answered { status: probe::status_of(&response), headers: probe::headers_of(&response), body };
        diagnosis::explain_answer(&answer, &answered, &probe::page())
    })
}

/// A diagnosis in the making. In a box: the machinery of a promise is compiled once for each type of future.
fn promised(making: impl Future<Output = Diagnosis> + 'static) -> Promise {
    let making: Pin<Box<dyn Future<Output = Diagnosis>>> = Box::pin(making);
    future_to_promise(async move { convert::diagnosis(&making.await) })
}

/// Calls with the same identity fail for the same reason.
fn identity(failure: &Failure) -> String {
    let request = &failure.request;
    let path = before(&request.url, |b| matches!(b, b'?' | b'#'));
    let mut identity = joined(&[&request.method, " ", path, " ", &listed(&request.headers.names(), "", ","), " "]);
    let route = &failure.route;
    let kind = route.kind.map_or(0, |kind| kind as u8 + 1);
    let modes = [request.credentials as u8, request.mode as u8, request.redirect as u8, failure.locale as u8];
    for mode in modes.into_iter().chain([route.auth as u8, route.probes as u8, kind]) {
        identity.push(char::from(b'0' + mode));
    }
    identity
}
