//! Searching and cutting text at ASCII. The standard library's searchers are made for long texts and all of Unicode, and weigh more
//! than what uses them.

/// What stands before and after the first `separator`, which is an ASCII character.
#[inline(never)]
pub fn cut(text: &str, separator: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == separator)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// What stands between the separators, from first to last.
pub fn parts(text: &str, separator: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (part, after) = cut(text, separator).map_or((text, None), |(part, after)| (part, Some(after)));
        rest = after;
        Some(part)
    })
}

/// Whether `part`, which is not empty, occurs in `text`.
#[inline(never)]
pub fn contains(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn agrees_with_the_standard_library(text in "[a:é]{0,12}", part in "[a:é]{1,3}") {
            prop_assert_eq!(cut(&text, b':'), text.split_once(':'));
            prop_assert_eq!(parts(&text, b':').collect::<Vec<_>>(), text.split(':').collect::<Vec<_>>());
            prop_assert_eq!(contains(&text, &part), text.contains(&part));
        }
    }
}
