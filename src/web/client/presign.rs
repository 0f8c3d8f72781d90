//! A URL that carries its signature, for what cannot send headers: a link, an image, a WebSocket.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::core::Core;
use super::{clock, request, session};
use crate::config::{Auth, PayloadSigning, Signing};
use crate::error::{Error, ErrorCode};
use crate::identity::Credentials;
use crate::route::{self, SignedAs};
use crate::sigv4::{self, DateTime, HeaderSelection, Payload, Scope, Settings};
use crate::web::js;

/// A quarter of an hour, as the AWS SDKs have it.
const EXPIRES_IN: u32 = 900;

/// What is to be opened, and for how long.
struct Wanted {
    request: Request,
    expires_in: u32,
}

/// The URL to open: the caller's own, with a signature for what stands behind it.
pub async fn presign(core: &Core, index: usize, input: JsValue, options: &JsValue) -> Result<JsValue, JsValue> {
    let Auth::Iam(signing) = &core.config.route(index)?.auth else { return Err(not_signed().into()) };
    let wanted = Wanted::read(&input, options)?;
    let body = match signing.payload {
        PayloadSigning::Signed => request::read_body(&wanted.request).await?,
        PayloadSigning::Unsigned => None,
    };
    let known = match js::get(options, "forceRefresh").is_truthy() {
        true => core.credential_store()?.at_hand(signing.identity, &signing.role).await?,
        false => String::new(),
    };
    let credentials = core.credentials(signing.identity, &signing.role, session::Wanted::OtherThan(&known)).await?;
    wanted.signed(core, signing, &credentials, body.as_deref())
}

impl Wanted {
    fn read(input: &JsValue, options: &JsValue) -> Result<Self, JsValue> {
        let init = js::object();
        request::copy(options, &init, &["method", "headers"]);
        // A request's body is the caller's, who will send it.
        let input = js::call(input, "clone", &[]).unwrap_or_else(|_| input.clone());
        let given = js::get(options, "expiresIn");
        let expires_in = match given.as_f64() {
            None if given.is_undefined() => EXPIRES_IN,
            Some(seconds) if seconds.fract() == 0.0 => seconds as u32,
            // Refused with what is out of range.
            _ => 0,
        };
        Ok(Self { request: request::new(&input, &init)?, expires_in })
    }

    fn signed(
        &self,
        core: &Core,
        signing: &Signing,
        credentials: &Rc<Credentials>,
        body: Option<&[u8]>,
    ) -> Result<JsValue, JsValue> {
        let url = request::url(&self.request)?;
        let (host, path, search) = (js::text(&url, "host"), js::text(&url, "pathname"), js::text(&url, "search"));
        let SignedAs { host: signed_host, path: signed_path, region, service, .. } =
            route::signed_as(signing, route::Url { host: &host, path: &path });
        let settings = Settings { headers: HeaderSelection::All, ..Settings::for_service(service) };
        let presigned = sigv4::presign(
            &sigv4::Request {
                method: &js::text(&self.request, "method"),
                host: signed_host,
                path: &signed_path,
                query: &sigv4::unambiguous_query(search.strip_prefix('?').unwrap_or_default()),
                headers: &request::headers(&self.request),
            },
            match signing.payload {
                PayloadSigning::Signed => Payload::Bytes(body.unwrap_or_default()),
                PayloadSigning::Unsigned => Payload::Unsigned,
            },
            sigv4::Credentials {
                access_key_id: &credentials.access_key_id,
                secret_access_key: credentials.secret_access_key.expose(),
                session_token: Some(credentials.session_token.expose()),
            },
            Scope { region, service },
            &DateTime::from_unix_seconds(clock::unix_seconds() + core.clock_offset())?,
            self.expires_in,
            &settings,
            &mut core.signing_keys.borrow_mut(),
        )?;
        let protocol = js::text(&url, "protocol");
        Ok([&protocol, "//", &host, &path, "?", &presigned.query].concat().into())
    }
}

fn not_signed() -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        "Only the URL of a route with auth: 'iam' can carry a signature",
        "Pass a URL that such a route matches.",
    )
}
