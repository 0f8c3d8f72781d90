//! The `Condition` element: operators, their set prefixes (`ForAnyValue:`), and `…IfExists`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::pattern::Pattern;
use super::{Context, OneOrMany};

/// A `Condition` element: all of it has to hold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Conditions(BTreeMap<Operator, BTreeMap<String, OneOrMany>>);

impl Conditions {
    /// Whether every condition holds.
    pub fn hold(&self, context: &Context) -> bool {
        self.0.iter().all(|(operator, keys)| keys.iter().all(|(key, values)| operator.holds(key, values, context)))
    }
}

/// An operator as it is written, which is checked when it is read: IAM refuses a policy with one that it does not know.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Operator {
    set: Set,
    test: Test,
    sense: Sense,
    missing: Missing,
}

/// How the values of a request that has several are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Set {
    /// No prefix. With several values AWS advises against it; it is as `ForAnyValue` then.
    Single,
    /// `ForAnyValue:`
    Any,
    /// `ForAllValues:`, which holds where there is no value at all.
    All,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sense {
    Positive,
    /// `…Not…`: none of the policy's values may match.
    Negative,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Missing {
    /// A key that the request does not have fails, unless the operator is negative.
    Matters,
    /// `…IfExists`
    IsFine,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Test {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    ArnEquals,
    ArnLike,
    Numeric(Order),
    Date(Order),
    Bool,
    IpAddress,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Equals,
    LessThan,
    LessThanEquals,
    GreaterThan,
    GreaterThanEquals,
}

impl Operator {
    fn holds(&self, key: &str, values: &OneOrMany, context: &Context) -> bool {
        let given = context.get(key).filter(|given| !given.is_empty());
        if self.test == Test::Null {
            let wanted = values.iter().any(|value| value.eq_ignore_ascii_case("true"));
            return given.is_none() == wanted;
        }
        let Some(given) = given else {
            return self.missing == Missing::IsFine
                || match self.set {
                    Set::All => true,
                    Set::Any => false,
                    Set::Single => self.sense == Sense::Negative,
                };
        };
        // A variable without a value matches nothing, and says nothing of what is not equal to it either.
        if self.sense == Sense::Negative && values.iter().any(|value| Pattern::read(value, context).is_none()) {
            return false;
        }
        let passes = |given: &String| {
            let matched = values.iter().any(|value| self.test.matches(value, given, context));
            matched == (self.sense == Sense::Positive)
        };
        match (self.set, self.sense) {
            (Set::All, _) | (Set::Single, Sense::Negative) => given.iter().all(passes),
            _ => given.iter().any(passes),
        }
    }
}

impl Test {
    fn matches(self, value: &str, given: &str, context: &Context) -> bool {
        let same = |compare: fn(&str, &str) -> bool| {
            Pattern::literal(value, context).is_some_and(|value| compare(&value, given))
        };
        match self {
            Self::StringEquals => same(|value, given| value == given),
            Self::StringEqualsIgnoreCase => same(|value, given| value.to_lowercase() == given.to_lowercase()),
            Self::StringLike => Pattern::read(value, context).is_some_and(|pattern| pattern.matches(given)),
            // They behave identically.
            Self::ArnEquals | Self::ArnLike => {
                Pattern::read(value, context).is_some_and(|pattern| pattern.matches_arn(given))
            }
            Self::Numeric(order) => order.holds(given.parse::<f64>().ok(), value.parse().ok()),
            Self::Date(order) => order.holds(date(given), date(value)),
            Self::Bool => value.eq_ignore_ascii_case(given),
            Self::IpAddress => in_network(value, given).unwrap_or_default(),
            Self::Null => false,
        }
    }
}

impl Order {
    fn holds<T: PartialOrd>(self, given: Option<T>, value: Option<T>) -> bool {
        let (Some(given), Some(value)) = (given, value) else { return false };
        match self {
            Self::Equals => given == value,
            Self::LessThan => given < value,
            Self::LessThanEquals => given <= value,
            Self::GreaterThan => given > value,
            Self::GreaterThanEquals => given >= value,
        }
    }
}

/// ISO 8601, or seconds since 1970.
fn date(text: &str) -> Option<i64> {
    let read = || OffsetDateTime::parse(text, &Rfc3339).ok().map(OffsetDateTime::unix_timestamp);
    text.parse().ok().or_else(read)
}

/// CIDR (RFC 4632); without a prefix length, the one address.
fn in_network(network: &str, address: &str) -> Option<bool> {
    let (base, length) = match network.split_once('/') {
        Some((base, length)) => (base, Some(length.parse::<u32>().ok()?)),
        None => (network, None),
    };
    let (base, base_bits) = bits(base)?;
    let (address, address_bits) = bits(address)?;
    let length = length.unwrap_or(base_bits);
    if base_bits != address_bits || length > base_bits {
        return None;
    }
    let shift = base_bits - length;
    Some(base.checked_shr(shift).unwrap_or_default() == address.checked_shr(shift).unwrap_or_default())
}

fn bits(address: &str) -> Option<(u128, u32)> {
    Some(match address.parse().ok()? {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    })
}

/// Every operator without its prefix and suffix.
const TESTS: [(&str, Test, Sense); 25] = {
    use Order::{Equals, GreaterThan, GreaterThanEquals, LessThan, LessThanEquals};
    use Sense::{Negative, Positive};
    [
        ("StringEquals", Test::StringEquals, Positive),
        ("StringNotEquals", Test::StringEquals, Negative),
        ("StringEqualsIgnoreCase", Test::StringEqualsIgnoreCase, Positive),
        ("StringNotEqualsIgnoreCase", Test::StringEqualsIgnoreCase, Negative),
        ("StringLike", Test::StringLike, Positive),
        ("StringNotLike", Test::StringLike, Negative),
        ("ArnLike", Test::ArnLike, Positive),
        ("ArnNotLike", Test::ArnLike, Negative),
        ("ArnEquals", Test::ArnEquals, Positive),
        ("ArnNotEquals", Test::ArnEquals, Negative),
        ("NumericEquals", Test::Numeric(Equals), Positive),
        ("NumericNotEquals", Test::Numeric(Equals), Negative),
        ("NumericLessThan", Test::Numeric(LessThan), Positive),
        ("NumericLessThanEquals", Test::Numeric(LessThanEquals), Positive),
        ("NumericGreaterThan", Test::Numeric(GreaterThan), Positive),
        ("NumericGreaterThanEquals", Test::Numeric(GreaterThanEquals), Positive),
        ("DateEquals", Test::Date(Equals), Positive),
        ("DateNotEquals", Test::Date(Equals), Negative),
        ("DateLessThan", Test::Date(LessThan), Positive),
        ("DateLessThanEquals", Test::Date(LessThanEquals), Positive),
        ("DateGreaterThan", Test::Date(GreaterThan), Positive),
        ("DateGreaterThanEquals", Test::Date(GreaterThanEquals), Positive),
        ("Bool", Test::Bool, Positive),
        ("IpAddress", Test::IpAddress, Positive),
        ("NotIpAddress", Test::IpAddress, Negative),
    ]
};

impl TryFrom<String> for Operator {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (set, rest) = match text.split_once(':') {
            Some(("ForAnyValue", rest)) => (Set::Any, rest),
            Some(("ForAllValues", rest)) => (Set::All, rest),
            _ => (Set::Single, text.as_str()),
        };
        let (missing, name) = match rest.strip_suffix("IfExists") {
            Some(name) => (Missing::IsFine, name),
            None => (Missing::Matters, rest),
        };
        if rest == "Null" && set == Set::Single {
            return Ok(Self { set, test: Test::Null, sense: Sense::Positive, missing });
        }
        match TESTS.iter().find(|(known, ..)| *known == name) {
            Some(&(_, test, sense)) => Ok(Self { set, test, sense, missing }),
            None => Err(format!("{text:?} is no condition operator")),
        }
    }
}

impl From<Operator> for String {
    fn from(operator: Operator) -> Self {
        let prefix = match operator.set {
            Set::Single => "",
            Set::Any => "ForAnyValue:",
            Set::All => "ForAllValues:",
        };
        let of_operator = |(_, test, sense): &&(&str, Test, Sense)| *test == operator.test && *sense == operator.sense;
        let name = TESTS.iter().find(of_operator).map_or("Null", |(name, ..)| name);
        let suffix = if operator.missing == Missing::IsFine { "IfExists" } else { "" };
        format!("{prefix}{name}{suffix}")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn holds(condition: Value) -> bool {
        let context = Context::default()
            .with("cognito-identity.amazonaws.com:aud", "pool")
            .with("cognito-identity.amazonaws.com:sub", "us-east-1:me")
            .with_all("cognito-identity.amazonaws.com:amr", ["authenticated", "graph.facebook.com"])
            .with("aws:SourceIp", "203.0.113.7")
            .with("aws:SecureTransport", "true")
            .with("aws:CurrentTime", "2026-11-20T14:00:00Z")
            .with("aws:PrincipalArn", "arn:aws:iam::123456789012:role/team/x")
            .with("s3:prefix", "us-east-1:me/photos")
            .with("n", "10");
        serde_json::from_value::<Conditions>(condition).unwrap().hold(&context)
    }

    #[test]
    fn the_trust_that_cognitos_console_writes() {
        let trust = |aud: &str, amr: &str| {
            holds(json!({
                "StringEquals": { "cognito-identity.amazonaws.com:aud": aud },
                "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
            }))
        };
        assert!(trust("pool", "authenticated") && trust("pool", "graph.*"));
        assert!(!trust("other", "authenticated") && !trust("pool", "unauthenticated"));
    }

    #[test]
    fn operators_and_their_opposites() {
        for (operator, key, value, expected) in [
            ("StringEquals", "n", "1*", false),
            ("StringLike", "n", "1*", true),
            ("StringNotLike", "n", "1*", false),
            ("StringEqualsIgnoreCase", "cognito-identity.amazonaws.com:aud", "POOL", true),
            ("StringNotEqualsIgnoreCase", "cognito-identity.amazonaws.com:aud", "POOL", false),
            ("StringLike", "s3:prefix", "${cognito-identity.amazonaws.com:sub}/*", true),
            ("StringLike", "s3:prefix", "${cognito-identity.amazonaws.com:nobody}/*", false),
            ("StringNotEquals", "s3:prefix", "${cognito-identity.amazonaws.com:sub}", true),
            ("StringNotEquals", "s3:prefix", "${cognito-identity.amazonaws.com:nobody}", false),
            ("NumericLessThan", "n", "11", true),
            ("NumericGreaterThanEquals", "n", "11", false),
            ("NumericNotEquals", "n", "10.0", false),
            ("DateLessThan", "aws:CurrentTime", "2026-11-20T14:00:01Z", true),
            ("DateGreaterThan", "aws:CurrentTime", "1795183200", false),
            ("Bool", "aws:SecureTransport", "true", true),
            ("Bool", "aws:SecureTransport", "false", false),
            ("IpAddress", "aws:SourceIp", "203.0.113.0/24", true),
            ("IpAddress", "aws:SourceIp", "203.0.113.8", false),
            ("NotIpAddress", "aws:SourceIp", "2001:db8::/32", true),
            ("IpAddress", "aws:SourceIp", "0.0.0.0/0", true),
            ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", true),
            ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/team/?", true),
            ("ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::*:user/*", true),
            ("ArnLike", "aws:PrincipalArn", "arn:*:role/*", false),
            ("ForAllValues:StringLike", "cognito-identity.amazonaws.com:amr", "a*", false),
            ("ForAnyValue:StringNotEquals", "cognito-identity.amazonaws.com:amr", "authenticated", true),
            ("StringNotEquals", "cognito-identity.amazonaws.com:amr", "authenticated", false),
        ] {
            let condition = json!({ operator: { key: value } });
            assert_eq!(holds(condition), expected, "{operator} {key} {value}");
        }
    }

    #[test]
    fn a_missing_key_fails_but_where_the_operator_says_otherwise() {
        for (operator, expected) in [
            ("StringEquals", false),
            ("StringEqualsIfExists", true),
            ("StringNotEquals", true),
            ("ForAnyValue:StringLike", false),
            ("ForAllValues:StringLike", true),
        ] {
            assert_eq!(holds(json!({ operator: { "aws:none": "x" } })), expected, "{operator}");
        }
        assert!(holds(json!({ "Null": { "aws:none": "true", "n": "false" } })));
        assert!(!holds(json!({ "Null": { "n": "true" } })));
    }

    #[test]
    fn every_operator_and_key_has_to_hold_and_any_value_does() {
        assert!(holds(json!({ "StringEquals": { "n": ["9", "10"] } })));
        assert!(!holds(json!({ "StringEquals": { "n": "10", "aws:SourceIp": "x" } })));
        assert!(!holds(json!({ "StringEquals": { "n": "10" }, "Bool": { "aws:SecureTransport": "false" } })));
    }

    #[test]
    fn operators_that_behave_alike_are_two_conditions() {
        let arn = |equals: &str, like: &str| {
            let (equals, like) = (json!({ "aws:PrincipalArn": equals }), json!({ "aws:PrincipalArn": like }));
            holds(json!({ "ArnEquals": equals, "ArnLike": like }))
        };
        let (right, wrong) = ("arn:aws:iam::*:role/*", "arn:aws:iam::*:user/*");
        assert!(arn(right, right) && !arn(wrong, right) && !arn(right, wrong));
    }

    #[test]
    fn an_operator_that_iam_does_not_know_is_refused_and_others_are_written_as_they_were_read() {
        for unknown in ["StringMatches", "ForAnyValue:Null", "ForSome:StringLike", ""] {
            assert!(serde_json::from_value::<Conditions>(json!({ unknown: {} })).is_err(), "{unknown}");
        }
        for (name, ..) in TESTS {
            for written in [name.to_owned(), format!("ForAllValues:{name}"), format!("ForAnyValue:{name}IfExists")] {
                let read = Operator::try_from(written.clone()).unwrap();
                assert_eq!(String::from(read), written);
            }
        }
    }
}
