//! What may be asked of protected counts.
//!
//! Noise alone does not protect a cell that can be reached in many ways: who sees the same facts inside hundreds of
//! greater cells, each with noise of its own, takes averages until the noise is gone (H. Asghar and D. Kaafar, "Averaging
//! attacks on bounded noise-based disclosure control algorithms", 2020). So the ways are made few: whole periods instead of
//! any days, the register at the end of a month instead of any day, cities and districts, few attributes at once, one value
//! of a filter instead of any set of them, ages in one grouping at a time.
//! What this leaves to an attacker is measured in `attacks.rs`.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::DisclosureRule;
use super::periods::{end_of_month_before, units};
use crate::Invalid;
use crate::statistics::{Attribute, Dimension, PeriodUnit, StatisticsQuery};

/// KATO digits of a city or district.
const DISTRICT: usize = 4;

/// Names and refusals of fields.
type Refusals = Vec<(&'static str, Invalid)>;

/// The query whose answer may be shown, protected: `as_of` is the last end of a month that lies before `today` and not
/// after the day or moment asked for.
///
/// The period must be one calendar month, quarter, year or school year, or the part of one that has passed by `as_of`, and
/// times that are grouped by must divide it into whole units.
///
/// # Errors
/// Every wrong field at once: `to` with `period_not_whole`; `territory` and `reporter_territory` with `territory_too_fine`;
/// `group_by` with `too_many_attributes` (`max`), `time_not_whole`, `exact_only` or `age_groupings_crossed`; a filter with
/// `exact_only` or `one_value_only`.
pub fn guard(query: StatisticsQuery, rule: &DisclosureRule, today: NaiveDate) -> Result<StatisticsQuery, Refusals> {
    let as_of = end_of_month_before(query.as_of().last_whole_day(), today);
    let mut errors = dimensions_refused(&query, rule);
    let units = units(query.from(), query.to(), as_of);
    let times: Vec<PeriodUnit> = query.group_by().iter().filter_map(|dimension| dimension.unit()).collect();
    if units.is_empty() {
        errors.push(("to", Invalid::new("period_not_whole")));
    } else if !units.iter().any(|whole| times.iter().all(|time| time.divides(*whole))) {
        errors.push(("group_by", Invalid::new("time_not_whole")));
    }
    errors.extend(filters_refused(&query));
    if errors.is_empty() { Ok(query.with_as_of(as_of)) } else { Err(errors) }
}

/// As [`guard`], for a count that is compared with an earlier period: the period must be over. Parts of periods that have
/// passed grow from month to month; beside each the same part of last year would be a cell of its own.
///
/// # Errors
/// As [`guard`]; `compare` with `period_not_over`.
pub fn guard_compared(
    query: StatisticsQuery,
    rule: &DisclosureRule,
    today: NaiveDate,
) -> Result<StatisticsQuery, Refusals> {
    let query = guard(query, rule, today)?;
    let over = PeriodUnit::spanning(query.from(), query.to()).is_some() && query.to() <= query.as_of_day();
    if over { Ok(query) } else { Err(vec![("compare", Invalid::new("period_not_over"))]) }
}

fn dimensions_refused(query: &StatisticsQuery, rule: &DisclosureRule) -> Refusals {
    let mut errors = Vec::new();
    if attributes(query).len() > usize::from(rule.max_attributes) {
        errors.push(("group_by", Invalid::new("too_many_attributes").with("max", rule.max_attributes)));
    }
    if query.group_by().iter().any(|dimension| dimension.is_exact_only()) {
        errors.push(("group_by", Invalid::new("exact_only")));
    }
    // Where two groupings cross they make groups finer than either.
    let named = query.group_by().iter().copied().chain(query.filters().iter().map(|(dimension, _)| dimension));
    let ages: BTreeSet<Dimension> = named.filter(|dimension| dimension.attribute() == Attribute::AgeYears).collect();
    if ages.len() > 1 {
        errors.push(("group_by", Invalid::new("age_groupings_crossed")));
    }
    errors
}

fn filters_refused(query: &StatisticsQuery) -> Refusals {
    let filters = query.filters();
    let mut errors = Vec::new();
    for (dimension, values) in filters.iter() {
        if values.len() > 1 {
            // Any set of values is a cell of its own: thirteen districts have eight thousand.
            errors.push((dimension.as_str(), Invalid::new("one_value_only")));
        }
        if dimension.is_exact_only() {
            errors.push((dimension.as_str(), Invalid::new("exact_only")));
        }
        if dimension.is_place() && filters.prefixes(dimension).into_iter().flatten().any(|one| one.len() > DISTRICT) {
            errors.push((dimension.as_str(), Invalid::new("territory_too_fine")));
        }
    }
    errors
}

/// What dimensions and filters tell of, what both name counted once. Times only divide the period.
fn attributes(query: &StatisticsQuery) -> BTreeSet<Attribute> {
    let named = query.group_by().iter().copied().chain(query.filters().iter().map(|(dimension, _)| dimension));
    named.filter(|dimension| dimension.unit().is_none()).map(Dimension::attribute).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::{Comparison, Filters, StatisticsParameters};

    const RULE: DisclosureRule =
        DisclosureRule { max_noise: 5, variance: 4.0, threshold: 3, hidden_below: 3, max_attributes: 4 };

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn ask(group_by: &[Dimension], period: [&str; 2], as_of: &str, filters: Filters) -> Result<NaiveDate, Vec<String>> {
        let [from, to] = period.map(day);
        let parameters = StatisticsParameters {
            group_by: group_by.to_vec(),
            from,
            to,
            as_of: Some(as_of.parse().unwrap()),
            filters,
        };
        let query = StatisticsQuery::new(parameters, day("2026-11-22")).unwrap();
        guard(query, &RULE, day("2026-11-22"))
            .map(|query| query.as_of_day())
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
            // Within the last day of a month that day is not over.
            ("2026-10-31T18:59:59Z", "2026-09-30"),
            ("2026-10-31T19:00:00Z", "2026-10-31"),
        ] {
            assert_eq!(ask(&[], ["2026-01-01", "2026-12-31"], asked, Filters::default()), Ok(day(read)), "{asked}");
        }
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

    fn narrowed(filters: &[(Dimension, &[&str])]) -> Filters {
        filters
            .iter()
            .fold(Filters::default(), |filters, (dimension, values)| filters.narrowed(*dimension, *values).unwrap())
    }

    #[test]
    fn few_attributes_and_no_settlements() {
        use Dimension::{AgeGroup, Kind, Level, Month, Region, ReporterTerritory, Sex, Territory};
        let year = ["2025-01-01", "2025-12-31"];
        let district = narrowed(&[(Territory, &["351000000"])]);
        assert!(ask(&[Month, Region, Territory, Kind, Sex, Level], year, "2026-11-22", district.clone()).is_ok());
        let refused = ask(&[Kind, Sex, Level, AgeGroup], year, "2026-11-22", district);
        assert_eq!(refused, Err(vec!["group_by too_many_attributes".to_owned()]));
        for place in [Territory, ReporterTerritory] {
            let settlement = narrowed(&[(place, &["351011100"])]);
            let refused = ask(&[], ["2025-01-02", "2025-12-31"], "2026-11-22", settlement);
            assert_eq!(refused, Err(vec!["to period_not_whole".to_owned(), format!("{place} territory_too_fine")]));
        }
    }

    #[test]
    fn none_of_the_many_ways() {
        use Dimension::{Age, AgeFiveYears, AgeGroup, Day, MainForm, Settlement, Sex};
        let year = ["2025-01-01", "2025-12-31"];
        for (group_by, filters, expected) in [
            ([Day, Sex], narrowed(&[]), "group_by exact_only"),
            ([Settlement, Sex], narrowed(&[]), "group_by exact_only"),
            ([Age, Sex], narrowed(&[]), "group_by exact_only"),
            ([Sex, MainForm], narrowed(&[(Age, &["7"])]), "age exact_only"),
            ([AgeGroup, AgeFiveYears], narrowed(&[]), "group_by age_groupings_crossed"),
            ([AgeGroup, Sex], narrowed(&[(AgeFiveYears, &["age_0_4"])]), "group_by age_groupings_crossed"),
            ([Sex, AgeGroup], narrowed(&[(MainForm, &["physical", "neglect"])]), "main_form one_value_only"),
        ] {
            let refused = ask(&group_by, year, "2026-11-22", filters).unwrap_err();
            assert_eq!(refused.first().map(String::as_str), Some(expected), "{group_by:?}");
        }
    }

    #[test]
    fn times_divide_the_period_into_whole_units() {
        use Dimension::{Month, Quarter, SchoolYear, Year};
        let (year, school_year, quarter) =
            (["2025-01-01", "2025-12-31"], ["2024-09-01", "2025-08-31"], ["2025-04-01", "2025-06-30"]);
        for (period, good, bad) in [
            (year, [Month, Quarter, Year].as_slice(), [SchoolYear].as_slice()),
            (school_year, &[Month, SchoolYear], &[Quarter, Year]),
            (quarter, &[Month, Quarter], &[Year, SchoolYear]),
            // What has passed of a quarter is also what has passed of the year.
            (["2026-01-01", "2026-11-22"], &[Month, Quarter, Year], &[SchoolYear]),
        ] {
            for time in good {
                assert!(ask(&[*time], period, "2026-11-22", Filters::default()).is_ok(), "{time} {period:?}");
            }
            for time in bad {
                let refused = ask(&[*time], period, "2026-11-22", Filters::default());
                assert_eq!(refused, Err(vec!["group_by time_not_whole".to_owned()]), "{time} {period:?}");
            }
        }
    }

    #[test]
    fn only_periods_that_are_over_are_compared() {
        let today = day("2026-11-22");
        let query = |from: &str, to: &str| {
            let parameters = StatisticsParameters {
                group_by: vec![Dimension::Sex],
                from: day(from),
                to: day(to),
                as_of: None,
                filters: Filters::default(),
            };
            StatisticsQuery::new(parameters, today).unwrap()
        };
        for (from, to) in [("2025-01-01", "2025-12-31"), ("2026-10-01", "2026-10-31"), ("2025-09-01", "2026-08-31")] {
            let guarded = guard_compared(query(from, to), &RULE, today).unwrap();
            // The earlier periods are such as may be asked for themselves.
            for comparison in Comparison::ALL {
                let earlier = guarded.earlier(*comparison).unwrap().query;
                assert_eq!(guard(earlier.clone(), &RULE, today), Ok(earlier), "{from} {comparison}");
            }
        }
        for (from, to) in [("2026-01-01", "2026-12-31"), ("2026-11-01", "2026-11-30"), ("2026-01-01", "2026-11-22")] {
            let refused = guard_compared(query(from, to), &RULE, today).unwrap_err();
            assert_eq!(
                refused.iter().map(|one| (one.0, one.1.code())).collect::<Vec<_>>(),
                [("compare", "period_not_over")]
            );
        }
    }
}
