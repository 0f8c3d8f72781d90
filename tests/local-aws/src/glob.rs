//! The wildcards of IAM policies and of CloudFront's path patterns: `*` is any run of characters, `/` and `:`
//! included; `?` is any one.

/// Whether a pattern matches the whole of a text.
pub fn glob_matches(pattern: &str, text: &str) -> bool {
    matches(pattern.as_bytes(), text.as_bytes())
}

fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (Some((&first, rest)), Some((&next, after))) = (pattern.split_first(), text.split_first()) else {
        return text.is_empty() && pattern.iter().all(|&byte| byte == b'*');
    };
    match first {
        b'*' => matches(rest, text) || matches(pattern, after),
        b'?' => matches(rest, after),
        _ => first == next && matches(rest, after),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("/api/*", "/api/admin/users", true),
            ("/api/*", "/api", false),
            ("*.jpg", "/a/b.jpg", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("abc", "abcd", false),
        ] {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} on {text:?}");
        }
    }
}
