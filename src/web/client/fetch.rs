//! A matched call: authorized, sent, and, where the server's answer asks for it, sent once more.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response, ResponseType};

use super::authorize::{Facts, Freshness, authorize};
use super::core::Core;
use super::request::{Call, Replay};
use super::{clock, failure};
use crate::route::{self, Answer, Attempt, Authorization, Body, Kind, Next, Reads, Sent};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn browser_fetch(request: &Request) -> Promise;
}

/// `fetch` for a URL that the route matches. Resolves and rejects as the browser's does.
pub async fn fetch(core: &Core, index: usize, call: Call) -> Result<JsValue, JsValue> {
    let route = core.config.route(index)?;
    let mut attempt = Attempt::First;
    let mut freshness = Freshness::AtHand;
    let mut original = call.request()?;
    loop {
        let facts = Facts::new(&original, &call)?;
        let plan = facts.plan(route);
        let replay = match (&plan.authorization, attempt) {
            (Authorization::None, _) | (_, Attempt::Second) => Replay::Never,
            (_, Attempt::First) => call.replay(&original)?,
        };
        let request = authorize(core, original, &facts, &plan, &freshness).await?;
        let start = clock::monotonic_ms();
        let response: Response = match JsFuture::from(browser_fetch(&request)).await {
            Ok(response) => response.unchecked_into(),
            Err(thrown) => {
                let times = failure::Times { start, end: clock::monotonic_ms() };
                return Err(failure::explained(core, route, &request, thrown, times).await);
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
                core.remember(&response, &request, index);
                return Ok(response.into());
            }
            Next::RefuseRedirect => return Err(failure::refused_redirect(&request)),
            Next::RetryWithFreshToken => {
                let refused = request.headers().get("authorization")?;
                freshness = Freshness::OtherThan(refused.unwrap_or_default());
            }
            Next::RetryWithSkew(offset) => core.set_clock_offset(offset),
        }
        original = match replay {
            Replay::Copy(copy) => copy,
            Replay::Rebuild | Replay::Never => call.request()?,
        };
        attempt = Attempt::Second;
    }
}

/// The request that `fetch` would send first, and not sent.
pub async fn sign(core: &Core, index: usize, call: Call) -> Result<JsValue, JsValue> {
    let route = core.config.route(index)?;
    let request = call.request()?;
    let facts = Facts::new(&request, &call)?;
    Ok(authorize(core, request, &facts, &facts.plan(route), &Freshness::AtHand).await?.into())
}

/// What follows from an answer; its body is read, from a copy, only where that decides.
async fn next(sent: &Sent<'_>, response: &Response) -> Result<Next, JsValue> {
    let headers = response.headers();
    let text = match route::reads(sent.plan, response.status()) {
        Reads::Nothing => String::new(),
        Reads::Text => JsFuture::from(response.clone()?.text()?).await?.as_string().unwrap_or_default(),
    };
    Ok(route::after(
        sent,
        &Answer {
            status: response.status(),
            kind: if response.type_() == ResponseType::Opaqueredirect { Kind::OpaqueRedirect } else { Kind::Readable },
            date: headers.get("date")?.as_deref(),
            age: headers.get("age")?.as_deref(),
            www_authenticate: headers.get("www-authenticate")?.as_deref(),
            text: &text,
            local_now: clock::unix_seconds(),
        },
    ))
}
