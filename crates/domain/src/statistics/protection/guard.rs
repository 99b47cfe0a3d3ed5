//! What may be asked of protected counts.
//!
//! Noise alone does not protect a cell that can be reached in many ways: who sees the same facts inside hundreds of
//! greater cells, each with noise of its own, takes averages until the noise is gone (H. Asghar and D. Kaafar, "Averaging
//! attacks on bounded noise-based disclosure control algorithms", 2020). So the ways are made few: whole periods instead of
//! any days, the register at the end of a month instead of any day, cities and districts, few attributes at once.
//! What this leaves to an attacker is measured in `attacks.rs`.

use std::collections::BTreeSet;

use chrono::{Datelike, Months, NaiveDate};

use super::DisclosureRule;
use crate::Invalid;
use crate::statistics::{Dimension, Filters, StatisticsQuery};

/// KATO digits of a city or district.
const DISTRICT: usize = 4;

/// The query whose answer may be shown, protected: `as_of` is the last end of a month that lies before `today` and not
/// after the day asked for.
///
/// The period must be one calendar month, quarter, year or school year, or the part of one that has passed by `as_of`.
///
/// # Errors
/// Every wrong field at once: `to` with `period_not_whole`, `territory` with `territory_too_fine`, `group_by` with
/// `too_many_attributes` (`max`).
pub fn guard(
    query: StatisticsQuery,
    rule: &DisclosureRule,
    today: NaiveDate,
) -> Result<StatisticsQuery, Vec<(&'static str, Invalid)>> {
    let as_of = end_of_month_before(query.as_of(), today);
    let mut errors = Vec::new();
    if attributes(&query).len() > usize::from(rule.max_attributes) {
        errors.push(("group_by", Invalid::new("too_many_attributes").with("max", rule.max_attributes)));
    }
    if !whole(query.from(), query.to(), as_of) {
        errors.push(("to", Invalid::new("period_not_whole")));
    }
    if query.filters().territory.as_ref().is_some_and(|territory| territory.prefix().len() > DISTRICT) {
        errors.push(("territory", Invalid::new("territory_too_fine")));
    }
    if errors.is_empty() { Ok(query.with_as_of(as_of)) } else { Err(errors) }
}

/// Dimensions and filters, a dimension that is both counted once. Months only divide the period.
fn attributes(query: &StatisticsQuery) -> BTreeSet<Dimension> {
    let grouped = query.group_by().iter().copied().filter(|dimension| *dimension != Dimension::Month);
    grouped.chain(filtered(query.filters())).collect()
}

fn filtered(filters: &Filters) -> impl Iterator<Item = Dimension> {
    let Filters { territory, kind, main_form, level, sex, age_group, setting, relation, agency, status } = filters;
    let given = [
        (Dimension::Territory, territory.is_some()),
        (Dimension::Kind, kind.is_some()),
        (Dimension::MainForm, main_form.is_some()),
        (Dimension::Level, level.is_some()),
        (Dimension::Sex, sex.is_some()),
        (Dimension::AgeGroup, age_group.is_some()),
        (Dimension::Setting, setting.is_some()),
        (Dimension::Relation, relation.is_some()),
        (Dimension::Agency, agency.is_some()),
        (Dimension::Status, status.is_some()),
    ];
    given.into_iter().filter_map(|(dimension, given)| given.then_some(dimension))
}

/// The last day of a month that is over before `today`, not after `day`.
fn end_of_month_before(day: NaiveDate, today: NaiveDate) -> NaiveDate {
    let latest = today.pred_opt().map_or(day, |yesterday| day.min(yesterday));
    // The first of the month after the latest day is the first day that is too late, or the next one that is.
    let next = latest.succ_opt().unwrap_or(latest);
    first_of_month(next).pred_opt().unwrap_or(latest)
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// Nothing that the register knew on `as_of` can have taken place later: a period that goes beyond it is as good as one
/// that ends with its unit.
fn whole(from: NaiveDate, to: NaiveDate, as_of: NaiveDate) -> bool {
    if from.day() != 1 {
        return false;
    }
    let month = from.month();
    let units = [(1, true), (3, month % 3 == 1), (12, month == 1 || month == 9)];
    units.into_iter().filter(|(_, begins)| *begins).any(|(months, _)| {
        let end = from.checked_add_months(Months::new(months)).and_then(|day| day.pred_opt());
        end.is_some_and(|end| to == end || (as_of <= to && to < end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::StatisticsParameters;

    const RULE: DisclosureRule = DisclosureRule { max_noise: 5, variance: 4.0, threshold: 3, max_attributes: 4 };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn ask(group_by: &[Dimension], period: [&str; 2], as_of: &str, filters: Filters) -> Result<NaiveDate, Vec<String>> {
        let [from, to] = period.map(day);
        let parameters =
            StatisticsParameters { group_by: group_by.to_vec(), from, to, as_of: Some(day(as_of)), filters };
        let query = StatisticsQuery::new(parameters, day("2026-11-22")).unwrap();
        guard(query, &RULE, day("2026-11-22"))
            .map(|query| query.as_of())
            .map_err(|wrong| wrong.iter().map(|(name, invalid)| format!("{name} {}", invalid.code())).collect())
    }

    #[test]
    fn the_register_is_read_as_it_was_at_the_end_of_a_month_that_is_over() {
        for (asked, read) in [
            ("2026-11-22", "2026-10-31"),
            ("2026-11-01", "2026-10-31"),
            ("2026-10-31", "2026-10-31"),
            ("2026-10-30", "2026-09-30"),
            ("2024-03-01", "2024-02-29"),
        ] {
            assert_eq!(ask(&[], ["2026-01-01", "2026-12-31"], asked, Filters::default()), Ok(day(read)), "{asked}");
        }
        // A month's last day may still bring facts.
        assert_eq!(end_of_month_before(day("2026-11-30"), day("2026-11-30")), day("2026-10-31"));
        assert_eq!(end_of_month_before(day("2026-11-30"), day("2026-12-01")), day("2026-11-30"));
    }

    #[test]
    fn only_whole_periods_and_what_has_passed_of_one_are_counted() {
        for good in [
            ["2026-02-01", "2026-02-28"],
            ["2026-04-01", "2026-06-30"],
            ["2026-01-01", "2026-12-31"],
            ["2026-01-01", "2026-11-22"],
            ["2026-01-01", "2026-10-31"],
            ["2025-09-01", "2026-08-31"],
            ["2026-09-01", "2026-11-22"],
            ["2026-11-01", "2026-11-22"],
        ] {
            assert!(ask(&[], good, "2026-11-22", Filters::default()).is_ok(), "{good:?}");
        }
        for bad in [
            ["2026-02-01", "2026-02-27"],
            ["2026-02-02", "2026-02-28"],
            ["2026-02-01", "2026-04-30"],
            ["2026-01-01", "2026-10-30"],
            ["2026-01-01", "2026-06-30"],
            ["2025-01-01", "2026-12-31"],
            ["2025-09-01", "2026-08-30"],
            ["2025-10-01", "2026-09-30"],
        ] {
            let refused = ask(&[], bad, "2026-11-22", Filters::default());
            assert_eq!(refused, Err(vec!["to period_not_whole".to_owned()]), "{bad:?}");
        }
    }

    #[test]
    fn few_attributes_and_no_settlements() {
        use Dimension::{AgeGroup, Kind, Level, Month, Sex, Territory};
        let year = ["2025-01-01", "2025-12-31"];
        let district = Filters { territory: Some("351000000".parse().unwrap()), ..Filters::default() };
        assert!(ask(&[Month, Territory, Kind, Sex, Level], year, "2026-11-22", district.clone()).is_ok());
        let refused = ask(&[Kind, Sex, Level, AgeGroup], year, "2026-11-22", district);
        assert_eq!(refused, Err(vec!["group_by too_many_attributes".to_owned()]));
        let settlement = Filters { territory: Some("351011100".parse().unwrap()), ..Filters::default() };
        let refused = ask(&[], ["2025-01-02", "2025-12-31"], "2026-11-22", settlement);
        assert_eq!(refused, Err(vec!["to period_not_whole".to_owned(), "territory territory_too_fine".to_owned()]));
    }
}
