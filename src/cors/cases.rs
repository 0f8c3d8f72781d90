//! The case table for tests: one broken set-up of an AWS front door each, with what Chromium said to it.

use super::{Credentials, Exchange, HeaderList, Mode, Origin, Redirect, Request, Response};

pub(crate) const PAGE: &str = "https://app.test";

/// One row of `testdata/cases.txt`.
#[derive(Debug)]
pub(crate) struct Case {
    pub id: String,
    pub kind: String,
    /// `Error`, `Error(parameter)`, `passes`, or `none` for a network failure.
    pub truth: String,
    pub request: Request,
    pub exchange: Exchange,
    /// The body of `exchange.preflight`.
    pub preflight_body: String,
    /// How a GET without the app's headers is answered.
    pub open: Option<Response>,
    /// The body of `exchange.response`.
    pub body: String,
    /// The body of `open`.
    pub open_body: String,
}

pub(crate) fn all() -> Vec<Case> {
    include_str!("testdata/cases.txt").split("\n\n").skip(1).map(case).collect()
}

pub(crate) fn by_id(id: &str) -> Case {
    all().into_iter().find(|case| case.id == id).unwrap()
}

fn case(block: &str) -> Case {
    let mut lines = block.trim().lines();
    let head: Vec<&str> = lines.next().unwrap().splitn(3, ' ').collect();
    let fields: Vec<(&str, &str)> =
        lines.map(|line| line.split_once(' ').unwrap()).map(|(name, value)| (name, value.trim())).collect();
    let field = |name: &str| fields.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
    let (response, body) = field("answer").map_or((None, ""), answer);
    let (open, open_body) = field("open").map_or((response.clone(), body), answer);
    let next = field("next").map(|text| {
        let (response, _) = answer(text);
        Box::new(Exchange { response, ..Exchange::default() })
    });
    Case {
        id: head[0].to_owned(),
        kind: head[1].to_owned(),
        truth: head[2].replace("$O", PAGE),
        request: request(field("call").unwrap()),
        preflight_body: field("preflight").map_or("", |text| answer(text).1).to_owned(),
        exchange: Exchange { preflight: field("preflight").and_then(|text| answer(text).0), response, next },
        open,
        body: body.to_owned(),
        open_body: open_body.to_owned(),
    }
}

fn request(text: &str) -> Request {
    let mut words = text.split(' ');
    let mut request = Request::get(Origin::parse(PAGE), "https://api.test/x");
    request.method = words.next().unwrap().to_owned();
    for word in words {
        match word {
            "cred=include" => request.credentials = Credentials::Include,
            "mode=same-origin" => request.mode = Mode::SameOrigin,
            "mode=no-cors" => request.mode = Mode::NoCors,
            "redirect=manual" => request.redirect = Redirect::Manual,
            names => request.headers = names.split(',').map(|name| (name, value_of(name))).collect(),
        }
    }
    request
}

fn value_of(name: &str) -> &'static str {
    match name {
        "authorization" => "Bearer eyJ0.eyJ1.c2ln",
        "content-type" => "application/json",
        _ => "x",
    }
}

/// `status name: value; name: value :: body`, or `reset` where the connection was lost.
fn answer(text: &str) -> (Option<Response>, &str) {
    let (head, body) = text.split_once(" :: ").unwrap_or((text, ""));
    let (status, headers) = head.split_once(' ').unwrap_or((head, ""));
    let Ok(status) = status.parse() else { return (None, "") };
    let headers: HeaderList = headers
        .split("; ")
        .filter(|text| !text.is_empty())
        .map(|text| text.split_once(": ").unwrap())
        .map(|(name, value)| (long_name(name), value.replace("$O", PAGE)))
        .collect();
    (Some(Response { status, headers }), body)
}

fn long_name(name: &str) -> &str {
    match name {
        "ACAO" => "access-control-allow-origin",
        "ACAC" => "access-control-allow-credentials",
        "ACAM" => "access-control-allow-methods",
        "ACAH" => "access-control-allow-headers",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CorsError, End, Engine, rule};
    use super::*;

    #[test]
    fn every_case_is_ruled_as_chromium_ruled_it() {
        let cases = all();
        assert_eq!(cases.len(), 79);
        for case in cases {
            let ruling = rule(&case.request, &case.exchange, Engine::Chromium);
            let said = match (&ruling.end, &ruling.reported) {
                (End::Blocked, Some(found)) if found.parameter.is_empty() => found.error.name().to_owned(),
                (End::Blocked, Some(found)) => format!("{}({})", found.error.name(), found.parameter),
                (End::Blocked, None) => "none".to_owned(),
                _ => "passes".to_owned(),
            };
            assert_eq!(said, case.truth, "{}", case.id);
        }
    }

    #[test]
    fn all_faults_are_named_at_once() {
        let case = by_id("R25");
        let ruling = rule(&case.request, &case.exchange, Engine::Chromium);
        let errors: Vec<CorsError> = ruling.violations.iter().map(|found| found.error).collect();
        assert_eq!(
            errors,
            [
                CorsError::PreflightWildcardOriginNotAllowed,
                CorsError::PreflightInvalidAllowCredentials,
                CorsError::HeaderDisallowedByPreflightResponse,
                CorsError::InvalidAllowCredentials,
            ]
        );
    }

    #[test]
    fn a_second_cross_origin_hop_comes_from_null() {
        let mut case = by_id("X02");
        let allow = |value: &str| {
            let headers = [("access-control-allow-origin", value)].into_iter().collect();
            Some(Box::new(Exchange { response: Some(Response { status: 200, headers }), ..Exchange::default() }))
        };
        case.exchange.next = allow(PAGE);
        let ruling = rule(&case.request, &case.exchange, Engine::Chromium);
        assert_eq!(ruling.reported.unwrap().error, CorsError::AllowOriginMismatch);
        case.exchange.next = allow("null");
        assert_eq!(rule(&case.request, &case.exchange, Engine::Chromium).end, End::Readable);
    }

    #[test]
    fn the_pages_own_origin_needs_no_cors() {
        let exchange = Exchange {
            response: Some(Response { status: 500, headers: HeaderList::default() }),
            ..Exchange::default()
        };
        let request = Request::get(Origin::parse(PAGE), format!("{PAGE}/x"));
        assert_eq!(rule(&request, &exchange, Engine::Chromium).end, End::Readable);
    }
}
