//! The SDK's own JSON calls to Cognito. The app's requests go through `fetch`, never through here.

use gloo_net::http::Request as HttpRequest;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, RequestCache, RequestCredentials};

use crate::error::{Error, ErrorCode};
use crate::service::{Answer, Request};
use crate::web::error;

/// How long Cognito may take before a call counts as lost.
const TIMEOUT_MS: u32 = 30_000;

/// Posts one AWS JSON 1.1 request and reads the answer to its end, whatever it is.
///
/// # Errors
/// `network`, with what the browser threw as its cause.
pub async fn post(endpoint: &str, request: &Request) -> Result<Answer, JsValue> {
    let unreachable = |cause: gloo_net::Error| {
        let message = format!("{endpoint} could not be reached");
        let help = "Check the connection, the endpoint, and connect-src in the page's Content Security Policy; then try again.";
        error::with_cause(&Error::new(ErrorCode::Network, message, help), &thrown(cause))
    };
    let response = HttpRequest::post(endpoint)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", request.target)
        // Cognito answers with `Access-Control-Allow-Origin: *`, which `include` would void.
        .credentials(RequestCredentials::Omit)
        .cache(RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)))
        .body(request.body.expose())
        .map_err(unreachable)?
        .send()
        .await
        .map_err(unreachable)?;
    let headers = response.headers();
    Ok(Answer {
        status: response.status(),
        error_type: headers.get("x-amzn-errortype"),
        request_id: headers.get("x-amzn-requestid"),
        body: response.text().await.map_err(unreachable)?,
    })
}

fn thrown(error: gloo_net::Error) -> JsValue {
    let message = match error {
        gloo_net::Error::JsError(error) => error.message,
        gloo_net::Error::GlooError(message) => message,
    };
    js_sys::Error::new(&message).into()
}
