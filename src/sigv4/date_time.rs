//! SigV4's date format, `yyyyMMdd'T'HHmmss'Z'`, without a date library.

use crate::calendar;
use crate::error::{Error, ErrorCode};

/// 9999-12-31T23:59:59Z: later years have five digits.
const LAST_SECOND: i64 = 253_402_300_799;

/// The moment of signing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DateTime {
    text: String,
}

impl DateTime {
    /// From seconds since 1970, server time.
    pub fn from_unix_seconds(seconds: i64) -> Result<Self, Error> {
        if !(0..=LAST_SECOND).contains(&seconds) {
            return Err(Error::new(
                ErrorCode::InvalidArgument,
                "A request cannot be signed for a date before 1970 or after 9999.",
                "Give a valid date, and check the clock of this device.",
            ));
        }
        Ok(Self { text: format_date_time(seconds) })
    }

    /// As `x-amz-date` has it: `20150830T123600Z`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The date alone, as the credential scope has it: `20150830`.
    pub fn date(&self) -> &str {
        self.text.get(..8).unwrap_or_default()
    }
}

fn format_date_time(unix_seconds: i64) -> String {
    let (year, month, day) = calendar::date(unix_seconds / 86_400);
    let second_of_day = unix_seconds % 86_400;
    let mut text = String::with_capacity(16);
    push_padded(&mut text, year, 4);
    push_padded(&mut text, month, 2);
    push_padded(&mut text, day, 2);
    text.push('T');
    push_padded(&mut text, second_of_day / 3600, 2);
    push_padded(&mut text, second_of_day / 60 % 60, 2);
    push_padded(&mut text, second_of_day % 60, 2);
    text.push('Z');
    text
}

fn push_padded(text: &mut String, number: i64, digits: u32) {
    for place in (0..digits).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        text.push(char::from(b'0' + digit as u8));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(seconds: i64) -> String {
        DateTime::from_unix_seconds(seconds).unwrap().as_str().to_owned()
    }

    #[test]
    fn formats_known_moments() {
        assert_eq!(text(0), "19700101T000000Z");
        assert_eq!(text(1_440_938_160), "20150830T123600Z");
        assert_eq!(text(951_782_399), "20000228T235959Z");
        assert_eq!(text(951_782_400), "20000229T000000Z");
        assert_eq!(text(4_107_542_400), "21000301T000000Z");
        assert_eq!(text(LAST_SECOND), "99991231T235959Z");
    }

    #[test]
    fn the_date_is_the_first_part() {
        assert_eq!(DateTime::from_unix_seconds(1_440_938_160).unwrap().date(), "20150830");
    }

    #[test]
    fn refuses_what_the_format_cannot_say() {
        for seconds in [-1, i64::MIN, LAST_SECOND + 1, i64::MAX] {
            assert_eq!(DateTime::from_unix_seconds(seconds).unwrap_err().code(), ErrorCode::InvalidArgument);
        }
    }

    proptest! {
        /// Later is greater: the format sorts as time does, so no two days share a date and none is skipped backwards.
        #[test]
        fn order_is_kept(seconds in 0..LAST_SECOND, step in 1..100_000_000_i64) {
            let later = (seconds + step).min(LAST_SECOND);
            prop_assert!(text(seconds) < text(later));
        }
    }
}
