//! Probes in the page: what `diagnosis` asks for is sent here, and what the page can see besides is collected.
//!
//! GET, and HEAD of the page itself; the app's own header values go to the app's own URL only, and follow no redirect.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::js::{call, get, global, object, pairs, set, text};
use crate::cors::{Engine, HeaderList, Url};
use crate::diagnosis::evidence::{Connection, Context, Isolation, Permission, phase_by_time};
use crate::diagnosis::failure::{Auth, Probes};
use crate::diagnosis::plan::TIMED;
use crate::diagnosis::words::{joined, says};
use crate::diagnosis::{Entry, Evidence, Failure, Observation, Outcome, Page, Phase, Probe, next_probe, timed_pairs};
use crate::text::{before, parts};

/// All probes of a diagnosis together take no longer, in milliseconds.
pub const LIMIT: f64 = 2000.0;

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
    // Firefox: the duration of a failed call is exactly 0 unless its preflight had passed
    if let (Engine::Firefox, Entry::Took(duration)) = (evidence.page.engine, evidence.entry) {
        evidence.phase = Some(if duration == 0.0 { Phase::Preflight } else { Phase::Actual });
    }
    evidence.local_network = local_network(url, &evidence.page).await;
    evidence
}

/// Adds what probes see, until there are `most` of them or no further one would teach anything.
pub async fn try_out(failure: &Failure, mut evidence: Evidence, most: usize) -> Evidence {
    if failure.route.probes == Probes::Off {
        return evidence;
    }
    let url = before(&failure.request.url, |b| b == b'#');
    let violations = Violations::listen(url);
    let deadline = now() + LIMIT;
    while evidence.observations.len() < most
        && let Some(probe) = next_probe(failure, &evidence)
    {
        let start = now();
        let left = deadline - start;
        // a probe that was cut off says nothing
        let Some(outcome) = send(&probe, failure, url, left).await else { break };
        if !outcome.passed() {
            // the event of a policy violation is a task of its own
            next_task().await;
            evidence.csp = violations.seen();
        }
        evidence.observations.push(Observation { probe, outcome, took: now() - start });
    }
    let mut times = Vec::new();
    for probe in TIMED.iter().cycle().take(timed_pairs(failure, &evidence) * TIMED.len()) {
        let start = now();
        if send(probe, failure, url, deadline - start).await.is_none() {
            break;
        }
        times.push(now() - start);
    }
    evidence.timed = phase_by_time(&times);
    evidence
}

/// Where a probe goes.
fn target_of(probe: &Probe, failure: &Failure, url: &str) -> String {
    let own_headers = matches!(probe, Probe::AllHeaders | Probe::AllHeadersIncluding);
    match probe {
        Probe::Control => joined(&[&page().origin, "/"]),
        // a signature is for one URL
        _ if says(url, "X-Amz-Signature=") || (own_headers && failure.route.auth == Auth::Iam) => url.to_owned(),
        _ => unique(url),
    }
}

/// Sends one probe; nothing when the time is over.
async fn send(probe: &Probe, failure: &Failure, url: &str, left: f64) -> Option<Outcome> {
    if left <= 0.0 {
        return None;
    }
    let own_headers = matches!(probe, Probe::AllHeaders | Probe::AllHeadersIncluding);
    let init = object();
    set(&init, "method", if *probe == Probe::Control { "HEAD" } else { "GET" });
    set(&init, "mode", if *probe == Probe::NoCors { "no-cors" } else { "cors" });
    set(
        &init,
        "redirect",
        match probe {
            Probe::ManualRedirect => "manual",
            // browsers would carry an API key or a session token to the redirect's target
            _ if own_headers => "error",
            _ => "follow",
        },
    );
    set(&init, "credentials", probe.credentials().name());
    set(&init, "cache", "no-store");
    set(&init, "headers", entries(&probe.headers(&failure.request.headers)));
    if let Ok(signal) = time_limit(left) {
        set(&init, "signal", signal);
    }
    let target = target_of(probe, failure, url).into();
    let response = match awaited(call(&scope(), "fetch", &[&target, &init])).await {
        Ok(response) => response,
        Err(error) if matches!(text(&error, "name").as_str(), "TimeoutError" | "AbortError") => return None,
        Err(_) => return Some(Outcome::Failed),
    };
    Some(match text(&response, "type").as_str() {
        "opaque" => Outcome::Opaque,
        "opaqueredirect" => Outcome::Redirect,
        _ => {
            let status = status_of(&response);
            // a good answer may be large, or never end; only an error's body tells anything
            let body = if status >= 400 { body_of(&response).await } else { drop_body(&response) };
            Outcome::Readable { status, headers: headers_of(&response), body }
        }
    })
}

/// A signal that aborts after so many milliseconds.
pub fn time_limit(milliseconds: f64) -> Result<JsValue, JsValue> {
    call(&of_page("AbortSignal"), "timeout", &[&JsValue::from_f64(milliseconds)])
}

/// The preflight cache is keyed by URL, so every probe gets one of its own.
fn unique(url: &str) -> String {
    let separator = if says(url, "?") { "&" } else { "?" };
    let mut unique = joined(&[url, separator, "gatepass-probe="]);
    let mut random = js_sys::Math::random();
    for _ in 0..10 {
        random *= 26.0;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a digit below 26")]
        let digit = random as u8;
        unique.push(char::from(b'a' + digit));
        random -= f64::from(digit);
    }
    unique
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

fn drop_body(response: &JsValue) -> String {
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
fn timing_entry(url: &str, start: f64, end: f64) -> Entry {
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

async fn next_task() {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = call(&scope(), "setTimeout", &[&resolve]);
    });
    let _ = JsFuture::from(promise).await;
}

fn entries(headers: &HeaderList) -> Array {
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
fn scope() -> JsValue {
    js_sys::global().into()
}

fn of_page(name: &str) -> JsValue {
    global(name).unwrap_or_default()
}

/// What a call gives in the end.
pub async fn awaited(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&called?)).await
}
