//! Two canonical requests beside each other: the one that was signed, and the one that the server says it computed.

use super::failure::Locale;
use super::redact::redacted;
use super::text::{Phrase, phrase};
use super::words::{joined, next_line};
use crate::text::{around, before, cut};

/// Where they differ first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The name of the line; empty where there is none.
    pub line: String,
    /// What was signed, and what the server saw; nothing where the values are nobody's business.
    pub values: Option<(String, String)>,
    /// What it points to.
    pub place: Place,
}

/// What a difference points to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Another name in front of the API.
    Host,
    /// A prefix that is added or taken away.
    Path,
    /// Something that changed the request.
    Elsewhere,
    /// Nothing differs.
    Nowhere,
}

impl Difference {
    /// In words, ended so that more can follow.
    pub fn told(&self, locale: Locale) -> String {
        let say = |said| phrase(said, locale);
        match &self.values {
            _ if self.line.is_empty() => String::new(),
            Some((signed, seen)) => joined(&[
                &self.line,
                say(Phrase::WeSigned),
                signed,
                say(Phrase::ApiSaw),
                seen,
                say(Phrase::DifferenceEnds),
            ]),
            None => joined(&[&self.line, say(Phrase::DiffersUnseen)]),
        }
    }
}

/// The canonical request in an answer: API Gateway and Lambda have it in their message, S3 in an element of its XML.
pub(super) fn seen_in(body: &str) -> Option<String> {
    let (_, rest) = around(body, "<CanonicalRequest>").or_else(|| around(body, "request should have been"))?;
    let mut text = String::new();
    let mut rest = rest.chars();
    while let Some(char) = rest.next() {
        text.push(match char {
            '<' => break,
            '\\' => match rest.next()? {
                'n' => '\n',
                escaped => escaped,
            },
            '&' => {
                if let Some(after) = rest.as_str().strip_prefix("amp;") {
                    rest = after.chars();
                }
                '&'
            }
            char => char,
        });
    }
    let text = text.strip_prefix("\n'").unwrap_or(&text);
    Some(around(text, "'\n\nThe String").map_or(text, |(whole, _)| whole).to_owned())
}

/// Compares what was signed with what the server saw. Where nobody kept the hash of the body, there is no line to name.
pub(super) fn compare(signed: &str, seen: &str) -> Difference {
    let hosts = (header(signed, "host"), header(seen, "host"));
    let (mut ours, mut theirs) = (signed, seen);
    // lines since the headers ended
    let mut after = 0;
    for at in 0.. {
        let (a, b) = (next_line(&mut ours), next_line(&mut theirs));
        if at > 2 && a.is_empty() && b.is_empty() && after > 0 {
            break;
        }
        if a == b {
            if after > 0 || (at > 2 && a.is_empty()) {
                after += 1;
            }
            continue;
        }
        let place = match at {
            _ if hosts.0 != hosts.1 => Place::Host,
            1 => Place::Path,
            _ => Place::Elsewhere,
        };
        let values = |a: &str, b: &str| Some((shortened(a), shortened(b)));
        let (line, values) = match (at, after) {
            (0, _) => ("method".to_owned(), values(a, b)),
            (1, _) => ("path".to_owned(), values(a, b)),
            (2, _) => (joined(&["?", first_other(a, b)]), None),
            (_, 0) => {
                // the headers are sorted: what comes first is what the other side lacks
                let first = if b.is_empty() || (!a.is_empty() && a < b) { a } else { b };
                let name = before(first, |b| b == b':');
                let plain = matches!(name, "host" | "content-type" | "x-amz-content-sha256" | "x-amz-date");
                let value = |line| cut(line, |b| b == b':').filter(|(other, _)| *other == name).map_or("–", |(_, v)| v);
                (name.to_owned(), if plain { values(value(a), value(b)) } else { None })
            }
            (_, 1) => ("SignedHeaders".to_owned(), values(a, b)),
            _ if a.is_empty() => (String::new(), None),
            _ => ("payload".to_owned(), values(a, b)),
        };
        return Difference { line: shortened(&line), values, place };
    }
    Difference { line: String::new(), values: None, place: Place::Nowhere }
}

/// Anyone may have written it: no more of it than fits into a sentence.
fn shortened(text: &str) -> String {
    redacted(text.get(..text.floor_char_boundary(120)).unwrap_or_default())
}

/// The name of the first pair of a query that the other one does not have at its place.
fn first_other<'a>(a: &'a str, b: &'a str) -> &'a str {
    let mut rest = (Some(a), Some(b));
    loop {
        let next = |rest: &mut Option<&'a str>| crate::text::next(rest, |b| b == b'&');
        match (next(&mut rest.0), next(&mut rest.1)) {
            (a, b) if a == b && a.is_some() => {}
            (a, b) => {
                let a = a.filter(|a| !a.is_empty());
                let b = b.filter(|b| !b.is_empty());
                let first = match (a, b) {
                    (Some(a), Some(b)) => a.min(b),
                    (a, b) => a.or(b).unwrap_or_default(),
                };
                return before(first, |b| b == b'=');
            }
        }
    }
}

/// A header's value in a canonical request; empty where there is none.
pub(super) fn header<'a>(canonical: &'a str, name: &str) -> &'a str {
    let mut rest = canonical;
    while !rest.is_empty() {
        if let Some((key, value)) = cut(next_line(&mut rest), |b| b == b':')
            && key == name
        {
            return value;
        }
    }
    ""
}
