//! The SDK's own JSON calls to Cognito. The app's requests go through `fetch`, never through here.

use gloo_net::http::Request;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, RequestCredentials};

use super::error;
use crate::error::{Error, ErrorCode};

/// How long Cognito may take before a call counts as lost.
const TIMEOUT_MS: u32 = 30_000;

/// An answer, read to its end.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `x-amzn-errortype`, where the page may read it.
    pub error_type: Option<String>,
    /// `x-amzn-requestid`, where the page may read it.
    pub request_id: Option<String>,
    /// The `Date` header, where the page may read it.
    pub date: Option<String>,
    /// The body as text.
    pub body: String,
}

/// Posts one operation of an AWS JSON 1.1 service.
///
/// `target` is the value of `X-Amz-Target`, e.g. `AWSCognitoIdentityProviderService.InitiateAuth`.
pub async fn post(endpoint: &str, target: &str, body: String) -> Result<Answer, JsValue> {
    let unreachable = |cause: gloo_net::Error| {
        let message = format!("{endpoint} could not be reached");
        let help = "Check the connection, the endpoint and the page's connect-src; then try again.";
        error::with_cause(&Error::new(ErrorCode::Network, message, help), &thrown(cause))
    };
    let response = Request::post(endpoint)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        // Cognito answers with `Access-Control-Allow-Origin: *`, which `include` would void.
        .credentials(RequestCredentials::Omit)
        .cache(web_sys::RequestCache::NoStore)
        .abort_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MS)))
        .body(body)
        .map_err(unreachable)?
        .send()
        .await
        .map_err(unreachable)?;
    let headers = response.headers();
    Ok(Answer {
        status: response.status(),
        error_type: headers.get("x-amzn-errortype"),
        request_id: headers.get("x-amzn-requestid"),
        date: headers.get("date"),
        body: response.text().await.map_err(unreachable)?,
    })
}

fn thrown(error: gloo_net::Error) -> JsValue {
    match error {
        gloo_net::Error::JsError(error) => js_sys::Error::new(&error.message).into(),
        gloo_net::Error::GlooError(message) => js_sys::Error::new(&message).into(),
    }
}
