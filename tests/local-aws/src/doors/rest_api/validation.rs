//! What a REST API looks at in a request before it calls an integration: required parameters and the body.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::gateway_response::{GatewayError, ResponseType};
use crate::message::Request;

/// A method's request validator.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RequestValidator {
    /// Parameters of the query that must be there.
    #[serde(default)]
    pub required_query_strings: Vec<String>,
    /// Headers that must be there.
    #[serde(default)]
    pub required_headers: Vec<String>,
    /// Properties that the body, a JSON object, must have.
    #[serde(default)]
    pub required_properties: Vec<String>,
}

impl RequestValidator {
    pub(super) fn check(&self, request: &Request) -> Result<(), GatewayError> {
        let query = request.query_pairs();
        let headers = self.required_headers.iter().filter(|name| request.headers.get(name).is_none());
        let query_strings = self.required_query_strings.iter().filter(|name| !query.iter().any(|(n, _)| n == *name));
        let missing: Vec<&str> = headers.chain(query_strings).map(String::as_str).collect();
        if !missing.is_empty() {
            let message = format!("Missing required request parameters: [{}]", missing.join(", "));
            return Err(GatewayError::new(ResponseType::BadRequestParameters, message));
        }
        let body = serde_json::from_slice::<Value>(&request.body).ok();
        let has = |name: &String| body.as_ref().is_some_and(|body| body.get(name).is_some());
        if self.required_properties.iter().all(has) {
            Ok(())
        } else {
            Err(GatewayError::new(ResponseType::BadRequestBody, "Invalid request body"))
        }
    }
}
