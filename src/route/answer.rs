//! An answer → whether the call is done, or is tried once more. Nothing is tried twice, and nothing else is tried again.

use super::Authorization;
use super::clock::{learned_offset, refusal_time};
use super::plan::{Plan, RedirectMode};
use crate::text::contains;

/// A signature is refused when its date is further from the server's than this (five minutes).
const WINDOW: i64 = 300;

/// Whether the request can be sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// There is none, or it is at hand.
    Replayable,
    /// It was a stream.
    Consumed,
}

/// Which attempt was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The first.
    First,
    /// The one after a retry.
    Second,
}

/// What was sent.
#[derive(Clone, Copy, Debug)]
pub struct Sent<'a> {
    /// As it was planned.
    pub plan: &'a Plan<'a>,
    /// The redirect mode that the caller asked for.
    pub redirect: RedirectMode,
    /// Whether it can be sent again.
    pub body: Body,
    /// Whether it has been already.
    pub attempt: Attempt,
    /// The offset of the server's clock from this one that was reckoned with.
    pub offset: i64,
    /// When the token that was sent expires (`exp`).
    pub token_expires_at: Option<i64>,
}

/// What came back, as far as the page may read it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer<'a> {
    /// The status; 0 of an opaque redirect.
    pub status: u16,
    /// Whether its type is `opaqueredirect`.
    pub kind: Kind,
    /// `Date`.
    pub date: Option<&'a str>,
    /// `Age`.
    pub age: Option<&'a str>,
    /// `WWW-Authenticate`.
    pub www_authenticate: Option<&'a str>,
    /// The body's text, where [`reads`] asks for it.
    pub text: &'a str,
    /// This device's clock when it came, in seconds since 1970, without any offset.
    pub local_now: i64,
}

/// What kind of answer it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// One that can be read.
    #[default]
    Readable,
    /// `Response.type` is `opaqueredirect`.
    OpaqueRedirect,
}

/// What follows from an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// The caller gets it.
    Done,
    /// Refresh the token and send once more.
    RetryWithFreshToken,
    /// Get new AWS credentials, sign with them and send once more.
    RetryWithFreshCredentials,
    /// Sign with this offset of the server's clock and send once more.
    RetryWithSkew(i64),
    /// A redirect that may not be followed, and that the caller did not ask to see: a network error.
    RefuseRedirect,
}

/// Whether [`after`] needs an answer's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// It does: read a clone.
    Text,
    /// It does not.
    Nothing,
}

/// Whether [`after`] needs the body of an answer with this status.
pub fn reads(plan: &Plan<'_>, status: u16) -> Reads {
    match (&plan.authorization, status) {
        (Authorization::Bearer(_), 401) | (Authorization::SigV4(_), 400 | 403) => Reads::Text,
        _ => Reads::Nothing,
    }
}

/// What follows from an answer.
pub fn after(sent: &Sent<'_>, answer: &Answer<'_>) -> Next {
    if answer.kind == Kind::OpaqueRedirect {
        return match sent.redirect {
            RedirectMode::Manual => Next::Done,
            RedirectMode::Follow | RedirectMode::Error => Next::RefuseRedirect,
        };
    }
    if sent.attempt == Attempt::Second || sent.body == Body::Consumed {
        return Next::Done;
    }
    match (&sent.plan.authorization, answer.status) {
        (Authorization::Bearer(_), 401) if token_expired(sent, answer) => Next::RetryWithFreshToken,
        (Authorization::SigV4(_), 400 | 403) if credentials_refused(answer.text) => Next::RetryWithFreshCredentials,
        (Authorization::SigV4(_), 400 | 403) => skew(sent, answer).map_or(Next::Done, Next::RetryWithSkew),
        _ => Next::Done,
    }
}

/// Whether the server refused the token because it expired: it says so, or says nothing and the token has.
fn token_expired(sent: &Sent<'_>, answer: &Answer<'_>) -> bool {
    let challenge = answer.www_authenticate.unwrap_or_default();
    if says_expired(answer.text) || says_expired(challenge) {
        return true;
    }
    // HTTP APIs give the reason in error_description alone, so with that this is another one.
    if contains(challenge, "error_description") {
        return false;
    }
    let offset = learned_offset(answer.date, answer.age, answer.local_now).unwrap_or(sent.offset);
    sent.token_expires_at.is_some_and(|expires_at| expires_at <= answer.local_now + offset)
}

/// `The incoming token has expired`, `JWT Token expired`; but not an app's own `subscription expired`.
fn says_expired(text: &str) -> bool {
    contains(text, "expired") && contains(text, "oken")
}

/// Whether the credentials are no longer good: they expired by the server's clock, or were revoked. These are the words of API Gateway,
/// Lambda and AppSync, and S3's error codes; an app's own answer does not hold them.
fn credentials_refused(text: &str) -> bool {
    const WORDS: [&str; 6] = [
        "The security token included in the request is expired",
        "The security token included in the request is invalid",
        "ExpiredTokenException",
        "<Code>ExpiredToken</Code>",
        "<Code>InvalidToken</Code>",
        "<Code>InvalidAccessKeyId</Code>",
    ];
    WORDS.iter().any(|words| contains(text, words))
}

/// The offset that a new signature needs, if the old one failed for its date.
fn skew(sent: &Sent<'_>, answer: &Answer<'_>) -> Option<i64> {
    let said = refusal_time(answer.text).map(|server_now| server_now - answer.local_now);
    let offset = said.or_else(|| learned_offset(answer.date, answer.age, answer.local_now))?;
    // The same date would be refused again; and a date within the window was not what it was refused for.
    (offset.abs_diff(sent.offset) >= WINDOW.unsigned_abs()).then_some(offset)
}
