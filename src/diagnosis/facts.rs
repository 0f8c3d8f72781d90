//! What a call says about itself, before anything is tried.

use super::canonical::Difference;
use super::evidence::Page;
use super::failure::{Auth, Body, FailedRequest, FailedRoute, Failure, RouteKind};
use super::fix::FixId;
use super::words::{digits, joined, listed, says};
use super::{EvidenceItem, RequestSummary};
use crate::cors::{AddressSpace, Credentials, Origin, Request, Url, normalize_method, unsafe_header_names};
use crate::text::{before, cut, next, parts, split_before};

/// A call in the form that theories and texts use.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    pub url: Option<Url>,
    pub request: Request,
    pub auth: Auth,
    pub given_kind: Option<RouteKind>,
    /// Names that need the server's permission.
    pub unsafe_names: Vec<String>,
    pub preflighted: bool,
    pub signed_as_another_host: bool,
    pub page: Page,
    pub body: Body,
    pub target_space: Option<AddressSpace>,
    /// The header names that findings speak of; all unsafe names where none is proven.
    pub missing: Vec<String>,
    /// The origin that a redirect leads to.
    pub leads_to: Option<String>,
    /// What an answer told, by the names of placeholders, looked at already.
    pub told: Vec<(&'static str, String)>,
    /// Where the request that was signed and the one that arrived differ.
    pub difference: Option<Difference>,
    /// What an answer shows to stand behind the URL.
    pub door: Option<RouteKind>,
    /// What would not help, as the answer shows.
    pub useless: Vec<FixId>,
    /// The names to allow. A list must not be empty, so there is a common one where the call has none.
    allowed: Vec<String>,
}

impl Facts {
    pub fn new(request: &FailedRequest, route: &FailedRoute, page: &Page) -> Self {
        let call = Request {
            origin: Origin::parse(&page.origin),
            url: request.url.clone(),
            method: request.method.clone(),
            headers: request.headers.clone(),
            credentials: request.credentials,
            mode: request.mode,
            redirect: request.redirect,
        };
        let url = Url::parse(&call.url);
        let unsafe_names = unsafe_header_names(&call.headers, page.engine);
        Self {
            preflighted: call.crosses_origins() && call.needs_preflight(page.engine),
            missing: unsafe_names.clone(),
            allowed: match unsafe_names.as_slice() {
                [] => vec!["content-type".to_owned()],
                names => names.iter().map(|name| plain_or(name, "HEADER_NAME").to_owned()).collect(),
            },
            told: Vec::new(),
            difference: None,
            door: None,
            useless: Vec::new(),
            leads_to: None,
            url,
            request: call,
            auth: route.auth,
            given_kind: route.kind,
            unsafe_names,
            signed_as_another_host: route.sign_as.is_some(),
            page: page.clone(),
            body: Body::Plain,
            target_space: None,
        }
    }

    /// A failed call.
    pub fn of(failure: &Failure, page: &Page) -> Self {
        Self {
            body: failure.body,
            target_space: failure.target_space,
            ..Self::new(&failure.request, &failure.route, page)
        }
    }

    pub fn includes_credentials(&self) -> bool {
        self.request.credentials == Credentials::Include
    }

    /// The credentials mode as it counts for another origin.
    pub fn credentials(&self) -> Credentials {
        if self.includes_credentials() { Credentials::Include } else { Credentials::Omit }
    }

    /// GET with the call's own headers and credentials would be the call itself.
    pub fn is_get(&self) -> bool {
        normalize_method(&self.request.method) == "GET"
    }

    pub fn host(&self) -> &str {
        self.url.as_ref().map_or("", |url| url.host.as_str())
    }

    /// What may stand behind the URL, the likeliest first, with weights that sum to about 100.
    pub fn kinds(&self) -> &'static [(RouteKind, u8)] {
        use RouteKind::{Cloudfront, Custom, FunctionUrl, HttpApi, Localstack, RestApi, SamLocal};
        let host = self.host();
        let loopback = self.url.as_ref().is_some_and(Url::is_loopback);
        // SigV4 is the way of REST APIs; few HTTP APIs use it
        let iam = self.auth == Auth::Iam;
        match self.given_kind {
            Some(HttpApi) => &[(HttpApi, 100)],
            Some(RestApi) => &[(RestApi, 100)],
            Some(FunctionUrl) => &[(FunctionUrl, 100)],
            Some(Cloudfront) => &[(Cloudfront, 100)],
            Some(SamLocal) => &[(SamLocal, 100)],
            Some(Localstack) => &[(Localstack, 100)],
            Some(Custom) => &[(RestApi, 30), (HttpApi, 30), (Cloudfront, 20), (FunctionUrl, 10), (Custom, 10)],
            None if self.is_execute_api() && iam => &[(RestApi, 75), (HttpApi, 25)],
            None if self.is_execute_api() => &[(HttpApi, 55), (RestApi, 45)],
            None if self.is_function_url() => &[(FunctionUrl, 100)],
            None if host.ends_with(".cloudfront.net") => &[(Cloudfront, 100)],
            None if loopback && self.port() == Some("4566") => &[(Localstack, 90), (SamLocal, 10)],
            None if loopback => &[(SamLocal, 60), (HttpApi, 15), (RestApi, 15), (Localstack, 5), (FunctionUrl, 5)],
            None if iam => &[(RestApi, 50), (Cloudfront, 25), (HttpApi, 16), (FunctionUrl, 8)],
            None => &[(HttpApi, 36), (RestApi, 30), (Cloudfront, 25), (FunctionUrl, 8)],
        }
    }

    /// Lambda's own host.
    pub fn is_function_url(&self) -> bool {
        says(self.host(), ".lambda-url.")
    }

    /// API Gateway's own host.
    pub fn is_execute_api(&self) -> bool {
        says(self.host(), ".execute-api.")
    }

    /// The likeliest of [`Facts::kinds`].
    pub fn kind(&self) -> RouteKind {
        self.kinds().first().map_or(RouteKind::Custom, |(kind, _)| *kind)
    }

    fn port(&self) -> Option<&str> {
        self.url.as_ref().and_then(|url| url.port.as_deref())
    }

    /// `{api}.execute-api.{region}.amazonaws.com` and `{id}.lambda-url.{region}.on.aws`.
    fn id_and_region(&self) -> (&str, &str) {
        let mut rest = Some(self.host());
        let mut label = || next(&mut rest, |b| b == b'.');
        match (label(), label(), label()) {
            (Some(id), Some("execute-api" | "lambda-url"), Some(region)) => (id, region),
            _ => ("API_ID", "REGION"),
        }
    }

    /// The region that the host names.
    pub fn region(&self) -> &str {
        self.id_and_region().1
    }

    /// The front door to mend: the one that answered, or the likeliest where no answer tells.
    pub fn door(&self) -> RouteKind {
        self.door.unwrap_or_else(|| self.kind())
    }

    /// Puts this call's own values into a template: `$NAME` stands for a value, any other `$` for itself. Lines to paste are made so: what
    /// a shell, YAML, HCL or TypeScript could read as more than a word stays a placeholder.
    pub fn fill(&self, template: &str) -> String {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((text, after)) = cut(rest, |b| b == b'$') {
            let (name, after) = split_before(after, |b| !b.is_ascii_uppercase() && b != b'_');
            filled.push_str(text);
            let told = self.told.iter().find(|(told, _)| *told == name);
            match told.map(|(_, value)| value.clone()).or_else(|| self.value_of(name)) {
                Some(value) if told.is_some() => filled.push_str(&value),
                // lists are made of such words, or for people only; two are ours
                Some(value) if name.starts_with("HEADERS_") || matches!(name, "MISSING" | "POLICY" | "SIGN_AS") => {
                    filled.push_str(&value);
                }
                Some(value) => filled.push_str(plain_or(&value, name)),
                None => {
                    filled.push('$');
                    filled.push_str(name);
                }
            }
            rest = after;
        }
        filled.push_str(rest);
        filled
    }

    fn value_of(&self, name: &str) -> Option<String> {
        Some(match name {
            "ORIGIN" => self.request.origin.as_str().to_owned(),
            "METHOD" => normalize_method(&self.request.method).to_ascii_uppercase(),
            "METHOD_SENT" => self.request.method.clone(),
            "HEADERS_CSV" => listed(&self.allowed, "", ","),
            "HEADERS_LIST" => listed(&self.allowed, "", ", "),
            "HEADERS_JSON" => listed(&self.allowed, "\"", ", "),
            "HEADERS_COUNT" => {
                let count = digits(u16::try_from(self.allowed.len()).unwrap_or(u16::MAX));
                split_before(&count, |b| b != b'0').1.to_owned()
            }
            "HEADERS_TS" => listed(&self.allowed, "'", ", "),
            "MISSING" => listed(&self.missing, "", ", "),
            "API" => self.url.as_ref().map(|url| url.origin().as_str().to_owned()).unwrap_or_default(),
            "API_ID" => self.id_and_region().0.to_owned(),
            "REGION" => self.id_and_region().1.to_owned(),
            "STAGE" => self.stage().to_owned(),
            "HOST" => match self.port() {
                Some(port) => joined(&[self.host(), ":", port]),
                None => self.host().to_owned(),
            },
            "PATH" => self.path().to_owned(),
            "FINAL" => match &self.leads_to {
                Some(origin) => origin.clone(),
                None => joined(&["https://", self.host()]),
            },
            "AUTH" => self.auth.as_str().to_owned(),
            "ARN" => self.arn(),
            "ACTION" => "execute-api:Invoke".to_owned(),
            "SERVICE" => if self.is_function_url() { "lambda" } else { "execute-api" }.to_owned(),
            "ROLE" => name.to_owned(),
            "SIGN_AS" => "'https://API_ID.execute-api.REGION.amazonaws.com'".to_owned(),
            "POLICY" => "IAM policy".to_owned(),
            _ => return None,
        })
    }

    pub fn path(&self) -> &str {
        self.url.as_ref().map_or("/", Url::path)
    }

    /// On an execute-api host the path begins with the stage.
    fn stage(&self) -> &str {
        match before(self.path().strip_prefix("/").unwrap_or_default(), |b| b == b'/') {
            first if !first.is_empty() && self.is_execute_api() => first,
            _ => "STAGE",
        }
    }

    fn arn(&self) -> String {
        let (api, region) = self.id_and_region();
        let stage = self.stage();
        let path = self.path().strip_prefix("/").unwrap_or_default();
        let path = path.strip_prefix(stage).and_then(|rest| rest.strip_prefix("/")).unwrap_or(path);
        let method = normalize_method(&self.request.method).to_ascii_uppercase();
        joined(&["arn:aws:execute-api:", region, ":ACCOUNT_ID:", api, "/", stage, "/", &method, "/", path])
    }

    /// Whether the signature is in the URL.
    pub fn is_presigned(&self) -> bool {
        is_presigned(&self.request.url)
    }

    /// Whether a gateway may name the call so: it knows its own id, and not always how the path began.
    pub fn may_be_at(&self, api: &str, path: &str) -> bool {
        let known = self.id_and_region().0;
        let before = self.path().strip_suffix(path);
        (known == api || !self.is_execute_api()) && before.is_some_and(|before| before.ends_with("/"))
    }

    pub fn summary(&self) -> RequestSummary {
        // the password, the query and the fragment may each be a key to the door
        let url = match self.url.as_ref().filter(|url| url.is_http()) {
            Some(url) => joined(&[url.origin().as_str(), url.path()]),
            None => before(&self.request.url, |b| matches!(b, b'?' | b'#')).to_owned(),
        };
        RequestSummary {
            url,
            method: self.request.method.clone(),
            header_names: self.request.headers.names(),
            credentials: self.request.credentials,
            origin: self.request.origin.as_str().to_owned(),
            preflighted: self.preflighted,
        }
    }
}

/// Whether a URL's query holds a SigV4 signature.
pub(super) fn is_presigned(url: &str) -> bool {
    cut(url, |b| b == b'?')
        .is_some_and(|(_, query)| parts(query, |b| b == b'&').any(|pair| pair.starts_with("X-Amz-Signature=")))
}

impl EvidenceItem {
    pub(super) fn new(probe: impl Into<String>, outcome: &'static str, status: Option<u16>, text: String) -> Self {
        Self { probe: probe.into(), outcome, status, text }
    }
}

/// Whether no tool reads anything into a text: letters, digits, and what origins, paths and ARNs are made of.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b'[' | b']' | b'%'))
}

fn plain_or<'a>(text: &'a str, placeholder: &'a str) -> &'a str {
    if is_plain(text) { text } else { placeholder }
}

#[cfg(test)]
mod tests {
    use super::super::evidence::Phase;
    use super::super::failure::{FailedRoute, Locale, Probes};
    use super::super::{Code, fix};
    use super::*;
    use crate::cors::{Engine, Mode, Redirect};
    use crate::diagnosis::evidence::{Context, Isolation};

    fn facts(url: &str, method: &str, header: &str) -> Facts {
        let request = FailedRequest {
            url: url.to_owned(),
            method: method.to_owned(),
            headers: [(header, "x")].into_iter().collect(),
            credentials: Credentials::Omit,
            mode: Mode::Cors,
            redirect: Redirect::Follow,
        };
        let route =
            FailedRoute { pattern: String::new(), auth: Auth::None, kind: None, probes: Probes::Off, sign_as: None };
        let page = Page {
            origin: "https://a.test`id`".to_owned(),
            context: Context::Secure,
            isolation: Isolation::Open,
            engine: Engine::Chromium,
        };
        Facts::new(&request, &route, &page)
    }

    #[test]
    fn nothing_of_a_call_breaks_out_of_the_lines_to_paste() {
        let mut filled = 0;
        for evil in ["$(id)", "`id`", "';id", "${IFS}"] {
            let host = evil.replace(['`', '{', '}'], "");
            let url = format!("https://{host}.execute-api.us-east-1.amazonaws.com/{evil}/items");
            let header = format!("x-'{evil}");
            let facts = facts(&url, &format!("GET{evil}"), &header);
            let kinds = [RouteKind::HttpApi, RouteKind::RestApi, RouteKind::FunctionUrl, RouteKind::Cloudfront];
            for (code, kind) in Code::ALL.iter().flat_map(|code| kinds.map(|kind| (code, kind))) {
                for fix in fix::fill(code.fixes(), &facts, kind, Phase::Preflight, Locale::En) {
                    for part in ["$(id)", "`id`", "';id", "{IFS}", "x-'"] {
                        assert!(!fix.text.contains(part), "{}: {part} in {}", code.name(), fix.text);
                    }
                    filled += 1;
                }
            }
        }
        assert!(filled > 100);
        let plain = facts("https://abc.execute-api.us-east-1.amazonaws.com/prod/items", "GET", "x-a");
        assert_eq!(plain.fill("$STAGE $API_ID $PATH $HEADERS_JSON"), "prod abc /prod/items \"x-a\"");
    }
}
