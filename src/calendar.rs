//! The Gregorian calendar, without a date library. Counted in years that begin in March, so that the leap day is the last one.

const DAYS_FROM_MARCH_OF_YEAR_0: i64 = 719_468;
const DAYS_IN_400_YEARS: i64 = 146_097;

/// Year, month and day of a number of days since 1970.
pub fn date(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_FROM_MARCH_OF_YEAR_0;
    let (era, day_of_era) = (days.div_euclid(DAYS_IN_400_YEARS), days.rem_euclid(DAYS_IN_400_YEARS));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Days since 1970 of a date. A day or a month that the calendar does not have is counted on.
pub fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month_from_march) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month_from_march + 2) / 5
        + day
        - 1
        - DAYS_FROM_MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn knows_leap_years() {
        for (day, expected) in [
            (-1, (1969, 12, 31)),
            (0, (1970, 1, 1)),
            (11_015, (2000, 2, 28)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
        ] {
            assert_eq!(date(day), expected);
        }
    }

    proptest! {
        #[test]
        fn goes_both_ways(day in -1_000_000_i64..4_000_000) {
            let (year, month, day_of_month) = date(day);
            prop_assert_eq!(days(year, month, day_of_month), day);
            prop_assert!((1..=12).contains(&month) && (1..=31).contains(&day_of_month));
        }
    }
}
