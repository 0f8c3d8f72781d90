//! Application Load Balancers with Lambda functions as targets.

use serde::{Deserialize, Serialize};

use super::Aws;
use crate::cognito::random;
use crate::functions::Invocation;
use crate::glob::glob_matches;
use crate::message::{Request, Response};

/// A load balancer's listener.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LoadBalancer {
    /// The first whose path matches applies.
    pub rules: Vec<Rule>,
}

/// What becomes of the requests to a path.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Paths, with `*` and `?`.
    pub path_pattern: String,
    /// Who has to be signed in before the request goes on, if anybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticate_oidc: Option<AuthenticateOidc>,
    /// The function that requests are forwarded to.
    pub function: String,
}

/// The action `authenticate-oidc`. The model has no way to sign in, so nobody is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AuthenticateOidc {
    /// The door that is the authorization server.
    pub authorization_server: String,
    /// The client's id there.
    pub client_id: String,
    /// What becomes of requests without a session.
    #[serde(default)]
    pub on_unauthenticated_request: OnUnauthenticatedRequest,
}

/// What becomes of requests without a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnUnauthenticatedRequest {
    /// They are sent to the login page.
    #[default]
    Authenticate,
    /// They are refused.
    Deny,
    /// They go on, and the target decides.
    Allow,
}

/// The principal of load balancers.
const LOAD_BALANCER: &str = "elasticloadbalancing.amazonaws.com";

/// Answers a request.
pub fn answer(balancer: &LoadBalancer, aws: Aws<'_>, request: &Request) -> Response {
    let Some(rule) = balancer.rules.iter().find(|rule| glob_matches(&rule.path_pattern, &request.path)) else {
        return error(404, "Not Found");
    };
    match &rule.authenticate_oidc {
        Some(oidc) => match oidc.on_unauthenticated_request {
            OnUnauthenticatedRequest::Authenticate => to_login_page(oidc, aws, request),
            OnUnauthenticatedRequest::Deny => error(401, "Authorization Required"),
            OnUnauthenticatedRequest::Allow => forward(&rule.function, aws, request),
        },
        None => forward(&rule.function, aws, request),
    }
}

/// The authorization request of OpenID Connect Core, section 3.1.2.1. CORS is no concern of the load balancer's.
fn to_login_page(oidc: &AuthenticateOidc, aws: Aws<'_>, request: &Request) -> Response {
    let Some(authority) = aws.authorities.get(&oidc.authorization_server) else {
        return error(500, "Internal Server Error");
    };
    let host = request.headers.get("host").unwrap_or_default();
    let location = format!(
        "http://{authority}/oauth2/authorize?client_id={}&redirect_uri=http%3A%2F%2F{host}%2Foauth2%2Fidpresponse&\
         response_type=code&scope=openid&state={}",
        oidc.client_id,
        random::base32_upper(26),
    );
    Response::empty(302).header("location", location).header("server", "awselb/2.0")
}

fn forward(function: &str, aws: Aws<'_>, request: &Request) -> Response {
    let function = aws.function(function).filter(|f| f.allows("lambda:InvokeFunction", LOAD_BALANCER));
    let answered = function.and_then(|function| function.invoke(request, &Invocation::default()).ok());
    answered.unwrap_or_else(|| error(502, "Bad Gateway"))
}

fn error(status: u16, reason: &str) -> Response {
    let title = format!("{status} {reason}");
    let page = format!(
        "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    );
    Response::with_body(status, "text/html", page).header("server", "awselb/2.0")
}
