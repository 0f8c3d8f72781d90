//! The SDK's own calls to Cognito and STS. The app's requests go through `fetch`, never through here.

use gloo_net::http::Request as HttpRequest;
use wasm_bindgen::prelude::*;

use super::{clock, request};
use crate::error::{Error, ErrorCode};
use crate::route;
use crate::service::{Answer, FORM, Request};
use crate::web::{error, js};

/// How long Cognito may take before a call counts as lost.
const TIMEOUT_MS: f64 = 30_000.0;

/// Posts one request and reads the answer to its end, whatever it is.
///
/// # Errors
/// `network`, with what the browser threw as its cause.
pub async fn post(endpoint: &str, request: &Request) -> Result<Answer, JsValue> {
    // Not gloo's builder: it brings the http crate's methods and URLSearchParams along.
    let request = HttpRequest::from(request::new(&JsValue::from_str(endpoint), &init(request)?)?);
    exchange(request).await.map_err(|thrown| unreachable(endpoint, thrown))
}

async fn exchange(request: HttpRequest) -> Result<Answer, gloo_net::Error> {
    let response = request.send().await?;
    let headers = response.headers();
    // The answer to a POST comes from no cache; should one come from there all the same, its `Age` says so.
    let (date, age) = (headers.get("date"), headers.get("age"));
    if let Some(offset) = route::learned_offset(date.as_deref(), age.as_deref(), clock::unix_seconds()) {
        clock::set_offset(offset);
    }
    let body = response.text().await?;
    Ok(Answer {
        status: response.status(),
        error_type: headers.get("x-amzn-errortype"),
        request_id: headers.get("x-amzn-requestid"),
        body,
    })
}

fn init(request: &Request) -> Result<JsValue, JsValue> {
    let headers = js::object();
    if request.target == FORM {
        js::set(&headers, "content-type", "application/x-www-form-urlencoded");
    } else {
        js::set(&headers, "content-type", "application/x-amz-json-1.1");
        js::set(&headers, "x-amz-target", request.target);
    }
    let init = js::object();
    js::set(&init, "method", "POST");
    js::set(&init, "headers", headers);
    js::set(&init, "body", request.body.expose());
    // Cognito answers with `Access-Control-Allow-Origin: *`, which `include` would void.
    js::set(&init, "credentials", "omit");
    js::set(&init, "cache", "no-store");
    // Older engines lack it: there a call lasts as long as the browser lets it.
    if let Ok(signal) = js::call(&js::global("AbortSignal")?, "timeout", &[&TIMEOUT_MS.into()]) {
        js::set(&init, "signal", signal);
    }
    Ok(init)
}

fn unreachable(endpoint: &str, thrown: gloo_net::Error) -> JsValue {
    let cause = match thrown {
        gloo_net::Error::JsError(error) => error.message,
        gloo_net::Error::GlooError(message) => message,
    };
    let message = [endpoint, " could not be reached"].concat();
    let help =
        "Check the connection, the endpoint, and connect-src in the page's Content Security Policy; then try again.";
    error::with_cause(&Error::new(ErrorCode::Network, message, help), &js_sys::Error::new(&cause).into())
}
