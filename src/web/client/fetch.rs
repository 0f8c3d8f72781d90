//! A matched call: authorized, sent, and, where the server's answer asks for it, sent once more.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};

use super::authorize::{Authorized, Facts, Freshness, authorize};
use super::core::Core;
use super::host::settled;
use super::request::{self, Call, Replay};
use super::{clock, failure};
use crate::config::CredentialsMode;
use crate::route::{self, Answer, Attempt, Authorization, Body, Kind, Next, Reads, Sent};
use crate::web::js;

// Bound, not reached by reflection as what runs once is: each call comes through here.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn browser_fetch(request: &Request, init: &JsValue) -> Promise;
}

/// `fetch` for a URL that the route matches. Resolves and rejects as the browser's does.
pub async fn fetch(core: &Core, index: usize, call: Call) -> Result<JsValue, JsValue> {
    let route = core.config.route(index)?;
    let mut attempt = Attempt::First;
    let mut freshness = Freshness::AtHand;
    let unsaid = route.credentials.or(Some(CredentialsMode::Omit));
    let mut original = call.request(unsaid)?;
    // Fetch, fetch(), step 4: before anything is waited for.
    let signal = js::get(&original, "signal");
    if js::get(&signal, "aborted").is_truthy() {
        return Err(js::get(&signal, "reason"));
    }
    loop {
        let facts = Facts::new(&original, &call)?;
        let plan = facts.plan(route);
        let replay = match (&plan.authorization, attempt) {
            (Authorization::None, _) | (_, Attempt::Second) => Replay::Never,
            (_, Attempt::First) => call.replay(&original)?,
        };
        let Authorized { request, canonical_request } = authorize(core, original, &facts, &plan, &freshness).await?;
        let start = clock::monotonic_ms();
        let answer = JsFuture::from(browser_fetch(&request, &request::beside(&request))).await;
        let response: Response = match answer {
            Ok(response) => response.unchecked_into(),
            Err(thrown) => {
                let times = failure::Times { start, end: clock::monotonic_ms() };
                return Err(failure::explained(core, route, &request, &call.body(), thrown, times).await);
            }
        };
        let sent = Sent {
            plan: &plan,
            redirect: facts.redirect(),
            body: if matches!(replay, Replay::Never) { Body::Consumed } else { Body::Replayable },
            attempt,
            offset: core.clock_offset(),
            token_expires_at: core.token_expires_at(),
        };
        match next(&sent, &response).await? {
            Next::Done => {
                let refused = matches!(response.status(), 400 | 403);
                core.remember(&response, &request, index, canonical_request.filter(|_| refused).as_deref());
                return Ok(response.into());
            }
            Next::RefuseRedirect => {
                let times = failure::Times { start, end: clock::monotonic_ms() };
                return Err(failure::refused_redirect(core, route, &request, times).await);
            }
            Next::RetryWithFreshToken | Next::RetryWithFreshCredentials => {
                let headers = js::get(&request, "headers");
                let refused = js::call(&headers, "get", &[&"authorization".into()])?;
                freshness = Freshness::OtherThan(refused.as_string().unwrap_or_default());
            }
            Next::RetryWithSkew(offset) => core.set_clock_offset(offset),
        }
        original = match replay {
            Replay::Copy(copy) => copy,
            Replay::Rebuild | Replay::Never => call.request(unsaid)?,
        };
        attempt = Attempt::Second;
    }
}

/// The request that `fetch` would send first, and not sent.
pub async fn sign(core: &Core, index: usize, call: Call) -> Result<JsValue, JsValue> {
    let route = core.config.route(index)?;
    let request = call.request(None)?;
    let facts = Facts::new(&request, &call)?;
    Ok(authorize(core, request, &facts, &facts.plan(route), &Freshness::AtHand).await?.request.into())
}

/// What follows from an answer. Most answers decide nothing, and none of their headers is read; a body is read, from a copy, only
/// where it decides.
async fn next(sent: &Sent<'_>, response: &Response) -> Result<Next, JsValue> {
    let kind = if js::get(response, "type") == *"opaqueredirect" { Kind::OpaqueRedirect } else { Kind::Readable };
    let status = response.status();
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
