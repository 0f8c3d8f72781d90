//! What of a signature must not be shown, wherever it stands: in a canonical request, a header, a query or an XML document.

use crate::text::{Cut, split_before};

/// Before a secret, without regard to case. What follows, up to the end of a word or of an element, is left out.
const BEFORE: &[&str] = &[
    "x-amz-security-token:",
    "x-amz-security-token=",
    "credential=",
    "signature=",
    "bearer ",
    "<token-0>",
    "<awsaccesskeyid>",
    "<signatureprovided>",
    // the same texts once more, each byte in hexadecimal
    "<canonicalrequestbytes>",
    "<stringtosignbytes>",
];

/// A text without the secrets of signatures and tokens.
pub(super) fn redacted(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let starts = |word: &&&str| {
            rest.as_bytes().get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        };
        let (word, after) = match BEFORE.iter().find(starts) {
            Some(word) => rest.split_at(word.len()),
            None => {
                let (char, after) = rest.split_at(first.len_utf8());
                shown.push_str(char);
                rest = after;
                continue;
            }
        };
        shown.push_str(word);
        let end: Cut = if word.ends_with('>') {
            |b| b == b'<'
        } else {
            |b| matches!(b, b'&' | b'"' | b'\'' | b'\\' | b'<' | b',' | b' ' | b'\n')
        };
        let (secret, after) = split_before(after, end);
        if !secret.is_empty() {
            shown.push_str(REDACTED);
        }
        rest = after;
    }
    shown
}

/// What takes the place of a secret.
pub(super) const REDACTED: &str = "[redacted]";
