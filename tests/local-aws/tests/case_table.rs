//! The doors beside the case table, which was written before them and by others: a set-up's preflight and call get the
//! status, headers and body that the table tells of, and the browser stops where the table says.

#![cfg(test)]

mod support;

use support::Running;
use support::browser::{Answer, Outcome};

const TABLE: &str = include_str!("../../../src/cors/testdata/cases.txt");

/// A row of the table.
struct Case<'t> {
    id: &'t str,
    /// `Error`, `Error(parameter)` or `passes`.
    truth: &'t str,
    method: &'t str,
    header_names: Vec<&'t str>,
    preflight: Option<Said<'t>>,
    answer: Option<Said<'t>>,
    /// Where the answer redirects to, if that is followed.
    next: Option<Said<'t>>,
}

/// What the table says of an answer.
struct Said<'t> {
    status: u16,
    headers: Vec<(String, &'t str)>,
    body: &'t str,
}

fn cases() -> Vec<Case<'static>> {
    TABLE.split("\n\n").skip(1).map(Case::parse).collect()
}

impl<'t> Case<'t> {
    fn parse(block: &'t str) -> Self {
        let mut lines = block.trim().lines();
        let mut head = lines.next().unwrap().splitn(3, ' ');
        let (id, truth) = (head.next().unwrap(), head.nth(1).unwrap());
        let fields: Vec<(&str, &str)> = lines.map(|line| line.split_once(' ').unwrap()).collect();
        let field = |name: &str| fields.iter().find(|(n, _)| *n == name).map(|(_, value)| value.trim());
        let mut call = field("call").unwrap().split(' ');
        let method = call.next().unwrap();
        let header_names = call.filter(|word| !word.contains('=')).flat_map(|names| names.split(',')).collect();
        let said = |name: &str| field(name).filter(|text| !text.starts_with("reset")).map(Said::parse);
        Self {
            id,
            truth,
            method,
            header_names,
            preflight: said("preflight"),
            answer: said("answer"),
            next: said("next"),
        }
    }
}

impl<'t> Said<'t> {
    fn parse(text: &'t str) -> Self {
        let (head, body) = text.split_once("::").unwrap_or((text, ""));
        let (status, headers) = head.trim().split_once(' ').unwrap_or((head.trim(), ""));
        let headers = headers.split("; ").filter_map(|header| header.split_once(": "));
        let full = |name: &str| match name {
            "ACAO" => "access-control-allow-origin".to_owned(),
            "ACAC" => "access-control-allow-credentials".to_owned(),
            "ACAM" => "access-control-allow-methods".to_owned(),
            "ACAH" => "access-control-allow-headers".to_owned(),
            other => other.to_ascii_lowercase(),
        };
        let headers = headers.map(|(name, value)| (full(name), value.trim())).collect();
        Self { status: status.parse().unwrap(), headers, body: body.trim() }
    }

    fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| *v).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    fn assert_is(&self, answer: &Answer, page: &str, what: &str) {
        assert_eq!(answer.status, self.status, "{what}: {answer:?}");
        let software = |value: Option<String>| value.map(|value| value.split('/').next().unwrap().to_owned());
        let server = software(answer.header("server"));
        match software(self.header("server")) {
            // Not every row names it; that of CloudFront each does.
            None => assert_ne!(server.as_deref(), Some("CloudFront"), "{what}"),
            named => assert_eq!(server, named, "{what}"),
        }
        for name in ["x-amzn-errortype", "access-control-allow-credentials", "x-cache"] {
            let expected = match self.header(name) {
                // What CloudFront passes on with a status of 400 or more says so, too; some rows do not have it.
                Some(value) if name == "x-cache" && value.starts_with("Miss") && self.status >= 400 => {
                    Some("Error from cloudfront".to_owned())
                }
                None if name == "x-cache" => continue,
                other => other,
            };
            assert_eq!(answer.header(name), expected, "{what}: {name}");
        }
        assert_eq!(answer.header("location").is_some(), self.header("location").is_some(), "{what}: location");
        // Where `*` passes the page's own origin passes as well, and is the smaller permission.
        let allowed = self.header("access-control-allow-origin").map(|value| value.replace("$O", page));
        let is = answer.header("access-control-allow-origin");
        let smaller = allowed.as_deref() == Some("*") && is.as_deref() == Some(page);
        assert!(is == allowed || smaller, "{what}: {is:?}, not {allowed:?}");
        for part in telling_parts(self.body) {
            let body = answer.body.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(body.contains(part), "{what}: {part:?} is not in {body}");
        }
    }
}

/// What of a body does not depend on the account, the API or the moment.
fn telling_parts(body: &str) -> Vec<&str> {
    match body.split_once("</H2>") {
        Some((head, rest)) => {
            let heading = head.split_once("<H1>").unwrap().1.split_once("</H1>").unwrap().0;
            vec![heading, rest.split(['.', '<']).next().unwrap()]
        }
        // A message without its end and the names in it.
        None => body.split("arn:").take(1).map(|start| start.trim_end_matches(['"', '}'])).collect(),
    }
}

async fn compare(case: &Case<'_>, running: &Running, scenario: &serde_json::Value) {
    let id = case.id;
    let call = running.page_call(scenario, false).await;
    assert_eq!(call.method, case.method, "{id}");
    let names: Vec<String> = call.headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    for name in &case.header_names {
        assert!(names.iter().any(|own| own == name), "{id}: {name} is not among {names:?}");
    }
    let exchange = call.exchange(&running.client).await;
    assert_eq!(exchange.preflight.is_some(), case.preflight.is_some(), "{id}");
    let next = exchange.next.and_then(|next| next.response);
    for (said, answer, what) in [
        (&case.preflight, &exchange.preflight, "preflight"),
        (&case.answer, &exchange.response, "answer"),
        (&case.next, &next, "next"),
    ] {
        // What is behind a preflight that fails nobody sees.
        if let (Some(said), Some(answer)) = (said, answer) {
            said.assert_is(answer, &running.control, &format!("{id}, {what}"));
        }
    }
    let outcome = match exchange.outcome {
        Outcome::Readable { .. } => "passes".to_owned(),
        Outcome::Blocked { error, parameter } if parameter.is_empty() => error,
        Outcome::Blocked { error, parameter } => format!("{error}({parameter})"),
        Outcome::Lost => "none".to_owned(),
    };
    assert_eq!(outcome, case.truth.replace("$O", &running.control), "{id}");
}

/// Compares every row whose id begins with a letter; there are so many.
async fn compare_all(letter: char, rows: usize) {
    let running = Running::start().await;
    let outputs = running.outputs().await;
    let scenarios = outputs["scenarios"].as_array().unwrap();
    let mut compared = 0;
    for case in cases().iter().filter(|case| case.id.starts_with(letter)) {
        let scenario = scenarios.iter().find(|scenario| scenario["id"] == case.id);
        compare(case, &running, scenario.unwrap_or_else(|| panic!("{} is missing", case.id))).await;
        compared += 1;
    }
    assert_eq!(compared, rows, "rows that begin with {letter}");
}

#[tokio::test]
async fn http_apis() {
    compare_all('H', 18).await;
}

#[tokio::test]
async fn rest_apis() {
    compare_all('R', 36).await;
}

#[tokio::test]
async fn function_urls() {
    compare_all('L', 4).await;
}

#[tokio::test]
async fn cloudfront() {
    compare_all('C', 12).await;
}

#[tokio::test]
async fn redirects_and_connections() {
    compare_all('X', 6).await;
}

#[tokio::test]
async fn emulators() {
    compare_all('S', 3).await;
}
