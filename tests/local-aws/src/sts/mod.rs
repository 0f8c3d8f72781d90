//! The Security Token Service: a web identity's token in, credentials of a role out; and who a caller is.
//!
//! Browsers may call it: the AWS SDK for JavaScript counts it among the services with CORS. Its response headers are
//! in no document; these are likely, as those of the other services that speak AWS's query protocol.

mod query;
mod web_identity;

use std::collections::BTreeMap;

use time::OffsetDateTime;

use self::query::{Failure, Outcome, element};
use crate::cognito::random;
use crate::credentials::{CredentialStore, user_id};
use crate::message::{Request, Response};
use crate::sigv4::{self, Refusal, Scope, Service, SignatureError};
use crate::world::World;

/// The version of the API.
const VERSION: &str = "2011-06-15";

/// What STS knows: the account's roles and identity providers, and who has which credentials.
#[derive(Clone, Copy)]
pub struct Sts<'a> {
    /// The configuration.
    pub world: &'a World,
    /// The credentials that were issued.
    pub credentials: &'a CredentialStore,
    /// The time.
    pub now: OffsetDateTime,
}

type Parameters = BTreeMap<String, String>;

impl Sts<'_> {
    /// Answers a request, a browser's preflight too.
    pub fn answer(self, request: &Request) -> Response {
        if request.method == "OPTIONS" {
            return preflight();
        }
        let request_id = random::uuid().to_string();
        let response = match self.perform(request) {
            Ok(Outcome { action, result }) => {
                Response::with_body(200, "text/xml", query::success(action, &result, &request_id))
            }
            Err(failure) => Response::with_body(failure.status, "text/xml", failure.document(&request_id)),
        };
        response
            .header("x-amzn-requestid", request_id)
            .header("access-control-allow-origin", "*")
            .header("access-control-expose-headers", "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date")
    }

    fn perform(self, request: &Request) -> Result<Outcome, Failure> {
        let parameters = query::parameters(request);
        let parameter = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let (action, version) = (parameter("Action"), parameter("Version"));
        match action {
            "AssumeRoleWithWebIdentity" if version == VERSION => self.assume_role_with_web_identity(&parameters),
            "GetCallerIdentity" if version == VERSION => self.get_caller_identity(request),
            "" => Err(Failure::sender(400, "MissingAction", "Missing Action")),
            _ => {
                let message = format!("Could not find operation {action} for version {version}");
                Err(Failure::sender(400, "InvalidAction", message))
            }
        }
    }

    /// Needs a signature and no permission.
    fn get_caller_identity(self, request: &Request) -> Result<Outcome, Failure> {
        let scope = Scope { region: &self.world.region, service: Service::Sts };
        let caller = sigv4::verify(request, scope, self.credentials, self.now).map_err(|error| refused(&error))?;
        let account = caller.role_arn.split(':').nth(4).unwrap_or_default();
        let result = element("Arn", &caller.assumed_role_arn)
            + &element("UserId", &user_id(&caller))
            + &element("Account", account);
        Ok(Outcome { action: "GetCallerIdentity", result })
    }
}

fn refused(error: &SignatureError) -> Failure {
    let (status, code) = match error.refusal() {
        Refusal::MissingAuthenticationToken => {
            let message = "Request is missing Authentication Token";
            return Failure::sender(403, "MissingAuthenticationToken", message);
        }
        Refusal::IncompleteSignature => (400, "IncompleteSignature"),
        Refusal::InvalidSignature => (403, "SignatureDoesNotMatch"),
        Refusal::UnrecognizedClient => (403, "InvalidClientTokenId"),
        Refusal::ExpiredToken => (403, "ExpiredToken"),
    };
    Failure::sender(status, code, error.message())
}

/// The AWS SDK for JavaScript sends headers of its own, so there is one.
fn preflight() -> Response {
    Response::empty(200)
        .header("access-control-allow-origin", "*")
        .header("access-control-allow-methods", "GET,POST")
        .header(
            "access-control-allow-headers",
            "authorization,content-type,x-amz-date,x-amz-security-token,x-amz-content-sha256,x-amz-user-agent,\
             amz-sdk-invocation-id,amz-sdk-request",
        )
        .header("access-control-max-age", "172800")
}
