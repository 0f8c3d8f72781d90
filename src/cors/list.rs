//! Header values that are lists.

use crate::text::split_before;

/// "get, decode, and split": members between commas that are not inside double quotes, without the white space around them.
pub(super) fn members(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let whole = rest?;
        let mut after = whole;
        // a quoted string is stepped over, commas and all
        while let (_, Some(quoted)) = cut_at(after, |b| matches!(b, b',' | b'"')) {
            if quoted.starts_with(",") {
                after = quoted;
                break;
            }
            after = end_of_quoted(quoted);
        }
        if !after.starts_with(",") {
            after = "";
        }
        let member = whole.get(..whole.len() - after.len()).unwrap_or_default();
        rest = after.strip_prefix(",");
        Some(member.trim_matches([' ', '\t']))
    })
}

fn cut_at(text: &str, at: fn(u8) -> bool) -> (&str, Option<&str>) {
    let (before, rest) = split_before(text, at);
    (before, Some(rest).filter(|rest| !rest.is_empty()))
}

/// What follows a quoted string; nothing where it does not end.
fn end_of_quoted(quoted: &str) -> &str {
    let mut rest = quoted.strip_prefix("\"").unwrap_or(quoted);
    loop {
        let (_, found) = split_before(rest, |b| matches!(b, b'"' | b'\\'));
        if let Some(after) = found.strip_prefix("\"") {
            return after;
        }
        // an escaped character
        match found.char_indices().nth(2) {
            Some((at, _)) => rest = found.get(at..).unwrap_or_default(),
            None => return "",
        }
    }
}

/// A header value that should be a list of tokens and is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotTokens;

/// "extracting header list values" of a `#token` header; absent is empty, empty members are skipped.
pub(super) fn tokens(value: Option<&str>) -> Result<Vec<String>, NotTokens> {
    members(value.unwrap_or_default())
        .filter(|member| !member.is_empty())
        .map(|member| if is_token(member) { Ok(member.to_owned()) } else { Err(NotTokens) })
        .collect()
}

fn is_token(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(value: &str) -> Vec<&str> {
        members(value).collect()
    }

    #[test]
    fn commas_in_quotes_do_not_separate() {
        assert_eq!(split("a, b\t,c"), ["a", "b", "c"]);
        assert_eq!(split("\"a,b\",c"), ["\"a,b\"", "c"]);
        assert_eq!(split("\"a\\\",b\",c"), ["\"a\\\",b\"", "c"]);
        assert_eq!(split("\"a,b"), ["\"a,b"]);
        assert_eq!(split(""), [""]);
        assert_eq!(split(","), ["", ""]);
        assert_eq!(tokens(Some("'a',,b ,")), Ok(vec!["'a'".to_owned(), "b".to_owned()]));
        assert_eq!(tokens(Some("a b")), Err(NotTokens));
        assert_eq!(tokens(Some("a\u{a0},b")), Err(NotTokens));
    }

    proptest! {
        #[test]
        fn without_quotes_it_is_a_split(value in "[a-z ,\\t]{0,12}") {
            let expected: Vec<&str> = value.split(',').map(|part| part.trim_matches([' ', '\t'])).collect();
            prop_assert_eq!(split(&value), expected);
        }

        #[test]
        fn members_never_grow(value in "[ab\",\\\\é ]{0,16}") {
            let total: usize = split(&value).iter().map(|member| member.len()).sum();
            prop_assert!(total <= value.len());
        }
    }
}
