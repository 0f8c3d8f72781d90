//! The exports of the diagnosis module: convert, call, convert back.

mod convert;

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::helper::{self, Said};
use super::js::{self, get, set};
use super::probe;
use crate::diagnosis::evidence::Outside;
use crate::diagnosis::failure::Probes;
use crate::diagnosis::words::{joined, listed};
use crate::diagnosis::{self, Answered, Entry, Failure, next_step};
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

/// What the module is to say, in one language: the face hands it over before it asks anything.
#[cfg(not(feature = "texts"))]
#[wasm_bindgen]
pub fn tell(texts: String) {
    diagnosis::text::told::tell(texts);
}

/// Why a call failed. The same call within a minute gets the same diagnosis, unless it was answered in between, and a route is diagnosed
/// once at a time.
#[wasm_bindgen]
pub fn diagnose(asked: JsValue) -> Promise {
    let failure = convert::failure(&asked);
    let (route, call) = (failure.route.pattern.clone(), identity(&failure));
    let helper = helper::of(&asked);
    let now = probe::now();
    let anew = get(&asked, "anew").is_truthy();
    KNOWN.with_borrow_mut(|known| {
        known.retain(|entry| entry.until > now && !(anew && entry.call == call && !entry.under_way.get()));
        if let Some(entry) = known.iter().find(|entry| entry.call == call) {
            return entry.promise.clone();
        }
        let before = known.iter().rev().find(|entry| entry.route == route && entry.under_way.get());
        let before = before.map(|entry| entry.promise.clone());
        // A helper stands by who is mending the server just now.
        let until = now + if before.is_some() || helper.is_some() { MOMENT } else { MINUTE };
        let under_way = Rc::new(Cell::new(true));
        let ended = Rc::clone(&under_way);
        let promise = promised(async move {
            let diagnosis = made(failure, &asked, helper, before).await;
            ended.set(false);
            diagnosis
        });
        known.push(Known { route, call, promise: promise.clone(), under_way, until });
        promise
    })
}

/// What the page itself knows comes first, then the helper's exact answer, then what probes show.
async fn made(
    mut failure: Failure,
    asked: &JsValue,
    helper: Option<String>,
    before: Option<Promise>,
) -> Result<JsValue, JsValue> {
    let waits = before.is_some();
    if let Some(before) = before {
        let _ = JsFuture::from(before).await;
    }
    let start = probe::now();
    let mut evidence = probe::look(&failure).await;
    if let Some(helper) = helper {
        // Nothing was sent, so it is the page's own doing, most likely its policy: which tells only who tries.
        if evidence.entry == Entry::Missing {
            evidence = probe::try_out(&failure, evidence, 1).await;
        }
        if next_step(&failure, &evidence).is_some() {
            match helper::ask(&helper, asked, failure.limits.milliseconds).await {
                Said::Fault(exact) => {
                    let own = convert::diagnosis(&diagnosis::diagnose(&failure, &evidence));
                    set(&exact, "evidence", js::call(&get(&own, "evidence"), "concat", &[&get(&exact, "evidence")])?);
                    return Ok(exact);
                }
                Said::NothingWrong => evidence.outside = Outside::Passes,
                Said::Nothing => {}
            }
        }
        failure.limits.milliseconds -= probe::now() - start;
    }
    if waits {
        // Its app has waited for the probes of another call, and does not wait for its own, too.
        failure.route.probes = Probes::Off;
    }
    let evidence = probe::try_out(&failure, evidence, usize::MAX).await;
    Ok(convert::diagnosis(&diagnosis::diagnose(&failure, &evidence)))
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
        Ok(convert::diagnosis(&diagnosis::explain_answer(&answer, &answered, &probe::page())))
    })
}

/// A diagnosis in the making. In a box: the machinery of a promise is compiled once for each type of future.
fn promised(making: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    let making: Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>> = Box::pin(making);
    future_to_promise(making)
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
