//! The server's side: the CORS check and what a preflight's answer must hold.

use super::engine::{Engine, Rule, Wildcard};
use super::error::{CorsError, Violation};
use super::gurl;
use super::list::{NotTokens, tokens};
use super::request::{Credentials, HeaderList, Request, is_safelisted_method, normalize_method, unsafe_header_names};
use super::url::Origin;

/// An answer, as far as CORS looks at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers, duplicates kept.
    pub headers: HeaderList,
}

/// "redirect status".
pub const fn is_redirect_status(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

impl Response {
    /// "redirect status", and a location to go to.
    pub fn location(&self) -> Option<&str> {
        // an empty one leads nowhere
        self.locations().find(|location| is_redirect_status(self.status) && !location.is_empty())
    }

    /// Whether the answer names two places. Chromium refuses it as it comes (http_stream_parser.cc).
    pub(super) fn has_two_locations(&self) -> bool {
        let mut locations = self.locations();
        let first = locations.next();
        locations.any(|location| Some(location) != first)
    }

    fn locations(&self) -> impl Iterator<Item = &str> {
        self.headers
            .0
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case("location"))
            .map(|(_, value)| value.trim_ascii())
    }
}

/// What the CORS check compares an answer with.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// The request's origin at this hop.
    pub origin: &'a Origin,
    /// The credentials mode of the real request (a preflight itself never carries any).
    pub credentials: Credentials,
    /// Whose check.
    pub engine: Engine,
}

impl Access<'_> {
    /// A header's value as the engine reads it.
    fn value(&self, headers: &HeaderList, name: &str) -> Option<String> {
        match self.engine {
            // nsHttpHeaderArray.cpp: an empty line is merged into the others
            Engine::Firefox => headers.filled(name).get(name).or_else(|| headers.get(name)),
            Engine::Chromium | Engine::WebKit | Engine::Spec => headers.get(name),
        }
    }
}

/// "CORS check". Empty when it passes; otherwise first what the browser reports, then what it would report next.
pub fn cors_check(access: Access<'_>, headers: &HeaderList) -> Vec<Violation> {
    check_origin(access, headers).into_iter().chain(check_credentials(access, headers)).collect()
}

/// "CORS check", steps 1 to 4.
fn check_origin(access: Access<'_>, headers: &HeaderList) -> Option<Violation> {
    // step 2: no header
    let Some(value) = access.value(headers, "access-control-allow-origin") else {
        return Some(Violation::bare(CorsError::MissingAllowOriginHeader));
    };
    let lines = headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("access-control-allow-origin")).count();
    // nsCORSListenerProxy.cpp counts the lines where credentials are at stake
    if access.engine == Engine::Firefox && access.credentials == Credentials::Include && lines > 1 {
        return Some(Violation::new(CorsError::MultipleAllowOriginValues, value));
    }
    if value == "*" {
        // step 3: a wildcard is enough unless credentials are included
        return (access.credentials == Credentials::Include)
            .then(|| Violation::bare(CorsError::WildcardOriginNotAllowed));
    }
    // step 4: byte-exact
    if value == access.origin.as_str() {
        return None;
    }
    // the standard stops here; Chromium tells the kinds of mismatch apart (cors.cc)
    let shown = shown(&value);
    let error = if value == "null" {
        CorsError::AllowOriginMismatch
    } else if value.contains([' ', ',']) {
        CorsError::MultipleAllowOriginValues
    } else if shown.as_deref().is_some_and(gurl::is_valid) {
        CorsError::AllowOriginMismatch
    } else {
        CorsError::InvalidAllowOriginValue
    };
    Some(Violation::new(error, shown.unwrap_or_default()))
}

/// A header's value as Chromium shows it: bytes, one a character, are read as UTF-8. What is none is not shown.
fn shown(value: &str) -> Option<String> {
    if value.is_ascii() {
        return Some(value.to_owned());
    }
    match value.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>() {
        Some(bytes) => String::from_utf8(bytes).ok(),
        // no bytes: somebody has read them already
        None => Some(value.to_owned()),
    }
}

/// "CORS check", steps 5 to 8: `true`, byte-exact, when credentials are included.
fn check_credentials(access: Access<'_>, headers: &HeaderList) -> Option<Violation> {
    if access.credentials != Credentials::Include {
        return None;
    }
    let value = access.value(headers, "access-control-allow-credentials").unwrap_or_default();
    (value != "true").then(|| Violation::new(CorsError::InvalidAllowCredentials, shown(&value).unwrap_or_default()))
}

/// "CORS-preflight fetch", step 7: every rule that the answer breaks, in the engine's order.
pub fn preflight_check(request: &Request, access: Access<'_>, answer: &Response) -> Vec<Violation> {
    let engine = access.engine;
    let redirected = answer.location().is_some();
    let methods = tokens(answer.headers.get("access-control-allow-methods").as_deref());
    let headers = tokens(answer.headers.get("access-control-allow-headers").as_deref());
    engine
        .preflight_order()
        .iter()
        .flat_map(|rule| match rule {
            Rule::Redirect if redirected => vec![Violation::bare(CorsError::PreflightDisallowedRedirect)],
            Rule::Redirect => vec![],
            Rule::Origin => of_preflight(check_origin(access, &answer.headers)),
            Rule::Credentials => of_preflight(check_credentials(access, &answer.headers)),
            // what a redirect says about methods and headers is void: the next answer counts
            _ if redirected => vec![],
            Rule::Status if (200..300).contains(&answer.status) => vec![],
            Rule::Status => vec![Violation::bare(CorsError::PreflightInvalidStatus)],
            Rule::MethodsSyntax => malformed(&methods, CorsError::InvalidAllowMethodsPreflightResponse),
            Rule::HeadersSyntax => malformed(&headers, CorsError::InvalidAllowHeadersPreflightResponse),
            Rule::Method => disallowed_method(request, access.credentials, methods.as_deref().unwrap_or_default()),
            Rule::Headers => {
                disallowed_headers(request, access.credentials, headers.as_deref().unwrap_or_default(), engine)
            }
        })
        .collect()
}

fn of_preflight(violation: Option<Violation>) -> Vec<Violation> {
    violation.into_iter().map(|found| Violation { error: found.error.of_preflight(), ..found }).collect()
}

fn malformed(list: &Result<Vec<String>, NotTokens>, error: CorsError) -> Vec<Violation> {
    list.as_ref().err().map(|_| Violation::bare(error)).into_iter().collect()
}

/// The method must be listed byte for byte, be safelisted, or be covered by `*`.
fn disallowed_method(request: &Request, credentials: Credentials, allowed: &[String]) -> Vec<Violation> {
    let method = normalize_method(&request.method);
    let listed = allowed.contains(&method)
        || is_safelisted_method(&method)
        || (credentials != Credentials::Include && allowed.iter().any(|name| name == "*"));
    if listed { vec![] } else { vec![Violation::new(CorsError::MethodDisallowedByPreflightResponse, method)] }
}

/// Every unsafe name must be listed, in any case, or be covered by `*`.
fn disallowed_headers(
    request: &Request,
    credentials: Credentials,
    allowed: &[String],
    engine: Engine,
) -> Vec<Violation> {
    let wildcard = credentials != Credentials::Include && allowed.iter().any(|name| name == "*");
    let covered = |name: &str| {
        let by_wildcard = wildcard && (name != "authorization" || engine.wildcard() == Wildcard::CoversAuthorization);
        by_wildcard || allowed.iter().any(|listed| listed.eq_ignore_ascii_case(name))
    };
    unsafe_header_names(&request.headers, engine)
        .into_iter()
        .filter(|name| !covered(name))
        .map(|name| Violation::new(CorsError::HeaderDisallowedByPreflightResponse, name))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cors::{Mode, Redirect};

    fn check(value: Option<&str>, acac: Option<&str>, credentials: Credentials) -> Vec<(CorsError, String)> {
        let origin = Origin::parse("https://app.test");
        let headers = [("Access-Control-Allow-Origin", value), ("access-control-allow-credentials", acac)]
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| (name, value)))
            .collect();
        cors_check(Access { origin: &origin, credentials, engine: Engine::Chromium }, &headers)
            .into_iter()
            .map(|violation| (violation.error, violation.parameter))
            .collect()
    }

    #[test]
    fn kinds_of_mismatch() {
        use CorsError::{
            AllowOriginMismatch, InvalidAllowOriginValue, MissingAllowOriginHeader, MultipleAllowOriginValues,
        };
        let omit = |value| check(value, None, Credentials::Omit);
        assert_eq!(omit(Some("*")), []);
        assert_eq!(omit(Some("https://app.test")), []);
        assert_eq!(omit(None), [(MissingAllowOriginHeader, String::new())]);
        for (value, error) in [
            ("https://app.test/", AllowOriginMismatch),
            ("HTTPS://app.test", AllowOriginMismatch),
            ("https:/app.test", AllowOriginMismatch),
            ("https://*.test", AllowOriginMismatch),
            ("null", AllowOriginMismatch),
            ("app.test", InvalidAllowOriginValue),
            ("'*'", InvalidAllowOriginValue),
            ("", InvalidAllowOriginValue),
            ("https://app.test, *", MultipleAllowOriginValues),
        ] {
            assert_eq!(omit(Some(value)), [(error, value.to_owned())], "{value}");
        }
    }

    #[test]
    fn credentials_need_true_and_an_exact_origin() {
        use CorsError::{InvalidAllowCredentials, WildcardOriginNotAllowed};
        let include = |value, acac| check(Some(value), acac, Credentials::Include);
        assert_eq!(include("https://app.test", Some("true")), []);
        assert_eq!(include("https://app.test", Some("True")), [(InvalidAllowCredentials, "True".to_owned())]);
        assert_eq!(include("*", Some("true")), [(WildcardOriginNotAllowed, String::new())]);
        assert_eq!(
            include("*", None),
            [(WildcardOriginNotAllowed, String::new()), (InvalidAllowCredentials, String::new())]
        );
    }

    fn preflight(method: &str, names: &[&str], answer: &[(&str, &str)], engine: Engine) -> Vec<String> {
        let request = Request {
            origin: Origin::parse("https://app.test"),
            url: "https://api.test/".into(),
            method: method.into(),
            headers: names.iter().map(|name| (*name, "x")).collect(),
            credentials: Credentials::Omit,
            mode: Mode::Cors,
            redirect: Redirect::Follow,
        };
        let access = Access { origin: &request.origin, credentials: request.credentials, engine };
        let answer = Response { status: 401, headers: answer.iter().copied().collect() };
        preflight_check(&request, access, &answer)
            .into_iter()
            .map(|found| format!("{}({})", found.error.name(), found.parameter))
            .collect()
    }

    #[test]
    fn every_violated_rule_is_named_in_the_engines_order() {
        let answer = [("access-control-allow-methods", "GET"), ("access-control-allow-headers", "a b")];
        let found = preflight("PUT", &["x-a", "authorization"], &answer, Engine::Chromium);
        assert_eq!(
            found,
            [
                "PreflightMissingAllowOriginHeader()",
                "PreflightInvalidStatus()",
                "InvalidAllowHeadersPreflightResponse()",
                "MethodDisallowedByPreflightResponse(PUT)",
                "HeaderDisallowedByPreflightResponse(authorization)",
                "HeaderDisallowedByPreflightResponse(x-a)",
            ]
        );
        let webkit = preflight("PUT", &[], &answer, Engine::WebKit);
        assert_eq!(webkit.first().map(String::as_str), Some("PreflightInvalidStatus()"));
    }

    #[test]
    fn only_the_standard_keeps_authorization_out_of_the_wildcard() {
        let answer = [("access-control-allow-origin", "*"), ("access-control-allow-headers", "*")];
        let chromium = preflight("GET", &["authorization"], &answer, Engine::Chromium);
        assert_eq!(chromium, ["PreflightInvalidStatus()"]);
        let spec = preflight("GET", &["authorization"], &answer, Engine::Spec);
        assert_eq!(spec, ["PreflightInvalidStatus()", "HeaderDisallowedByPreflightResponse(authorization)"]);
    }
}
