//! From the app's request to the one that goes out: credentials mode, headers, token or signature.

use std::pin::pin;
use std::rc::Rc;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::Request;

use super::abort::until_aborted;
use super::clock;
use super::core::Core;
use super::request::{self, Call};
use super::session::Wanted;
use crate::config::{CredentialsMode, Route};
use crate::error::{Error, ErrorCode};
use crate::identity::Credentials;
use crate::route::{self, Authorization, Plan, RedirectMode, SignedAs};
use crate::sigv4::{self, DateTime, Payload, Scope, Settings};
use crate::text::{before, cut};
use crate::web::js;

/// Which token or credentials a call may take.
#[derive(Clone, PartialEq, Eq)]
pub enum Freshness {
    /// The one at hand, unless it is about to expire.
    AtHand,
    /// Any but the one in this `Authorization`, which the server refused.
    OtherThan(String),
}

impl Freshness {
    /// Which credentials, then: `AWS4-HMAC-SHA256 Credential=AKID/…` names those that were refused.
    fn credentials(&self) -> Wanted<'_> {
        match self {
            Self::AtHand => Wanted::Live,
            Self::OtherThan(refused) => {
                let (_, credential) = cut(refused, |b| b == b'=').unwrap_or_default();
                Wanted::OtherThan(before(credential, |b| b == b'/'))
            }
        }
    }
}

/// What a plan is made from, read off a request.
pub struct Facts {
    headers: Vec<(String, String)>,
    page: route::Page,
    host: String,
    path: String,
    redirect: RedirectMode,
    credentials: Option<CredentialsMode>,
}

impl Facts {
    /// Reads the request of a call.
    pub fn new(request: &Request, call: &Call) -> Result<Self, JsValue> {
        let url = request::url(request)?;
        Ok(Self {
            headers: request::headers(request),
            page: request::page(&url),
            host: js::text(&url, "host"),
            path: js::text(&url, "pathname"),
            redirect: request::redirect_mode(request),
            credentials: call.explicit_credentials(),
        })
    }

    /// The redirect mode that the caller asked for.
    pub fn redirect(&self) -> RedirectMode {
        self.redirect
    }

    /// What the route gives to this request.
    pub fn plan<'a>(&'a self, route: &'a Route) -> Plan<'a> {
        let call = route::Call {
            url: route::Url { host: &self.host, path: &self.path },
            page: self.page,
            headers: &self.headers,
            credentials: self.credentials,
            redirect: self.redirect,
        };
        route::plan(route, &call)
    }
}

/// What proves that a request may be made.
enum Proof {
    None,
    /// The value of `Authorization`.
    Bearer(String),
    /// And the body that is to be signed.
    Credentials(Rc<Credentials>, Option<Vec<u8>>),
}

/// A request as it goes out.
pub struct Authorized {
    /// The request.
    pub request: Request,
    /// What its signature was computed from.
    pub canonical_request: Option<String>,
}

/// The request as it goes out.
pub async fn authorize(
    core: &Core,
    request: Request,
    facts: &Facts,
    plan: &Plan<'_>,
    freshness: &Freshness,
) -> Result<Authorized, JsValue> {
    // Whatever needs no waiting is in functions that do not wait: what is alive across an `await` costs bytes at each step.
    let request = prepared(request, facts, plan)?;
    match (prove(core, &request, plan, freshness).await?, &plan.authorization) {
        (Proof::Bearer(value), _) => request::set_header(&request, "authorization", &value)?,
        (Proof::Credentials(credentials, body), Authorization::SigV4(signed_as)) => {
            return sign(core, request, signed_as, &credentials, body.as_deref());
        }
        _ => {}
    }
    Ok(Authorized { request, canonical_request: None })
}

/// The request with its credentials mode, redirect mode and the route's headers.
fn prepared(request: Request, facts: &Facts, plan: &Plan<'_>) -> Result<Request, JsValue> {
    let carries = plan.authorization != Authorization::None || !plan.headers.is_empty();
    if carries && js::get(&request, "mode") == *"no-cors" {
        return Err(Error::new(
            ErrorCode::InvalidArgument,
            "A request with mode: 'no-cors' cannot carry a token, a signature or the route's headers",
            "Leave the mode out, or call a URL whose route has auth: 'none' and no headers.",
        )
        .into());
    }
    let credentials = plan.credentials.as_str();
    let request = if facts.redirect == plan.redirect && js::get(&request, "credentials") == *credentials {
        request
    } else {
        let redirect = request::redirect_name(plan.redirect);
        request::with(&request, &[("credentials", &credentials.into()), ("redirect", &redirect.into())])?
    };
    for (name, value) in &plan.headers {
        request::set_header(&request, name, value)?;
    }
    Ok(request)
}

async fn prove(core: &Core, request: &Request, plan: &Plan<'_>, freshness: &Freshness) -> Result<Proof, JsValue> {
    let mut proof = Ok(Proof::None);
    let work = async {
        proof = match &plan.authorization {
            Authorization::None => Ok(Proof::None),
            Authorization::Bearer(token) => core.bearer(*token, freshness).await.map(Proof::Bearer),
            Authorization::SigV4(signed) => match core
                .credentials(signed.identity, signed.role, freshness.credentials())
                .await
            {
                Ok(credentials) => request::read_body(request).await.map(|body| Proof::Credentials(credentials, body)),
                Err(error) => Err(error),
            },
        };
    };
    until_aborted(&js::get(request, "signal"), pin!(work)).await?;
    proof
}

/// The request with a signature: what is sent is what was hashed.
fn sign(
    core: &Core,
    request: Request,
    signed_as: &SignedAs<'_>,
    credentials: &Credentials,
    body: Option<&[u8]>,
) -> Result<Authorized, JsValue> {
    let url = request::url(&request)?;
    let search = js::text(&url, "search");
    let query = search.strip_prefix('?').unwrap_or_default();
    let unambiguous = sigv4::unambiguous_query(query);
    let bytes = body.map_or(JsValue::UNDEFINED, |bytes| Uint8Array::from(bytes).into());
    let request = if unambiguous != query {
        js::set(&url, "search", unambiguous.as_str());
        request::at(&request, &url, &bytes)?
    } else if body.is_some() {
        request::with(&request, &[("body", &bytes)])?
    } else {
        request
    };
    let signed = sigv4::sign(
        &sigv4::Request {
            method: &js::text(&request, "method"),
            host: signed_as.host,
            path: &signed_as.path,
            query: &unambiguous,
            headers: &request::headers(&request),
        },
        Payload::Bytes(body.unwrap_or_default()),
        sigv4::Credentials {
            access_key_id: &credentials.access_key_id,
            secret_access_key: credentials.secret_access_key.expose(),
            session_token: Some(credentials.session_token.expose()),
        },
        Scope { region: signed_as.region, service: signed_as.service },
        &DateTime::from_unix_seconds(clock::unix_seconds() + core.clock_offset())?,
        &Settings::for_service(signed_as.service),
        &mut core.signing_keys.borrow_mut(),
    )?;
    for (name, value) in &signed.headers {
        request::set_header(&request, name, value)?;
    }
    Ok(Authorized { request, canonical_request: Some(signed.canonical_request) })
}
