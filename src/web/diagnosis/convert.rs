//! Between JavaScript's shapes and the types of `diagnosis`. By hand: serde's machinery weighs as much as all the texts.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::cors::{Credentials, HeaderList, Mode, Redirect};
use crate::diagnosis::failure::{Auth, BrowserError, Probes, Timing};
use crate::diagnosis::{Answer, Diagnosis, FailedRequest, FailedRoute, Failure, Locale, RouteKind};
use crate::web::js::{get, object, set, strings};

/// `Failure`, from JavaScript.
pub fn failure(value: &JsValue) -> Failure {
    let (timing, error) = (get(value, "timing"), get(value, "error"));
    let number = |key: &str| get(&timing, key).as_f64().unwrap_or_default();
    Failure {
        request: request(&get(value, "request")),
        route: route(&get(value, "route")),
        timing: Timing { start: number("start"), end: number("end") },
        error: BrowserError { name: text(&error, "name"), message: text(&error, "message") },
        locale: locale(value),
    }
}

/// `Answer`, from JavaScript.
pub fn answer(value: &JsValue) -> Answer {
    Answer { request: request(&get(value, "request")), route: route(&get(value, "route")), locale: locale(value) }
}

fn request(value: &JsValue) -> FailedRequest {
    FailedRequest {
        url: text(value, "url"),
        method: text(value, "method"),
        headers: pairs(&get(value, "headers")),
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
        probes: if text(value, "probes") == "off" { Probes::Off } else { Probes::On },
        sign_as: get(value, "signAs").as_string(),
    }
}

fn locale(value: &JsValue) -> Locale {
    if text(value, "locale") == "ja" { Locale::Ja } else { Locale::En }
}

fn text(value: &JsValue, key: &str) -> String {
    get(value, key).as_string().unwrap_or_default()
}

/// An iterable of `[name, value]`: an array, or a `Headers`.
pub fn pairs(value: &JsValue) -> HeaderList {
    let Ok(Some(entries)) = js_sys::try_iter(value) else { return HeaderList::default() };
    let string = |item: JsValue| item.as_string().unwrap_or_default();
    entries
        .filter_map(Result::ok)
        .map(|entry| Array::from(&entry))
        .map(|pair| (string(pair.get(0)), string(pair.get(1))))
        .collect()
}

/// `Diagnosis`, for JavaScript.
pub fn diagnosis(diagnosis: &Diagnosis) -> JsValue {
    let findings: Array = diagnosis
        .findings
        .iter()
        .map(|finding| {
            let fixes: Array = finding
                .fixes
                .iter()
                .map(|fix| with(&[("tool", fix.tool.name().into()), ("text", fix.text.as_str().into())]))
                .collect();
            let value = with(&[
                ("code", finding.code.into()),
                ("layer", finding.layer.name().into()),
                ("title", finding.title.as_str().into()),
                ("detail", finding.detail.as_str().into()),
                ("fixes", fixes.into()),
                ("docs", finding.docs.as_str().into()),
            ]);
            if let Some(error) = finding.cors_error {
                set(&value, "corsError", error);
            }
            if let Some(parameter) = &finding.failed_parameter {
                set(&value, "failedParameter", parameter.as_str());
            }
            value
        })
        .collect();
    let evidence: Array = diagnosis
        .evidence
        .iter()
        .map(|item| {
            let value = with(&[
                ("probe", item.probe.as_str().into()),
                ("outcome", item.outcome.into()),
                ("text", item.text.as_str().into()),
            ]);
            if let Some(status) = item.status {
                set(&value, "status", status);
            }
            value
        })
        .collect();
    let request = &diagnosis.request;
    let request = with(&[
        ("url", request.url.as_str().into()),
        ("method", request.method.as_str().into()),
        ("headerNames", strings(&request.header_names)),
        ("credentials", request.credentials.name().into()),
        ("origin", request.origin.as_str().into()),
        ("preflighted", request.preflighted.into()),
    ]);
    with(&[
        ("verdict", diagnosis.verdict.name().into()),
        ("findings", findings.into()),
        ("request", request),
        ("evidence", evidence.into()),
    ])
}

fn with(properties: &[(&str, JsValue)]) -> JsValue {
    let value = object();
    for (key, property) in properties {
        set(&value, key, property);
    }
    value
}
