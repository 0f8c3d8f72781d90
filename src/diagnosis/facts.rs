//! What a call says about itself, before anything is tried.

use super::evidence::Page;
use super::failure::{Auth, FailedRequest, FailedRoute, RouteKind};
use super::{EvidenceItem, RequestSummary};
use crate::cors::{Credentials, Origin, Request, Url, normalize_method, unsafe_header_names};

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
    /// The header names that findings speak of; all unsafe names where none is proven.
    pub missing: Vec<String>,
    /// The value that a finding speaks of.
    pub value: String,
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
        let crosses = url.as_ref().is_some_and(|url| url.origin() != call.origin);
        Self {
            preflighted: crosses && call.needs_preflight(page.engine),
            missing: unsafe_names.clone(),
            value: String::new(),
            url,
            request: call,
            auth: route.auth,
            given_kind: route.kind,
            unsafe_names,
            signed_as_another_host: route.sign_as.is_some(),
            page: page.clone(),
        }
    }

    pub fn includes_credentials(&self) -> bool {
        self.request.credentials == Credentials::Include
    }

    /// GET with the call's own headers and credentials would be the call itself.
    pub fn is_get(&self) -> bool {
        normalize_method(&self.request.method) == "GET"
    }

    fn host(&self) -> &str {
        self.url.as_ref().map_or("", |url| url.host.as_str())
    }

    /// What may stand behind the URL, with weights that sum to about 100.
    pub fn kinds(&self) -> Vec<(RouteKind, u32)> {
        use RouteKind::{Cloudfront, Custom, FunctionUrl, HttpApi, Localstack, RestApi, SamLocal};
        if let Some(kind) = self.given_kind {
            return match kind {
                Custom => vec![(HttpApi, 30), (RestApi, 30), (Cloudfront, 20), (FunctionUrl, 10), (Custom, 10)],
                kind => vec![(kind, 100)],
            };
        }
        let host = self.host();
        let loopback = self.url.as_ref().is_some_and(Url::is_loopback);
        // SigV4 is the way of REST APIs; few HTTP APIs use it
        let (http, rest) = if self.auth == Auth::Iam { (25, 75) } else { (55, 45) };
        if host.contains(".execute-api.") {
            vec![(HttpApi, http), (RestApi, rest)]
        } else if host.contains(".lambda-url.") {
            vec![(FunctionUrl, 100)]
        } else if host.ends_with(".cloudfront.net") {
            vec![(Cloudfront, 100)]
        } else if loopback && self.url.as_ref().and_then(|url| url.port) == Some(4566) {
            vec![(Localstack, 90), (SamLocal, 10)]
        } else if loopback {
            vec![(SamLocal, 60), (HttpApi, 15), (RestApi, 15), (Localstack, 5), (FunctionUrl, 5)]
        } else {
            vec![(HttpApi, http * 2 / 3), (RestApi, rest * 2 / 3), (Cloudfront, 25), (FunctionUrl, 8)]
        }
    }

    /// The likeliest of [`Facts::kinds`].
    pub fn kind(&self) -> RouteKind {
        self.kinds().into_iter().max_by_key(|(_, weight)| *weight).map_or(RouteKind::Custom, |(kind, _)| kind)
    }

    /// `{api}.execute-api.{region}.amazonaws.com` and `{id}.lambda-url.{region}.on.aws`.
    fn id_and_region(&self) -> (String, String) {
        let mut labels = self.host().split('.');
        match (labels.next(), labels.next(), labels.next()) {
            (Some(id), Some("execute-api" | "lambda-url"), Some(region)) => (id.to_owned(), region.to_owned()),
            _ => ("API_ID".to_owned(), "REGION".to_owned()),
        }
    }

    /// Puts this call's own values into a template.
    pub fn fill(&self, template: &str) -> String {
        let path = self.url.as_ref().map_or("/", Url::path);
        let (api_id, region) = self.id_and_region();
        let stage = match (self.host().contains(".execute-api."), path.split('/').nth(1)) {
            (true, Some(first)) if !first.is_empty() => first,
            _ => "STAGE",
        };
        let names =
            if self.unsafe_names.is_empty() { vec!["content-type".to_owned()] } else { self.unsafe_names.clone() };
        let method = normalize_method(&self.request.method);
        let upper = method.to_ascii_uppercase();
        let quoted =
            |quote: &str| names.iter().map(|name| format!("{quote}{name}{quote}")).collect::<Vec<_>>().join(", ");
        let arn_path = if stage == "STAGE" {
            path
        } else {
            path.strip_prefix('/').and_then(|p| p.strip_prefix(stage)).unwrap_or(path)
        };
        let api = self.url.as_ref().map(|url| url.origin().as_str().to_owned()).unwrap_or_default();
        // longer names first: $METHOD_UPPER before $METHOD, $API_ID before $API
        [
            ("$METHOD_UPPER", upper.clone()),
            ("$METHOD_SENT", self.request.method.clone()),
            ("$METHOD", upper.clone()),
            ("$HEADERS_CSV", names.join(",")),
            ("$HEADERS_LIST", names.join(", ")),
            ("$HEADERS_JSON", quoted("\"")),
            ("$HEADERS_TS", quoted("'")),
            ("$MISSING", self.missing.join(", ")),
            ("$API_ID", api_id.clone()),
            ("$API", api),
            ("$ARN", format!("arn:aws:execute-api:{region}:ACCOUNT_ID:{api_id}/{stage}/{upper}{arn_path}")),
            ("$REGION", region),
            ("$STAGE", stage.to_owned()),
            ("$HOST", self.host().to_owned()),
            ("$PATH", path.to_owned()),
            ("$ORIGIN", self.request.origin.as_str().to_owned()),
            ("$VALUE", self.value.clone()),
            ("$CREDENTIALS", "include".to_owned()),
        ]
        .into_iter()
        .fold(
            template.to_owned(),
            |text, (name, value)| {
                if text.contains(name) { text.replace(name, &value) } else { text }
            },
        )
    }

    pub fn summary(&self) -> RequestSummary {
        // a presigned query is a secret
        let url = match self.request.url.split_once('?') {
            Some((path, query)) if is_presigned(query) => path.to_owned(),
            _ => self.request.url.clone(),
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

/// Whether a query holds a SigV4 signature.
pub(super) fn is_presigned(query: &str) -> bool {
    query.split('&').any(|pair| pair.starts_with("X-Amz-Signature="))
}

impl EvidenceItem {
    pub(super) fn new(probe: impl Into<String>, outcome: &'static str, status: Option<u16>, text: String) -> Self {
        Self { probe: probe.into(), outcome, status, text }
    }
}
