//! The world: all of the configuration of the local AWS. It is read from JSON, can be patched while the servers run
//! (RFC 6902), and holds no answer: what a request gets follows from it.

use std::collections::BTreeMap;
use std::fmt;

use json_patch::Patch;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cognito::UserPoolConfig;
use crate::doors::app_sync::AppSync;
use crate::doors::cloudfront::{Distribution, HttpsPort};
use crate::doors::custom_domain::CustomDomain;
use crate::doors::emulators::floci::Floci;
use crate::doors::emulators::localstack::LocalStack;
use crate::doors::emulators::sam_local::SamLocal;
use crate::doors::emulators::serverless_offline::ServerlessOffline;
use crate::doors::function_url::FunctionUrl;
use crate::doors::http_api::HttpApi;
use crate::doors::load_balancer::LoadBalancer;
use crate::doors::proxy::Proxy;
use crate::doors::rest_api::RestApi;
use crate::doors::s3::Bucket;
use crate::doors::web_socket::{Iot, WebSocketApi};
use crate::functions::Function;
use crate::iam::Role;
use crate::identity::IdentityPoolConfig;
use crate::sigv4::Service;

/// The configuration of the local AWS.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct World {
    /// Where everything is.
    pub region: String,
    /// Whose everything is.
    pub account_id: String,
    /// The user pool.
    pub user_pool: UserPoolConfig,
    /// The identity pool.
    pub identity_pool: IdentityPoolConfig,
    /// IAM roles by name.
    pub roles: BTreeMap<String, Role>,
    /// Lambda functions by name.
    pub functions: BTreeMap<String, Function>,
    /// Front doors by name; each is an origin of its own.
    pub doors: BTreeMap<String, Door>,
}

/// A front door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Door {
    /// An API Gateway HTTP API.
    HttpApi(HttpApi),
    /// An API Gateway REST API.
    RestApi(RestApi),
    /// A Lambda function URL.
    FunctionUrl(FunctionUrl),
    /// A custom domain name of API Gateway.
    CustomDomain(CustomDomain),
    /// A CloudFront distribution.
    Cloudfront(Distribution),
    /// The https port of a CloudFront distribution.
    CloudfrontHttps(HttpsPort),
    /// `sam local start-api`.
    SamLocal(SamLocal),
    /// LocalStack's gateway.
    Localstack(LocalStack),
    /// serverless-offline.
    ServerlessOffline(ServerlessOffline),
    /// floci's gateway.
    Floci(Floci),
    /// An Application Load Balancer.
    LoadBalancer(LoadBalancer),
    /// A reverse proxy.
    Proxy(Proxy),
    /// An API Gateway WebSocket API.
    WebSocket(WebSocketApi),
    /// A bucket at an endpoint of S3.
    S3(Bucket),
    /// A GraphQL API of AppSync.
    AppSync(AppSync),
    /// The device gateway of AWS IoT.
    Iot(Iot),
}

impl Door {
    /// The `kind` that a route of the SDK gives as a hint for this door.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::HttpApi(_) => "http-api",
            Self::RestApi(_) => "rest-api",
            Self::FunctionUrl(_) => "function-url",
            Self::CustomDomain(_) => "custom",
            Self::Cloudfront(_) | Self::CloudfrontHttps(_) => "cloudfront",
            Self::SamLocal(_) => "sam-local",
            Self::Localstack(_) => "localstack",
            Self::WebSocket(_) => "web-socket",
            Self::Iot(_) => "iot",
            Self::S3(_) => "s3",
            Self::AppSync(_) => "app-sync",
            Self::LoadBalancer(_) | Self::Proxy(_) | Self::ServerlessOffline(_) | Self::Floci(_) => "custom",
        }
    }

    /// Whether nothing listens at port 80 of it: so it is with everything of API Gateway's and Lambda's.
    pub const fn speaks_https_only(&self) -> bool {
        matches!(
            self,
            Self::HttpApi(_)
                | Self::RestApi(_)
                | Self::FunctionUrl(_)
                | Self::CustomDomain(_)
                | Self::WebSocket(_)
                | Self::Iot(_)
        )
    }

    /// The service name in the credential scope of requests signed for this door.
    pub fn service(&self) -> &'static str {
        let service = match self {
            Self::FunctionUrl(_) => Service::Lambda,
            Self::Iot(_) => Service::IotDeviceGateway,
            Self::S3(_) => Service::S3,
            Self::AppSync(_) => Service::AppSync,
            _ => Service::ExecuteApi,
        };
        service.name()
    }
}

impl World {
    /// Reads a world.
    pub fn from_json(json: Value) -> Result<Self, InvalidWorld> {
        serde_json::from_value(json).map_err(|error| InvalidWorld(error.to_string()))
    }

    /// The world as JSON, as patches address it.
    pub fn to_json(&self) -> Result<Value, InvalidWorld> {
        serde_json::to_value(self).map_err(|error| InvalidWorld(error.to_string()))
    }

    /// The world after a patch; all of it or nothing is applied.
    pub fn patched(&self, patch: &Patch) -> Result<Self, InvalidWorld> {
        let mut json = self.to_json()?;
        json_patch::patch(&mut json, patch).map_err(|error| InvalidWorld(error.to_string()))?;
        Self::from_json(json)
    }
}

/// Why a configuration or a patch of it was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidWorld(pub String);

impl fmt::Display for InvalidWorld {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the world configuration is refused: {}", self.0)
    }
}

impl std::error::Error for InvalidWorld {}

/// Replaces a placeholder (`$PAGE`) in every string of a JSON document.
pub fn substitute(json: &mut Value, placeholder: &str, replacement: &str) {
    let replace = |text: &str| text.contains(placeholder).then(|| text.replace(placeholder, replacement));
    rewrite_strings(json, &replace);
}

/// Rewrites every string of a JSON document that there is another text for.
pub fn rewrite_strings(json: &mut Value, rewrite: &impl Fn(&str) -> Option<String>) {
    match json {
        Value::String(text) => {
            if let Some(rewritten) = rewrite(text) {
                *text = rewritten;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite_strings(item, rewrite)),
        Value::Object(members) => members.values_mut().for_each(|item| rewrite_strings(item, rewrite)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
