//! What people read, in English and Japanese.

mod en;
mod evidence;
#[cfg(feature = "exchange")]
mod exact;
mod ja;

use super::code::Code;
use super::failure::Locale;
use super::words::{line_after, next_line};

pub(super) use evidence::evidence_items;

/// A finding in words. `$ORIGIN` and its like are filled in per call.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// One line, concrete, without a full stop.
    pub title: &'static str,
    /// What happened and what to do.
    pub detail: &'static str,
}

/// A language's words: two lines for each code, in the order of the codes. One long text compresses far better than many pointers.
macro_rules! texts {
    ($name:ident of $codes:expr; $($code:ident { title: $title:literal, detail: $detail:literal, })*) => {
        pub(super) static $name: &str = concat!($($title, "\n", $detail, "\n"),*);
        const _: () = Code::assert_order($codes, &[$(Code::$code),*]);
    };
}
use texts;

/// The codes that a page finds, and those that only the exact diagnosis does.
const CODES: (&[Code], &[Code]) = Code::ALL.split_at(Code::FIRST_EXACT as usize);

/// A finding's words in a language.
pub fn text(code: Code, locale: Locale) -> Text {
    let row = code as usize;
    #[cfg(feature = "exchange")]
    if let Some(row) = row.checked_sub(Code::FIRST_EXACT as usize) {
        return at(row, [exact::EN, exact::JA], locale);
    }
    at(row, [en::LINES, ja::LINES], locale)
}

fn at(row: usize, [en, ja]: [&'static str; 2], locale: Locale) -> Text {
    let lines = match locale {
        Locale::En => en,
        Locale::Ja => ja,
    };
    let mut rest = line_after(lines, row * 2);
    Text { title: next_line(&mut rest), detail: next_line(&mut rest) }
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
