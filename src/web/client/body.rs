//! The hash of what a call sends, for its signature: what is hashed is what is sent, and no byte is copied that need not be.

use std::pin::pin;

use js_sys::{JsString, Promise, Uint8Array};
use sha2::{Digest, Sha256};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Request;

use super::abort::until_aborted;
use super::host::settled;
use super::request::{self, BodyKind, Call};
use crate::config::{Auth, Route};
use crate::error::{Error, ErrorCode};
use crate::sigv4::hex;
use crate::web::js;

#[wasm_bindgen(module = "/src/web/client/body.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn view(bytes: &JsValue) -> Result<Uint8Array, JsValue>;

    #[wasm_bindgen(catch, js_name = takesStreams)]
    fn takes_streams() -> Result<bool, JsValue>;

    #[wasm_bindgen(catch, js_name = readToEnd)]
    fn read_to_end(stream: &JsValue, limit: u32) -> Result<Promise, JsValue>;
}

/// From so many bytes on the browser's own digest is faster than this module's, though it must be waited for: in Chromium from ten
/// kilobytes on, in Node from twenty.
const CROSSOVER: u32 = 16 * 1024;

/// So many bytes are in this module's memory at a time.
const CHUNK: u32 = 64 * 1024;

/// Of a stream so many bytes are held, to be hashed before any is sent.
const STREAM_LIMIT: u32 = 16 * 1024 * 1024;

/// SHA-256 of nothing.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// How far a hash is.
pub enum Hashing {
    /// Done.
    Done(String),
    /// The browser is at it; it has taken a copy.
    Running(JsValue),
    /// The body must be read first.
    Unread,
}

/// A body that was hashed.
pub struct Hashed {
    /// SHA-256, hex.
    pub hash: String,
    /// Its bytes, where they had to be read: what was hashed is what must be sent.
    pub bytes: Option<JsValue>,
}

/// Begins with whatever can be hashed at once: an app may write to its buffer again as soon as its call has returned.
pub fn begin(call: &Call, method: &str) -> Result<Hashing, JsValue> {
    if !request::may_have_body(method) {
        return Ok(Hashing::Done(EMPTY.to_owned()));
    }
    match call.body_kind() {
        BodyKind::None if !call.sends_the_inputs_body() => Ok(Hashing::Done(EMPTY.to_owned())),
        BodyKind::Text => {
            let body = call.body();
            let text = if body.is_string() { body } else { js::call(&body, "toString", &[])? };
            if text.unchecked_ref::<JsString>().length() <= CROSSOVER {
                let text = text.as_string().unwrap_or_default();
                return Ok(Hashing::Done(hex(&Sha256::digest(text.as_bytes()))));
            }
            let encoder = js::new("TextEncoder", &[])?;
            digest(&js::call(&encoder, "encode", &[&text])?)
        }
        BodyKind::Bytes => digest(&call.body()),
        _ => Ok(Hashing::Unread),
    }
}

/// Ends what was begun, for a request that was made of the call.
pub async fn end(hashing: Hashing, call: &Call, request: &Request) -> Result<Hashed, JsValue> {
    let (hashing, bytes) = match (hashing, call.body_kind()) {
        (Hashing::Unread, BodyKind::Blob) => {
            (digest(&settled(js::call(&call.body(), "arrayBuffer", &[])?).await?)?, None)
        }
        (Hashing::Unread, _) => {
            let stream = js::get(request, "body");
            // What a request was given may have been a stream. Where the browser does not show it, it takes none.
            let bytes = match call.sends_the_inputs_body() && stream.is_object() {
                true => read(&stream).await?,
                false => settled(js::call(request, "arrayBuffer", &[])?).await?,
            };
            (digest(&bytes)?, Some(bytes))
        }
        (begun, _) => (begun, None),
    };
    let hash = match hashing {
        Hashing::Done(hash) => hash,
        Hashing::Running(promise) => hex(&Uint8Array::new(&settled(promise).await?).to_vec()),
        // Digests do not say so.
        Hashing::Unread => String::new(),
    };
    Ok(Hashed { hash, bytes })
}

/// The hash of an `ArrayBuffer` or a view.
fn digest(bytes: &JsValue) -> Result<Hashing, JsValue> {
    let bytes = view(bytes)?;
    // Pages that are not secure contexts have none.
    let subtle = js::get(&js::global("crypto")?, "subtle");
    if bytes.length() > CROSSOVER && subtle.is_object() {
        return js::call(&subtle, "digest", &[&"SHA-256".into(), &bytes]).map(Hashing::Running);
    }
    let mut sha256 = Sha256::new();
    let mut at = 0;
    while at < bytes.length() {
        let end = at.saturating_add(CHUNK).min(bytes.length());
        sha256.update(bytes.subarray(at, end).to_vec());
        at = end;
    }
    Ok(Hashing::Done(hex(&sha256.finalize())))
}

/// Whether a call's stream is read before its request is made: all that is hashed, and all that is signed where the browser sends none.
pub fn is_read_first(call: &Call, route: &Route) -> bool {
    call.body_kind() == BodyKind::Stream
        && (request::is_hashed(route) || matches!(route.auth, Auth::Iam(_)) && !takes_streams().unwrap_or(false))
}

/// The call with its stream read to the end.
///
/// # Errors
/// `invalid-argument` for a stream that is too long; what the stream fails with.
pub async fn read_stream(call: Call) -> Result<Call, JsValue> {
    let mut bytes = Ok(JsValue::UNDEFINED);
    let work = async { bytes = read(&call.body()).await };
    until_aborted(call.signal_holder(), pin!(work)).await?;
    Ok(call.with_body(&bytes?))
}

async fn read(stream: &JsValue) -> Result<JsValue, JsValue> {
    let bytes = JsFuture::from(read_to_end(stream, STREAM_LIMIT)?).await?;
    if bytes.is_undefined() { Err(too_long().into()) } else { Ok(bytes) }
}

fn too_long() -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        "The stream is longer than 16 MiB, and a signature needs the hash of all that is sent",
        "Pass a Blob or an ArrayBuffer instead, or let the route leave the body unsigned where the service takes that: payload: 'unsigned'.",
    )
}
