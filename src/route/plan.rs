//! A route and a caller's request → what the request gets.

use crate::config::{Auth, CredentialsMode, Identity, PayloadSigning, RoleChoice, Route, SignAs, Signing, TokenUse};
use std::borrow::Cow;

/// The request's URL, in the parts that the browser's `URL` hands over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Url<'a> {
    /// `URL.host`.
    pub host: &'a str,
    /// `URL.pathname`.
    pub path: &'a str,
}

/// Whether the request goes to the page's own origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// It does.
    SameOrigin,
    /// It goes to another one, or there is no page.
    CrossOrigin,
}

/// Fetch's redirect mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectMode {
    /// Redirects are followed.
    Follow,
    /// A redirect is a network error.
    Error,
    /// A redirect is an opaque answer.
    Manual,
}

/// What the caller asks for.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// Where it goes.
    pub url: Url<'a>,
    /// Whether that is the page's own origin.
    pub page: Page,
    /// The caller's headers, in any case.
    pub headers: &'a [(String, String)],
    /// The credentials mode, if the caller chose one: see [`explicit_credentials`].
    pub credentials: Option<CredentialsMode>,
    /// The caller's redirect mode.
    pub redirect: RedirectMode,
}

/// What the request gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan<'a> {
    /// What authorizes it.
    pub authorization: Authorization<'a>,
    /// Its credentials mode.
    pub credentials: CredentialsMode,
    /// Headers to add to the caller's; none of them is there already.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The redirect mode to send it with.
    pub redirect: RedirectMode,
}

/// What authorizes a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorization<'a> {
    /// Nothing of ours: the route has none, or the caller set `Authorization`.
    None,
    /// `Authorization: Bearer` and this token.
    Bearer(TokenUse),
    /// A signature, computed for this.
    SigV4(SignedAs<'a>),
}

/// What a signature is computed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedAs<'a> {
    /// The `Host` that the verifying server sees.
    pub host: &'a str,
    /// The path that it sees, encoded once.
    pub path: Cow<'a, str>,
    /// The region.
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
    /// Whose credentials sign.
    pub identity: Identity,
    /// Of which role.
    pub role: &'a RoleChoice,
    /// Whether they sign the body, too.
    pub payload: PayloadSigning,
}

/// What the caller said of credentials, and not merely did not say.
///
/// `init` is `init.credentials`; `request` is the `credentials` of a `Request`, where the caller gave one. There `same-origin` is also
/// what nobody chose, so it counts for nothing.
pub fn explicit_credentials(
    init: Option<CredentialsMode>,
    request: Option<CredentialsMode>,
) -> Option<CredentialsMode> {
    init.or(request.filter(|mode| *mode != CredentialsMode::SameOrigin))
}

/// What the request gets from its route.
pub fn plan<'a>(route: &'a Route, call: &Call<'a>) -> Plan<'a> {
    let authorization = match &route.auth {
        Auth::None => Authorization::None,
        // The caller knows better: a token of another issuer, or none at all.
        Auth::Bearer(_) if has_header(call.headers, "authorization") => Authorization::None,
        Auth::Bearer(token) => Authorization::Bearer(*token),
        // A signature replaces what the caller set: an IAM route takes nothing else.
        Auth::Iam(signing) => Authorization::SigV4(signed_as(signing, call.url)),
    };
    let headers: Vec<_> = route
        .headers
        .iter()
        .filter(|(name, _)| !has_header(call.headers, name))
        // Only one can be sent, and the token or the signature is what the route is for.
        .filter(|(name, _)| authorization == Authorization::None || !name.eq_ignore_ascii_case("authorization"))
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let credentials = call.credentials.or(route.credentials).unwrap_or(match call.page {
        Page::SameOrigin => CredentialsMode::SameOrigin,
        Page::CrossOrigin => CredentialsMode::Omit,
    });
    let redirect = redirect(call.redirect, &authorization, &headers);
    Plan { authorization, credentials, headers, redirect }
}

/// A redirect must not carry a token or a signature to an origin that has no route for it.
///
/// On the way to another origin Fetch takes `Authorization` away (HTTP-redirect fetch, step 13) and nothing else: neither
/// `x-amz-security-token` nor an API key. A page cannot see where a redirect leads before it is followed, so a request that carries
/// one of these is not redirected at all; nothing is lost for a signed one, whose signature is good for one URL only.
fn redirect(caller: RedirectMode, authorization: &Authorization<'_>, headers: &[(&str, &str)]) -> RedirectMode {
    let stays_on = matches!(authorization, Authorization::SigV4(_))
        || headers.iter().any(|(name, _)| !name.eq_ignore_ascii_case("authorization"));
    match caller {
        RedirectMode::Follow if stays_on => RedirectMode::Manual,
        caller => caller,
    }
}

/// What a signature of the route is computed for.
pub fn signed_as<'a>(signing: &'a Signing, url: Url<'a>) -> SignedAs<'a> {
    let Signing { service, region, sign_as, identity, role, payload } = signing;
    let (host, path) = match sign_as {
        None => (url.host, Cow::Borrowed(url.path)),
        Some(sign_as) => (sign_as.host.as_str(), path_behind(sign_as, url.path)),
    };
    SignedAs { host, path, region, service, identity: *identity, role, payload: *payload }
}

/// The path that the origin behind a distribution sees.
fn path_behind<'a>(sign_as: &SignAs, path: &'a str) -> Cow<'a, str> {
    let path = match path.strip_prefix(sign_as.strip_prefix.as_str()) {
        Some("") => "/",
        // Whole segments only: `/api` is no prefix of `/apis`.
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    };
    if sign_as.path_prefix.is_empty() {
        Cow::Borrowed(path)
    } else {
        Cow::Owned([sign_as.path_prefix.as_str(), path].concat())
    }
}

fn has_header(headers: &[(String, String)], name: &str) -> bool {
    headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name))
}
