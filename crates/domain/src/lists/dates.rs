//! Days as tables write them.

use chrono::NaiveDate;

use crate::Invalid;

/// `YYYY-MM-DD`, or `DD.MM.YYYY` as spreadsheets of the region write it; with all digits.
///
/// # Errors
/// `date_format`.
pub fn date(text: &str) -> Result<NaiveDate, Invalid> {
    let well_formed = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || b"-.".contains(&byte));
    let format = if text.contains('.') { "%d.%m.%Y" } else { "%Y-%m-%d" };
    let date = if well_formed { NaiveDate::parse_from_str(text, format).ok() } else { None };
    date.ok_or_else(|| Invalid::new("date_format"))
}

/// A day of a table that people kept for years: also `D.M.YYYY`, `DD/MM/YYYY`, `DD-MM-YYYY`, `YYYY.MM.DD`, `YYYY/MM/DD`,
/// `YYYYMMDD`, each with a time of day behind it or `г.`. The day stands before the month; a year has four digits: of two
/// nobody knows the century.
///
/// # Errors
/// `date_format`.
pub fn date_of_table(text: &str) -> Result<NaiveDate, Invalid> {
    let wrong = || Invalid::new("date_format");
    let text = text.trim();
    let day = text.split(['T', ' ', '\u{a0}']).next().unwrap_or_default();
    let rest = text.get(day.len()..).unwrap_or_default();
    if !is_ending(rest) {
        return Err(wrong());
    }
    if day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit()) {
        return NaiveDate::parse_from_str(day, "%Y%m%d").map_err(|_| wrong());
    }
    let sign = day.chars().find(|c| !c.is_ascii_digit()).filter(|c| ".-/".contains(*c)).ok_or_else(wrong)?;
    let parts: Vec<&str> = day.trim_end_matches("г.").trim_end_matches('г').split(sign).collect();
    let [one, two, three] = parts[..] else { return Err(wrong()) };
    let (year, month, day) = if one.len() == 4 { (one, two, three) } else { (three, two, one) };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return Err(wrong());
    }
    let number = |part: &str| part.parse::<u32>().map_err(|_| wrong());
    let year = year.parse::<i32>().map_err(|_| wrong())?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).ok_or_else(wrong)
}

/// What may stand behind a day: nothing, the word for year, a time of day with its zone.
fn is_ending(rest: &str) -> bool {
    let rest = rest.trim_start_matches(['T', ' ', '\u{a0}']).trim();
    rest.is_empty()
        || matches!(rest, "г." | "г" | "ж." | "ж")
        || (rest.contains(':') && rest.bytes().all(|byte| byte.is_ascii_digit() || b":.+-Zz ".contains(&byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_tables() {
        let day = NaiveDate::from_ymd_opt(2025, 3, 7).unwrap();
        for text in [
            "2025-03-07",
            "07.03.2025",
            "7.3.2025",
            "07/03/2025",
            "07-03-2025",
            "2025.03.07",
            "2025/3/7",
            "20250307",
            "07.03.2025 г.",
            "07.03.2025г.",
            "2025-03-07T00:00:00Z",
            "2025-03-07 12:30:00.000",
            "07.03.2025 0:00:00",
        ] {
            assert_eq!(date_of_table(text), Ok(day), "{text}");
        }
    }

    #[test]
    fn what_is_no_day() {
        for text in [
            "",
            "7.3.25",
            "45723",
            "31.02.2025",
            "2025-13-01",
            "07.03",
            "07.03.2025.1",
            "07.03-2025",
            "вчера",
            "07.03.2025 вечером",
            "7.3.2025;",
            "+7.3.2025",
            "99999999",
            "2025",
            "07.03.20255",
            "٠٧.٠٣.٢٠٢٥",
        ] {
            assert_eq!(date_of_table(text).map_err(|invalid| invalid.code()), Err("date_format"), "{text}");
        }
        assert_eq!(date("7.3.2025").map_err(|invalid| invalid.code()), Err("date_format"));
    }
}
