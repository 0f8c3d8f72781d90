//! Gateway responses: what a REST API answers by itself, without CORS headers unless it is told to send some.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::RestApi;
use crate::message::Response;

/// The types of gateway responses, by the names that the configuration has for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ResponseType {
    /// Not authorized by a policy.
    AccessDenied,
    /// Something in the API's configuration does not work.
    ApiConfigurationError,
    /// The authorizer's configuration does not work.
    AuthorizerConfigurationError,
    /// The body does not fit its model.
    BadRequestBody,
    /// A parameter is missing.
    BadRequestParameters,
    /// Every 4xx that has no response of its own.
    #[serde(rename = "DEFAULT_4XX")]
    Default4xx,
    /// Every 5xx that has no response of its own.
    #[serde(rename = "DEFAULT_5XX")]
    Default5xx,
    /// The credentials have expired.
    ExpiredToken,
    /// The integration was too slow.
    IntegrationTimeout,
    /// No API key, or a wrong one.
    InvalidApiKey,
    /// The signature is wrong.
    InvalidSignature,
    /// No such method, or no signature where one is needed.
    MissingAuthenticationToken,
    /// The usage plan's quota is used up.
    QuotaExceeded,
    /// The payload is too large.
    RequestTooLarge,
    /// Too many requests.
    Throttled,
    /// The authorizer says no.
    Unauthorized,
    /// No mapping template for the payload's type.
    UnsupportedMediaType,
    /// AWS WAF blocks the request.
    WafFiltered,
}

impl ResponseType {
    const fn status(self) -> u16 {
        match self {
            Self::BadRequestBody | Self::BadRequestParameters => 400,
            Self::Unauthorized => 401,
            Self::RequestTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Throttled | Self::QuotaExceeded => 429,
            Self::ApiConfigurationError | Self::AuthorizerConfigurationError => 500,
            Self::Default5xx => 502,
            Self::IntegrationTimeout => 504,
            _ => 403,
        }
    }

    const fn error_type(self) -> &'static str {
        match self {
            Self::AccessDenied => "AccessDeniedException",
            Self::ExpiredToken => "ExpiredTokenException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::RequestTooLarge => "RequestTooLargeException",
            Self::Throttled => "TooManyRequestsException",
            Self::Unauthorized => "UnauthorizedException",
            Self::QuotaExceeded => "LimitExceededException",
            Self::BadRequestBody | Self::BadRequestParameters | Self::UnsupportedMediaType => "BadRequestException",
            Self::InvalidApiKey | Self::WafFiltered | Self::Default4xx => "ForbiddenException",
            Self::ApiConfigurationError
            | Self::AuthorizerConfigurationError
            | Self::Default5xx
            | Self::IntegrationTimeout => "InternalServerErrorException",
        }
    }
}

/// What is changed in a gateway response.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GatewayResponse {
    /// Another status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_code: Option<u16>,
    /// More headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

/// An answer of the API itself.
#[derive(Clone, Debug)]
pub(super) struct GatewayError {
    response_type: ResponseType,
    error_type: &'static str,
    message: String,
}

impl GatewayError {
    pub(super) fn new(response_type: ResponseType, message: impl Into<String>) -> Self {
        Self { response_type, error_type: response_type.error_type(), message: message.into() }
    }

    /// A response whose `x-amzn-errortype` is not the usual one of its type.
    pub(super) fn of_type(self, error_type: &'static str) -> Self {
        Self { error_type, ..self }
    }

    pub(super) fn forbidden() -> Self {
        Self::new(ResponseType::InvalidApiKey, "Forbidden")
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(ResponseType::Unauthorized, "Unauthorized")
    }

    pub(super) fn configuration() -> Self {
        Self::new(ResponseType::ApiConfigurationError, "Internal server error")
    }

    pub(super) fn bad_gateway() -> Self {
        Self::new(ResponseType::Default5xx, "Internal server error")
    }

    pub(super) fn timed_out() -> Self {
        Self::new(ResponseType::IntegrationTimeout, "Endpoint request timed out")
    }

    pub(super) fn render(&self, api: &RestApi) -> Response {
        let status = self.response_type.status();
        let default = if status < 500 { ResponseType::Default4xx } else { ResponseType::Default5xx };
        let configured = api.gateway_responses.get(&self.response_type).or_else(|| api.gateway_responses.get(&default));
        // Access denied by a policy is the one that spells it with a capital.
        let key = if self.response_type == ResponseType::AccessDenied && self.error_type == "AccessDeniedException" {
            "Message"
        } else {
            "message"
        };
        let mut response =
            Response::json(status, &json!({ key: self.message })).header("x-amzn-errortype", self.error_type);
        if let Some(configured) = configured {
            response.status = configured.status_code.unwrap_or(status);
            for (name, value) in &configured.headers {
                response.headers.set(name, value);
            }
        }
        response
    }
}
