//! The exports of the exchange module: convert, call, convert back.
//!
//! Both its exports are public, so what they are handed is checked here, and refused with a word on what to write instead.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use super::js::{get, list, text};
use crate::cors::{AddressSpace, Credentials, Engine, HeaderList, Mode, Redirect, Url};
use crate::diagnosis::exchange::{self, Call, Exchange, Failure, Hop, Outcome, Reply, Send};
use crate::diagnosis::failure::Auth;
use crate::diagnosis::words::joined;
use crate::diagnosis::{FailedRequest, Locale, RouteKind};
use crate::error::{Error, ErrorCode};

/// What a browser says to an exchange, and why.
///
/// # Errors
/// `invalid-argument`.
#[wasm_bindgen(js_name = explainExchange)]
pub fn explain_exchange(request: &JsValue, exchange: &JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let call = call(request, options)?;
    written(&exchange::explain(&call, &whole(exchange)?))
}

/// An examination from outside the browser: it says what to send, and takes what comes back.
#[wasm_bindgen]
pub struct Examination(exchange::Examination);

#[wasm_bindgen]
impl Examination {
    /// Of a request.
    ///
    /// # Errors
    /// `invalid-argument`.
    #[wasm_bindgen(constructor)]
    pub fn new(request: &JsValue, options: &JsValue) -> Result<Self, JsValue> {
        let send = one_of(options, "options.send", "send", &[("safe", Send::Safe), ("all", Send::All)])?;
        Ok(Self(exchange::Examination::new(call(request, options)?, send.unwrap_or(Send::Safe))))
    }

    /// The next request to send; `undefined` when all is known.
    ///
    /// # Errors
    /// None that can happen.
    #[wasm_bindgen(js_name = next)]
    pub fn next_request(&mut self) -> Result<JsValue, JsValue> {
        self.0.next_request().map_or(Ok(JsValue::UNDEFINED), |request| written(&request))
    }

    /// Takes what came back.
    ///
    /// # Errors
    /// `invalid-argument`.
    pub fn answer(&mut self, outcome: &JsValue) -> Result<(), JsValue> {
        self.0.answer(self::outcome(outcome, "outcome")?);
        Ok(())
    }

    /// What was found.
    ///
    /// # Errors
    /// None that can happen.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        written(&self.0.report())
    }
}

fn written(value: &impl Serialize) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::json_compatible())?)
}

fn invalid(place: &str, expected: &str) -> Error {
    let message = joined(&["`", place, "` cannot be read."]);
    Error::new(ErrorCode::InvalidArgument, message, joined(&["Write ", expected, "."]))
}

fn call(request: &JsValue, options: &JsValue) -> Result<Call, Error> {
    if !request.is_object() {
        return Err(invalid("request", "{ origin, url, method, headers, credentials }"));
    }
    let url = text(request, "url");
    if Url::parse(&url).is_none() {
        return Err(invalid("request.url", "an absolute URL, such as 'https://api.example.com/items'"));
    }
    const ENGINES: &[(&str, Engine)] = &[
        ("chromium", Engine::Chromium),
        ("firefox", Engine::Firefox),
        ("webkit", Engine::WebKit),
        ("spec", Engine::Spec),
    ];
    const CREDENTIALS: &[(&str, Credentials)] =
        &[("omit", Credentials::Omit), ("same-origin", Credentials::SameOrigin), ("include", Credentials::Include)];
    const MODES: &[(&str, Mode)] =
        &[("cors", Mode::Cors), ("no-cors", Mode::NoCors), ("same-origin", Mode::SameOrigin)];
    const REDIRECTS: &[(&str, Redirect)] =
        &[("follow", Redirect::Follow), ("error", Redirect::Error), ("manual", Redirect::Manual)];
    const SPACES: &[(&str, AddressSpace)] =
        &[("public", AddressSpace::Public), ("local", AddressSpace::Local), ("loopback", AddressSpace::Loopback)];
    const AUTHS: &[(&str, Auth)] = &[("none", Auth::None), ("bearer", Auth::Bearer), ("iam", Auth::Iam)];
    Ok(Call {
        request: FailedRequest {
            method: method(request)?,
            headers: headers(&get(request, "headers"), "request.headers")?,
            credentials: one_of(request, "request.credentials", "credentials", CREDENTIALS)?.unwrap_or_default(),
            mode: one_of(request, "request.mode", "mode", MODES)?.unwrap_or_default(),
            redirect: one_of(request, "request.redirect", "redirect", REDIRECTS)?.unwrap_or_default(),
            url,
        },
        origin: origin(request)?,
        target_address_space: one_of(request, "request.targetAddressSpace", "targetAddressSpace", SPACES)?,
        engine: one_of(options, "options.engine", "engine", ENGINES)?.unwrap_or_default(),
        locale: one_of(options, "options.locale", "locale", &[("en", Locale::En), ("ja", Locale::Ja)])?
            .unwrap_or(Locale::En),
        kind: kind(options)?,
        auth: one_of(options, "options.auth", "auth", AUTHS)?,
    })
}

/// `location.origin` of the page: no path, no slash at the end.
fn origin(request: &JsValue) -> Result<String, Error> {
    let origin = text(request, "origin");
    let serialised = Url::parse(&origin).is_some_and(|url| url.origin().as_str() == origin);
    if origin == "null" || serialised {
        return Ok(origin);
    }
    Err(invalid("request.origin", "the page's origin, such as 'https://app.example.com', or 'null'"))
}

fn method(request: &JsValue) -> Result<String, Error> {
    let value = get(request, "method");
    if value.is_undefined() {
        return Ok("GET".to_owned());
    }
    let is_token = |method: &String| !method.is_empty() && method.bytes().all(|b| b.is_ascii_graphic());
    value.as_string().filter(is_token).ok_or_else(|| invalid("request.method", "an HTTP method, such as 'GET'"))
}

fn kind(options: &JsValue) -> Result<Option<RouteKind>, Error> {
    let value = get(options, "kind");
    if value.is_undefined() {
        return Ok(None);
    }
    let kind = value.as_string().and_then(|name| RouteKind::parse(&name));
    let expected = "'http-api', 'rest-api', 'function-url', 'cloudfront', 'sam-local', 'localstack' or 'custom'";
    kind.map(Some).ok_or_else(|| invalid("options.kind", expected))
}

/// A member that is one of some names; `None` where it is not there.
fn one_of<T: Copy>(target: &JsValue, place: &str, key: &str, names: &[(&str, T)]) -> Result<Option<T>, Error> {
    let value = get(target, key);
    if value.is_undefined() {
        return Ok(None);
    }
    let given = value.as_string();
    let found = names.iter().find(|(name, _)| given.as_deref() == Some(name)).map(|(_, value)| *value);
    found.map(Some).ok_or_else(|| {
        let mut expected = String::new();
        for (place, (name, _)) in names.iter().enumerate() {
            let before = match place {
                0 => "",
                _ if place + 1 == names.len() => " or ",
                _ => ", ",
            };
            expected.push_str(&joined(&[before, "'", name, "'"]));
        }
        invalid(place, &expected)
    })
}

/// Pairs of strings; none where there is nothing.
fn headers(value: &JsValue, place: &str) -> Result<HeaderList, Error> {
    if value.is_undefined() {
        return Ok(HeaderList::default());
    }
    let pair = |pair: JsValue| Some((get(&pair, "0").as_string()?, get(&pair, "1").as_string()?));
    let pairs = list(value).and_then(|items| items.into_iter().map(pair).collect::<Option<Vec<_>>>());
    pairs.map(HeaderList).ok_or_else(|| invalid(place, "a list of [name, value] pairs of strings"))
}

/// The exchange and all that follows it.
fn whole(exchange: &JsValue) -> Result<Exchange, Error> {
    let mut whole = Exchange::default();
    let mut place = "exchange".to_owned();
    let mut at = exchange.clone();
    // browsers follow twenty redirects
    while !at.is_undefined() && whole.hops.len() <= 20 {
        if !at.is_object() {
            return Err(invalid(&place, "{ preflight?, response?, next? }"));
        }
        let part = |key: &str| -> Result<Option<Reply>, Error> {
            let value = get(&at, key);
            let there = !value.is_undefined();
            there.then(|| outcome(&value, &joined(&[&place, ".", key])).map(|outcome| outcome.reply())).transpose()
        };
        whole.hops.push(Hop { preflight: part("preflight")?, response: part("response")? });
        at = get(&at, "next");
        place.push_str(".next");
    }
    Ok(whole)
}

fn outcome(value: &JsValue, place: &str) -> Result<Outcome, Error> {
    if let Some(failure) = get(value, "failure").as_string() {
        return Ok(Outcome::Failure { failure: Failure::parse(&failure), message: text(value, "message") });
    }
    let status =
        get(value, "status").as_f64().filter(|status| status.fract() == 0.0 && (100.0..1000.0).contains(status));
    let status = status.ok_or_else(|| invalid(&joined(&[place, ".status"]), "an HTTP status, such as 200"))?;
    Ok(Outcome::Answer {
        status: status as u16,
        headers: headers(&get(value, "headers"), &joined(&[place, ".headers"]))?.0,
        body: text(value, "body"),
    })
}
