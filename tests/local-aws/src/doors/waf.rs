//! AWS WAF: a web ACL sees a request before anything else does.

use serde::{Deserialize, Serialize};

use crate::message::Request;

/// A web ACL that lets through what none of its rules blocks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebAcl {
    /// What is blocked.
    pub rules: Vec<BlockRule>,
}

/// A rule whose action is to block.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BlockRule {
    /// Its name.
    pub name: String,
    /// Which requests it blocks.
    pub statement: Statement,
}

/// What a rule looks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Statement {
    /// All of these.
    And(Vec<Statement>),
    /// Not this.
    Not(Box<Statement>),
    /// A string in a part of the request.
    ByteMatch(ByteMatch),
}

/// A string in a part of the request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ByteMatch {
    /// Where.
    pub field_to_match: Field,
    /// How it has to match.
    pub positional_constraint: PositionalConstraint,
    /// The string.
    pub search_string: String,
}

/// A part of a request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Field {
    /// The method.
    Method,
    /// The path.
    UriPath,
    /// A header; without it nothing matches.
    SingleHeader(String),
}

/// How a string has to match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PositionalConstraint {
    /// The whole.
    Exactly,
    /// The beginning.
    StartsWith,
    /// Anywhere.
    Contains,
}

impl WebAcl {
    /// Whether a rule blocks the request.
    pub fn blocks(&self, request: &Request) -> bool {
        self.rules.iter().any(|rule| rule.statement.matches(request))
    }
}

impl Statement {
    fn matches(&self, request: &Request) -> bool {
        match self {
            Self::And(all) => all.iter().all(|statement| statement.matches(request)),
            Self::Not(other) => !other.matches(request),
            Self::ByteMatch(bytes) => bytes.matches(request),
        }
    }
}

impl ByteMatch {
    fn matches(&self, request: &Request) -> bool {
        let field = match &self.field_to_match {
            Field::Method => Some(request.method.as_str()),
            Field::UriPath => Some(request.path.as_str()),
            Field::SingleHeader(name) => request.headers.get(name),
        };
        let sought = self.search_string.as_str();
        field.is_some_and(|field| match self.positional_constraint {
            PositionalConstraint::Exactly => field == sought,
            PositionalConstraint::StartsWith => field.starts_with(sought),
            PositionalConstraint::Contains => field.contains(sought),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::message::Headers;

    fn blocks(statement: serde_json::Value, method: &str, authorization: Option<&str>) -> bool {
        let headers = authorization.map(|value| ("authorization", value));
        let request = Request {
            method: method.into(),
            path: "/api/items".into(),
            query: None,
            headers: Headers::from_iter(headers),
            body: Vec::new(),
        };
        let acl: WebAcl =
            serde_json::from_value(json!({ "rules": [{ "name": "r", "statement": statement }] })).unwrap();
        acl.blocks(&request)
    }

    #[test]
    fn statements_are_combined() {
        let is = |field: serde_json::Value, constraint: &str, sought: &str| json!({ "byteMatch": { "fieldToMatch": field, "positionalConstraint": constraint, "searchString": sought } });
        let bearer = is(json!({ "singleHeader": "Authorization" }), "STARTS_WITH", "Bearer ");
        let no_bearer = json!({ "not": bearer });
        assert!(blocks(no_bearer.clone(), "OPTIONS", None));
        assert!(blocks(no_bearer.clone(), "GET", Some("Basic abc")));
        assert!(!blocks(no_bearer.clone(), "GET", Some("Bearer abc")));
        let no_options = json!({ "not": is(json!("method"), "EXACTLY", "OPTIONS") });
        let scoped_down = json!({ "and": [no_options, no_bearer] });
        assert!(!blocks(scoped_down.clone(), "OPTIONS", None));
        assert!(blocks(scoped_down, "GET", None));
        assert!(blocks(is(json!("uriPath"), "CONTAINS", "items"), "GET", None));
    }
}
