//! Probes in the page: what `diagnosis` asks for is sent here, and what the page can see besides is collected.
//!
//! GET, and HEAD of the page itself; the app's own header values go to the app's own URL only, and follow no redirect.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::js::{call, get, global, object, pairs, set, text};
use super::send::Sender;
use crate::cors::{Engine, HeaderList, Url};
use crate::diagnosis::evidence::{Connection, Context, Isolation, Permission};
use crate::diagnosis::words::says;
use crate::diagnosis::{Entry, Evidence, Failure, Observation, Page, Phase, Step, next_step};
use crate::text::{before, parts};

/// Of a body, so much is read.
const BODY: u32 = 8192;

/// The page as diagnosis sees it.
pub fn page() -> Page {
    let scope = scope();
    let agent = text(&get(&scope, "navigator"), "userAgent");
    let engine = if says(&agent, "Firefox/") {
        Engine::Firefox
    } else if says(&agent, "AppleWebKit/") && !says(&agent, "Chrome/") {
        Engine::WebKit
    } else {
        Engine::Chromium
    };
    Page {
        origin: text(&scope, "origin"),
        context: if get(&scope, "isSecureContext").is_truthy() { Context::Secure } else { Context::Insecure },
        isolation: if get(&scope, "crossOriginIsolated").is_truthy() { Isolation::Isolated } else { Isolation::Open },
        engine,
    }
}

/// What the page knows of a failed call without sending anything.
pub async fn look(failure: &Failure) -> Evidence {
    let mut evidence = Evidence::new(page());
    let url = before(&failure.request.url, |b| b == b'#');
    if get(&of_page("navigator"), "onLine").is_falsy() {
        evidence.connection = Connection::Offline;
    }
    // entries are named by the whole URL, fragment included
    evidence.entry = timing_entry(&failure.request.url, failure.timing.start, failure.timing.end);
    evidence.phase = phase_of(evidence.page.engine, evidence.entry);
    evidence.local_network = local_network(url, &evidence.page).await;
    evidence
}

/// Which half of a failed call failed. Firefox: the duration is exactly 0 unless the preflight had passed.
pub fn phase_of(engine: Engine, entry: Entry) -> Option<Phase> {
    match (engine, entry) {
        (Engine::Firefox, Entry::Took(duration)) => {
            Some(if duration == 0.0 { Phase::Preflight } else { Phase::Actual })
        }
        _ => None,
    }
}

/// Adds what probes see, until there are `most` of them or no further one would teach anything.
pub async fn try_out(failure: &Failure, mut evidence: Evidence, most: usize) -> Evidence {
    let url = before(&failure.request.url, |b| b == b'#');
    let violations = Violations::listen(url);
    let deadline = now() + failure.limits.milliseconds;
    while evidence.observations.len() < most
        && let Some(step) = next_step(failure, &evidence)
    {
        let mut probes = match step {
            Step::Together(probes) => probes,
            Step::Alone(probe) => vec![probe],
        };
        probes.truncate(most - evidence.observations.len());
        let sender = Sender { failure, url, engine: evidence.page.engine, deadline, patience: patience(&evidence) };
        let under_way = probes.into_iter().map(|probe| Box::pin(sender.send(probe)) as UnderWay<'_>).collect();
        let seen = all(under_way).await;
        // a probe that was cut off says nothing
        let in_time = seen.iter().all(Option::is_some);
        for seen in seen.into_iter().flatten() {
            evidence.add(seen);
        }
        // the events of policy violations are tasks of their own; every failed probe has waited for its own
        evidence.csp = violations.seen();
        if !in_time {
            break;
        }
    }
    evidence
}

/// How long to wait for what may never come.
fn patience(evidence: &Evidence) -> f64 {
    150.0 + evidence.observations.iter().flat_map(|seen| &seen.times).fold(0.0, |longest, took| took.max(longest)) * 2.0
}

type UnderWay<'a> = Pin<Box<dyn Future<Output = Option<Observation>> + 'a>>;

/// What all of them give, in their order.
async fn all(mut under_way: Vec<UnderWay<'_>>) -> Vec<Option<Observation>> {
    let mut given: Vec<Option<Option<Observation>>> = under_way.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (future, given) in under_way.iter_mut().zip(&mut given) {
            if given.is_none()
                && let Poll::Ready(seen) = future.as_mut().poll(context)
            {
                *given = Some(seen);
            }
        }
        if given.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    given.into_iter().map(Option::flatten).collect()
}

/// A signal that aborts after so many milliseconds.
pub fn time_limit(milliseconds: f64) -> Result<JsValue, JsValue> {
    call(&of_page("AbortSignal"), "timeout", &[&JsValue::from_f64(milliseconds)])
}

/// A response's status.
pub fn status_of(response: &JsValue) -> u16 {
    let number = get(response, "status").as_f64().unwrap_or_default();
    // between 0 and 599 by the standard
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an HTTP status fits")]
    let status = number as u16;
    status
}

/// The headers that the script may read.
pub fn headers_of(response: &JsValue) -> HeaderList {
    HeaderList(pairs(&get(response, "headers")))
}

/// The beginning of a body; empty when it cannot be read.
pub async fn body_of(response: &JsValue) -> String {
    let read = awaited(call(response, "text", &[])).await.unwrap_or_default();
    let read: js_sys::JsString = read.dyn_into().unwrap_or_default();
    String::from(read.slice(0, BODY))
}

/// A second response with the same body; nothing when the body was read already.
pub fn copy_of(response: &JsValue) -> Option<JsValue> {
    call(response, "clone", &[]).ok()
}

/// Lets a body go unread.
pub fn drop_body(response: &JsValue) -> String {
    let body = get(response, "body");
    if !body.is_null() && !body.is_undefined() {
        // its rejection is nobody's concern, and must not show as unhandled
        if let Ok(promise) = call(&body, "cancel", &[]) {
            let _ = call(&promise, "catch", &[&of_page("Boolean")]); // any function will do
        }
    }
    String::new()
}

/// The Resource Timing entry of the failed call.
pub fn timing_entry(url: &str, start: f64, end: f64) -> Entry {
    let performance = of_page("performance");
    let entries = |method: &str, argument: &str| {
        call(&performance, method, &[&argument.into()]).ok().map(|list| Array::from(&list))
    };
    let (Some(of_url), Some(all)) = (entries("getEntriesByName", url), entries("getEntriesByType", "resource")) else {
        return Entry::Unknown;
    };
    let number = |entry: &JsValue, key: &str| get(entry, key).as_f64().unwrap_or(f64::NAN);
    let found = of_url.iter().find(|entry| (start - 1.0..=end + 1.0).contains(&number(entry, "startTime")));
    match found {
        Some(entry) => Entry::Took(number(&entry, "duration")),
        // the default buffer holds 250 and then takes no more
        None if all.length() >= 250 => Entry::Unknown,
        None => Entry::Missing,
    }
}

/// Chrome's permission for addresses of the local network, asked only where it applies.
async fn local_network(url: &str, page: &Page) -> Permission {
    let Some(target) = Url::parse(url).filter(Url::is_private_network) else { return Permission::Unknown };
    if page.engine != Engine::Chromium {
        return Permission::Unknown;
    }
    let names: &[&str] = if target.is_loopback() {
        &["loopback-network", "local-network-access"]
    } else {
        &["local-network", "local-network-access"]
    };
    let permissions = get(&of_page("navigator"), "permissions");
    for name in names {
        let descriptor = object();
        set(&descriptor, "name", *name);
        if let Ok(status) = awaited(call(&permissions, "query", &[&descriptor])).await {
            return match text(&status, "state").as_str() {
                "granted" => Permission::Granted,
                "denied" => Permission::Denied,
                _ => Permission::Prompt,
            };
        }
    }
    Permission::Unknown
}

/// Listens for `securitypolicyviolation` of `connect-src` while it lives.
struct Violations {
    seen: Rc<RefCell<Option<String>>>,
    listener: Closure<dyn FnMut(JsValue)>,
}

impl Violations {
    const EVENT: &'static str = "securitypolicyviolation";

    fn listen(url: &str) -> Self {
        let seen = Rc::new(RefCell::new(None));
        let origin = Url::parse(url).map(|url| url.origin().as_str().to_owned()).unwrap_or_default();
        let listener = {
            let seen = Rc::clone(&seen);
            Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
                let enforced = text(&event, "disposition") == "enforce";
                let directive = text(&event, "effectiveDirective");
                if enforced && directive == "connect-src" && text(&event, "blockedURI").starts_with(&origin) {
                    *seen.borrow_mut() = Some(in_force(&text(&event, "originalPolicy")));
                }
            })
        };
        let _ = call(&scope(), "addEventListener", &[&Self::EVENT.into(), listener.as_ref()]);
        Self { seen, listener }
    }

    fn seen(&self) -> Option<String> {
        self.seen.borrow().clone()
    }
}

impl Drop for Violations {
    fn drop(&mut self) {
        let _ = call(&scope(), "removeEventListener", &[&Self::EVENT.into(), self.listener.as_ref()]);
    }
}

/// The directive of a policy that decides about connections.
fn in_force(policy: &str) -> String {
    let directive = |name: &str| parts(policy, |b| b == b';').find(|part| part.trim_ascii().starts_with(name));
    directive("connect-src").or_else(|| directive("default-src")).unwrap_or_default().trim_ascii().to_owned()
}

/// `performance.now()`.
pub fn now() -> f64 {
    call(&of_page("performance"), "now", &[]).ok().and_then(|time| time.as_f64()).unwrap_or_default()
}

/// Comes back in a task of its own.
pub async fn next_task() {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = call(&scope(), "setTimeout", &[&resolve]);
    });
    let _ = JsFuture::from(promise).await;
}

/// Headers as `fetch` takes them.
pub fn entries(headers: &HeaderList) -> Array {
    let pairs = Array::new();
    for (name, value) in &headers.0 {
        let pair = Array::new();
        pair.push(&name.as_str().into());
        pair.push(&value.as_str().into());
        pairs.push(&pair);
    }
    pairs
}

/// The window or the worker: both are served alike.
pub fn scope() -> JsValue {
    js_sys::global().into()
}

/// A global of the page, `undefined` where there is none.
pub fn of_page(name: &str) -> JsValue {
    global(name).unwrap_or_default()
}

/// What a call gives in the end.
pub async fn awaited(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&called?)).await
}
