//! URLs as people may see them.

use crate::diagnosis::redact::REDACTED;
use crate::diagnosis::words::joined;
use crate::text::{cut, cut_last, parts, split_before};

/// A URL as people may see it. The password, each value of the query and the fragment may be a key to the door.
pub(super) fn shown(url: &str) -> String {
    let (rest, fragment) = split_before(url, |b| b == b'#');
    let (place, query) = split_before(rest, |b| b == b'?');
    let mut shown = without_userinfo(place);
    let mut mark = "?";
    let query = query.strip_prefix("?").filter(|query| !query.is_empty());
    for pair in query.into_iter().flat_map(|query| parts(query, |b| b == b'&')) {
        match cut(pair, |b| b == b'=') {
            Some((name, value)) if !value.is_empty() => shown.push_str(&joined(&[mark, name, "=", REDACTED])),
            // a text without a name may be the key itself
            None if !pair.is_empty() => shown.push_str(&joined(&[mark, REDACTED])),
            _ => shown.push_str(&joined(&[mark, pair])),
        }
        mark = "&";
    }
    if fragment.len() > 1 {
        shown.push_str(&joined(&["#", REDACTED]));
    }
    shown
}

/// What stands before the host; an `@` further on is part of a path.
fn without_userinfo(url: &str) -> String {
    let after_scheme = cut(url, |b| b == b'/').and_then(|(scheme, rest)| Some((scheme, rest.strip_prefix('/')?)));
    let Some((scheme, rest)) = after_scheme else { return url.to_owned() };
    let (authority, path) = split_before(rest, |b| b == b'/');
    match cut_last(authority, |b| b == b'@') {
        Some((_, host)) => joined(&[scheme, "//", REDACTED, "@", host, path]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn no_secret_of_a_url_is_shown() {
        for (url, text) in [
            ("https://u:p@api.test/a?b=c@d", "https://[redacted]@api.test/a?b=[redacted]"),
            ("//u:p@x@api.test", "//[redacted]@api.test"),
            ("https://api.test/?mail=a@b.test&x=&y", "https://api.test/?mail=[redacted]&x=&[redacted]"),
            ("/cb?code=abc&token=def#access_token=ghi", "/cb?code=[redacted]&token=[redacted]#[redacted]"),
            ("https://api.test?a=b", "https://api.test?a=[redacted]"),
            ("https://api.test/?#", "https://api.test/"),
            ("/a/b@c", "/a/b@c"),
            ("items", "items"),
        ] {
            assert_eq!(shown(url), text);
        }
    }
}
