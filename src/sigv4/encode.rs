//! Percent-encoding as SigV4 wants it: everything but RFC 3986's unreserved characters, in capitals.

use crate::text::{before, hex_digit, is_unreserved, parts, push_percent_encoded};

/// What a `+` of a query means.
///
/// A form's query has it for a space, RFC 3986 as itself, and signers and servers differ. It is read as a space, as `URLSearchParams`
/// reads it (and axios writes it).
const PLUS: u8 = b' ';

/// The same query without the one character that servers read in two ways: `+` becomes `%20`.
///
/// What is sent must be what was signed, so the URL of a signed request is rewritten with this.
pub fn unambiguous_query(query: &str) -> String {
    let mut parts = parts(query, |b| b == b'+');
    let mut unambiguous = String::from(parts.next().unwrap_or_default());
    for part in parts {
        unambiguous.push_str("%20");
        unambiguous.push_str(part);
    }
    unambiguous
}

/// The query without a signature that it has, which is replaced: of two, no service takes either.
pub fn without_signature(query: &str) -> String {
    let mut rest = String::with_capacity(query.len());
    for pair in parts(query, |b| b == b'&').filter(|pair| !is_signature(before(pair, |b| b == b'='))) {
        if !rest.is_empty() {
            rest.push('&');
        }
        rest.push_str(pair);
    }
    rest
}

fn is_signature(name: &str) -> bool {
    const NAMES: [&str; 7] =
        ["algorithm", "credential", "date", "expires", "security-token", "signature", "signedheaders"];
    let (start, end) = name.split_at_checked(6).unwrap_or((name, ""));
    start.eq_ignore_ascii_case("x-amz-") && NAMES.iter().any(|known| end.eq_ignore_ascii_case(known))
}

/// Encodes text that is not encoded yet.
pub(super) fn push_encoded(out: &mut String, text: &str) {
    for byte in text.bytes() {
        push_percent_encoded(out, byte);
    }
}

/// Decodes a name or a value of a query and encodes it as SigV4 does.
pub(super) fn push_query_component(out: &mut String, component: &str) {
    push_decoded(out, component, push_percent_encoded);
}

/// Decodes a path and encodes it once, as S3 does with what arrives: there `%2F` is a slash, and `+` a blank.
/// <https://github.com/aws/aws-sdk-net/pull/4473> shows which paths S3 and API Gateway, which does not, expected.
pub(super) fn push_path_once(out: &mut String, path: &str) {
    push_decoded(out, path, push_path_byte);
}

/// Encodes a path on top of the encoding it has.
pub(super) fn push_path_again(out: &mut String, path: &str) {
    // As a rule there is nothing to encode, and a text as a whole is quicker than its bytes.
    if path.bytes().all(|byte| byte == b'/' || is_unreserved(byte)) {
        return out.push_str(path);
    }
    for byte in path.bytes() {
        push_path_byte(out, byte);
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    let mut digits = vec![0; 2 * bytes.len()];
    let (pairs, _) = digits.as_chunks_mut();
    for ([high, low], byte) in pairs.iter_mut().zip(bytes) {
        (*high, *low) = (hex_digit(byte >> 4, b'a'), hex_digit(byte & 15, b'a'));
    }
    String::from_utf8(digits).unwrap_or_default()
}

/// Hands over the decoded bytes. An escape that is none is taken literally.
fn push_decoded(out: &mut String, text: &str, push: fn(&mut String, u8)) {
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = split_byte(rest) {
        push(out, byte);
        rest = after;
    }
}

fn split_byte(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match bytes {
        [] => None,
        [b'+', after @ ..] => Some((PLUS, after)),
        [first, after @ ..] => match escape(after).filter(|_| *first == b'%') {
            Some(byte) => Some((byte, after.get(2..).unwrap_or_default())),
            None => Some((*first, after)),
        },
    }
}

/// The byte that an escape stands for, by what follows its percent sign.
pub(super) fn escape(after: &[u8]) -> Option<u8> {
    match after {
        [high, low, ..] => Some(hex_value(*high)? << 4 | hex_value(*low)?),
        _ => None,
    }
}

fn push_path_byte(out: &mut String, byte: u8) {
    if byte == b'/' { out.push('/') } else { push_percent_encoded(out, byte) }
}

pub(super) fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}
