//! Small work on text, without the standard library's searcher and formatter: together they would be a sixth of the module.

use crate::text::cut;
pub(crate) use crate::text::{contains as says, joined};

/// Names one after the other, each between quotes.
pub(crate) fn listed(names: &[String], quote: &str, separator: &str) -> String {
    let mut list = String::new();
    for (place, name) in names.iter().enumerate() {
        list.push_str(if place == 0 { "" } else { separator });
        list.push_str(quote);
        list.push_str(name);
        list.push_str(quote);
    }
    list
}

/// What follows so many lines.
pub(crate) fn line_after(text: &str, lines: usize) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        next_line(&mut rest);
    }
    rest
}

/// Takes the next line off the rest.
pub(crate) fn next_line<'a>(rest: &mut &'a str) -> &'a str {
    let (line, after) = cut(rest, |byte| byte == b'\n').unwrap_or((rest, ""));
    *rest = after;
    line
}

/// A status in digits.
pub(crate) fn digits(status: u16) -> String {
    let mut text = String::new();
    for unit in [100, 10, 1] {
        text.push(char::from(b'0' + u8::try_from(status / unit % 10).unwrap_or(0)));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_searched_listed_and_counted() {
        assert!(says("a b c", "b c") && says("b", "b") && !says("b", "bc") && !says("", "b"));
        assert_eq!(listed(&["a".to_owned(), "b".to_owned()], "'", ", "), "'a', 'b'");
        assert_eq!((digits(401), digits(0)), ("401".to_owned(), "000".to_owned()));
    }
}
