//! Lambda function URLs.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Aws, identity_of, request_id};
use crate::functions::{Invocation, InvocationError};
use crate::iam::Decision;
use crate::message::{Headers, Request, Response};
use crate::sigv4::{self, Service, SignatureError};

/// As long as a function may run.
const TIMEOUT_MILLIS: u32 = 15 * 60 * 1_000;

/// A function URL.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FunctionUrl {
    /// The function.
    pub function: String,
    /// Who may call it.
    #[serde(default)]
    pub auth_type: AuthType,
    /// CORS, if Lambda was told about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors: Option<UrlCors>,
}

/// Who may call a function URL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthType {
    /// Everybody whom the function's resource policy lets.
    #[default]
    None,
    /// Who signs the request and is allowed to invoke the function through its URL.
    AwsIam,
}

/// What Lambda itself says about CORS. It answers preflights; to every other response it adds its headers, whatever
/// the function has added already.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UrlCors {
    /// Origins, or `*`.
    #[serde(default)]
    pub allow_origins: Vec<String>,
    /// Methods, or `*`. Lambda takes no OPTIONS here.
    #[serde(default)]
    pub allow_methods: Vec<UrlMethod>,
    /// Header names, one in each item, or `*`.
    #[serde(default)]
    pub allow_headers: Vec<String>,
    /// Header names.
    #[serde(default)]
    pub expose_headers: Vec<String>,
    /// Whether credentials are allowed.
    #[serde(default)]
    pub allow_credentials: bool,
    /// How long a preflight may be kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<u32>,
}

/// A method that `AllowMethods` of a function URL takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "HTTP's own names")]
pub enum UrlMethod {
    Get,
    Put,
    Head,
    Post,
    Patch,
    Delete,
    /// All of them.
    #[serde(rename = "*")]
    Any,
}

impl UrlMethod {
    const fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Any => "*",
        }
    }
}

/// Answers a request.
pub fn answer(url: &FunctionUrl, aws: Aws<'_>, request: &Request) -> Response {
    let mut response = match &url.cors {
        Some(cors) if request.is_preflight() => {
            let mut response = Response::empty(200);
            cors.add_preflight_headers(request, &mut response.headers);
            response
        }
        cors => invoke(url, aws, request, cors.as_ref()),
    };
    response.headers.set("x-amzn-requestid", request_id());
    response
}

fn invoke(url: &FunctionUrl, aws: Aws<'_>, request: &Request, cors: Option<&UrlCors>) -> Response {
    let Some(function) = aws.function(&url.function) else { return forbidden() };
    let mut invocation = Invocation::default();
    match url.auth_type {
        // Two statements are needed, one for the URL and one for the function behind it.
        AuthType::None => {
            if !function.allows("lambda:InvokeFunctionUrl", "*") || !function.allows("lambda:InvokeFunction", "*") {
                return forbidden();
            }
        }
        AuthType::AwsIam => {
            if !sigv4::is_signed(request) {
                return forbidden();
            }
            let caller = match aws.verify_signature(request, Service::Lambda) {
                Ok(caller) => caller,
                Err(error) => return refused(&error),
            };
            let arn = aws.function_arn(&url.function);
            // The function's own policy lets in another service, or a role. Its statement for everybody is for `NONE`: it
            // has the condition `lambda:FunctionUrlAuthType`.
            let named = |action: &str| {
                let mut permissions = function.policy.iter();
                permissions.any(|statement| statement.action == action && statement.principal == caller.role_arn)
            };
            let allowed = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"].iter().all(|action| {
                match aws.decide(&caller, action, &arn) {
                    Decision::Allowed => true,
                    Decision::ExplicitDeny => false,
                    Decision::ImplicitDeny => named(action),
                }
            });
            if !allowed {
                return forbidden();
            }
            invocation.identity = Some(identity_of(&caller));
        }
    }
    let mut response = match function.invoke_within(TIMEOUT_MILLIS, request, &invocation) {
        Ok(response) => response,
        Err(InvocationError::Malformed) => Response::with_body(200, "application/json", "null"),
        Err(InvocationError::Unhandled | InvocationError::TimedOut) => {
            Response::with_body(502, "application/json", "Internal Server Error")
        }
    };
    if let Some(cors) = cors {
        cors.add_headers(request, &mut response.headers);
    }
    response
}

impl UrlCors {
    fn add_headers(&self, request: &Request, headers: &mut Headers) {
        let Some(origin) = request.origin() else { return };
        let allowed = if self.allow_origins.iter().any(|allowed| allowed == "*") {
            "*"
        } else if self.allow_origins.iter().any(|allowed| allowed == origin) {
            origin
        } else {
            return;
        };
        // Added, not set: this is how the header comes to be there twice.
        headers.append("access-control-allow-origin", allowed);
        if self.allow_credentials {
            headers.append("access-control-allow-credentials", "true");
        }
        if !self.expose_headers.is_empty() && !request.is_preflight() {
            headers.append("access-control-expose-headers", self.expose_headers.join(","));
        }
    }

    fn add_preflight_headers(&self, request: &Request, headers: &mut Headers) {
        self.add_headers(request, headers);
        if headers.get("access-control-allow-origin").is_none() {
            return;
        }
        let methods: Vec<&str> = self.allow_methods.iter().map(|method| method.name()).collect();
        if !methods.is_empty() {
            headers.set("access-control-allow-methods", methods.join(","));
        }
        // Each item is one name: a list in one string matches nothing that a browser asks for.
        let allows = |name: &str| self.allow_headers.iter().any(|a| a == "*" || a.eq_ignore_ascii_case(name));
        let asked = request.headers.get("access-control-request-headers").unwrap_or_default();
        if asked.split(',').map(str::trim).filter(|name| !name.is_empty()).any(allows) {
            headers.set("access-control-allow-headers", self.allow_headers.join(","));
        }
        if let Some(max_age) = self.max_age {
            headers.set("access-control-max-age", max_age.to_string());
        }
    }
}

/// What Lambda says to a signature: the first sentences of a mismatch and no more. The words to a mismatch are on record;
/// that those to other faults are the other services' is unconfirmed.
fn refused(error: &SignatureError) -> Response {
    Response::json(403, &json!({ "message": error.message() })).header("x-amzn-errortype", error.refusal().exception())
}

fn forbidden() -> Response {
    let message = "Forbidden. For troubleshooting Function URL authorization issues, see: \
                   https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";
    Response::json(403, &json!({ "Message": message })).header("x-amzn-errortype", "AccessDeniedException")
}
