//! The `TIMESTAMP` of a `PASSWORD_VERIFIER` answer.

use crate::calendar;
use crate::json::push_integer;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `EEE MMM d HH:mm:ss 'UTC' yyyy`, always in English, the day unpadded: `Tue Apr 9 07:05:03 UTC 2024`.
pub fn timestamp(unix_seconds: i64) -> String {
    let days = unix_seconds.div_euclid(86_400);
    let seconds = unix_seconds.rem_euclid(86_400);
    let (year, month, day) = calendar::date(days);
    let name = |names: &[&'static str], index: i64| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or_default()
    };
    let mut text = [name(&DAYS, days.rem_euclid(7)), " ", name(&MONTHS, month - 1), " "].concat();
    push_integer(&mut text, day);
    for (mark, number) in [(' ', seconds / 3_600), (':', seconds / 60 % 60), (':', seconds % 60)] {
        text.push(mark);
        if number < 10 {
            text.push('0');
        }
        push_integer(&mut text, number);
    }
    text += " UTC ";
    push_integer(&mut text, year);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_days_without_padding() {
        for (seconds, text) in [
            (0, "Thu Jan 1 00:00:00 UTC 1970"),
            (951_782_399, "Mon Feb 28 23:59:59 UTC 2000"),
            (951_782_400, "Tue Feb 29 00:00:00 UTC 2000"),
            (1_712_646_303, "Tue Apr 9 07:05:03 UTC 2024"),
            (1_735_689_599, "Tue Dec 31 23:59:59 UTC 2024"),
            (4_107_542_400, "Mon Mar 1 00:00:00 UTC 2100"),
        ] {
            assert_eq!(timestamp(seconds), text);
        }
    }

    proptest! {
        /// Counts the days back by the calendar's own rule, year by year.
        #[test]
        fn agrees_with_counting(seconds in 0i64..8_000_000_000) {
            let text = timestamp(seconds);
            let parts: Vec<&str> = text.split([' ', ':']).collect();
            let number = |index: usize| parts[index].parse::<i64>().unwrap();
            let leap = |year: i64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let mut days: i64 = (1970..number(7)).map(|year| if leap(year) { 366 } else { 365 }).sum();
            let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
            let lengths = [31, if leap(number(7)) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
            let month = names.iter().position(|name| *name == parts[1]).unwrap();
            days += lengths[..month].iter().sum::<i64>() + number(2) - 1;
            prop_assert_eq!(((days * 24 + number(3)) * 60 + number(4)) * 60 + number(5), seconds);
            prop_assert_eq!(parts[0], ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][(days % 7) as usize]);
        }
    }
}
