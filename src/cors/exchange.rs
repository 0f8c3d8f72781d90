//! A whole exchange, redirects included: what the page gets to see, what the browser reports, and all that is wrong.

use super::check::{Access, Response, cors_check, preflight_check};
use super::engine::Engine;
use super::error::{CorsError, Violation};
use super::request::{Credentials, HeaderList, Mode, Redirect, Request, normalize_method};
use super::url::{Origin, Url};

/// What went over the wire. A part that never came is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// The answer to `OPTIONS`.
    pub preflight: Option<Response>,
    /// The answer to the request itself.
    pub response: Option<Response>,
    /// The hop that a redirect leads to.
    pub next: Option<Box<Exchange>>,
}

/// How it ends for the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The response can be read, whatever its status.
    Readable,
    /// A `no-cors` response: it arrived, and nothing of it can be read.
    Opaque,
    /// A redirect that was asked to be left alone.
    OpaqueRedirect,
    /// `TypeError`.
    Blocked,
}

/// The browser's ruling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruling {
    /// What the script sees.
    pub end: End,
    /// What the browser's console names; nothing when the network failed.
    pub reported: Option<Violation>,
    /// Every violated rule, the reported one first.
    pub violations: Vec<Violation>,
    /// What else keeps the answer from the page: a network error that is no matter of CORS.
    pub obstacle: Option<Obstacle>,
}

/// A network error that no rule of CORS accounts for. Browsers report it without a `CorsError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The URL does not parse.
    InvalidUrl,
    /// The URL has a user name or password; `fetch` throws before anything is sent.
    UrlCredentials,
    /// Something was not answered, or not asked yet.
    Unanswered(Box<Unanswered>),
    /// The redirect mode is `error`.
    RedirectMode,
    /// The twenty-first redirect.
    TooManyRedirects,
    /// `Location` leads to no URL, or to one that is not http(s).
    RedirectTarget,
}

/// Where an exchange ends for want of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The request as it is at this hop.
    pub request: Request,
    /// What it lacks.
    pub part: Part,
    /// How many redirects were followed before.
    pub hop: u8,
}

/// One of the two questions that a browser asks a server at each hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// `OPTIONS`.
    Preflight,
    /// The request itself.
    Request,
}

impl Ruling {
    const fn allowed(end: End) -> Self {
        Self { end, reported: None, violations: Vec::new(), obstacle: None }
    }

    fn unanswered(request: &Request, part: Part, hop: u8) -> Self {
        Self::network_error(Obstacle::Unanswered(Box::new(Unanswered { request: request.clone(), part, hop })))
    }

    const fn network_error(obstacle: Obstacle) -> Self {
        Self { end: End::Blocked, reported: None, violations: Vec::new(), obstacle: Some(obstacle) }
    }

    fn blocked(violations: Vec<Violation>) -> Self {
        Self { end: End::Blocked, reported: violations.first().cloned(), violations, obstacle: None }
    }

    /// This ruling, after an earlier part of the exchange was already found wanting.
    fn after(self, earlier: Vec<Violation>) -> Self {
        if earlier.is_empty() {
            return self;
        }
        Self { obstacle: self.obstacle, ..Self::blocked(earlier.into_iter().chain(self.violations).collect()) }
    }
}

/// "response tainting", as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tainting {
    Basic,
    Cors,
}

/// What a browser says to a request and its exchange.
pub fn rule(request: &Request, exchange: &Exchange, engine: Engine) -> Ruling {
    let Some(url) = Url::parse(&request.url) else { return Ruling::network_error(Obstacle::InvalidUrl) };
    // the constructor of `Request`, step 5.3
    if url.userinfo.is_some() {
        return Ruling::network_error(Obstacle::UrlCredentials);
    }
    hop(request, &url, exchange, engine, Tainting::Basic, 0)
}

/// "main fetch" and "HTTP fetch" of one hop.
fn hop(request: &Request, url: &Url, exchange: &Exchange, engine: Engine, tainting: Tainting, redirects: u8) -> Ruling {
    let unanswered = |part| Ruling::unanswered(request, part, redirects);
    // "main fetch", step 12: the page's own origin needs no CORS, unless the exchange has been elsewhere already
    let same_origin = url.origin() == request.origin && request.origin != Origin::Opaque;
    if (same_origin && tainting == Tainting::Basic) || matches!(url.scheme.as_str(), "data" | "blob") {
        let Some(response) = &exchange.response else { return unanswered(Part::Request) };
        return follow(request, url, response, exchange, engine, Tainting::Basic, redirects);
    }
    let one = |error| Ruling::blocked(at_hop(redirects, vec![error]));
    match request.mode {
        Mode::SameOrigin => return one(Violation::bare(CorsError::DisallowedByMode)),
        Mode::NoCors if request.redirect != Redirect::Follow => {
            return one(Violation::bare(CorsError::NoCorsRedirectModeNotFollow));
        }
        Mode::NoCors if exchange.response.is_some() => return Ruling::allowed(End::Opaque),
        Mode::NoCors => return unanswered(Part::Request),
        Mode::Cors | Mode::Navigate => {}
    }
    if !url.is_http() {
        return one(Violation::new(CorsError::CorsDisabledScheme, url.scheme.clone()));
    }
    let access = Access { origin: &request.origin, credentials: request.credentials };
    let preflight = match (request.needs_preflight(engine), &exchange.preflight) {
        (false, _) => vec![],
        (true, Some(answer)) => at_hop(redirects, preflight_check(request, access, answer, engine)),
        (true, None) => return unanswered(Part::Preflight),
    };
    let Some(response) = &exchange.response else { return unanswered(Part::Request).after(preflight) };
    // "HTTP fetch", step 3.3: before a redirect is looked at
    let check = at_hop(redirects, cors_check(access, &response.headers));
    if check.is_empty() {
        follow(request, url, response, exchange, engine, Tainting::Cors, redirects).after(preflight)
    } else {
        Ruling::blocked(check).after(preflight)
    }
}

/// "HTTP-redirect fetch".
fn follow(
    request: &Request,
    url: &Url,
    response: &Response,
    exchange: &Exchange,
    engine: Engine,
    tainting: Tainting,
    redirects: u8,
) -> Ruling {
    let Some(location) = response.location() else { return Ruling::allowed(End::Readable) };
    match request.redirect {
        Redirect::Manual => return Ruling::allowed(End::OpaqueRedirect),
        Redirect::Error => return Ruling::network_error(Obstacle::RedirectMode),
        Redirect::Follow => {}
    }
    // steps 3 and 5: a URL, and an http(s) one
    let Some(target) = url.join(&location).filter(Url::is_http) else {
        return Ruling::network_error(Obstacle::RedirectTarget);
    };
    // step 6: twenty hops at most
    if redirects >= 20 {
        return Ruling::network_error(Obstacle::TooManyRedirects);
    }
    // steps 8 and 9
    let leaves = target.origin() != request.origin || tainting == Tainting::Cors;
    if request.mode == Mode::Cors && target.userinfo.is_some() && leaves {
        return Ruling::blocked(at_hop(redirects, vec![Violation::bare(CorsError::RedirectContainsCredentials)]));
    }
    let request = redirected(request, url, &target, response.status);
    let nothing = Exchange::default();
    let next = exchange.next.as_deref().unwrap_or(&nothing);
    hop(&request, &target, next, engine, tainting, redirects.saturating_add(1))
}

fn at_hop(hop: u8, violations: Vec<Violation>) -> Vec<Violation> {
    violations.into_iter().map(|violation| Violation { hop, ..violation }).collect()
}

/// The request that goes to a redirect's target ("HTTP-redirect fetch", steps 10 to 13).
fn redirected(request: &Request, url: &Url, target: &Url, status: u16) -> Request {
    let mut request = Request { url: target.href(), ..request.clone() };
    // step 10: a second change of origin taints it
    if target.origin() != url.origin() && request.origin != url.origin() {
        request.origin = Origin::Opaque;
    }
    // step 12: POST becomes GET and loses its body
    let method = normalize_method(&request.method);
    let becomes_get = (matches!(status, 301 | 302) && method == "POST")
        || (status == 303 && !matches!(method.as_str(), "GET" | "HEAD"));
    if becomes_get {
        request.method = "GET".to_owned();
        request.headers = request.headers.without(&[
            "content-encoding",
            "content-language",
            "content-location",
            "content-type",
            "content-length",
        ]);
    }
    // step 13: Authorization does not cross origins
    if target.origin() != url.origin() {
        request.headers = request.headers.without(&["authorization"]);
    }
    request
}

impl Request {
    /// A plain `GET` from a page, the start of every test and probe.
    pub fn get(origin: Origin, url: impl Into<String>) -> Self {
        Self {
            origin,
            url: url.into(),
            method: "GET".to_owned(),
            headers: HeaderList::default(),
            credentials: Credentials::Omit,
            mode: Mode::Cors,
            redirect: Redirect::Follow,
        }
    }
}
