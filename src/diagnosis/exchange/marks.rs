//! What an answer's raw headers and body say about who gave it.

use super::causes::Suspects;
use crate::diagnosis::answer::{is_cloudfront_page, is_message};
use crate::diagnosis::code::Code;
use crate::diagnosis::facts::Facts;
use crate::diagnosis::failure::RouteKind;
use crate::diagnosis::words::says;
use crate::diagnosis::{Answered, Verdict};

/// What CloudFront says that it did (`x-cache`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cache {
    /// It answered from its cache.
    Hit,
    /// The answer is, or was, an error.
    Error,
    /// Anything else, or no CloudFront.
    Other,
}

/// The marks of one answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks<'a>(pub &'a Answered);

impl Marks<'_> {
    /// A header's values, in lower case; empty where there is none.
    fn header(self, name: &str) -> String {
        self.0.headers.get(name).unwrap_or_default().to_ascii_lowercase()
    }

    fn has(self, name: &str) -> bool {
        self.0.headers.contains(name)
    }

    pub fn body_says(self, words: &str) -> bool {
        says(&self.0.body, words)
    }

    pub fn is_ok(self) -> bool {
        (200..300).contains(&self.0.status)
    }

    pub fn is_error(self) -> bool {
        self.0.status >= 400
    }

    /// A CloudFront stands between.
    pub fn came_through_cloudfront(self) -> bool {
        says(&self.header("x-cache"), "cloudfront")
            || says(&self.header("via"), "cloudfront")
            || self.has("x-amz-cf-id")
            || self.header("server") == "cloudfront"
    }

    /// CloudFront's own HTML.
    pub fn is_cloudfront_page(self) -> bool {
        is_cloudfront_page(&self.0.body)
            || (self.is_error() && self.header("server") == "cloudfront" && says(&self.header("content-type"), "html"))
    }

    pub fn cache(self) -> Cache {
        let said = self.header("x-cache");
        match () {
            () if says(&said, "hit from cloudfront") => Cache::Hit,
            () if says(&said, "error from cloudfront") => Cache::Error,
            () => Cache::Other,
        }
    }

    /// The exception without its namespace.
    fn exception(self) -> String {
        self.header("x-amzn-errortype")
    }

    /// REST API: no method matches, or the call is unsigned.
    pub fn is_missing_token(self) -> bool {
        self.0.status == 403
            && (self.body_says("Missing Authentication Token")
                || self.exception().starts_with("missingauthenticationtoken"))
    }

    /// REST API: no method matches; a Bearer token at such a path is read as a signature that is none.
    pub fn has_no_method(self) -> bool {
        let misread = self.body_says("Invalid key=value pair") || self.body_says("Authorization header requires");
        self.is_missing_token() || self.0.status == 403 && misread
    }

    /// `{"message":"Forbidden"}`, which gives no reason.
    pub fn is_plain_forbidden(self) -> bool {
        self.0.status == 403 && is_message(&self.0.body, "Forbidden")
    }

    /// A function URL's refusal.
    pub fn is_lambda_forbidden(self) -> bool {
        self.0.status == 403 && self.body_says("{\"Message\":\"Forbidden")
    }

    /// API Gateway or Lambda itself wrote this error.
    pub fn is_made_by_aws(self) -> bool {
        let body = &self.0.body;
        self.has("x-amzn-errortype")
            || [
                "Forbidden",
                "Unauthorized",
                "Not Found",
                "Internal Server Error",
                "Internal server error",
                "Service Unavailable",
                "Too Many Requests",
                "Limit Exceeded",
                "Endpoint request timed out",
                "Missing Authentication Token",
                "The incoming token has expired",
                "Unsupported Media Type",
                "Request Too Long",
            ]
            .iter()
            .any(|words| is_message(body, words))
            || self.body_says("is not authorized to perform: execute-api:Invoke")
            || self.body_says("User is not authorized to access this resource")
    }

    /// The front door that signs its answers with a header of its own.
    fn signature(self) -> Option<RouteKind> {
        let server = self.header("server");
        match () {
            () if says(&server, "werkzeug") => Some(RouteKind::SamLocal),
            () if says(&server, "localstack") => Some(RouteKind::Localstack),
            () if self.has("apigw-requestid") => Some(RouteKind::HttpApi),
            () if self.has("x-amz-apigw-id") => Some(RouteKind::RestApi),
            () => None,
        }
    }

    /// The front door that talks like that. Others may.
    fn wording(self) -> Option<RouteKind> {
        if self.is_lambda_forbidden() {
            return Some(RouteKind::FunctionUrl);
        }
        if self.has("x-amzn-errortype") || self.is_missing_token() || self.is_message("Internal server error") {
            return Some(RouteKind::RestApi);
        }
        // every service of AWS numbers its requests so; a gateway says its own name beside
        if self.has("x-amzn-requestid") {
            return Some(RouteKind::FunctionUrl);
        }
        let challenge = self.header("www-authenticate").starts_with("bearer");
        let by_jwt = self.0.status == 401 && challenge && self.is_message("Unauthorized");
        (by_jwt || self.is_message("Not Found") || self.is_message("Internal Server Error"))
            .then_some(RouteKind::HttpApi)
    }

    fn is_message(self, words: &str) -> bool {
        is_message(&self.0.body, words)
    }
}

/// What stands behind a URL, from all its answers, the app's hint and the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Doors {
    /// What finally answers.
    pub behind: Option<RouteKind>,
    /// How that is known.
    proof: Proof,
    /// Whether a CloudFront distribution of the app's own stands before it.
    pub distribution: Distribution,
}

/// Whether a CloudFront distribution of the app's own stands before the API. (Edge-optimized APIs bring one along.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Distribution {
    InFront,
    None,
}

/// How the front door is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// By a header of its own, the app's word or the host.
    Named,
    /// By nothing, or words that any server may use.
    Guessed,
}

impl Doors {
    pub fn of(facts: &Facts, answers: &[&Answered]) -> Self {
        let opaque = |kind: &RouteKind| matches!(kind, RouteKind::Cloudfront | RouteKind::Custom);
        let named = answers
            .iter()
            .find_map(|answered| Marks(answered).signature())
            .or(facts.given_kind.filter(|kind| !opaque(kind)))
            .or_else(|| facts.is_function_url().then_some(RouteKind::FunctionUrl));
        let behind = named
            .or_else(|| answers.iter().find_map(|answered| Marks(answered).wording()))
            .or_else(|| Some(facts.kind()).filter(|kind| *kind == RouteKind::Localstack));
        let proof = if named.is_some() { Proof::Named } else { Proof::Guessed };
        let seen = || answers.iter().any(|answered| Marks(answered).came_through_cloudfront());
        let own = match facts.given_kind {
            Some(RouteKind::Cloudfront) => true,
            Some(RouteKind::Custom) => seen(),
            Some(_) => false,
            None => seen() && !facts.is_execute_api(),
        };
        Self { behind, proof, distribution: if own { Distribution::InFront } else { Distribution::None } }
    }

    pub fn has_distribution(self) -> bool {
        self.distribution == Distribution::InFront
    }

    /// What rests on what is behind is no more certain than that.
    pub fn judge(self, (verdict, codes): Suspects) -> Suspects {
        match (verdict, self.proof) {
            (Verdict::Certain, Proof::Guessed) => (Verdict::Likely, codes),
            (verdict, _) => (verdict, codes),
        }
    }

    /// Whose settings mend what a code names.
    pub fn to_mend(self, code: Code) -> Option<RouteKind> {
        match self.behind {
            Some(_) if code == Code::DuplicateAllowOrigin && self.has_distribution() => Some(RouteKind::Cloudfront),
            None if self.has_distribution() => Some(RouteKind::Cloudfront),
            behind => behind,
        }
    }
}
