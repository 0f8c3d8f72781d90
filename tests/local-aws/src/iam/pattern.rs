//! Texts of the policy language: `*`, `?`, and policy variables (`${cognito-identity.amazonaws.com:sub}`), whose
//! values are taken literally.

use super::Context;

/// A text with its variables replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Piece>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    /// `*`: any run of characters, `/` and `:` included.
    Any,
    /// `?`: any one character.
    One,
    Literal(char),
}

impl Pattern {
    /// The pattern that a text stands for. `None` where a variable has no value, nor a default one: then the element
    /// matches nothing ("Policy variables and tags", where the variable is not in the request's context).
    pub fn read(text: &str, context: &Context) -> Option<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some((variable, after)) = rest.strip_prefix("${").and_then(|inner| inner.split_once('}')) {
                pieces.extend(value_of(variable, context)?.chars().map(Piece::Literal));
                rest = after;
                continue;
            }
            pieces.push(match first {
                '*' => Piece::Any,
                '?' => Piece::One,
                literal => Piece::Literal(literal),
            });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
        Some(Self(pieces))
    }

    /// The text with its variables replaced and nothing in it a wildcard.
    pub fn literal(text: &str, context: &Context) -> Option<String> {
        let piece = |piece| match piece {
            Piece::Any => '*',
            Piece::One => '?',
            Piece::Literal(character) => character,
        };
        Some(Self::read(text, context)?.0.into_iter().map(piece).collect())
    }

    /// Whether the whole of a text matches.
    pub fn matches(&self, text: &str) -> bool {
        matches(&self.0, text)
    }

    /// Whether an ARN matches: each of its six parts does, so that a `*` reaches no further than the next colon.
    pub fn matches_arn(&self, arn: &str) -> bool {
        let parts: Vec<&str> = arn.splitn(6, ':').collect();
        let patterns: Vec<&[Piece]> = self.0.splitn(6, |piece| *piece == Piece::Literal(':')).collect();
        patterns.len() == parts.len() && patterns.into_iter().zip(parts).all(|(pattern, part)| matches(pattern, part))
    }
}

fn matches(pieces: &[Piece], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // Where the text may stand after the pieces so far.
    let mut reached = vec![false; text.len() + 1];
    if let Some(start) = reached.first_mut() {
        *start = true;
    }
    for piece in pieces {
        let steps = |(at, character): (usize, &char)| {
            let taken = match piece {
                Piece::Any | Piece::One => true,
                Piece::Literal(literal) => literal == character,
            };
            taken && reached.get(at).copied().unwrap_or_default()
        };
        reached = match piece {
            Piece::Any => reached
                .iter()
                .scan(false, |seen, here| {
                    *seen |= here;
                    Some(*seen)
                })
                .collect(),
            _ => std::iter::once(false).chain(text.iter().enumerate().map(steps)).collect(),
        };
    }
    reached.last().copied().unwrap_or_default()
}

/// `${*}`, `${?}` and `${$}` are the characters themselves; `${key, 'default'}` names a default.
fn value_of<'a>(variable: &'a str, context: &'a Context) -> Option<&'a str> {
    if matches!(variable, "*" | "?" | "$") {
        return Some(variable);
    }
    let (key, default) = match variable.split_once(',') {
        Some((key, default)) => {
            (key.trim(), default.trim().strip_prefix('\'').and_then(|text| text.strip_suffix('\'')))
        }
        None => (variable, None),
    };
    context.single(key).or(default)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, text: &str) -> bool {
        let context = Context::default().with("key:sub", "a*b").with_all("key:amr", ["x", "y"]);
        Pattern::read(pattern, &context).is_some_and(|pattern| pattern.matches(text))
    }

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a/*/c", "a/b/b/c", true),
            ("a/*/c", "a/c", false),
            ("a*b*c", "abbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("日?", "日本", true),
            ("abc", "abcd", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} on {text:?}");
        }
    }

    #[test]
    fn it_agrees_with_the_wildcards_of_path_patterns() {
        let parts = ["a", "b", "*", "?", "/", ""];
        let all = || parts.iter().flat_map(|x| parts.iter().map(move |y| format!("{x}{y}")));
        for (pattern, text) in all().flat_map(|x| all().map(move |y| format!("{x}{y}"))).zip(all().cycle()) {
            let text = text.replace(['*', '?'], "ab");
            assert_eq!(matches(&pattern, &text), crate::glob::glob_matches(&pattern, &text), "{pattern} on {text}");
        }
    }

    #[test]
    fn a_star_in_an_arn_ends_at_the_colon() {
        let matches = |pattern| {
            let pattern = Pattern::read(pattern, &Context::default()).unwrap();
            pattern.matches_arn("arn:aws:iam::123456789012:role/a:b/c")
        };
        assert!(matches("arn:aws:iam::*:role/*") && matches("arn:*:iam::123456789012:role/a*"));
        assert!(!matches("arn:*:role/*") && !matches("*") && !matches("arn:aws:iam::*:user/*"));
    }

    #[test]
    fn the_value_of_a_variable_is_no_wildcard() {
        assert!(matches("users/${Key:Sub}/*", "users/a*b/x"));
        assert!(!matches("users/${key:sub}/*", "users/acb/x"));
        assert!(matches("${*}${?}${$}", "*?$") && !matches("${*}", "x"));
    }

    #[test]
    fn a_variable_without_a_single_value_matches_nothing_unless_it_has_a_default() {
        assert!(!matches("${key:none}*", "x"));
        assert!(!matches("${key:amr}", "x"));
        assert!(matches("${key:none, 'guest'}/x", "guest/x"));
    }
}
