//! Cutting text at ASCII characters. The standard library's searchers, which know all of Unicode, weigh more than what uses them.

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut() {
        let colon: Cut = |byte| byte == b':';
        assert_eq!(cut("a:é:c", colon), Some(("a", "é:c")));
        assert_eq!(cut_last("a:é:c", colon), Some(("a:é", "c")));
        assert_eq!((cut("é", colon), before("é", colon), before("a:b", colon)), (None, "é", "a"));
        assert_eq!(parts(":é:", colon).collect::<Vec<_>>(), ["", "é", ""]);
        assert_eq!(parts("", colon).collect::<Vec<_>>(), [""]);
    }
}
