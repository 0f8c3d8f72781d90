//! Probes in the page: what `diagnosis` asks for is sent here, and what the page can see besides is collected.
//!
//! GET, and HEAD of the page itself; the app's own header values go to the app's own URL only, and follow no redirect.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Promise, Reflect, global};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::js::{get, object, set};
use crate::cors::{Engine, HeaderList, Url};
use crate::diagnosis::evidence::{Connection, Context, Isolation, Permission, phase_by_time};
use crate::diagnosis::failure::{Auth, Probes};
use crate::diagnosis::plan::TIMED;
use crate::diagnosis::words::{joined, says};
use crate::diagnosis::{Entry, Evidence, Failure, Observation, Outcome, Page, Phase, Probe, next_probe, timed_pairs};

/// All probes of a diagnosis together take no longer, in milliseconds.
const LIMIT: f64 = 2000.0;

/// Of a body, so much is read.
const BODY: u32 = 8192;

/// The page as diagnosis sees it.
pub fn page() -> Page {
    let scope: JsValue = global().into();
    let agent = text(&get(&get(&scope, "navigator"), "userAgent"));
    let engine = if says(&agent, "Firefox/") {
        Engine::Firefox
    } else if says(&agent, "AppleWebKit/") && !says(&agent, "Chrome/") {
        Engine::WebKit
    } else {
        Engine::Chromium
    };
    Page {
        origin: text(&get(&scope, "origin")),
        context: if get(&scope, "isSecureContext").is_truthy() { Context::Secure } else { Context::Insecure },
        isolation: if get(&scope, "crossOriginIsolated").is_truthy() { Isolation::Isolated } else { Isolation::Open },
        engine,
    }
}

/// Everything that can be found out about a failed call.
pub async fn gather(failure: &Failure) -> Evidence {
    let mut evidence = Evidence::new(page());
    let url = failure.request.url.split('#').next().unwrap_or_default();
    if get(&get(&global(), "navigator"), "onLine").is_falsy() {
        evidence.connection = Connection::Offline;
    }
    evidence.entry = timing_entry(url, failure.timing.start, failure.timing.end);
    // Firefox: the duration of a failed call is exactly 0 unless its preflight had passed
    if let (Engine::Firefox, Entry::Took(duration)) = (evidence.page.engine, evidence.entry) {
        evidence.phase = Some(if duration == 0.0 { Phase::Preflight } else { Phase::Actual });
    }
    evidence.local_network = local_network(url, &evidence.page).await;
    if failure.route.probes == Probes::Off {
        return evidence;
    }
    let violations = Violations::listen(url);
    let deadline = now() + LIMIT;
    while let Some(probe) = next_probe(failure, &evidence) {
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
    for _ in 0..timed_pairs(failure, &evidence) {
        let [first, second] = &TIMED;
        let Some(first) = time(first, failure, url, deadline).await else { break };
        let Some(second) = time(second, failure, url, deadline).await else { break };
        times.push((first, second));
    }
    evidence.timed = phase_by_time(&times);
    evidence
}

/// How long a probe takes; nothing when the time is over.
async fn time(probe: &Probe, failure: &Failure, url: &str, deadline: f64) -> Option<f64> {
    let start = now();
    send(probe, failure, url, deadline - start).await?;
    Some(now() - start)
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
    set(&init, "headers", pairs(&probe.headers(&failure.request.headers)));
    let signal = call(&get(&global(), "AbortSignal"), "timeout", &[JsValue::from_f64(left)]);
    if let Ok(signal) = &signal {
        set(&init, "signal", signal);
    }
    let response = match awaited(call(&global(), "fetch", &[target_of(probe, failure, url).into(), init])).await {
        Ok(response) => response,
        Err(error) if matches!(text(&get(&error, "name")).as_str(), "TimeoutError" | "AbortError") => return None,
        Err(_) => return Some(Outcome::Failed),
    };
    Some(match text(&get(&response, "type")).as_str() {
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

/// The preflight cache is keyed by URL, so every probe gets one of its own.
fn unique(url: &str) -> String {
    let separator = if url.contains('?') { "&" } else { "?" };
    // as JavaScript writes it: Rust's float formatting would be 15 KB
    let random = js_sys::Number::from(js_sys::Math::random()).to_string_with_radix(36).unwrap_or_default();
    let random = String::from(random);
    joined(&[url, separator, "gatepass-probe=", random.strip_prefix("0.").unwrap_or(&random)])
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
    super::diagnosis::pairs(&get(response, "headers"))
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
        if let Ok(promise) = call(&body, "cancel", &[]).and_then(JsCast::dyn_into::<Promise>) {
            wasm_bindgen_futures::spawn_local(async move {
                let _ = JsFuture::from(promise).await;
            });
        }
    }
    String::new()
}

/// The Resource Timing entry of the failed call.
fn timing_entry(url: &str, start: f64, end: f64) -> Entry {
    let performance = get(&global(), "performance");
    let entries = |method: &str, argument: &str| {
        call(&performance, method, &[argument.into()]).ok().map(|list| Array::from(&list))
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
    let permissions = get(&get(&global(), "navigator"), "permissions");
    for name in names {
        let descriptor = object();
        set(&descriptor, "name", *name);
        if let Ok(status) = awaited(call(&permissions, "query", &[descriptor])).await {
            return match text(&get(&status, "state")).as_str() {
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
                let enforced = text(&get(&event, "disposition")) == "enforce";
                let directive = text(&get(&event, "effectiveDirective"));
                if enforced && directive == "connect-src" && text(&get(&event, "blockedURI")).starts_with(&origin) {
                    *seen.borrow_mut() = Some(in_force(&text(&get(&event, "originalPolicy"))));
                }
            })
        };
        let _ = call(&global(), "addEventListener", &[Self::EVENT.into(), listener.as_ref().clone()]);
        Self { seen, listener }
    }

    fn seen(&self) -> Option<String> {
        self.seen.borrow().clone()
    }
}

impl Drop for Violations {
    fn drop(&mut self) {
        let _ = call(&global(), "removeEventListener", &[Self::EVENT.into(), self.listener.as_ref().clone()]);
    }
}

/// The directive of a policy that decides about connections.
fn in_force(policy: &str) -> String {
    let directive = |name: &str| policy.split(';').map(str::trim).find(|part| part.starts_with(name));
    directive("connect-src").or_else(|| directive("default-src")).unwrap_or_default().to_owned()
}

/// `performance.now()`.
pub fn now() -> f64 {
    call(&get(&global(), "performance"), "now", &[]).ok().and_then(|time| time.as_f64()).unwrap_or_default()
}

async fn next_task() {
    let promise = Promise::new(&mut |resolve, _| {
        let _ = call(&global(), "setTimeout", &[resolve.into()]);
    });
    let _ = JsFuture::from(promise).await;
}

fn pairs(headers: &HeaderList) -> Array {
    headers.0.iter().map(|(name, value)| Array::of2(&name.as_str().into(), &value.as_str().into())).collect()
}

fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_default()
}

/// Calls a method by name, so that workers and windows are served alike.
fn call(target: &JsValue, method: &str, arguments: &[JsValue]) -> Result<JsValue, JsValue> {
    let function: Function = Reflect::get(target, &method.into())?.dyn_into()?;
    function.apply(target, &arguments.iter().collect())
}

async fn awaited(called: Result<JsValue, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(Promise::resolve(&called?)).await
}
