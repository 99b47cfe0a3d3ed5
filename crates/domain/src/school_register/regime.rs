//! Under which law a placement stands.

use chrono::NaiveDate;

/// A legal regime: from a day on, up to another. The codes, names and days are reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalRegime {
    /// Its code.
    pub code: String,
    /// The first day on which it is in force.
    pub valid_from: NaiveDate,
    /// The first day on which it is not in force any more.
    pub valid_to: Option<NaiveDate>,
}

/// The regime in force on a day. A placement that was made under one stands under the next from that one's first day
/// on: what changes is what the state calls it, not that the pupil needs attention.
#[must_use]
pub fn regime_on(regimes: &[LegalRegime], day: NaiveDate) -> Option<&LegalRegime> {
    regimes.iter().find(|regime| regime.valid_from <= day && regime.valid_to.is_none_or(|end| day < end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_march_belongs_to_the_new_regime() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let regimes = [
            LegalRegime { code: "old".into(), valid_from: day("2004-07-09"), valid_to: Some(day("2026-03-02")) },
            LegalRegime { code: "new".into(), valid_from: day("2026-03-02"), valid_to: None },
        ];
        for (on, expected) in [
            ("2004-07-08", None),
            ("2004-07-09", Some("old")),
            ("2026-03-01", Some("old")),
            ("2026-03-02", Some("new")),
            ("2090-01-01", Some("new")),
        ] {
            assert_eq!(regime_on(&regimes, day(on)).map(|regime| regime.code.as_str()), expected, "{on}");
        }
    }
}
