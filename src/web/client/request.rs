//! The app's request: what the caller said, and how to send it with another credentials mode, other headers, or once more.

use js_sys::Object;
use wasm_bindgen::prelude::*;
use web_sys::Request;
use zeroize::Zeroizing;

use crate::config::{Auth, ContentSha256, CredentialsMode, PayloadSigning, Route};
use crate::error::{Error, ErrorCode};
use crate::route::{self, Page, Plan, RedirectMode};
use crate::text::{before, cut, parts, split_before};
use crate::web::{error, js};

#[wasm_bindgen(module = "/src/web/client/request.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn said(input: &JsValue, init: &JsValue) -> Result<String, JsValue>;

    #[wasm_bindgen(catch)]
    fn open(input: &JsValue, init: &JsValue, credentials: &str, redirect: &str) -> Result<Request, JsValue>;

    /// What a request is, as [`Facts::read`] takes it.
    #[wasm_bindgen(catch)]
    pub fn facts(request: &Request) -> Result<String, JsValue>;

    #[wasm_bindgen(catch, js_name = setHeaders)]
    fn set_headers(request: &Request, headers: &str) -> Result<(), JsValue>;
}

/// Between the parts of what crosses.
const NUL: fn(u8) -> bool = |byte| byte == 0;

/// What the app gave to `fetch`.
pub struct Call {
    input: JsValue,
    init: JsValue,
    credentials: Option<CredentialsMode>,
    redirect: RedirectMode,
    source: Source,
    body: BodyKind,
}

/// What the request is made from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A URL and a plain init, or none.
    Url,
    /// A `Request`, or an init that is an instance of some class, a `Request` for one: then its members need not be its own properties.
    Object,
}

/// What kind of body the init brings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// None.
    None,
    /// A string, or what is made one at once: `URLSearchParams`.
    Text,
    /// An `ArrayBuffer` or a view of one.
    Bytes,
    /// A `Blob` or a `File`.
    Blob,
    /// A `ReadableStream`.
    Stream,
    /// What only the browser can encode: `FormData`.
    Other,
}

impl BodyKind {
    /// From the class of an object.
    fn of(class: &str) -> Self {
        match class {
            "" => Self::None,
            "String" | "URLSearchParams" => Self::Text,
            "ArrayBuffer" | "DataView" => Self::Bytes,
            "Array" => Self::Other,
            view if view.ends_with("Array") => Self::Bytes,
            "Blob" | "File" => Self::Blob,
            "ReadableStream" => Self::Stream,
            _ => Self::Other,
        }
    }
}

impl Call {
    /// `input` and `init` as `fetch` takes them.
    ///
    /// # Errors
    /// What reading a member of them throws.
    pub fn new(input: JsValue, init: JsValue) -> Result<Self, JsValue> {
        let said = said(&input, &init)?;
        let mut said = parts(&said, NUL);
        let mut next = || said.next().unwrap_or_default();
        let credentials = route::explicit_credentials(CredentialsMode::parse(next()), CredentialsMode::parse(next()));
        let (init_redirect, redirect) = (next(), next());
        let redirect = redirect_mode(if init_redirect.is_empty() { redirect } else { init_redirect });
        let plain = next() == "true" || !init.is_object();
        let source = if input.is_object() || !plain { Source::Object } else { Source::Url };
        let body = BodyKind::of(next());
        Ok(Self { input, init, credentials, redirect, source, body })
    }

    /// The request that `fetch` would send; throws what `fetch` would reject with.
    ///
    /// What the route will make of it is said at once, where that can be: to change it later takes another request.
    pub fn request(&self, route: &Route) -> Result<Request, JsValue> {
        let (mut credentials, mut redirect) = ("", "");
        if self.source == Source::Url {
            if self.credentials.is_none() {
                credentials = route.credentials.unwrap_or(CredentialsMode::Omit).as_str();
            }
            if self.redirect == RedirectMode::Follow && matches!(route.auth, Auth::Iam(_)) {
                redirect = redirect_name(RedirectMode::Manual);
            }
        }
        open(&self.input, &self.init, credentials, redirect)
    }

    /// The body that the init brings.
    pub fn body(&self) -> JsValue {
        if self.body == BodyKind::None { JsValue::UNDEFINED } else { js::get(&self.init, "body") }
    }

    /// What it is.
    pub fn body_kind(&self) -> BodyKind {
        self.body
    }

    /// The same call with another body.
    pub fn with_body(self, bytes: &JsValue) -> Self {
        let init = Object::assign(&Object::new(), self.init.unchecked_ref());
        js::set(&init, "body", bytes);
        Self { init: init.into(), body: BodyKind::Bytes, ..self }
    }

    /// What holds the signal that can abort the call.
    pub fn signal_holder(&self) -> &JsValue {
        if js::get(&self.init, "signal").is_object() { &self.init } else { &self.input }
    }

    /// Whether the body that is sent may be the one that the input, a `Request`, brings.
    pub fn sends_the_inputs_body(&self) -> bool {
        self.source == Source::Object && self.body == BodyKind::None
    }
}

/// Whether the calls of a route carry the hash of what is sent, in a signature or on its own.
pub fn is_hashed(route: &Route) -> bool {
    match &route.auth {
        Auth::Iam(signing) => signing.payload == PayloadSigning::Signed,
        _ => route.content_sha256 == ContentSha256::Send,
    }
}

/// What a plan is made from, read off a request.
pub struct Facts<'a> {
    /// In capitals, where Fetch says so.
    pub method: &'a str,
    /// The whole URL.
    pub url: &'a str,
    /// `URL.host`.
    pub host: &'a str,
    /// `URL.pathname`.
    pub path: &'a str,
    /// `URL.search` without the question mark.
    pub query: &'a str,
    /// The request's mode.
    pub mode: &'a str,
    /// The redirect mode that the caller asked for.
    pub redirect: RedirectMode,
    /// The headers, in the browser's order.
    pub headers: Vec<(String, String)>,
    /// Whether the caller has aborted already.
    pub is_aborted: bool,
    /// The modes that the request has, which need not be what the caller asked for.
    has: (&'a str, &'a str),
    address_space: &'a str,
    credentials: Option<CredentialsMode>,
}

impl<'a> Facts<'a> {
    /// Takes apart what [`facts`] gave for a request of this call.
    pub fn read(text: &'a str, call: &Call) -> Self {
        let mut parts = parts(text, NUL);
        let mut next = || parts.next().unwrap_or_default();
        let (method, url, mode, has, address_space) = (next(), next(), next(), (next(), next()), next());
        let is_aborted = next() == "true";
        let mut headers = Vec::new();
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            headers.push((name.to_owned(), value.to_owned()));
        }
        let (host, path, query) = split(url);
        let (redirect, credentials) = (call.redirect, call.credentials);
        Self { method, url, host, path, query, mode, redirect, headers, is_aborted, has, address_space, credentials }
    }

    /// What the route gives to this request, from a page of this origin.
    pub fn plan<'b>(&'b self, route: &'b Route, origin: &str) -> Plan<'b> {
        let rest = self.url.strip_prefix(origin);
        let call = route::Call {
            url: route::Url { host: self.host, path: self.path },
            page: if rest.is_some_and(|rest| rest.starts_with('/')) { Page::SameOrigin } else { Page::CrossOrigin },
            headers: &self.headers,
            credentials: self.credentials,
            redirect: self.redirect,
        };
        route::plan(route, &call)
    }

    /// Whether the request is in the modes that the plan asks for.
    pub fn is_in_the_modes_of(&self, plan: &Plan<'_>) -> bool {
        self.has == (plan.credentials.as_str(), redirect_name(plan.redirect))
    }

    /// The second argument of `fetch`: Chromium heeds the address space there only.
    pub fn beside(&self, request: &Request) -> JsValue {
        match self.address_space {
            "" | "unknown" => JsValue::UNDEFINED,
            _ => kept(request),
        }
    }
}

/// Host, path and query of a URL that the browser wrote.
fn split(url: &str) -> (&str, &str, &str) {
    let (_, rest) = cut(url, |byte| byte == b':').unwrap_or_default();
    let (host, rest) = split_before(rest.strip_prefix("//").unwrap_or_default(), |byte| byte == b'/');
    let (path, query) = split_before(before(rest, |byte| byte == b'#'), |byte| byte == b'?');
    (host, path, query.strip_prefix('?').unwrap_or_default())
}

/// `new Request(input, init)`, which throws what `fetch` would reject with.
pub fn new(input: &JsValue, init: &JsValue) -> Result<Request, JsValue> {
    open(input, init, "", "")
}

/// The error of a request that the browser does not make, with what it threw.
pub fn refused(thrown: JsValue) -> JsValue {
    let message = ["There can be no such request: ", &js::text(&thrown, "message")].concat();
    error::with_cause(&Error::new(ErrorCode::InvalidArgument, message, "Check what is passed to the call."), &thrown)
}

/// A copy of `request` with some members of its init replaced.
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

/// `request` at another URL, with `body`: every member is named, since the constructor takes a URL or a request, not both.
pub fn at(request: &Request, url: &str, body: &JsValue) -> Result<Request, JsValue> {
    let init = js::object();
    copy(request, &init, &MEMBERS);
    js::set(&init, "body", body);
    new(&JsValue::from_str(url), &init)
}

/// Copies some members of a JavaScript object.
pub fn copy(from: &JsValue, to: &JsValue, members: &[&str]) {
    for member in members {
        js::set(to, member, js::get(from, member));
    }
}

/// Fetch, the Request class: what an init can say and a request can tell.
const MEMBERS: [&str; 13] = [
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
    "duplex",
    ADDRESS_SPACE,
];

/// Fetch refuses a body for GET and HEAD (new Request, step 34).
pub fn may_have_body(method: &str) -> bool {
    !matches!(method, "GET" | "HEAD")
}

fn redirect_mode(name: &str) -> RedirectMode {
    match name {
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

/// Sets headers, each in the place of one of the same name.
///
/// # Errors
/// What `Headers.set` throws.
pub fn set(request: &Request, headers: &[(&str, &str)]) -> Result<(), JsValue> {
    if headers.is_empty() {
        return Ok(());
    }
    // At its full length from the start: what grows leaves copies of the tokens in it behind.
    let length = headers.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
    let mut text = Zeroizing::new(String::with_capacity(length));
    for (name, value) in headers {
        if !text.is_empty() {
            text.push('\0');
        }
        text.push_str(name);
        text.push('\0');
        text.push_str(value);
    }
    set_headers(request, &text)
}
