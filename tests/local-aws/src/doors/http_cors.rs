//! `CorsConfiguration` of an HTTP API.

use serde::{Deserialize, Serialize};

use crate::message::{Headers, Request};

/// What the API itself says about CORS. Once it is there, the CORS headers of integrations count no more.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Fields", into = "Fields")]
pub struct CorsConfiguration(Fields);

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fields {
    #[serde(default)]
    allow_origins: Vec<String>,
    #[serde(default)]
    allow_methods: Vec<String>,
    #[serde(default)]
    allow_headers: Vec<String>,
    #[serde(default)]
    expose_headers: Vec<String>,
    #[serde(default)]
    allow_credentials: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_age: Option<u32>,
}

impl TryFrom<Fields> for CorsConfiguration {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        // API Gateway refuses this one itself: no browser could use it.
        if fields.allow_credentials && fields.allow_origins.iter().any(|origin| origin == "*") {
            return Err("allowCredentials is not possible when allowOrigins holds '*'");
        }
        Ok(Self(fields))
    }
}

impl From<CorsConfiguration> for Fields {
    fn from(configuration: CorsConfiguration) -> Self {
        configuration.0
    }
}

impl CorsConfiguration {
    /// Puts the configured CORS headers in the place of those that a response has.
    /// An origin that is not listed gets none at all.
    pub fn apply(&self, request: &Request, headers: &mut Headers) {
        headers.retain(|name| !name.starts_with("access-control-"));
        let Some(allowed) = request.origin().and_then(|origin| self.allowed_origin(origin)) else { return };
        headers.set("access-control-allow-origin", allowed);
        if self.0.allow_credentials {
            headers.set("access-control-allow-credentials", "true");
        }
        if request.is_preflight() {
            set_list(headers, "access-control-allow-methods", &self.0.allow_methods);
            set_list(headers, "access-control-allow-headers", &self.0.allow_headers);
            if let Some(max_age) = self.0.max_age {
                headers.set("access-control-max-age", max_age.to_string());
            }
        } else {
            set_list(headers, "access-control-expose-headers", &self.0.expose_headers);
        }
    }

    fn allowed_origin<'a>(&'a self, origin: &'a str) -> Option<&'a str> {
        if self.0.allow_origins.iter().any(|allowed| allowed == "*") {
            return Some("*");
        }
        let allows = |allowed: &String| match allowed.as_str() {
            "https://*" => origin.starts_with("https://"),
            "http://*" => origin.starts_with("http://"),
            exact => exact == origin,
        };
        self.0.allow_origins.iter().any(allows).then_some(origin)
    }
}

fn set_list(headers: &mut Headers, name: &str, values: &[String]) {
    if !values.is_empty() {
        headers.set(name, values.join(","));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn headers_for(configuration: serde_json::Value, origin: &str) -> Headers {
        let configuration: CorsConfiguration = serde_json::from_value(configuration).unwrap();
        let request = Request {
            method: "GET".into(),
            path: "/".into(),
            query: None,
            headers: Headers::from_iter([("origin", origin)]),
            body: Vec::new(),
        };
        let mut headers = Headers::from_iter([("access-control-allow-origin", "https://integration.example")]);
        configuration.apply(&request, &mut headers);
        headers
    }

    #[test]
    fn an_origin_is_listed_exactly_or_by_its_scheme() {
        for (allowed, origin, expected) in [
            ("https://app.example", "https://app.example", Some("https://app.example")),
            ("https://app.example/", "https://app.example", None),
            ("https://*", "https://app.example", Some("https://app.example")),
            ("https://*", "http://app.example", None),
            ("*", "http://app.example", Some("*")),
        ] {
            let headers = headers_for(json!({ "allowOrigins": [allowed] }), origin);
            assert_eq!(headers.get("access-control-allow-origin"), expected, "{allowed} for {origin}");
        }
    }

    #[test]
    fn credentials_for_every_origin_are_refused() {
        let configuration = json!({ "allowOrigins": ["*"], "allowCredentials": true });
        assert!(serde_json::from_value::<CorsConfiguration>(configuration).is_err());
    }
}
