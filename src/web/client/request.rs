//! The app's request: what the caller said, and how to send it with another credentials mode, other headers, or once more.

use js_sys::{Array, Object, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStream, Request, RequestRedirect, Url};

use crate::config::CredentialsMode;
use crate::route::{self, Page, RedirectMode};
use crate::web::js;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Request, extends = Request)]
    type AnyRequest;

    /// `new Request(input, init)`, which throws what `fetch` would reject with.
    #[wasm_bindgen(constructor, js_class = "Request", catch)]
    fn new(input: &JsValue, init: &JsValue) -> Result<AnyRequest, JsValue>;
}

/// What the app gave to `fetch`.
pub struct Call {
    input: JsValue,
    init: JsValue,
}

impl Call {
    /// `input` and `init` as `fetch` takes them.
    pub fn new(input: JsValue, init: JsValue) -> Self {
        Self { input, init }
    }

    /// The credentials mode the caller chose, if one was chosen.
    pub fn explicit_credentials(&self) -> Option<CredentialsMode> {
        let of = |value: &JsValue| CredentialsMode::parse(&js::get(value, "credentials").as_string()?);
        route::explicit_credentials(of(&self.init), self.input.dyn_ref::<Request>().and_then(|request| of(request)))
    }

    /// The request that `fetch` would send; throws what `fetch` would reject with.
    pub fn request(&self) -> Result<Request, JsValue> {
        Ok(AnyRequest::new(&self.input, &self.init)?.into())
    }

    /// How the same call can be sent a second time, decided before the first: a body is gone once it is sent.
    pub fn replay(&self, request: &Request) -> Result<Replay, JsValue> {
        let own_body = js::get(&self.init, "body");
        if own_body.is_instance_of::<ReadableStream>() {
            return Ok(Replay::Never);
        }
        if own_body.is_undefined() && self.input.is_instance_of::<Request>() && may_have_body(request) {
            return Ok(Replay::Copy(request.clone()?));
        }
        Ok(Replay::Rebuild)
    }
}

/// How a call can be sent again.
pub enum Replay {
    /// Not at all: its body is a stream, which is gone once read.
    Never,
    /// From a copy made before the first attempt.
    Copy(Request),
    /// From what the caller gave, which is still there.
    Rebuild,
}

/// A copy of `request` with some members of its init replaced.
///
/// The constructor resets the referrer whenever there is an init (Fetch, new Request, step 12), so it is said again.
pub fn with(request: &Request, members: &[(&str, JsValue)]) -> Result<Request, JsValue> {
    let init = Object::new();
    js::set(&init, "referrer", request.referrer());
    js::set(&init, "referrerPolicy", request.referrer_policy());
    for (name, value) in members {
        js::set(&init, name, value);
    }
    Ok(AnyRequest::new(request, &init)?.into())
}

/// `request` at another URL, with `body`: every member is named, since the constructor takes a URL or a request, not both.
pub fn at(request: &Request, url: &str, body: &JsValue) -> Result<Request, JsValue> {
    let init = Object::new();
    for member in MEMBERS {
        js::set(&init, member, js::get(request, member));
    }
    js::set(&init, "body", body);
    Ok(AnyRequest::new(&JsValue::from_str(url), &init)?.into())
}

/// Fetch, the Request class: what an init can say and a request can tell.
const MEMBERS: [&str; 11] = [
    "method",
    "headers",
    "mode",
    "credentials",
    "cache",
    "redirect",
    "referrer",
    "referrerPolicy",
    "integrity",
    "keepalive",
    "signal",
];

/// The whole body as it will be sent, `None` for a method that has none.
pub async fn read_body(request: &Request) -> Result<Option<Vec<u8>>, JsValue> {
    if !may_have_body(request) {
        return Ok(None);
    }
    let buffer = JsFuture::from(request.array_buffer()?).await?;
    Ok(Some(Uint8Array::new(&buffer).to_vec()))
}

/// Fetch refuses a body for GET and HEAD (new Request, step 34).
fn may_have_body(request: &Request) -> bool {
    !matches!(request.method().as_str(), "GET" | "HEAD")
}

/// The request's redirect mode.
pub fn redirect_mode(request: &Request) -> RedirectMode {
    match request.redirect() {
        RequestRedirect::Error => RedirectMode::Error,
        RequestRedirect::Manual => RedirectMode::Manual,
        _ => RedirectMode::Follow,
    }
}

/// Fetch's name of a redirect mode.
pub fn redirect_name(mode: RedirectMode) -> &'static str {
    match mode {
        RedirectMode::Follow => "follow",
        RedirectMode::Error => "error",
        RedirectMode::Manual => "manual",
    }
}

/// The request's headers, in the browser's order.
pub fn headers(request: &Request) -> Vec<(String, String)> {
    let mut list = Vec::new();
    for entry in request.headers().entries().into_iter().flatten() {
        let pair = Array::from(&entry);
        if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
            list.push((name, value));
        }
    }
    list
}

/// The parts of a request's URL.
pub fn url(request: &Request) -> Result<Url, JsValue> {
    Url::new(&request.url())
}

/// Whether a URL is of the page's own origin.
pub fn page(url: &Url) -> Page {
    let page = js::get(&js::get(&js_sys::global(), "location"), "origin").as_string();
    if page.as_deref() == Some(url.origin().as_str()) { Page::SameOrigin } else { Page::CrossOrigin }
}
