//! Every case of the CORS table as a server: what would each probe see, and what is made of it?

use super::evidence::{Context, Entry, Isolation, Observation, Outcome, Outside, Page, Phase, Probe};
use super::failure::{
    Answer, Auth, Body, BrowserError, FailedRequest, FailedRoute, Failure, Limits, Locale, Probes, RouteKind, Timing,
};
use super::{Code, Diagnosis, Evidence, Step, Verdict, diagnose, next_step};
use crate::cors::cases::{Case, PAGE, all, by_id};
use crate::cors::{
    AddressSpace, CorsError, Credentials, End, Engine, Exchange, HeaderList, Mode, Origin, Redirect, Request, Response,
    normalize_method, rule,
};

mod tests;

pub(super) fn page() -> Page {
    Page { origin: PAGE.to_owned(), context: Context::Secure, isolation: Isolation::Open, engine: Engine::Chromium }
}

fn route(auth: Auth, kind: Option<RouteKind>) -> FailedRoute {
    FailedRoute { pattern: "https://api.test/*".to_owned(), auth, kind, probes: Probes::On, sign_as: None }
}

pub(super) fn answer_to(url: &str, auth: Auth, kind: Option<RouteKind>) -> Answer {
    let request = FailedRequest {
        url: url.to_owned(),
        method: "GET".to_owned(),
        headers: HeaderList::default(),
        credentials: Credentials::Omit,
        mode: Mode::Cors,
        redirect: Redirect::Follow,
    };
    Answer { request, route: route(auth, kind), canonical_request: None, locale: Locale::En }
}

fn kind_of(case: &Case) -> RouteKind {
    RouteKind::parse(&case.kind).unwrap_or(RouteKind::Custom)
}

pub(super) fn failure_of(case: &Case, kind: Option<RouteKind>) -> Failure {
    let headers = &case.request.headers;
    let auth = match (headers.contains("x-amz-date"), headers.contains("authorization")) {
        (true, _) => Auth::Iam,
        (false, true) => Auth::Bearer,
        (false, false) => Auth::None,
    };
    Failure {
        request: FailedRequest {
            url: case.request.url.clone(),
            method: case.request.method.clone(),
            headers: headers.clone(),
            credentials: case.request.credentials,
            mode: case.request.mode,
            redirect: case.request.redirect,
        },
        route: route(auth, kind),
        timing: Timing { start: 0.0, end: 20.0 },
        error: BrowserError { name: "TypeError".to_owned(), message: "Failed to fetch".to_owned() },
        body: Body::Plain,
        target_space: None,
        locale: Locale::En,
        limits: Limits::default(),
    }
}

/// A round trip, in milliseconds.
const ROUND_TRIP: f64 = 20.0;

/// Whether the page's clock is good enough to time requests by.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Clock {
    Fine,
    Coarse,
    /// Something else kept the machine busy: what ends with its preflight seems to take longer than what does not.
    Misleading,
}

/// What a browser shows of the case's server to a probe.
fn observe(case: &Case, probe: Probe, engine: Engine, clock: Clock) -> Observation {
    let readable = |response: Option<Response>, body: &str| Outcome::Readable {
        status: response.unwrap_or_default().status,
        headers: HeaderList::default(),
        body: body.to_owned(),
    };
    let seen = |probe: Probe, outcome, trips: u8, phase: Option<Phase>| Observation {
        outcome,
        times: vec![match (clock, trips) {
            (Clock::Coarse, _) => 0.0,
            (Clock::Misleading, 2) => ROUND_TRIP,
            // but not the header that times are held against
            (Clock::Misleading, 1) if probe != Probe::RandomHeader && phase.is_some() => ROUND_TRIP * 2.0,
            _ => ROUND_TRIP * f64::from(trips),
        }],
        entry: Entry::Unknown,
        phase: phase.filter(|_| engine == Engine::Firefox),
        probe,
    };
    if probe == Probe::Control {
        let outcome = readable(Some(Response { status: 200, headers: HeaderList::default() }), "");
        return seen(probe, outcome, 1, None);
    }
    let mut request = Request {
        origin: case.request.origin.clone(),
        url: case.request.url.clone(),
        method: "GET".to_owned(),
        headers: probe.headers(&case.request.headers),
        credentials: probe.credentials(),
        mode: if probe == Probe::NoCors { Mode::NoCors } else { Mode::Cors },
        redirect: if probe == Probe::ManualRedirect { Redirect::Manual } else { Redirect::Follow },
    };
    if probe == Probe::NullOrigin {
        request.origin = Origin::parse("null");
    }
    // only the call's own method with its own headers gets the call's answer
    let own = matches!(probe, Probe::AllHeaders(_));
    let (response, body) = if own && normalize_method(&case.request.method) == "GET" {
        (case.exchange.response.clone(), &case.body)
    } else {
        (case.open.clone(), &case.open_body)
    };
    if probe == Probe::RedirectAway {
        let leads = response.as_ref().and_then(|response| response.headers.get("location"));
        let outcome = if leads.is_some() { Outcome::Redirect } else { Outcome::Opaque };
        return seen(probe, outcome, 1, None);
    }
    let preflighted = request.needs_preflight(engine);
    let passes = !preflighted || preflight_passes(case, &request, engine);
    let phase = preflighted.then_some(if passes { Phase::Actual } else { Phase::Preflight });
    // what is left is the check of the answer
    let call = Request { headers: HeaderList::default(), ..request };
    let exchange = Exchange { response: response.clone(), ..case.exchange.clone() };
    let outcome = match rule(&call, &exchange, engine).end {
        _ if !passes => Outcome::Failed,
        End::Readable => readable(response, body),
        // Chromium follows redirects of no-cors requests too, and refuses a location with a user name
        End::Opaque if case.truth == "RedirectContainsCredentials" => Outcome::Failed,
        End::Opaque => Outcome::Opaque,
        End::OpaqueRedirect => Outcome::Redirect,
        End::Blocked => Outcome::Failed,
    };
    seen(probe, outcome, u8::from(preflighted) + u8::from(passes), phase)
}

/// Whether a probe's preflight passes: then a good answer does.
fn preflight_passes(case: &Case, request: &Request, engine: Engine) -> bool {
    let good = [("access-control-allow-origin", request.origin.as_str()), ("access-control-allow-credentials", "true")];
    let response = Response { status: 200, headers: good.into_iter().collect() };
    let exchange =
        Exchange { preflight: case.exchange.preflight.clone(), response: Some(response), ..Exchange::default() };
    rule(request, &exchange, engine).end == End::Readable
}

fn run(case: &Case, kind: Option<RouteKind>, engine: Engine) -> (Diagnosis, usize) {
    run_timed(case, kind, engine, Clock::Coarse)
}

fn gathered(case: &Case, failure: &Failure, engine: Engine, clock: Clock) -> Evidence {
    let mut evidence = Evidence::new(Page { engine, ..page() });
    if engine == Engine::Firefox && case.exchange.preflight.is_some() {
        // Firefox leaves the duration at 0 when the preflight failed
        let preflight = case.truth.starts_with("Preflight") || case.truth.contains("PreflightResponse");
        evidence.phase = Some(if preflight { Phase::Preflight } else { Phase::Actual });
    }
    while let Some(step) = next_step(failure, &evidence) {
        let probes = match step {
            Step::Together(probes) => probes,
            Step::Alone(probe) => vec![probe],
        };
        for probe in probes {
            evidence.add(observe(case, probe, engine, clock));
        }
    }
    evidence
}

fn run_timed(case: &Case, kind: Option<RouteKind>, engine: Engine, clock: Clock) -> (Diagnosis, usize) {
    let failure = failure_of(case, kind);
    let evidence = gathered(case, &failure, engine, clock);
    (diagnose(&failure, &evidence), evidence.requests())
}

/// The CorsError that the case table names, without its parameter.
fn truth(case: &Case) -> Option<&str> {
    case.truth.split('(').next().filter(|name| *name != "none")
}

fn failing() -> impl Iterator<Item = Case> {
    all().into_iter().filter(|case| case.truth != "passes")
}
