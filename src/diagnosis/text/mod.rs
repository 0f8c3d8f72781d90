//! What people read, in English and Japanese. A page's module holds none of it: it is told one language's ([`told`]).

#[cfg(feature = "texts")]
mod en;
mod evidence;
#[cfg(all(feature = "texts", feature = "exchange"))]
mod exact;
#[cfg(feature = "texts")]
mod ja;
mod phrase;
#[cfg(not(feature = "texts"))]
pub mod told;

use super::code::Code;
use super::failure::Locale;
use super::words::{line_after, next_line};

pub(super) use evidence::evidence_items;
pub(super) use phrase::{Phrase, phrase};

/// A finding in words. `$ORIGIN` and its like are filled in per call.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// One line, concrete, without a full stop.
    pub title: &'static str,
    /// What happened and what to do.
    pub detail: &'static str,
}

/// A language's words: two lines for each code, in the order of the codes. One long text compresses far better than many pointers.
#[cfg(feature = "texts")]
macro_rules! texts {
    ($name:ident of $codes:expr; $($code:ident { title: $title:literal, detail: $detail:literal, })*) => {
        pub(super) static $name: &str = concat!($($title, "\n", $detail, "\n"),*);
        const _: () = Code::assert_order($codes, &[$(Code::$code),*]);
    };
}
#[cfg(feature = "texts")]
use texts;

/// The codes that a page finds, and those that only the exact diagnosis does.
#[cfg(feature = "texts")]
const CODES: (&[Code], &[Code]) = Code::ALL.split_at(Code::FIRST_EXACT as usize);

/// A finding's words in a language.
#[cfg(feature = "texts")]
pub fn text(code: Code, locale: Locale) -> Text {
    let row = code as usize;
    #[cfg(feature = "exchange")]
    if let Some(row) = row.checked_sub(Code::FIRST_EXACT as usize) {
        return at(row, in_language([exact::EN, exact::JA], locale));
    }
    at(row, in_language([en::LINES, ja::LINES], locale))
}

/// A finding's words in the language that the module was told.
#[cfg(not(feature = "texts"))]
pub fn text(code: Code, _: Locale) -> Text {
    at(code as usize, told::part(0))
}

/// A recipe's lines.
pub(super) fn recipe(recipe: usize) -> &'static str {
    #[cfg(feature = "texts")]
    return super::fix::lines_of(recipe);
    #[cfg(not(feature = "texts"))]
    return told::part(recipe + 2);
}

/// What a page's module is told of a language: the findings of a page, the phrases, and then every recipe, each with an end.
#[cfg(feature = "texts")]
pub fn of_page(locale: Locale) -> String {
    let mut whole = in_language([en::LINES, ja::LINES], locale).to_owned();
    whole.push(END);
    whole.push_str(in_language(phrase::LINES, locale));
    for words in super::fix::Recipe::ALL {
        whole.push(END);
        whole.push_str(&super::fix::lines_in(words, locale));
    }
    whole
}

/// Between the parts of what a module is told.
const END: char = '\u{1d}';

#[cfg(feature = "texts")]
const fn in_language([en, ja]: [&'static str; 2], locale: Locale) -> &'static str {
    match locale {
        Locale::En => en,
        Locale::Ja => ja,
    }
}

fn at(row: usize, lines: &'static str) -> Text {
    let mut rest = line_after(lines, row * 2);
    Text { title: next_line(&mut rest), detail: next_line(&mut rest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_told_one_language_reads_what_is_written_here() {
        for locale in [Locale::En, Locale::Ja] {
            let whole: &'static str = of_page(locale).leak();
            let part = |place: usize| whole.split(END).nth(place).unwrap();
            for code in CODES.0 {
                let (told, written) = (at(*code as usize, part(0)), text(*code, locale));
                assert_eq!((told.title, told.detail), (written.title, written.detail));
            }
            for place in 0..super::super::fix::Recipe::ALL.len() {
                let lines: Vec<&str> = part(place + 2).split_terminator('\u{1e}').collect();
                assert!(!lines.is_empty() && lines.iter().all(|line| line.starts_with(|c: char| c.is_ascii_digit())));
                assert_eq!(lines.len(), recipe(place).split_terminator('\u{1e}').count());
            }
        }
    }

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
