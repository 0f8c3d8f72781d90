//! As much of a URL as CORS looks at. Browsers hand over URLs that are already normalised; a full parser would cost 60 KB.

use crate::text::{before, cut, cut_last, joined, number, parts, split_before};

/// A parsed absolute URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Lower-case, without the colon.
    pub scheme: String,
    /// `user:password`, where there is one.
    pub userinfo: Option<String>,
    /// Lower-case host, without port; IPv6 in brackets.
    pub host: String,
    /// The port in digits, where it is not the scheme's default.
    pub port: Option<String>,
    /// Everything from the path on, fragment included.
    pub rest: String,
}

/// An origin as it is serialised in the `Origin` header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `scheme://host[:port]`.
    Tuple(String),
    /// `null`: a sandboxed frame, a file, a `data:` page, or a second cross-origin redirect.
    Opaque,
}

impl Origin {
    /// Takes what `location.origin` or the `Origin` header says.
    pub fn parse(text: &str) -> Self {
        match text {
            "null" => Self::Opaque,
            text => Self::Tuple(text.strip_suffix("/").unwrap_or(text).to_owned()),
        }
    }

    /// The header value.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Tuple(text) => text,
            Self::Opaque => "null",
        }
    }
}

/// "scheme start state" and "scheme state".
pub(super) fn is_scheme(text: &str) -> bool {
    let mut letters = text.bytes();
    letters.next().is_some_and(|b| b.is_ascii_alphabetic())
        && letters.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
}

fn default_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "http" | "ws" => Some("80"),
        "https" | "wss" => Some("443"),
        "ftp" => Some("21"),
        _ => None,
    }
}

impl Url {
    /// Parses an absolute URL; `None` where the URL Standard's parser would fail.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = cut(text.trim_ascii(), |b| b == b':')?;
        if !is_scheme(scheme) {
            return None;
        }
        let scheme = scheme.to_ascii_lowercase();
        let Some(default) = default_port(&scheme) else {
            return Some(Self { scheme, userinfo: None, host: String::new(), port: None, rest: rest.to_owned() });
        };
        // "special authority ignore slashes state": https:/x and https:x are https://x
        let (authority, rest) = split_authority(split_before(rest, |b| !matches!(b, b'/' | b'\\')).1);
        let Authority { userinfo, host, port } = authority;
        if !is_port(port) {
            return None;
        }
        let port = if port.is_empty() { default } else { split_before(port, |b| b != b'0').1 };
        let host = host.to_ascii_lowercase();
        is_host(&host).then(|| Self {
            scheme,
            userinfo: userinfo.filter(|text| !text.is_empty() && *text != ":").map(str::to_owned),
            host,
            port: (port != default).then(|| port.to_owned()),
            rest: rest.to_owned(),
        })
    }

    /// The URL that a `Location` header of this URL's response leads to.
    pub fn join(&self, location: &str) -> Option<Self> {
        let location = location.trim_matches(|c| c <= ' ');
        if let Some(rest) = location.strip_prefix("//") {
            return Self::parse(&joined(&[&self.scheme, "://", rest]));
        }
        // "scheme state": http:x is relative to a URL of http
        let same_scheme = cut(location, |b| b == b':').filter(|(scheme, _)| scheme.eq_ignore_ascii_case(&self.scheme));
        let location = match same_scheme {
            Some((_, rest)) if !rest.starts_with("//") => rest,
            _ => location,
        };
        match cut(location, |b| b == b':').map(|(scheme, _)| scheme) {
            Some(scheme) if is_scheme(scheme) => return Self::parse(location),
            _ => {}
        }
        let path = before(&self.rest, |b| matches!(b, b'?' | b'#'));
        let rest = if location.starts_with("/") {
            location.to_owned()
        } else if location.starts_with("?") {
            joined(&[path, location])
        } else if location.starts_with("#") || location.is_empty() {
            joined(&[before(&self.rest, |b| b == b'#'), location])
        } else {
            joined(&[cut_last(path, |b| b == b'/').map_or("", |(folder, _)| folder), "/", location])
        };
        Some(Self { rest, userinfo: None, ..self.clone() })
    }

    /// As text again, without its fragment, as it is requested.
    pub fn href(&self) -> String {
        let (at, userinfo) = self.userinfo.as_deref().map_or(("", ""), |userinfo| ("@", userinfo));
        let (colon, port) = self.port.as_deref().map_or(("", ""), |port| (":", port));
        let rest = before(&self.rest, |b| b == b'#');
        let slash = if rest.starts_with("/") { "" } else { "/" };
        joined(&[&self.scheme, "://", userinfo, at, &self.host, colon, port, slash, rest])
    }

    /// The URL's origin; opaque for schemes that have none.
    pub fn origin(&self) -> Origin {
        if default_port(&self.scheme).is_none() {
            return Origin::Opaque;
        }
        let (colon, port) = self.port.as_deref().map_or(("", ""), |port| (":", port));
        Origin::Tuple(joined(&[&self.scheme, "://", &self.host, colon, port]))
    }

    /// Whether CORS applies to the scheme at all.
    pub fn is_http(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https")
    }

    /// The path without query and fragment.
    pub fn path(&self) -> &str {
        match before(&self.rest, |b| matches!(b, b'?' | b'#')) {
            "" => "/",
            path => path,
        }
    }

    /// The query without its question mark.
    pub fn query(&self) -> Option<&str> {
        cut(before(&self.rest, |b| b == b'#'), |b| b == b'?').map(|(_, query)| query)
    }

    /// Loopback hosts are potentially trustworthy even over http (Secure Contexts, section 3.1).
    pub fn is_loopback(&self) -> bool {
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || self.host == "[::1]"
            || (self.host.starts_with("127.") && is_ipv4(&self.host))
    }

    /// An address of a private network, as far as the host name shows it.
    pub fn is_private_network(&self) -> bool {
        let host = self.host.as_str();
        let second = |prefix: &str| host.strip_prefix(prefix).and_then(|rest| number(before(rest, |b| b == b'.')));
        self.is_loopback()
            || host.ends_with(".local")
            || host.starts_with("[fc")
            || host.starts_with("[fd")
            || host.starts_with("[fe80:")
            || (is_ipv4(host)
                && (host.starts_with("10.")
                    || host.starts_with("192.168.")
                    || host.starts_with("169.254.")
                    || second("172.").is_some_and(|part| (16..32).contains(&part))))
    }
}

/// What stands between the slashes and the path.
pub(super) struct Authority<'a> {
    pub userinfo: Option<&'a str>,
    pub host: &'a str,
    /// Empty where there is none.
    pub port: &'a str,
}

/// "authority state", "host state" and "port state": the authority, and what follows it.
pub(super) fn split_authority(rest: &str) -> (Authority<'_>, &str) {
    let (authority, rest) = split_before(rest, |b| matches!(b, b'/' | b'\\' | b'?' | b'#'));
    let (userinfo, host) = match cut_last(authority, |b| b == b'@') {
        Some((userinfo, host)) => (Some(userinfo), host),
        None => (None, authority),
    };
    let (host, port) = match cut_last(host, |b| b == b':') {
        Some((name, port)) if !port.ends_with("]") => (name, port),
        _ => (host, ""),
    };
    (Authority { userinfo, host, port }, rest)
}

pub(super) fn is_port(port: &str) -> bool {
    port.is_empty() || number(port).is_some_and(|port| port <= 0xffff)
}

/// The URL Standard's host parser, as far as `Access-Control-Allow-Origin` values in the wild need it.
fn is_host(host: &str) -> bool {
    if host.starts_with("[") {
        return host.ends_with("]") && cut(host, |b| b == b':').is_some();
    }
    let forbidden = |b: u8| {
        let mark = matches!(b, b'#' | b'/' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'^' | b'|');
        b <= b' ' || b == 0x7f || mark || matches!(b, b'%' | b'"' | b'`' | b'{' | b'}')
    };
    if host.is_empty() || host.bytes().any(forbidden) {
        return false;
    }
    // "ends in a number checker": then it must be an IPv4 address
    let last = labels(host).last().unwrap_or_default();
    last.is_empty() || !last.bytes().all(|b| b.is_ascii_digit()) || is_ipv4(host)
}

/// The parts of a host; an empty one at the end does not count.
pub(super) fn labels(host: &str) -> impl Iterator<Item = &str> {
    parts(host.strip_suffix(".").unwrap_or(host), |b| b == b'.')
}

fn is_ipv4(host: &str) -> bool {
    is_ipv4_of(host, number)
}

/// "IPv4 parser", for what counts as a number: the last one fills what the others leave of four bytes.
pub(super) fn is_ipv4_of(host: &str, number: fn(&str) -> Option<u64>) -> bool {
    let mut room: u64 = 1 << 32;
    let mut last = 0;
    for label in labels(host) {
        let Some(value) = number(label) else { return false };
        if last > 0xff || room == 1 {
            return false;
        }
        (room, last) = (room >> 8, value);
    }
    last < room << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<String> {
        Url::parse(text).map(|url| url.origin().as_str().to_owned())
    }

    #[test]
    fn origins_are_serialised_as_browsers_do() {
        assert_eq!(origin("https://App.Example.com:443/a?b").as_deref(), Some("https://app.example.com"));
        assert_eq!(origin("http://127.0.0.1:8080").as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(origin("https:/example.com").as_deref(), Some("https://example.com"));
        assert_eq!(origin("https://u:p@[::1]:8443/").as_deref(), Some("https://[::1]:8443"));
        assert_eq!(origin("data:text/plain,x").as_deref(), Some("null"));
    }

    #[test]
    fn what_is_no_url_does_not_parse() {
        for text in
            ["", "*", "'*'", "app.example.com", "https://", "http://1.2.3.999", "https://a b", "https://x:99999"]
        {
            assert_eq!(Url::parse(text), None, "{text}");
        }
        assert!(Url::parse("https://*.example.com").is_some());
    }

    #[test]
    fn locations_are_resolved() {
        let base = Url::parse("https://a.test/x/y?z").unwrap();
        let at = |location: &str| {
            let url = base.join(location).unwrap();
            format!("{}{}", url.origin().as_str(), url.rest)
        };
        assert_eq!(at("/login"), "https://a.test/login");
        assert_eq!(at("w"), "https://a.test/x/w");
        assert_eq!(at("?q"), "https://a.test/x/y?q");
        assert_eq!(at("#f"), "https://a.test/x/y?z#f");
        assert_eq!(at("//b.test/"), "https://b.test/");
        assert_eq!(at("http://c.test:81/v"), "http://c.test:81/v");
    }

    #[test]
    fn private_addresses_are_recognised() {
        let private = |text: &str| Url::parse(text).unwrap().is_private_network();
        assert!(private("http://192.168.0.2/") && private("http://172.16.0.1/") && private("http://localhost:3000/"));
        assert!(!private("http://172.32.0.1/") && !private("https://10.example.com/") && !private("https://a.test/"));
    }
}
