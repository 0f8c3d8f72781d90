//! A URL that carries its signature, for what cannot send headers: a link, an image, a WebSocket.

use wasm_bindgen::prelude::*;

use super::body;
use super::core::Core;
use super::credentials::{Fetch, keys};
use super::request::{self, Call, Facts};
use crate::config::{Auth, PayloadSigning, Signing};
use crate::error::{Error, ErrorCode};
use crate::identity::Credentials;
use crate::route::{self, SignedAs};
use crate::sigv4::{self, DateTime, HeaderSelection, Payload, Scope, Settings};
use crate::text::before;
use crate::web::js;

/// A quarter of an hour, as the AWS SDKs have it.
const EXPIRES_IN: u32 = 900;

/// The URL to open: the caller's own, with a signature for what stands behind it.
pub async fn presign(core: &Core, index: usize, input: JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let Auth::Iam(signing) = &core.config.route(index)?.auth else { return Err(not_signed().into()) };
    let init = js::object();
    request::copy(options, &init, &["method", "headers"]);
    // A request's body is the caller's, who will send it.
    let input = if input.is_object() { js::call(&input, "clone", &[]).map_err(request::refused)? } else { input };
    let request = request::new(&input, &init).map_err(request::refused)?;
    let call = Call::new(input, init)?;
    let text = request::facts(&request)?;
    let facts = Facts::read(&text, &call);
    let hash = match signing.payload {
        _ if sigv4::is_s3(&signing.service) => None,
        PayloadSigning::Signed => Some(body::end(body::begin(&call, facts.method)?, &call, &request).await?.hash),
        PayloadSigning::Unsigned => None,
    };
    let expires_in = expires_in(options);
    let credentials = core.credentials(signing.identity, &signing.role, Fetch::asked(options, expires_in)).await?;
    let payload = hash.as_deref().map_or(Payload::Unsigned, Payload::Hash);
    Ok(signed(core, signing, &facts, payload, expires_in, &credentials)?.into())
}

/// For how many seconds the URL is to be good; 0, which is refused, where that is no whole number.
fn expires_in(options: &JsValue) -> u32 {
    let given = js::get(options, "expiresIn");
    match given.as_f64() {
        None if given.is_undefined() => EXPIRES_IN,
        Some(seconds) if seconds.fract() == 0.0 => seconds as u32,
        _ => 0,
    }
}

fn signed(
    core: &Core,
    signing: &Signing,
    facts: &Facts<'_>,
    payload: Payload<'_>,
    expires_in: u32,
    credentials: &Credentials,
) -> Result<String, Error> {
    let now = core.server_time();
    let expires_in = match u32::try_from(credentials.expiration - now) {
        // The URL says no more than is true.
        Ok(left) if expires_in <= sigv4::MAX_EXPIRES => expires_in.min(left),
        _ => expires_in,
    };
    let SignedAs { host, path, region, service, .. } =
        route::signed_as(signing, route::Url { host: facts.host, path: facts.path });
    let presigned = sigv4::presign(
        &sigv4::Request {
            method: facts.method,
            host,
            path: &path,
            query: &sigv4::without_signature(&sigv4::unambiguous_query(facts.query)),
            headers: &facts.headers,
        },
        payload,
        keys(credentials),
        Scope { region, service },
        &DateTime::from_unix_seconds(now)?,
        expires_in,
        &Settings { headers: HeaderSelection::All, ..Settings::for_service(service) },
        &mut core.signing_keys.borrow_mut(),
    )?;
    Ok([before(facts.url, |b| matches!(b, b'?' | b'#')), "?", &presigned.query].concat())
}

fn not_signed() -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        "Only the URL of a route with auth: 'iam' can carry a signature",
        "Pass a URL that such a route matches.",
    )
}
