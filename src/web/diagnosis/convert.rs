//! Between JavaScript's shapes and the types of `diagnosis`. Serde writes; reading is by hand, because its deserializers weigh as much as all the texts.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::cors::{AddressSpace, Credentials, HeaderList, Mode, Redirect};
use crate::diagnosis::failure::{Auth, Body, BrowserError, Limits, Probes, Timing};
use crate::diagnosis::{Answer, Diagnosis, FailedRequest, FailedRoute, Failure, Locale, RouteKind};
use crate::web::js::{get, pairs, text};

/// `Failure`, from JavaScript.
pub fn failure(value: &JsValue) -> Failure {
    let (timing, error) = (get(value, "timing"), get(value, "error"));
    let number = |key: &str| get(&timing, key).as_f64().unwrap_or_default();
    Failure {
        request: request(&get(value, "request")),
        route: route(&get(value, "route")),
        timing: Timing { start: number("start"), end: number("end") },
        error: BrowserError { name: text(&error, "name"), message: text(&error, "message") },
        body: if get(&get(&get(value, "request"), "body"), "getReader").is_function() {
            Body::Stream
        } else {
            Body::Plain
        },
        target_space: AddressSpace::parse(&text(&get(value, "request"), "targetAddressSpace")),
        locale: locale(value),
        limits: limits(&get(value, "limits")),
    }
}

fn limits(value: &JsValue) -> Limits {
    let number = |key: &str, most: f64| get(value, key).as_f64().unwrap_or(most).max(0.0);
    let most = Limits::default();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, and not negative")]
    let requests = number("requests", f64::from(u8::MAX)) as usize;
    Limits { requests: requests.min(most.requests), milliseconds: number("milliseconds", most.milliseconds) }
}

/// `Answer`, from JavaScript.
pub fn answer(value: &JsValue) -> Answer {
    Answer { request: request(&get(value, "request")), route: route(&get(value, "route")), locale: locale(value) }
}

fn request(value: &JsValue) -> FailedRequest {
    FailedRequest {
        url: text(value, "url"),
        method: text(value, "method"),
        headers: HeaderList(pairs(&get(value, "headers"))),
        credentials: Credentials::parse(&text(value, "credentials")),
        mode: Mode::parse(&text(value, "mode")),
        redirect: Redirect::parse(&text(value, "redirect")),
    }
}

fn route(value: &JsValue) -> FailedRoute {
    FailedRoute {
        pattern: text(value, "match"),
        auth: Auth::parse(&text(value, "auth")),
        kind: RouteKind::parse(&text(value, "kind")),
        probes: Probes::parse(&text(value, "probes")).unwrap_or(Probes::On),
        sign_as: get(value, "signAs").as_string(),
    }
}

fn locale(value: &JsValue) -> Locale {
    Locale::parse(&text(value, "locale")).unwrap_or(Locale::En)
}

/// `Diagnosis`, for JavaScript.
///
/// # Errors
/// None that can happen: nothing in it has a shape that JavaScript lacks.
pub fn diagnosis(diagnosis: &Diagnosis) -> Result<JsValue, JsValue> {
    Ok(diagnosis.serialize(&Serializer::json_compatible())?)
}
