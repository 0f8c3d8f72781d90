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
    /// `Location` leads to no URL, or to one that is not fetched.
    RedirectTarget,
    /// The URL's scheme is for the browser itself.
    ForbiddenScheme,
    /// An http URL from an https page (Mixed Content, section 4.4).
    MixedContent,
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
    /// Of a request that breaks a rule before anything is sent.
    pub fn refused(violation: Violation) -> Self {
        Self::blocked(vec![violation])
    }

    const fn allowed(end: End) -> Self {
        Self { end, reported: None, violations: Vec::new(), obstacle: None }
    }

    fn unanswered(request: &Request, part: Part, hop: u8) -> Self {
        Self::network_error(Obstacle::Unanswered(Box::new(Unanswered { request: request.clone(), part, hop })))
    }

    /// Of a request that comes to nothing.
    pub const fn network_error(obstacle: Obstacle) -> Self {
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

/// What a hop inherits from those before it.
#[derive(Clone, Copy)]
struct Journey<'a> {
    engine: Engine,
    /// The page's.
    origin: &'a Origin,
    tainting: Tainting,
    /// How many redirects were followed.
    redirects: u8,
    preflight: Preflight,
}

/// When a hop has a preflight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Preflight {
    WhereNeeded,
    Always,
}

/// "response tainting", as far as it matters here.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tainting {
    Basic,
    Cors,
    Opaque,
}

/// What a browser says to a request and its exchange.
pub fn rule(request: &Request, exchange: &Exchange, engine: Engine) -> Ruling {
    let Some(url) = Url::parse(&request.url) else { return Ruling::network_error(Obstacle::InvalidUrl) };
    // the constructor of `Request`, step 5.3
    if url.userinfo.is_some() {
        return Ruling::network_error(Obstacle::UrlCredentials);
    }
    if is_mixed_content(&request.origin, &url) {
        return Ruling::network_error(Obstacle::MixedContent);
    }
    let start = Journey {
        engine,
        origin: &request.origin,
        tainting: Tainting::Basic,
        redirects: 0,
        preflight: Preflight::WhereNeeded,
    };
    hop(request, &url, exchange, start)
}

/// "main fetch" and "HTTP fetch" of one hop.
fn hop(request: &Request, url: &Url, exchange: &Exchange, journey: Journey<'_>) -> Ruling {
    let Journey { engine, redirects, .. } = journey;
    let unanswered = |part| Ruling::unanswered(request, part, redirects);
    let one = |error| Ruling::blocked(at_hop(redirects, vec![error]));
    // "scheme fetch": a data: URL holds its own answer
    if url.scheme == "data" {
        return Ruling::allowed(End::Readable);
    }
    // "main fetch", step 12: the page's own origin needs no CORS, unless the exchange has been elsewhere already
    let same_origin = url.origin() == request.origin && request.origin != Origin::Opaque;
    if same_origin && journey.tainting == Tainting::Basic {
        let Some(response) = &exchange.response else { return unanswered(Part::Request) };
        if let Some(obstacle) = broken(response, url, engine) {
            return Ruling::network_error(obstacle);
        }
        return follow(request, url, response, exchange, journey);
    }
    match request.mode {
        // after a redirect it is a network error like any other
        Mode::SameOrigin if redirects > 0 => return Ruling::network_error(Obstacle::RedirectTarget),
        Mode::SameOrigin => return one(Violation::bare(CorsError::DisallowedByMode)),
        Mode::NoCors if request.redirect != Redirect::Follow => {
            return one(Violation::bare(CorsError::NoCorsRedirectModeNotFollow));
        }
        Mode::Cors | Mode::Navigate | Mode::NoCors => {}
    }
    if engine == Engine::Chromium && is_local(url) {
        return Ruling::network_error(Obstacle::ForbiddenScheme);
    }
    if !url.is_http() {
        return one(Violation::new(CorsError::CorsDisabledScheme, url.scheme.clone()));
    }
    if request.mode == Mode::NoCors {
        let Some(response) = &exchange.response else { return unanswered(Part::Request) };
        if let Some(obstacle) = broken(response, url, engine) {
            return Ruling::network_error(obstacle);
        }
        return follow(request, url, response, exchange, Journey { tainting: Tainting::Opaque, ..journey });
    }
    let access = Access { origin: &request.origin, credentials: request.credentials, engine };
    // Firefox asks again after every redirect once it has asked, and always in the page's own name (nsCORSListenerProxy.cpp)
    let asker = if engine == Engine::Firefox { journey.origin } else { &request.origin };
    let asked = journey.preflight == Preflight::Always || request.needs_preflight(engine);
    let preflight = match (asked, &exchange.preflight) {
        (false, _) => vec![],
        (true, None) => return unanswered(Part::Preflight),
        (true, Some(answer)) => match broken(answer, url, engine) {
            Some(obstacle) => return Ruling::network_error(obstacle),
            None => at_hop(redirects, preflight_check(request, Access { origin: asker, ..access }, answer)),
        },
    };
    let Some(response) = &exchange.response else { return unanswered(Part::Request).after(preflight) };
    if let Some(obstacle) = broken(response, url, engine) {
        return Ruling::network_error(obstacle).after(preflight);
    }
    // "HTTP fetch", step 3.3: before a redirect is looked at
    let check = at_hop(redirects, cors_check(access, &response.headers));
    if check.is_empty() {
        let again = if asked && engine == Engine::Firefox { Preflight::Always } else { Preflight::WhereNeeded };
        let journey = Journey { tainting: Tainting::Cors, preflight: again, ..journey };
        follow(request, url, response, exchange, journey).after(preflight)
    } else {
        Ruling::blocked(check).after(preflight)
    }
}

/// "Does settings prohibit mixed security contexts?" Loopback is trusted without encryption.
fn is_mixed_content(origin: &Origin, url: &Url) -> bool {
    origin.as_str().starts_with("https://") && url.scheme == "http" && !url.is_loopback()
}

/// What Chromium lets no page of the web fetch, and reports as no matter of CORS.
fn is_local(url: &Url) -> bool {
    matches!(url.scheme.as_str(), "file" | "chrome")
}

/// An answer that Chromium's network stack refuses before anyone looks at it (http_stream_parser.cc, url_request_job.cc).
fn broken(answer: &Response, url: &Url, engine: Engine) -> Option<Obstacle> {
    let no_url = || answer.location().is_some_and(|location| url.join(location).is_none());
    (engine == Engine::Chromium && (answer.has_two_locations() || no_url())).then_some(Obstacle::RedirectTarget)
}

/// "HTTP-redirect fetch".
fn follow(request: &Request, url: &Url, response: &Response, exchange: &Exchange, journey: Journey<'_>) -> Ruling {
    let Journey { engine, tainting, redirects, .. } = journey;
    let Some(location) = response.location() else {
        return Ruling::allowed(if tainting == Tainting::Opaque { End::Opaque } else { End::Readable });
    };
    if request.redirect == Redirect::Manual {
        return Ruling::allowed(End::OpaqueRedirect);
    }
    // Chromium looks at the mode when it has looked at the target
    if request.redirect == Redirect::Error && engine != Engine::Chromium {
        return Ruling::network_error(Obstacle::RedirectMode);
    }
    // step 3
    let Some(target) = url.join(location) else { return Ruling::network_error(Obstacle::RedirectTarget) };
    // step 6: twenty hops at most
    if redirects >= 20 {
        return Ruling::network_error(Obstacle::TooManyRedirects);
    }
    // steps 8 and 9
    let leaves = target.origin() != request.origin || tainting == Tainting::Cors;
    if request.mode == Mode::Cors && target.userinfo.is_some() && leaves {
        return Ruling::blocked(at_hop(redirects, vec![Violation::bare(CorsError::RedirectContainsCredentials)]));
    }
    if request.redirect == Redirect::Error {
        return Ruling::network_error(Obstacle::RedirectMode);
    }
    // step 5, which Chromium leaves to the CORS protocol unless its network stack refuses
    if !target.is_http() {
        let refused = matches!(
            target.scheme.as_str(),
            "about" | "blob" | "chrome" | "data" | "file" | "filesystem" | "ws" | "wss"
        );
        return if engine == Engine::Chromium && request.mode == Mode::Cors && !refused {
            Ruling::blocked(at_hop(redirects, vec![Violation::bare(CorsError::CorsDisabledScheme)]))
        } else {
            Ruling::network_error(Obstacle::RedirectTarget)
        };
    }
    if is_mixed_content(journey.origin, &target) {
        return Ruling::network_error(Obstacle::MixedContent);
    }
    // the standard lets it pass within an origin; Chromium does not
    if engine == Engine::Chromium && target.userinfo.is_some() {
        return Ruling::network_error(Obstacle::RedirectTarget);
    }
    let mut request = redirected(request, url, &target, response.status);
    if engine == Engine::Chromium && target.origin() != *journey.origin {
        request.headers = request.headers.without(CLIENT_HINTS);
    }
    let nothing = Exchange::default();
    let next = exchange.next.as_deref().unwrap_or(&nothing);
    hop(&request, &target, next, Journey { redirects: redirects.saturating_add(1), ..journey })
}

/// What Chromium keeps from other origins when it follows a redirect, whoever set it (client_hints.cc).
const CLIENT_HINTS: &[&str] = &["device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"];

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
