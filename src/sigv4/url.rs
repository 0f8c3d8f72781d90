//! A URL in the parts that are signed, as it was written: no dot segment resolved, no slash merged.

use super::encode::escape;
use crate::error::{Error, ErrorCode};
use crate::text::{before, cut, is_unreserved, push_percent_encoded, split_before};

/// An absolute `http`, `https`, `ws` or `wss` URL that is made of RFC 3986's characters alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// What stands before the host, e.g. `https://`.
    scheme: &'static str,
    /// As the `Host` header has it: lower case, without the scheme's own port.
    pub host: String,
    /// Begins with a slash.
    pub path: String,
    /// Without the question mark. No `+` is in it, which servers read in two ways.
    pub query: String,
}

impl Url {
    /// Reads a URL whose host is written as `URL.host` has it, but for capitals and the scheme's own port.
    ///
    /// A character that may not stand in a URL is percent-encoded, and so is a percent sign that begins no escape: what is signed is what can be
    /// sent. The fragment is dropped.
    ///
    /// # Errors
    /// `invalid-argument` where it is no absolute URL.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let (scheme, rest) = cut(text, |byte| byte == b':').ok_or_else(relative)?;
        let (scheme, own_port) = ["http://", "https://", "ws://", "wss://"]
            .into_iter()
            .zip([":80", ":443", ":80", ":443"])
            .find(|(known, _)| before(known, |byte| byte == b':').eq_ignore_ascii_case(scheme))
            .ok_or_else(relative)?;
        let rest = rest.strip_prefix("//").ok_or_else(relative)?;
        let (host, rest) = split_before(rest, |byte| matches!(byte, b'/' | b'\\' | b'?' | b'#'));
        let host = host.strip_suffix(own_port).unwrap_or(host).to_ascii_lowercase();
        if host.is_empty() {
            return Err(relative());
        }
        let rest = before(rest, |byte| byte == b'#');
        let (path, query) = split_before(rest, |byte| byte == b'?');
        let mut url = Self { scheme, host, path: String::with_capacity(path.len() + 1), query: String::new() };
        if !path.starts_with('/') {
            url.path.push('/');
        }
        push_sendable(&mut url.path, path, "/");
        push_sendable(&mut url.query, query.get(1..).unwrap_or_default(), "/?");
        Ok(url)
    }

    /// The URL, with another query.
    pub fn with_query(&self, query: &str) -> String {
        let mut url = String::with_capacity(self.host.len() + self.path.len() + query.len() + 9);
        url.push_str(self.scheme);
        url.push_str(&self.host);
        url.push_str(&self.path);
        if !query.is_empty() {
            url.push('?');
            url.push_str(query);
        }
        url
    }
}

/// Copies what may stand in a path or a query (RFC 3986, 3.3 and 3.4), and encodes the rest.
fn push_sendable(out: &mut String, text: &str, also: &str) {
    if text.bytes().all(|byte| is_unreserved(byte) || matches!(byte, b'/' | b'&' | b'=')) {
        return out.push_str(text);
    }
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        match byte {
            b'%' if escape(after).is_some() => out.push('%'),
            // Only a query has a second meaning for it.
            b'+' if also.len() > 1 => out.push_str("%20"),
            b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':' | b'@' => {
                out.push(char::from(*byte))
            }
            byte if also.as_bytes().contains(byte) => out.push(char::from(*byte)),
            byte => push_percent_encoded(out, *byte),
        }
    }
}

fn relative() -> Error {
    Error::new(
        ErrorCode::InvalidArgument,
        "Only an absolute http, https, ws or wss URL can be signed.",
        "Give the whole of it, with https:// and the host.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(text: &str) -> String {
        let url = Url::parse(text).unwrap();
        url.with_query(&url.query)
    }

    #[test]
    fn what_a_url_can_hold_stays_as_it_was_written() {
        for url in [
            "https://abc123.execute-api.ap-northeast-1.amazonaws.com/api//a/./b/../c?b=2&a=1&a&=&",
            "http://127.0.0.1:8443/%2f%2F%E3%81%82/!$&'()*+,;=:@-._~?a/b?c=%20",
            "wss://[::1]:9000/prod",
        ] {
            assert_eq!(sent(url), url);
        }
    }

    #[test]
    fn what_it_cannot_hold_is_encoded_once() {
        for (written, expected) in [
            ("https://a.example/あ b\"<>\\^`{|}[]", "/%E3%81%82%20b%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D"),
            ("https://a.example/100%/%zz/%4/%", "/100%25/%25zz/%254/%25"),
            ("https://a.example/?q=é|[1]&c=50%&s=a+b", "/?q=%C3%A9%7C%5B1%5D&c=50%25&s=a%20b"),
        ] {
            assert_eq!(sent(written).strip_prefix("https://a.example"), Some(expected), "{written}");
        }
    }

    #[test]
    fn the_host_is_as_it_is_sent() {
        for (written, host) in [
            ("HTTPS://API.Example.com", "api.example.com"),
            ("https://api.example.com:443/", "api.example.com"),
            ("wss://api.example.com:443?a", "api.example.com"),
            ("http://api.example.com:80#a", "api.example.com"),
            ("ws://api.example.com:443", "api.example.com:443"),
            ("https://api.example.com:8443", "api.example.com:8443"),
        ] {
            let url = Url::parse(written).unwrap();
            assert_eq!((url.host.as_str(), url.path.as_str()), (host, "/"), "{written}");
        }
    }

    #[test]
    fn the_fragment_is_not_sent() {
        assert_eq!(sent("https://a.example/b#c?d"), "https://a.example/b");
        assert_eq!(sent("https://a.example/b?#c"), "https://a.example/b");
    }

    #[test]
    fn nothing_but_an_absolute_url_is_taken() {
        for text in ["", "/items", "items", "//a.example/", "https:/a", "https://", "https:///a", "ftp://a/", "data:,a"]
        {
            assert_eq!(Url::parse(text).unwrap_err().code(), ErrorCode::InvalidArgument, "{text}");
        }
    }
}
