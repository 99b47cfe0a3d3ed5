//! Dates of birth and ages.

use chrono::{Datelike, NaiveDate};

use crate::Invalid;

/// From this age on a person is no child any more (Convention on the Rights of the Child, article 1; law of
/// Kazakhstan No. 345 of 8 August 2002, article 1).
const AGE_OF_MAJORITY: i32 = 18;
/// The register keeps facts of past years, so people in it may be adults by now, but not older than this.
const GREATEST_AGE: i32 = 30;

/// Checks a date of birth to be entered on `today`.
///
/// # Errors
/// `birth_date_future`; `birth_date_too_old` (`max_years`) for a person of more than 30 full years.
pub fn birth_date_ok(date: NaiveDate, today: NaiveDate) -> Result<NaiveDate, Invalid> {
    if date > today {
        Err(Invalid::new("birth_date_future"))
    } else if age_on(date, today) > GREATEST_AGE {
        Err(Invalid::new("birth_date_too_old").with("max_years", GREATEST_AGE))
    } else {
        Ok(date)
    }
}

/// Age in full years on a day; negative before birth. Who was born on 29 February is a year older on 1 March of a
/// common year.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> i32 {
    let had_birthday = (day.month(), day.day()) >= (birth.month(), birth.day());
    day.year() - birth.year() - i32::from(!had_birthday)
}

/// Whether the person is a child, that is under 18, on a day. Not before birth.
pub fn is_child_on(birth: NaiveDate, day: NaiveDate) -> bool {
    (0..AGE_OF_MAJORITY).contains(&age_on(birth, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn ages() {
        let table = [
            ("2060-05-10", "2060-05-10", 0),
            ("2060-05-10", "2061-05-09", 0),
            ("2060-05-10", "2061-05-10", 1),
            ("2060-05-10", "2078-05-09", 17),
            ("2060-05-10", "2078-05-10", 18),
            ("2060-02-29", "2061-02-28", 0),
            ("2060-02-29", "2061-03-01", 1),
            ("2060-02-29", "2064-02-29", 4),
            ("2060-05-10", "2060-05-09", -1),
        ];
        for (birth, on, age) in table {
            assert_eq!(age_on(day(birth), day(on)), age, "{birth} on {on}");
            assert_eq!(is_child_on(day(birth), day(on)), (0..18).contains(&age), "{birth} on {on}");
        }
    }

    #[test]
    fn dates_of_birth() {
        let today = day("2091-06-15");
        let table = [
            ("2091-06-16", Err("birth_date_future")),
            ("2091-06-15", Ok(())),
            ("2060-06-16", Ok(())),
            ("2060-06-15", Err("birth_date_too_old")),
        ];
        for (birth, expected) in table {
            let result = birth_date_ok(day(birth), today).map(|_| ()).map_err(|e| e.code());
            assert_eq!(result, expected, "{birth}");
        }
    }

    proptest! {
        #[test]
        fn age_agrees_with_chrono(birth in 0u64..40_000, later in 0u64..20_000) {
            let birth = day("1990-01-01") + chrono::Days::new(birth);
            let on = birth + chrono::Days::new(later);
            prop_assert_eq!(Some(age_on(birth, on)), on.years_since(birth).map(|age| age as i32));
        }
    }
}
