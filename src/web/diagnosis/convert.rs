//! Between JavaScript's shapes and the types of `diagnosis`. Serde writes; reading is by hand, because its deserializers weigh as much as all the texts.

use js_sys::Array;
use wasm_bindgen::prelude::*;

use crate::cors::{AddressSpace, Credentials, HeaderList, Mode, Redirect};
use crate::diagnosis::failure::{Auth, Body, BrowserError, Limits, Probes, Timing};
use crate::diagnosis::{
    Answer, Diagnosis, EvidenceItem, FailedRequest, FailedRoute, Failure, Finding, Fix, Locale, RouteKind,
};
use crate::web::js::{get, object, pairs, set, text};

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
    Answer {
        request: request(&get(value, "request")),
        route: route(&get(value, "route")),
        canonical_request: get(value, "canonicalRequest").as_string(),
        locale: locale(value),
    }
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
pub fn diagnosis(diagnosis: &Diagnosis) -> JsValue {
    let Diagnosis { verdict, findings, request, evidence } = diagnosis;
    let written = object();
    set(&written, "verdict", verdict.name());
    set(&written, "findings", list(findings, finding));
    let call = object();
    set(&call, "url", request.url.as_str());
    set(&call, "method", request.method.as_str());
    set(&call, "headerNames", list(&request.header_names, |name| name.into()));
    set(&call, "credentials", request.credentials.name());
    set(&call, "origin", request.origin.as_str());
    set(&call, "preflighted", request.preflighted);
    set(&written, "request", call);
    set(&written, "evidence", list(evidence, evidence_item));
    written
}

fn finding(finding: &Finding) -> JsValue {
    let written = object();
    set(&written, "code", finding.code);
    if let Some(error) = finding.cors_error {
        set(&written, "corsError", error);
    }
    if let Some(parameter) = &finding.failed_parameter {
        set(&written, "failedParameter", parameter.as_str());
    }
    set(&written, "layer", finding.layer.name());
    set(&written, "title", finding.title.as_str());
    set(&written, "detail", finding.detail.as_str());
    set(&written, "fixes", list(&finding.fixes, fix));
    set(&written, "docs", finding.docs.as_str());
    written
}

fn fix(fix: &Fix) -> JsValue {
    let written = object();
    set(&written, "tool", fix.tool.name());
    set(&written, "text", fix.text.as_str());
    written
}

fn evidence_item(item: &EvidenceItem) -> JsValue {
    let written = object();
    set(&written, "probe", item.probe.as_str());
    set(&written, "outcome", item.outcome);
    if let Some(status) = item.status {
        set(&written, "status", status);
    }
    set(&written, "text", item.text.as_str());
    written
}

fn list<T>(items: &[T], written: fn(&T) -> JsValue) -> JsValue {
    let list = Array::new();
    for item in items {
        list.push(&written(item));
    }
    list.into()
}
