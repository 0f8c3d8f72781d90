//! What people read, in English and Japanese.

mod en;
mod evidence;
mod ja;

use super::code::Code;
use super::failure::Locale;

pub(super) use evidence::evidence_items;

/// A finding in words. `$ORIGIN` and its like are filled in per call.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// One line, concrete, without a full stop.
    pub title: &'static str,
    /// What happened and what to do.
    pub detail: &'static str,
}

/// A finding's words in a language.
pub const fn text(code: Code, locale: Locale) -> Text {
    match locale {
        Locale::En => en::text(code),
        Locale::Ja => ja::text(code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_short_and_every_text_is_there_in_both_languages() {
        for code in Code::ALL {
            let (en, ja) = (text(*code, Locale::En), text(*code, Locale::Ja));
            assert!((10..=110).contains(&en.title.chars().count()), "{}: {}", code.name(), en.title);
            assert!((6..=90).contains(&ja.title.chars().count()), "{}: {}", code.name(), ja.title);
            assert!(en.detail.len() > 40 && ja.detail.chars().count() > 20, "{}", code.name());
            assert!(!en.title.ends_with('.') && !ja.title.ends_with('。'), "{}", code.name());
            assert!(ja.title.chars().any(|c| c > '\u{3000}'), "{}", code.name());
        }
    }
}
