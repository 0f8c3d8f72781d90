//! Searching and cutting text at ASCII characters. The standard library's searchers, which know all of Unicode, weigh more than what uses them.

/// Says whether to cut at a byte, which must be ASCII.
pub type Cut = fn(u8) -> bool;

/// What stands before and after the first byte to cut at.
pub fn cut(text: &str, at: Cut) -> Option<(&str, &str)> {
    let place = text.bytes().position(at)?;
    Some((text.get(..place)?, text.get(place.saturating_add(1)..)?))
}

/// What stands before and after the last byte to cut at.
pub fn cut_last(text: &str, at: Cut) -> Option<(&str, &str)> {
    let place = text.bytes().rposition(at)?;
    Some((text.get(..place)?, text.get(place.saturating_add(1)..)?))
}

/// What stands before the first byte to cut at, or everything.
pub fn before(text: &str, at: Cut) -> &str {
    cut(text, at).map_or(text, |(before, _)| before)
}

/// What stands before the first byte to cut at, and the rest that begins with it.
pub fn split_before(text: &str, at: Cut) -> (&str, &str) {
    let place = text.bytes().position(at).unwrap_or(text.len());
    text.split_at_checked(place).unwrap_or((text, ""))
}

/// Several texts as one.
pub fn joined(parts: &[&str]) -> String {
    let mut whole = String::new();
    for part in parts {
        whole.push_str(part);
    }
    whole
}

/// A number in digits.
pub fn number(digits: &str) -> Option<u64> {
    let mut value = None;
    for byte in digits.bytes() {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value = Some(value.unwrap_or(0_u64).checked_mul(10)?.checked_add(u64::from(digit))?);
    }
    value
}

/// The parts between the bytes to cut at, one after the other: takes the next one off the rest.
pub fn next<'a>(rest: &mut Option<&'a str>, at: Cut) -> Option<&'a str> {
    let text = (*rest)?;
    let (part, after) = match cut(text, at) {
        Some((part, after)) => (part, Some(after)),
        None => (text, None),
    };
    *rest = after;
    Some(part)
}

/// The parts between the bytes to cut at.
pub fn parts(text: &str, at: Cut) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || next(&mut rest, at))
}

/// Whether `part`, which is not empty, occurs in `text`.
#[inline(never)]
pub fn contains(text: &str, part: &str) -> bool {
    around(text, part).is_some()
}

/// What stands before and after the first occurrence of `part`, which is not empty.
#[inline(never)]
pub fn around<'a>(text: &'a str, part: &str) -> Option<(&'a str, &'a str)> {
    let place = text.as_bytes().windows(part.len()).position(|window| window == part.as_bytes())?;
    Some((text.get(..place)?, text.get(place.saturating_add(part.len())..)?))
}

/// RFC 3986, 2.3: what never needs an escape.
pub fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// A byte as it is where it is unreserved, as an escape in capitals elsewhere (RFC 3986, 2.1).
pub fn push_percent_encoded(out: &mut String, byte: u8) {
    if is_unreserved(byte) {
        out.push(char::from(byte));
    } else {
        out.push('%');
        out.push(char::from(hex_digit(byte >> 4, b'A')));
        out.push(char::from(hex_digit(byte & 15, b'A')));
    }
}

/// Four bits as a digit; `ten` is the letter for ten.
pub fn hex_digit(nibble: u8, ten: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { ten + nibble - 10 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "[a:é]{0,12}", part in "[a:é]{1,3}") {
            let colon: Cut = |byte| byte == b':';
            prop_assert_eq!(cut(&text, colon), text.split_once(':'));
            prop_assert_eq!(parts(&text, colon).collect::<Vec<_>>(), text.split(':').collect::<Vec<_>>());
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
            prop_assert_eq!(around(&text, &part), text.split_once(part.as_str()));
        }
    }

    #[test]
    fn text_is_cut() {
        let colon: Cut = |byte| byte == b':';
        assert_eq!(cut("a:é:c", colon), Some(("a", "é:c")));
        assert_eq!(cut_last("a:é:c", colon), Some(("a:é", "c")));
        assert_eq!((cut("é", colon), before("é", colon), before("a:b", colon)), (None, "é", "a"));
        assert_eq!((split_before("é:b", colon), split_before("é", colon)), (("é", ":b"), ("é", "")));
        assert_eq!(
            (number("0180"), number(""), number("+1"), number("99999999999999999999")),
            (Some(180), None, None, None)
        );
        assert_eq!(parts(":é:", colon).collect::<Vec<_>>(), ["", "é", ""]);
        assert_eq!(parts("", colon).collect::<Vec<_>>(), [""]);
    }
}
