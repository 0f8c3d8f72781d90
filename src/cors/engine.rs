//! Where browsers differ, as data.

use crate::text::cut;

/// Whose behaviour is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Chrome, Edge and their kin.
    #[default]
    Chromium,
    /// Gecko.
    Firefox,
    /// Safari.
    WebKit,
    /// The Fetch standard to the letter.
    Spec,
}

/// A rule that a preflight's answer can break. An answer can break several; engines look at them in orders of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// It must not be a redirect.
    Redirect,
    /// The CORS check's first half: `Access-Control-Allow-Origin`.
    Origin,
    /// The CORS check's second half: `Access-Control-Allow-Credentials`.
    Credentials,
    /// 200 to 299.
    Status,
    /// `Access-Control-Allow-Methods` parses.
    MethodsSyntax,
    /// `Access-Control-Allow-Headers` parses.
    HeadersSyntax,
    /// The method is allowed.
    Method,
    /// Every unsafe header name is allowed.
    Headers,
}

/// Whether `Access-Control-Allow-Headers: *` covers `Authorization`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wildcard {
    CoversAuthorization,
    NeverCoversAuthorization,
}

impl Engine {
    /// The order in which the engine looks at a preflight's answer; the first rule broken is the one that it reports.
    pub const fn preflight_order(self) -> &'static [Rule] {
        use Rule::{Credentials, Headers, HeadersSyntax, Method, MethodsSyntax, Origin, Redirect, Status};
        match self {
            // preflight_controller.cc, preflight_result.cc
            Self::Chromium => &[Redirect, Origin, Credentials, Status, MethodsSyntax, HeadersSyntax, Method, Headers],
            // nsCORSListenerProxy.cpp: a redirect is checked for ACAO before it is refused
            Self::Firefox => &[Origin, Credentials, Redirect, Status, MethodsSyntax, Method, HeadersSyntax, Headers],
            // CrossOriginAccessControl.cpp: the status first
            Self::WebKit => &[Redirect, Status, Origin, Credentials, MethodsSyntax, HeadersSyntax, Method, Headers],
            // "CORS-preflight fetch", step 7: CORS check, then ok status
            Self::Spec => &[Origin, Credentials, Redirect, Status, MethodsSyntax, HeadersSyntax, Method, Headers],
        }
    }

    /// The standard's "CORS non-wildcard request-header name" is `Authorization`; no engine enforces it yet.
    pub(super) const fn wildcard(self) -> Wildcard {
        match self {
            Self::Chromium | Self::Firefox | Self::WebKit => Wildcard::CoversAuthorization,
            Self::Spec => Wildcard::NeverCoversAuthorization,
        }
    }

    /// Headers that the engine lets through without a preflight, beyond the standard's safelist.
    pub(super) fn is_extra_safelisted(self, name: &str, value: &str) -> bool {
        match self {
            Self::Chromium => is_client_hint(name, value),
            Self::Firefox | Self::WebKit | Self::Spec => false,
        }
    }
}

/// Client hints, which Chromium's cors.cc safelists as earlier drafts of the standard did: each has a grammar of its own.
fn is_client_hint(name: &str, value: &str) -> bool {
    let is_integer = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let is_decimal = |text: &str| match cut(text, |b| b == b'.') {
        Some((whole, fraction)) => is_integer(whole) && is_integer(fraction),
        None => is_integer(text),
    };
    match name {
        "save-data" => value.eq_ignore_ascii_case("on"),
        "device-memory" | "downlink" | "dpr" => is_decimal(value),
        "rtt" | "viewport-width" | "width" => is_integer(value),
        "ect" => matches!(value, "slow-2g" | "2g" | "3g" | "4g"),
        // it says what it sends itself
        "user-agent" => true,
        _ => false,
    }
}
