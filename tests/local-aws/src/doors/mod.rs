//! The front doors: each takes a request and answers it by its configuration.

pub mod app_sync;
pub mod cloudfront;
pub mod custom_domain;
pub mod emulators;
pub mod function_url;
pub mod http_api;
pub mod http_cors;
pub mod load_balancer;
pub mod proxy;
pub mod rest_api;
pub mod s3;
pub mod throttle;
pub mod waf;
pub mod web_socket;

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use self::cloudfront::{Caches, Scheme};
use self::emulators::{floci, localstack, sam_local, serverless_offline};
use self::s3::Objects;
use self::throttle::Buckets;
use crate::cognito::{UserPool, random};
use crate::credentials::{CredentialStore, TemporaryCredentials, user_id};
use crate::functions::{API_GATEWAY, Function};
use crate::iam::{self, Context, Decision, Question, Role, Statement};
use crate::message::{Request, Response};
use crate::request_log::RequestLog;
use crate::sigv4::{self, Scope, Service, SignatureError};
use crate::world::{Door, World};

/// What the doors know: the configuration at this moment, and the state of the services behind them.
#[derive(Clone, Copy)]
pub struct Aws<'a> {
    /// The configuration.
    pub world: &'a World,
    /// `host:port` of each door, which is the door's own name in `Host`.
    pub authorities: &'a BTreeMap<String, String>,
    /// Whose tokens the authorizers accept.
    pub user_pool: &'a UserPool,
    /// What signatures are verified against.
    pub credentials: &'a CredentialStore,
    /// The time.
    pub now: OffsetDateTime,
    /// What the throttled doors have left.
    pub buckets: &'a Buckets,
    /// What the distributions keep.
    pub caches: &'a Caches,
    /// What the buckets hold.
    pub objects: &'a Objects,
    /// What the doors saw.
    pub log: &'a RequestLog,
}

impl<'a> Aws<'a> {
    /// Whether a door closes the connection in the place of an answer; that is noted with the status 0.
    pub fn closes(self, door: &str, request: &Request) -> bool {
        let closes = matches!(self.world.doors.get(door), Some(Door::Proxy(proxy)) if proxy.closes_on(&request.method));
        if closes {
            self.log.note(door, request, 0);
        }
        closes
    }

    /// Answers a request at a door, and notes it.
    pub fn answer(self, door: &str, request: &Request) -> Response {
        let response = match self.world.doors.get(door) {
            Some(Door::HttpApi(api)) => http_api::answer(api, self, door, request),
            Some(Door::RestApi(api)) => rest_api::answer(api, self, door, request),
            Some(Door::FunctionUrl(url)) => function_url::answer(url, self, request),
            Some(Door::CustomDomain(domain)) => custom_domain::answer(domain, self, door, request),
            Some(Door::Cloudfront(distribution)) => cloudfront::answer(distribution, self, door, Scheme::Http, request),
            Some(Door::CloudfrontHttps(port)) => cloudfront::answer_https(port, self, request),
            Some(Door::SamLocal(local)) => sam_local::answer(local, self, request),
            Some(Door::Localstack(local)) => localstack::answer(local, self, request),
            Some(Door::ServerlessOffline(offline)) => serverless_offline::answer(offline, self, request),
            Some(Door::Floci(floci)) => floci::answer(floci, self, request),
            Some(Door::LoadBalancer(balancer)) => load_balancer::answer(balancer, self, request),
            Some(Door::Proxy(proxy)) => proxy::answer(proxy, self, request),
            Some(Door::AppSync(api)) => app_sync::answer(api, self, request),
            Some(Door::S3(bucket)) => s3::answer(bucket, self, door, request),
            // What becomes a WebSocket has been asked of `handshake` before: nothing else is to be had here.
            Some(Door::WebSocket(_) | Door::Iot(_)) => match web_socket::handshake(self, door, request) {
                Some(Err(refusal)) => return refusal,
                Some(Ok(_)) | None => Response::empty(400),
            },
            // A door that a patch took away leaves its port behind.
            None => Response::empty(404),
        };
        self.log.note(door, request, response.status);
        response
    }

    /// Answers a request that another door passes on, under the door's own name.
    fn forward(self, door: &str, request: &Request) -> Response {
        let mut forwarded = request.clone();
        if let Some(authority) = self.authorities.get(door) {
            forwarded.headers.set("host", authority);
        }
        self.answer(door, &forwarded)
    }

    /// Whether `Host` is the door's own name.
    fn is_own_host(self, door: &str, request: &Request) -> bool {
        self.authorities.get(door).map(String::as_str) == request.headers.get("host")
    }

    fn function(self, name: &str) -> Option<&'a Function> {
        self.world.functions.get(name)
    }

    /// A function as API Gateway may invoke it by the function's resource policy.
    fn function_of_gateway(self, name: &str) -> Option<&'a Function> {
        self.function(name).filter(|function| function.allows("lambda:InvokeFunction", API_GATEWAY))
    }

    /// The role behind temporary credentials.
    fn role(self, caller: &TemporaryCredentials) -> Option<&'a Role> {
        iam::find_role(&self.world.roles, &caller.role_arn)
    }

    /// What the caller's role and the policies of the session say of an action.
    fn decide(self, caller: &TemporaryCredentials, action: &str, resource: &str) -> Decision {
        let context = self.context(Some(caller));
        let question = Question { action, resource, context: &context };
        let role = self.role(caller).map_or(Decision::ImplicitDeny, |role| iam::evaluate(role.statements(), question));
        role.and(self.decide_by_session(caller, action, resource))
    }

    /// What the policies of the session alone say: a session without any is limited by nothing.
    fn decide_by_session(self, caller: &TemporaryCredentials, action: &str, resource: &str) -> Decision {
        let context = self.context(Some(caller));
        let question = Question { action, resource, context: &context };
        caller.session_policies.as_ref().map_or(Decision::Allowed, |statements| iam::evaluate(statements, question))
    }

    /// What a resource policy says of an action.
    fn decide_by_resource(
        self,
        policy: &[Statement],
        caller: Option<&TemporaryCredentials>,
        action: &str,
        resource: &str,
    ) -> Decision {
        let context = self.context(caller);
        let role = caller.map(|caller| caller.role_arn.as_str());
        iam::evaluate_resource_policy(policy, role, Question { action, resource, context: &context })
    }

    /// What policies can ask of a request. Whoever calls is on this machine, and as with AWS's own endpoints, the
    /// connection counts as a secure one.
    fn context(self, caller: Option<&TemporaryCredentials>) -> Context {
        let context = Context::default()
            .with("aws:SourceIp", "127.0.0.1")
            .with("aws:SecureTransport", "true")
            .with("aws:CurrentTime", self.now.format(&Rfc3339).unwrap_or_default())
            .with("aws:EpochTime", self.now.unix_timestamp().to_string())
            .with("aws:RequestedRegion", &self.world.region);
        match caller {
            Some(caller) => context
                .with("aws:PrincipalArn", &caller.role_arn)
                .with("aws:PrincipalAccount", &self.world.account_id)
                .with("aws:userid", user_id(caller))
                .and(&caller.context),
            None => context,
        }
    }

    /// Verifies the signature for a service of this region.
    fn verify_signature(self, request: &Request, service: Service) -> Result<TemporaryCredentials, SignatureError> {
        let scope = Scope { region: &self.world.region, service };
        sigv4::verify(request, scope, self.credentials, self.now)
    }

    /// What IAM policies call a method of an API.
    fn execute_api_arn(self, api_id: &str, stage: &str, method: &str, path: &str) -> String {
        let World { region, account_id, .. } = self.world;
        format!("arn:aws:execute-api:{region}:{account_id}:{api_id}/{stage}/{method}{path}")
    }

    fn function_arn(self, name: &str) -> String {
        format!("arn:aws:lambda:{}:{}:function:{name}", self.world.region, self.world.account_id)
    }
}

/// What the request context of an event says of an IAM caller.
fn identity_of(caller: &TemporaryCredentials) -> Value {
    json!({ "userArn": caller.assumed_role_arn, "cognitoIdentityId": caller.identity_id })
}

/// The token of an `Authorization` header; the word `Bearer` may be left out.
fn bearer_token(authorization: &str) -> &str {
    match authorization.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
        _ => authorization.trim(),
    }
}

/// The rest of a path behind the stage or base path that it has to begin with.
fn strip_base_path<'p>(path: &'p str, base_path: &str) -> Option<&'p str> {
    match path.strip_prefix('/')?.strip_prefix(base_path)? {
        "" => Some("/"),
        _ if base_path.is_empty() => Some(path),
        rest => rest.starts_with('/').then_some(rest),
    }
}

/// What API Gateway's front end says when the name it was called by leads to no API: there is no API yet whose gateway
/// responses could change it, and no `x-amz-apigw-id`.
fn refused_by_front_end() -> Response {
    Response::json(403, &json!({ "message": "Forbidden" }))
        .header("x-amzn-errortype", "ForbiddenException")
        .header("x-amzn-requestid", request_id())
}

/// A new `apigw-requestid` or `x-amz-apigw-id`.
fn gateway_request_id() -> String {
    STANDARD.encode(random::bytes::<11>())
}

/// A new `x-amzn-requestid`.
fn request_id() -> String {
    random::uuid().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_whole_segments() {
        assert_eq!(strip_base_path("/api/items", "api"), Some("/items"));
        assert_eq!(strip_base_path("/api", "api"), Some("/"));
        assert_eq!(strip_base_path("/apis/items", "api"), None);
        assert_eq!(strip_base_path("/items", "api"), None);
        assert_eq!(strip_base_path("/items", ""), Some("/items"));
        assert_eq!(strip_base_path("/", ""), Some("/"));
    }

    #[test]
    fn bearer_may_be_left_out() {
        assert_eq!(bearer_token("Bearer abc"), "abc");
        assert_eq!(bearer_token("bearer abc"), "abc");
        assert_eq!(bearer_token("abc"), "abc");
    }
}
