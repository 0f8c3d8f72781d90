//! Between JavaScript's shapes and the types of `diagnosis`. By hand: serde's machinery weighs as much as all the texts.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::cors::{Credentials, HeaderList, Mode, Redirect};
use crate::diagnosis::failure::{Auth, BrowserError, Probes, Timing};
use crate::diagnosis::{Answer, Diagnosis, FailedRequest, FailedRoute, Failure, Locale, RouteKind};
use crate::web::js::{get, object, pairs, set, strings, text};

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
        probes: if text(value, "probes") == "off" { Probes::Off } else { Probes::On },
        sign_as: get(value, "signAs").as_string(),
    }
}

fn locale(value: &JsValue) -> Locale {
    if text(value, "locale") == "ja" { Locale::Ja } else { Locale::En }
}

/// `Diagnosis`, for JavaScript.
pub fn diagnosis(diagnosis: &Diagnosis) -> JsValue {
    let findings = Array::new();
    for finding in &diagnosis.findings {
        let fixes = Array::new();
        for fix in &finding.fixes {
            fixes.push(&with(&[("tool", fix.tool.name().into()), ("text", fix.text.as_str().into())]));
        }
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
        findings.push(&value);
    }
    let evidence = Array::new();
    for item in &diagnosis.evidence {
        let value = with(&[
            ("probe", item.probe.as_str().into()),
            ("outcome", item.outcome.into()),
            ("text", item.text.as_str().into()),
        ]);
        if let Some(status) = item.status {
            set(&value, "status", status);
        }
        evidence.push(&value);
    }
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
