//! The SDK's own calls to Cognito and STS. The app's requests go through `fetch`, never through here.

use gloo_net::http::Request as HttpRequest;
use wasm_bindgen::prelude::*;

use super::request;
use crate::error::{Error, ErrorCode};
use crate::secret::Secret;
use crate::service::{Answer, Request};
use crate::web::{error, js};

/// How long Cognito may take before a call counts as lost.
const TIMEOUT_MS: f64 = 30_000.0;

/// Posts one AWS JSON 1.1 request and reads the answer to its end, whatever it is.
///
/// # Errors
/// `network`, with what the browser threw as its cause.
pub async fn post(endpoint: &str, request: &Request) -> Result<Answer, JsValue> {
    let headers = js::object();
    js::set(&headers, "content-type", "application/x-amz-json-1.1");
    js::set(&headers, "x-amz-target", request.target);
    send(endpoint, headers, &request.body).await
}

/// Posts a form, and reads the answer likewise.
///
/// # Errors
/// As [`post`].
pub async fn post_form(endpoint: &str, form: &Secret) -> Result<Answer, JsValue> {
    let headers = js::object();
    js::set(&headers, "content-type", "application/x-www-form-urlencoded");
    send(endpoint, headers, form).await
}

async fn send(endpoint: &str, headers: JsValue, body: &Secret) -> Result<Answer, JsValue> {
    // Not gloo's builder: it brings the http crate's methods and URLSearchParams along.
    let request = HttpRequest::from(request::new(&JsValue::from_str(endpoint), &init(headers, body)?)?);
    exchange(request).await.map_err(|thrown| unreachable(endpoint, thrown))
}

async fn exchange(request: HttpRequest) -> Result<Answer, gloo_net::Error> {
    let response = request.send().await?;
    let body = response.text().await?;
    let headers = response.headers();
    Ok(Answer {
        status: response.status(),
        error_type: headers.get("x-amzn-errortype"),
        request_id: headers.get("x-amzn-requestid"),
        body,
    })
}

fn init(headers: JsValue, body: &Secret) -> Result<JsValue, JsValue> {
    let init = js::object();
    js::set(&init, "method", "POST");
    js::set(&init, "headers", headers);
    js::set(&init, "body", body.expose());
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
