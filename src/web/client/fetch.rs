//! A matched call: authorized, sent, and, where the server's answer asks for it, sent once more.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};

use super::authorize::{Authorized, Freshness, Source, authorize};
use super::body::{self, Hashed, Hashing};
use super::core::Core;
use super::host::settled;
use super::request::{self, BodyKind, Call, Facts};
use super::{clock, failure};
use crate::config::Route;
use crate::route::{self, Answer, Attempt, Authorization, Body, Kind, Next, Reads, Sent};
use crate::web::js;

// Bound, not reached by reflection as what runs once is: each call comes through here.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn browser_fetch(request: &Request, init: &JsValue) -> Promise;
}

/// How a call can be sent a second time.
enum Replay {
    /// Not at all: its body is a stream, which is gone once read.
    Never,
    /// From a copy made before the first attempt.
    Copy(Request),
    /// From what the caller gave, which is still there.
    Rebuild,
    /// From the bytes that were read.
    Bytes(JsValue),
}

/// What becomes of the request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It is sent, and what comes of the call is the response.
    Send,
    /// It is handed over as it would be sent first.
    HandOver,
}

impl Purpose {
    /// What the browser says of its arguments: `fetch` rejects with that.
    fn error(self, thrown: JsValue) -> JsValue {
        if self == Self::Send { thrown } else { request::refused(thrown) }
    }
}

/// `fetch` for a URL that the route matches. Resolves and rejects as the browser's does.
pub async fn fetch(core: &Core, index: usize, mut call: Call, purpose: Purpose) -> Result<JsValue, JsValue> {
    let route = core.config.route(index)?;
    if body::is_read_first(&call, route) {
        // Throws where it was read from already, as fetch does.
        js::new("Response", &[&call.body()]).map_err(|thrown| purpose.error(thrown))?;
        call = body::read_stream(call).await?;
    }
    let mut attempt = Attempt::First;
    let mut freshness = Freshness::AtHand;
    let mut original = call.request(route).map_err(|thrown| purpose.error(thrown))?;
    loop {
        let text = request::facts(&original)?;
        let facts = Facts::read(&text, &call);
        // Fetch, fetch(), step 4: before anything is waited for.
        if facts.is_aborted {
            return Err(js::get(&js::get(&original, "signal"), "reason"));
        }
        let plan = facts.plan(route, &core.origin);
        let copy = match attempt {
            Attempt::First if plan.authorization != Authorization::None && purpose == Purpose::Send => {
                copy(route, &call, &facts, &original)?
            }
            _ => Replay::Never,
        };
        let source = Source { call: &call, route, facts: &facts, plan: &plan };
        let Authorized { request, canonical_request, body } = authorize(core, original, &source, &freshness).await?;
        if purpose == Purpose::HandOver {
            return Ok(request.into());
        }
        let replay = match (copy, &body) {
            (Replay::Rebuild, Some(Hashed { bytes: Some(bytes), .. })) => Replay::Bytes(bytes.clone()),
            (copy, _) => copy,
        };
        let start = clock::monotonic_ms();
        let answer = JsFuture::from(browser_fetch(&request, &facts.beside(&request))).await;
        let response: Response = match answer {
            Ok(response) => response.unchecked_into(),
            Err(thrown) => {
                let times = failure::Times { start, end: clock::monotonic_ms() };
                return Err(failure::explained(core, route, &request, &call.body(), thrown, times).await);
            }
        };
        let sent = Sent {
            plan: &plan,
            redirect: facts.redirect,
            body: if matches!(replay, Replay::Never) { Body::Consumed } else { Body::Replayable },
            attempt,
            offset: core.clock_offset(),
            token_expires_at: core.token_expires_at(),
        };
        let next = match next(&sent, &response).await? {
            // What was sent is there no more.
            next @ (Next::RetryWithFreshCredentials | Next::RetryWithSkew(_))
                if matches!(replay, Replay::Rebuild) && has_changed(&call, &facts, &request, body.as_ref()).await? =>
            {
                if let Next::RetryWithSkew(offset) = next {
                    clock::set_offset(offset);
                }
                Next::Done
            }
            next => next,
        };
        match next {
            Next::Done => {
                let refused = matches!(response.status(), 400 | 403);
                core.host.answered(&response, &request, index as u32, canonical_request.filter(|_| refused).as_deref());
                return Ok(response.into());
            }
            Next::RefuseRedirect => {
                let times = failure::Times { start, end: clock::monotonic_ms() };
                return Err(failure::refused_redirect(core, route, &request, times).await);
            }
            Next::RetryWithFreshToken | Next::RetryWithFreshCredentials => {
                let headers = js::get(&request, "headers");
                let refused = js::call(&headers, "get", &[&"authorization".into()])?;
                freshness = Freshness::OtherThan(refused.as_string().unwrap_or_default().into());
            }
            Next::RetryWithSkew(offset) => clock::set_offset(offset),
        }
        original = match replay {
            Replay::Copy(copy) => copy,
            Replay::Bytes(bytes) => request::with(&request, &[("body", &bytes)])?,
            Replay::Rebuild | Replay::Never => call.request(route)?,
        };
        attempt = Attempt::Second;
    }
}

/// How the call can be sent a second time, decided before the first: a body is gone once it is sent.
fn copy(route: &Route, call: &Call, facts: &Facts<'_>, request: &Request) -> Result<Replay, JsValue> {
    if call.body_kind() == BodyKind::Stream {
        return Ok(Replay::Never);
    }
    // A `Request` was given, and its body is the one that is sent; what is hashed is read, and kept.
    if call.sends_the_inputs_body() && request::may_have_body(facts.method) && !request::is_hashed(route) {
        return Ok(Replay::Copy(js::call(request, "clone", &[])?.unchecked_into()));
    }
    Ok(Replay::Rebuild)
}

/// Whether the app has written to what it gave, since that was hashed.
async fn has_changed(
    call: &Call,
    facts: &Facts<'_>,
    request: &Request,
    body: Option<&Hashed>,
) -> Result<bool, JsValue> {
    match (body, body::begin(call, facts.method)?) {
        // Files do not change, and what was read is kept.
        (None, _) | (_, Hashing::Unread) => Ok(false),
        (Some(body), hashing) => Ok(body::end(hashing, call, request).await?.hash != body.hash),
    }
}

/// What follows from an answer. Most answers decide nothing, and none of their headers is read; a body is read, from a copy, only
/// where it decides.
async fn next(sent: &Sent<'_>, response: &Response) -> Result<Next, JsValue> {
    let status = response.status();
    let is_redirect = status == 0 && js::get(response, "type") == *"opaqueredirect";
    let kind = if is_redirect { Kind::OpaqueRedirect } else { Kind::Readable };
    let mut answer = Answer { status, kind, local_now: clock::unix_seconds(), ..Answer::default() };
    if route::reads(sent.plan, status) == Reads::Nothing {
        return Ok(route::after(sent, &answer));
    }
    let copy = js::call(response, "clone", &[])?;
    let text = settled(js::call(&copy, "text", &[])?).await?.as_string().unwrap_or_default();
    let headers = response.headers();
    let (date, age, challenge) = (headers.get("date")?, headers.get("age")?, headers.get("www-authenticate")?);
    (answer.date, answer.age, answer.www_authenticate) = (date.as_deref(), age.as_deref(), challenge.as_deref());
    answer.text = &text;
    Ok(route::after(sent, &answer))
}
