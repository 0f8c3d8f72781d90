//! An examination from outside the browser: it says what to send, takes what comes back, and rules on it as the browser would.
//!
//! What is still to be asked is what [`crate::cors::rule`] misses in the exchange so far. A script's request is asked even after a
//! preflight that fails: what it is answered tells a wrong path from a missing OPTIONS method.

use serde::Serialize;

use super::report::{Outcome, Report, StepReport};
use super::{Call, Exchange, FOREIGN_ORIGIN, Failure, Fidelity, Hop, Reply, explained, rule};
use crate::cors::{Engine, Mode, Obstacle, Origin, Part, Request, Unanswered};
use crate::cors::{normalize_method, unsafe_header_names};
use crate::diagnosis::words::listed;
use crate::text::before;

/// Whether requests that can change something are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Send {
    /// GET and HEAD only; anything else is asked as a GET.
    Safe,
    /// The request as it is, with its body.
    All,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The browser's `OPTIONS`.
    Preflight,
    /// The request itself.
    Request,
    /// `OPTIONS` from an origin that nobody allows.
    ForeignPreflight,
}

impl Step {
    /// The name that JavaScript sees.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preflight => "preflight",
            Self::Request => "request",
            Self::ForeignPreflight => "foreign-preflight",
        }
    }
}

impl Serialize for Step {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// Whether a request has the page's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Body {
    /// It has none.
    None,
    /// The one that the page gave.
    Given,
}

/// A request to send, complete but for what the transport adds (`Host`, `Content-Length`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WireRequest {
    /// What it is for.
    pub step: Step,
    /// Absolute, without fragment.
    pub url: String,
    /// As it is sent.
    pub method: String,
    /// In the order in which they are sent.
    pub headers: Vec<(String, String)>,
    /// The page's body, or none.
    pub body: Body,
}

/// The state of an examination.
#[derive(Clone, Debug)]
pub struct Examination {
    call: Call,
    send: Send,
    exchange: Exchange,
    /// What was asked last and not answered yet.
    asked: Option<(WireRequest, Place)>,
    steps: Vec<StepReport>,
    foreign: Foreign,
}

/// Where an answer belongs.
#[derive(Clone, Copy, Debug)]
enum Place {
    Hop(u8, Part),
    Foreign,
}

/// Whether any origin was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreign {
    Unasked,
    Asked,
}

impl Examination {
    /// Of a call.
    pub const fn new(call: Call, send: Send) -> Self {
        let exchange = Exchange { hops: Vec::new(), foreign: None, fidelity: Fidelity::AsIs };
        Self { call, send, exchange, asked: None, steps: Vec::new(), foreign: Foreign::Unasked }
    }

    /// The next request to send; the same one until it is answered. Nothing when all is known.
    pub fn next_request(&mut self) -> Option<WireRequest> {
        if self.asked.is_none() {
            self.asked = self.unanswered().map(|at| self.ask(&at)).or_else(|| self.ask_foreign());
        }
        self.asked.as_ref().map(|(request, _)| request.clone())
    }

    /// Takes what came back.
    pub fn answer(&mut self, outcome: Outcome) {
        let Some((request, place)) = self.asked.take() else { return };
        let reply = outcome.reply();
        match place {
            Place::Foreign => self.exchange.foreign = reply.answer().cloned(),
            Place::Hop(hop, part) => {
                let hop = usize::from(hop);
                while self.exchange.hops.len() <= hop {
                    self.exchange.hops.push(Hop::default());
                }
                if let Some(at) = self.exchange.hops.get_mut(hop) {
                    match part {
                        Part::Preflight => at.preflight = Some(reply),
                        Part::Request => at.response = Some(reply),
                    }
                }
            }
        }
        self.steps.push(StepReport { request, outcome });
    }

    /// What the browser would say, and why.
    pub fn report(&self) -> Report {
        let ruling = rule(&self.call, &self.exchange);
        let explanation = explained(&self.call, &self.exchange, &ruling);
        Report::new(&self.call, &ruling, explanation, &self.steps)
    }

    /// What the browser would ask next, unless that was asked in vain.
    fn unanswered(&self) -> Option<Unanswered> {
        let ruling = rule(&self.call, &self.exchange);
        let Some(Obstacle::Unanswered(at)) = ruling.obstacle else { return None };
        let hop = self.exchange.hops.get(usize::from(at.hop));
        let preflight = hop.and_then(|hop| hop.preflight.as_ref()).and_then(Reply::failure);
        if hop.is_some_and(|hop| hop.response.is_some()) {
            return None;
        }
        match (at.part, preflight) {
            (_, None) => Some(*at),
            // where OPTIONS found a server, the request may be answered
            (Part::Preflight, Some(Failure::Reset | Failure::Timeout | Failure::NotHttp | Failure::Other)) => {
                Some(Unanswered { part: Part::Request, ..*at })
            }
            (_, Some(_)) => None,
        }
    }

    fn ask(&mut self, at: &Unanswered) -> (WireRequest, Place) {
        let request = match at.part {
            Part::Preflight => preflight(&at.request, &at.request.origin, self.call.engine, Step::Preflight),
            Part::Request => self.request(&at.request),
        };
        (request, Place::Hop(at.hop, at.part))
    }

    fn request(&mut self, request: &Request) -> WireRequest {
        let mut method = normalize_method(&request.method);
        let mut body = Body::None;
        if !matches!(method.as_str(), "GET" | "HEAD") {
            match self.send {
                Send::All => body = Body::Given,
                Send::Safe => {
                    "GET".clone_into(&mut method);
                    self.exchange.fidelity = Fidelity::AsGet;
                }
            }
        }
        let headers = request.sent_headers();
        let mut sent = Vec::new();
        if !headers.contains("accept") {
            sent.push(pair("Accept", "*/*"));
        }
        // "append a request `Origin` header": not for a GET to the page's own origin, nor for no-cors
        let cors = request.mode != Mode::NoCors && request.crosses_origins();
        if cors || !matches!(method.as_str(), "GET" | "HEAD") {
            sent.push(pair("Origin", request.origin.as_str()));
        }
        sent.extend(headers.0);
        WireRequest { step: Step::Request, url: without_fragment(&request.url), method, headers: sent, body }
    }

    /// Who is let in? Asked once, where the server answers at all.
    fn ask_foreign(&mut self) -> Option<(WireRequest, Place)> {
        let request = self.call.request();
        let first = self.exchange.hops.first()?;
        let answered = [&first.preflight, &first.response].into_iter().flatten().any(|reply| reply.answer().is_some());
        if self.foreign == Foreign::Asked || !answered || !request.crosses_origins() || request.mode != Mode::Cors {
            return None;
        }
        self.foreign = Foreign::Asked;
        let foreign = Origin::parse(FOREIGN_ORIGIN);
        Some((preflight(&request, &foreign, self.call.engine, Step::ForeignPreflight), Place::Foreign))
    }
}

/// "CORS-preflight fetch", steps 1 to 6.
fn preflight(request: &Request, origin: &Origin, engine: Engine, step: Step) -> WireRequest {
    let method = normalize_method(&request.method);
    let names = unsafe_header_names(&request.headers, engine);
    let mut headers = vec![pair("Accept", "*/*"), pair("Access-Control-Request-Method", &method)];
    if !names.is_empty() {
        headers.push(pair("Access-Control-Request-Headers", &listed(&names, "", ",")));
    }
    headers.push(pair("Origin", origin.as_str()));
    WireRequest { step, url: without_fragment(&request.url), method: "OPTIONS".to_owned(), headers, body: Body::None }
}

fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn without_fragment(url: &str) -> String {
    before(url, |b| b == b'#').to_owned()
}
