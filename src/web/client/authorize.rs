//! From the app's request to the one that goes out: credentials mode, headers, token or signature.

use std::pin::pin;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::Request;
use zeroize::Zeroizing;

use super::abort::until_aborted;
use super::body::{self, Hashed};
use super::core::Core;
use super::credentials::{Fetch, keys};
use super::request::{self, Call, Facts};
use crate::config::{ContentSha256, PayloadSigning, Route};
use crate::error::{Error, ErrorCode};
use crate::identity::Credentials;
use crate::route::{Authorization, Plan, SignedAs};
use crate::secret::Secret;
use crate::sigv4::{self, DateTime, Payload, PayloadHeader, Scope, Settings};
use crate::text::{before, cut};

/// Which token or credentials a call may take.
#[derive(Clone, PartialEq, Eq)]
pub enum Freshness {
    /// The one at hand, unless it is about to expire.
    AtHand,
    /// Any but the one in this `Authorization`, which the server refused.
    OtherThan(Secret),
}

impl Freshness {
    /// Which credentials, then: `AWS4-HMAC-SHA256 Credential=AKID/…` names those that were refused.
    fn credentials(&self) -> Fetch {
        match self {
            Self::AtHand => Fetch::For(0),
            Self::OtherThan(refused) => {
                let (_, credential) = cut(refused.expose(), |b| b == b'=').unwrap_or_default();
                Fetch::InPlaceOf(before(credential, |b| b == b'/').to_owned())
            }
        }
    }
}

/// What a request is made from.
pub struct Source<'a> {
    /// The call.
    pub call: &'a Call,
    /// Its route.
    pub route: &'a Route,
    /// What its request is.
    pub facts: &'a Facts<'a>,
    /// What the route gives to it.
    pub plan: &'a Plan<'a>,
}

/// A request as it goes out.
pub struct Authorized {
    /// The request.
    pub request: Request,
    /// What its signature was computed from.
    pub canonical_request: Option<String>,
    /// Its body, where it was hashed.
    pub body: Option<Hashed>,
}

/// What proves that a request may be made.
enum Proof {
    None,
    /// The value of `Authorization`.
    Bearer(Zeroizing<String>),
    /// Of whom it is signed.
    Credentials(Rc<Credentials>),
}

/// The request as it goes out.
pub async fn authorize(
    core: &Core,
    request: Request,
    source: &Source<'_>,
    freshness: &Freshness,
) -> Result<Authorized, JsValue> {
    // Whatever needs no waiting is in functions that do not wait: what is alive across an `await` costs bytes at each step.
    let request = prepared(request, source)?;
    let (proof, body) = prove(core, &request, source, freshness).await?;
    let query = source.query();
    let request = source.rebuilt(request, &query, body.as_ref())?;
    let signed = source.signed(core, &proof, &query, body.as_ref())?;
    source.set_headers(&request, &proof, signed.as_ref(), body.as_ref())?;
    Ok(Authorized { request, canonical_request: signed.map(|signed| signed.canonical_request), body })
}

/// The request in the plan's credentials and redirect mode.
fn prepared(request: Request, source: &Source<'_>) -> Result<Request, JsValue> {
    let Source { facts, plan, .. } = source;
    let carries = plan.authorization != Authorization::None || !plan.headers.is_empty();
    if carries && facts.mode == "no-cors" {
        return Err(Error::new(
            ErrorCode::InvalidArgument,
            "A request with mode: 'no-cors' cannot carry a token, a signature or the route's headers",
            "Leave the mode out, or call a URL whose route has auth: 'none' and no headers.",
        )
        .into());
    }
    if facts.is_in_the_modes_of(plan) {
        return Ok(request);
    }
    let (credentials, redirect) = (plan.credentials.as_str(), request::redirect_name(plan.redirect));
    request::with(&request, &[("credentials", &credentials.into()), ("redirect", &redirect.into())])
}

async fn prove(
    core: &Core,
    request: &Request,
    source: &Source<'_>,
    freshness: &Freshness,
) -> Result<(Proof, Option<Hashed>), JsValue> {
    let mut proved = Ok((Proof::None, None));
    let work = async { proved = prove_in_time(core, request, source, freshness).await };
    until_aborted(request, pin!(work)).await?;
    proved
}

async fn prove_in_time(
    core: &Core,
    request: &Request,
    source: &Source<'_>,
    freshness: &Freshness,
) -> Result<(Proof, Option<Hashed>), JsValue> {
    let Source { call, route, facts, plan } = source;
    // A request whose query is written anew needs its body at hand, hashed or not.
    let is_read = request::is_hashed(route) || source.query() != facts.query;
    let hashing = if is_read { Some(body::begin(call, facts.method)?) } else { None };
    let proof = match &plan.authorization {
        Authorization::None => Proof::None,
        Authorization::Bearer(token) => Proof::Bearer(Zeroizing::new(core.bearer(*token, freshness).await?)),
        Authorization::SigV4(signed) => {
            Proof::Credentials(core.credentials(signed.identity, signed.role, freshness.credentials()).await?)
        }
    };
    let body = match hashing {
        Some(hashing) => Some(body::end(hashing, call, request).await?),
        None => None,
    };
    Ok((proof, body))
}

impl Source<'_> {
    /// The query that is sent: without the one character that servers read in two ways, where it is signed.
    fn query(&self) -> String {
        match self.plan.authorization {
            Authorization::SigV4(_) => sigv4::unambiguous_query(self.facts.query),
            _ => self.facts.query.to_owned(),
        }
    }

    /// The request with the query that is signed, and with the body that was read: what is sent is what was hashed.
    fn rebuilt(&self, request: Request, query: &str, body: Option<&Hashed>) -> Result<Request, JsValue> {
        let bytes = body.and_then(|body| body.bytes.clone());
        if query != self.facts.query {
            let url = [before(self.facts.url, |b| b == b'?'), "?", query].concat();
            return request::at(&request, &url, &bytes.unwrap_or_else(|| self.call.body()));
        }
        match bytes {
            Some(bytes) => request::with(&request, &[("body", &bytes)]),
            None => Ok(request),
        }
    }

    fn signed(
        &self,
        core: &Core,
        proof: &Proof,
        query: &str,
        body: Option<&Hashed>,
    ) -> Result<Option<sigv4::Signed>, Error> {
        let (Proof::Credentials(credentials), Authorization::SigV4(signed_as)) = (proof, &self.plan.authorization)
        else {
            return Ok(None);
        };
        let SignedAs { host, path, region, service, payload, .. } = signed_as;
        let mut headers = self.facts.headers.clone();
        headers.extend(self.plan.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut settings = Settings::for_service(service);
        let payload = match (payload, body) {
            (PayloadSigning::Signed, Some(body)) => Payload::Hash(&body.hash),
            (PayloadSigning::Signed, None) => {
                return Err(Error::new(ErrorCode::Unexpected, "The body was not hashed", "Report it, with the call."));
            }
            (PayloadSigning::Unsigned, _) => Payload::Unsigned,
        };
        // A server has to be told that the body is not signed.
        if payload == Payload::Unsigned || self.route.content_sha256 == ContentSha256::Send {
            settings.payload_header = PayloadHeader::Add;
        }
        sigv4::sign(
            &sigv4::Request { method: self.facts.method, host, path, query, headers: &headers },
            payload,
            keys(credentials),
            Scope { region, service },
            &DateTime::from_unix_seconds(core.server_time())?,
            &settings,
            &mut core.signing_keys.borrow_mut(),
        )
        .map(Some)
    }

    /// All headers that are added, at once.
    fn set_headers(
        &self,
        request: &Request,
        proof: &Proof,
        signed: Option<&sigv4::Signed>,
        body: Option<&Hashed>,
    ) -> Result<(), JsValue> {
        let mut headers = self.plan.headers.clone();
        if let Proof::Bearer(value) = proof {
            headers.push(("authorization", value));
        }
        match (signed, body) {
            (Some(signed), _) => headers.extend(signed.headers.iter().map(|(name, value)| (*name, value.as_str()))),
            (None, Some(body)) => headers.push(("x-amz-content-sha256", &body.hash)),
            (None, None) => {}
        }
        request::set(request, &headers)
    }
}
