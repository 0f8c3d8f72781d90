//! What a server's words say about its clock.

use crate::calendar;
use crate::text::{contains, cut, parts};

/// Seconds since 1970 of an HTTP date (RFC 9110, 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`. The two obsolete forms are no server's today.
pub fn parse_http_date(text: &str) -> Option<i64> {
    // Every part has its place.
    let number = |from: usize, to: usize| number(text.get(from..to)?);
    let month = month(text.get(8..11)?)?;
    (text.get(25..) == Some(" GMT")).then_some(())?;
    Some(unix_seconds(number(12, 16)?, month, number(5, 7)?, number(17, 19)?, number(20, 22)?, number(23, 25)?))
}

/// The server's clock minus this one, in seconds, from a `Date` that no cache has aged: with an `Age` it says nothing.
pub fn learned_offset(date: Option<&str>, age: Option<&str>, local_now: i64) -> Option<i64> {
    match age {
        Some(age) if age != "0" => None,
        _ => Some(parse_http_date(date?)? - local_now),
    }
}

/// The server's time in its refusal of a signature's date.
///
/// `Signature expired: S is now earlier than L (N - 5 min.)`, `Signature not yet current: S is still later than L (N + 5 min.)`: N is
/// the server's now, and L is the limit, five or fifteen minutes from it.
///
/// S3 answers in XML: `<Code>RequestTimeTooSkewed</Code> … <ServerTime>2015-08-30T12:36:00Z</ServerTime>`.
pub(super) fn refusal_time(message: &str) -> Option<i64> {
    const WITHIN_ANY_LIMIT: i64 = 300;
    if contains(message, "<Code>RequestTimeTooSkewed</Code>") {
        let mut elements = parts(message, |b| b == b'<').filter_map(|element| cut(element, |b| b == b'>'));
        return parse_iso_date(elements.find(|(name, _)| *name == "ServerTime")?.1);
    }
    let expired = contains(message, "Signature expired");
    if !expired && !contains(message, "Signature not yet current") {
        return None;
    }
    let mut dates = (0..message.len()).filter_map(|at| parse_amz_date(message.get(at..at + 16)?));
    let limit = dates.nth(1)?;
    let estimate = if expired { limit + WITHIN_ANY_LIMIT } else { limit - WITHIN_ANY_LIMIT };
    Some(dates.next().unwrap_or(estimate))
}

/// Seconds since 1970 of `yyyyMMdd'T'HHmmss'Z'`.
fn parse_amz_date(text: &str) -> Option<i64> {
    let (date, time) = (number(text.get(..8)?)?, number(text.get(9..15)?)?);
    let seconds =
        unix_seconds(date / 10_000, date / 100 % 100, date % 100, time / 10_000, time / 100 % 100, time % 100);
    (text.get(8..9) == Some("T") && text.get(15..) == Some("Z")).then_some(seconds)
}

/// Seconds since 1970 of `yyyy-MM-ddTHH:mm:ssZ`, with or without a fraction.
fn parse_iso_date(text: &str) -> Option<i64> {
    let number = |from: usize, to: usize| number(text.get(from..to)?);
    let month = number(5, 7)?;
    text.ends_with('Z').then_some(())?;
    Some(unix_seconds(number(0, 4)?, month, number(8, 10)?, number(11, 13)?, number(14, 16)?, number(17, 19)?))
}

fn month(name: &str) -> Option<i64> {
    let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    names.iter().zip(1..).find(|(known, _)| **known == name).map(|(_, number)| number)
}

fn number(digits: &str) -> Option<i64> {
    digits.bytes().try_fold(0, |value, byte| byte.is_ascii_digit().then(|| value * 10 + i64::from(byte - b'0')))
}

fn unix_seconds(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> i64 {
    ((calendar::days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
}
