//! Sends one probe, each in its own way.
//!
//! GET, and HEAD of the page itself; the app's own header values go to the app's own URL only, and follow no redirect.

use std::cell::Cell;

use js_sys::Promise;
use wasm_bindgen::prelude::*;

use super::js::{call, get, object, set, text};
use super::probe::{
    awaited, body_of, drop_body, entries, headers_of, next_task, now, of_page, page, phase_of, scope, status_of,
    time_limit, timing_entry,
};
use crate::cors::{Engine, Url};
use crate::diagnosis::failure::Auth;
use crate::diagnosis::words::{joined, says};
use crate::diagnosis::{Entry, Failure, Observation, Outcome, Probe};

/// Whose probes they are.
pub struct Sender<'a> {
    pub failure: &'a Failure,
    /// The failed call's, without a fragment.
    pub url: &'a str,
    pub engine: Engine,
    /// On the page's performance clock.
    pub deadline: f64,
    /// So many milliseconds are enough for a frame.
    pub patience: f64,
}

impl Sender<'_> {
    /// Sends a probe; nothing when the time is over.
    pub async fn send(&self, probe: Probe) -> Option<Observation> {
        let (target, start) = (self.target_of(&probe), now());
        let left = self.deadline - start;
        if left <= 0.0 {
            return None;
        }
        let outcome = match probe {
            Probe::NullOrigin | Probe::RedirectAway => self.framed(&probe, &target).await,
            _ => self.fetched(&probe, &target, left).await?,
        };
        let took = now() - start;
        let failed = outcome == Outcome::Failed;
        let mut entry = Entry::Unknown;
        if failed || outcome == Outcome::Opaque {
            // so does the event of a policy violation come
            next_task().await;
            entry = timing_entry(&target, start, now());
        }
        let took = match (self.engine, entry) {
            // Chromium's network process keeps the time; the page's own work is not in it
            (Engine::Chromium, Entry::Took(duration)) if duration > 0.0 => duration,
            _ => took,
        };
        let has_headers = !probe.headers(&self.failure.request.headers).0.is_empty();
        Some(Observation {
            outcome,
            times: vec![took],
            phase: if failed && has_headers { phase_of(self.engine, entry) } else { None },
            entry: if failed { entry } else { Entry::Unknown },
            probe,
        })
    }

    /// Where a probe goes.
    fn target_of(&self, probe: &Probe) -> String {
        let own_headers = matches!(probe, Probe::AllHeaders(_));
        match probe {
            Probe::Control => joined(&[&page().origin, "/"]),
            // a signature is for one URL
            _ if says(self.url, "X-Amz-Signature=") || (own_headers && self.failure.route.auth == Auth::Iam) => {
                self.url.to_owned()
            }
            _ => unique(self.url),
        }
    }

    async fn fetched(&self, probe: &Probe, target: &str, left: f64) -> Option<Outcome> {
        let init = object();
        set(&init, "method", if *probe == Probe::Control { "HEAD" } else { "GET" });
        set(&init, "mode", if *probe == Probe::NoCors { "no-cors" } else { "cors" });
        set(
            &init,
            "redirect",
            match probe {
                Probe::ManualRedirect => "manual",
                // browsers would carry an API key or a session token to the redirect's target
                Probe::AllHeaders(_) => "error",
                _ => "follow",
            },
        );
        set(&init, "credentials", probe.credentials().name());
        set(&init, "cache", "no-store");
        set(&init, "headers", entries(&probe.headers(&self.failure.request.headers)));
        if let Ok(signal) = time_limit(left) {
            set(&init, "signal", signal);
        }
        let response = match awaited(call(&scope(), "fetch", &[&target.into(), &init])).await {
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
}

/// Whether a frame's script was kept from running. The page's policy does that to each, and logs an error each time.
#[derive(Clone, Copy, PartialEq)]
enum Frames {
    MayRun,
    Silent,
}

thread_local! {
    static FRAMES: Cell<Frames> = const { Cell::new(Frames::MayRun) };
}

/// What the frame does: it says that it is there, and then how its request fared. Its name is the mode's first letter and the URL.
const SCRIPT: &str = "\"><script>parent.postMessage(0,'*');let away=0;document.addEventListener('securitypolicyviolation',e=>{if(e.disposition=='enforce'&&e.effectiveDirective=='connect-src')away=1});fetch(name.slice(1),{mode:name[0]=='n'?'no-cors':'cors',credentials:'omit',cache:'no-store'}).then(()=>1,()=>0).then(ok=>setTimeout(()=>parent.postMessage([ok,away],'*'),9))</script>";

impl Sender<'_> {
    /// A GET from a sandboxed frame, whose origin is opaque and whose own policy knows the API's origin only.
    async fn framed(&self, probe: &Probe, target: &str) -> Outcome {
        // a worker has no document
        let document = of_page("document");
        let (Ok(frame), Some(url), Frames::MayRun) =
            (call(&document, "createElement", &[&"iframe".into()]), Url::parse(target), FRAMES.get())
        else {
            return Outcome::Unsent;
        };
        let mode = if *probe == Probe::RedirectAway { "n" } else { "c" };
        set(&frame, "hidden", true);
        set(&frame, "sandbox", "allow-scripts");
        set(&frame, "name", joined(&[mode, target]));
        let policy = "<meta http-equiv=Content-Security-Policy content=\"connect-src ";
        set(&frame, "srcdoc", joined(&[policy, url.origin().as_str(), SCRIPT]));
        let patience = || self.deadline.min(now() + self.patience);
        let mut until = patience();
        let _ = call(&get(&document, "documentElement"), "append", &[&frame]);
        let (mut outcome, mut frames) = (Outcome::Unsent, Frames::Silent);
        while let Some(event) = message(until - now()).await {
            if get(&event, "source") != get(&frame, "contentWindow") {
                continue;
            }
            if frames == Frames::Silent {
                (frames, until) = (Frames::MayRun, patience());
                continue;
            }
            let said = |place: &str| get(&get(&event, "data"), place) == 1.0;
            outcome = match (said("0"), said("1"), probe) {
                (_, true, Probe::RedirectAway) => Outcome::Redirect,
                (true, ..) => Outcome::Opaque,
                (false, _, Probe::RedirectAway) => Outcome::Unsent,
                _ => Outcome::Failed,
            };
            break;
        }
        let _ = call(&frame, "remove", &[]);
        // one for which there was no time may run another time
        if now() < self.deadline {
            FRAMES.set(frames);
        }
        outcome
    }
}

/// The next message to the window; nothing when the time is over.
async fn message(left: f64) -> Option<JsValue> {
    let signal = time_limit(left.max(0.0)).ok()?;
    let promise = Promise::new(&mut |resolve, _| {
        let options = object();
        set(&options, "once", true);
        set(&options, "signal", &signal);
        let _ = call(&scope(), "addEventListener", &[&"message".into(), &resolve, &options]);
        // not with the signal among its options: a listener of that kind is gone before the event comes
        let _ = call(&signal, "addEventListener", &[&"abort".into(), &resolve]);
    });
    let event = awaited(Ok(promise.into())).await.ok()?;
    (text(&event, "type") == "message").then_some(event)
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
