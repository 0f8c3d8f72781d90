//! The app's request: what the caller said, and how to send it with another credentials mode, other headers, or once more.

use js_sys::{Object, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::host::settled;
use crate::config::CredentialsMode;
use crate::route::{self, Page, RedirectMode};
use crate::web::js;

/// What the app gave to `fetch`.
pub struct Call {
    input: JsValue,
    init: JsValue,
    credentials: Option<CredentialsMode>,
}

impl Call {
    /// `input` and `init` as `fetch` takes them.
    pub fn new(input: JsValue, init: JsValue) -> Self {
        // Of an input that is no `Request` this reads nothing.
        let of = |value: &JsValue| CredentialsMode::parse(&js::text(value, "credentials"));
        let credentials = route::explicit_credentials(of(&init), of(&input));
        Self { input, init, credentials }
    }

    /// The credentials mode the caller chose, if one was chosen.
    pub fn explicit_credentials(&self) -> Option<CredentialsMode> {
        self.credentials
    }

    /// The request that `fetch` would send; throws what `fetch` would reject with.
    ///
    /// Where nobody chose a credentials mode it gets `unsaid` at once: to change it later takes another request.
    pub fn request(&self, unsaid: Option<CredentialsMode>) -> Result<Request, JsValue> {
        match unsaid {
            Some(mode) if self.credentials.is_none() && !is_instance(&self.init) => {
                let init = Object::assign(&Object::new(), self.init.unchecked_ref());
                js::set(&init, "credentials", mode.as_str());
                new(&self.input, &init)
            }
            _ => new(&self.input, &self.init),
        }
    }

    /// The body that the init brings.
    pub fn body(&self) -> JsValue {
        js::get(&self.init, "body")
    }

    /// How the same call can be sent a second time, decided before the first: a body is gone once it is sent.
    pub fn replay(&self, request: &Request) -> Result<Replay, JsValue> {
        let own_body = self.body();
        if is_stream(&own_body) {
            return Ok(Replay::Never);
        }
        // A `Request` was given, and its body is the one that is sent.
        if own_body.is_undefined() && self.input.is_object() && may_have_body(request) {
            return Ok(Replay::Copy(js::call(request, "clone", &[])?.unchecked_into()));
        }
        Ok(Replay::Rebuild)
    }
}

/// Whether a body is a stream.
pub fn is_stream(body: &JsValue) -> bool {
    js::get(body, "getReader").is_function()
}

/// Whether an init is an object of some class, a `Request` for one: then its members need not be its own properties.
fn is_instance(init: &JsValue) -> bool {
    init.is_object() && !Object::is(&js::get(init, "constructor"), &js::get(&js_sys::global(), "Object"))
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

// Bound, not reached by reflection as what runs once is: each call comes through here.
#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = Request, extends = Request)]
    type AnyRequest;

    #[wasm_bindgen(constructor, js_class = "Request", catch)]
    fn new_request(input: &JsValue, init: &JsValue) -> Result<AnyRequest, JsValue>;

    #[wasm_bindgen(js_name = URL)]
    type Url;

    #[wasm_bindgen(constructor, js_class = "URL", catch)]
    fn new_url(url: &JsValue) -> Result<Url, JsValue>;
}

/// `new Request(input, init)`, which throws what `fetch` would reject with.
pub fn new(input: &JsValue, init: &JsValue) -> Result<Request, JsValue> {
    AnyRequest::new_request(input, init).map(Request::from)
}

/// A copy of `request` with some members of its init replaced.
///
pub fn with(request: &Request, members: &[(&str, &JsValue)]) -> Result<Request, JsValue> {
    let init = kept(request);
    for (name, value) in members {
        js::set(&init, name, *value);
    }
    new(request, &init)
}

/// An init that says again what is lost whenever there is one: the constructor resets the referrer (Fetch, new Request, step 12), and
/// Chromium the address space.
fn kept(request: &Request) -> JsValue {
    let init = js::object();
    copy(request, &init, &["referrer", "referrerPolicy", ADDRESS_SPACE]);
    init
}

/// Local Network Access. Where the browser does not know the member it is `undefined`, which says nothing in an init.
const ADDRESS_SPACE: &str = "targetAddressSpace";

/// The second argument of `fetch`: Chromium heeds the address space there only.
pub fn beside(request: &Request) -> JsValue {
    match js::text(request, ADDRESS_SPACE).as_str() {
        "" | "unknown" => JsValue::UNDEFINED,
        _ => kept(request),
    }
}

/// `request` at another URL, with `body`: every member is named, since the constructor takes a URL or a request, not both.
pub fn at(request: &Request, url: &JsValue, body: &JsValue) -> Result<Request, JsValue> {
    let init = js::object();
    copy(request, &init, &MEMBERS);
    js::set(&init, "body", body);
    new(url, &init)
}

/// Copies some members of a JavaScript object.
pub fn copy(from: &JsValue, to: &JsValue, members: &[&str]) {
    for member in members {
        js::set(to, member, js::get(from, member));
    }
}

/// Fetch, the Request class: what an init can say and a request can tell.
const MEMBERS: [&str; 12] = [
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
    ADDRESS_SPACE,
];

/// The whole body as it will be sent, `None` for a method that has none.
pub async fn read_body(request: &Request) -> Result<Option<Vec<u8>>, JsValue> {
    if !may_have_body(request) {
        return Ok(None);
    }
    let buffer = settled(js::call(request, "arrayBuffer", &[])?).await?;
    Ok(Some(Uint8Array::new(&buffer).to_vec()))
}

/// Fetch refuses a body for GET and HEAD (new Request, step 34).
fn may_have_body(request: &Request) -> bool {
    !matches!(js::text(request, "method").as_str(), "GET" | "HEAD")
}

/// The request's redirect mode.
pub fn redirect_mode(request: &Request) -> RedirectMode {
    match js::text(request, "redirect").as_str() {
        "error" => RedirectMode::Error,
        "manual" => RedirectMode::Manual,
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
    js::pairs(&js::get(request, "headers"))
}

/// Sets a header.
pub fn set_header(request: &Request, name: &str, value: &str) -> Result<(), JsValue> {
    js::call(&js::get(request, "headers"), "set", &[&JsValue::from_str(name), &JsValue::from_str(value)]).map(drop)
}

/// The request's URL as the browser's `URL`.
pub fn url(request: &Request) -> Result<JsValue, JsValue> {
    Url::new_url(&js::get(request, "url")).map(JsValue::from)
}

/// Whether a URL is of the page's own origin.
pub fn page(url: &JsValue) -> Page {
    let page = js::get(&js::get(&js_sys::global(), "location"), "origin");
    if page == js::get(url, "origin") { Page::SameOrigin } else { Page::CrossOrigin }
}
