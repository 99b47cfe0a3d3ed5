//! What to count.

use std::collections::BTreeSet;

use chrono::{Months, NaiveDate};

use super::{AsOf, Attribute, Dimension, Filters};
use crate::Invalid;
use crate::words::words;

words! {
    /// How facts are counted.
    pub enum StatisticsMethod {
        /// As they stand in the register.
        Exact = "exact",
        /// Each count changed by noise, so that none tells of a single child.
        Protected = "protected",
    }
}

words! {
    /// What is counted besides facts.
    pub enum StatisticsMeasure {
        /// Distinct children, by the record that stood for them in the register that is read. A child may be in several cells.
        Children = "children",
    }
}

/// What is asked for, before it is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsParameters {
    /// By what to group, in the order of the columns.
    pub group_by: Vec<Dimension>,
    /// First day of the events.
    pub from: NaiveDate,
    /// Last day of the events, itself included.
    pub to: NaiveDate,
    /// The register as it read then; at the end of today when absent.
    pub as_of: Option<AsOf>,
    /// Facts to narrow to.
    pub filters: Filters,
}

/// A count that may be asked of the register. Months and years are those of the event's date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatisticsQuery {
    group_by: Vec<Dimension>,
    from: NaiveDate,
    to: NaiveDate,
    as_of: AsOf,
    filters: Filters,
}

impl StatisticsQuery {
    /// Enough for the tables that the statistics office makes; more would list facts one by one.
    pub const MAX_DIMENSIONS: usize = 8;
    /// The longest period, in years.
    pub const MAX_YEARS: u32 = 20;

    /// Checks what is asked for. `today` bounds `as_of`: a future day could not give the same numbers for ever.
    ///
    /// # Errors
    /// Every wrong field at once: `group_by` with `dimension_repeated` or `too_many_dimensions` (`max`), `to` with
    /// `period_reversed` or `period_too_long` (`max_years`), `as_of` with `as_of_future`.
    pub fn new(parameters: StatisticsParameters, today: NaiveDate) -> Result<Self, Vec<(&'static str, Invalid)>> {
        let StatisticsParameters { group_by, from, to, as_of, filters } = parameters;
        let as_of = as_of.unwrap_or(AsOf::Day(today));
        let mut errors = Vec::new();
        if (1..group_by.len()).any(|at| group_by[..at].contains(&group_by[at])) {
            errors.push(("group_by", Invalid::new("dimension_repeated")));
        } else if group_by.len() > Self::MAX_DIMENSIONS {
            errors.push(("group_by", Invalid::new("too_many_dimensions").with("max", Self::MAX_DIMENSIONS)));
        }
        if from > to {
            errors.push(("to", Invalid::new("period_reversed")));
        } else if Self::last_allowed(from).is_some_and(|last| to > last) {
            errors.push(("to", Invalid::new("period_too_long").with("max_years", Self::MAX_YEARS)));
        }
        if as_of.day() > today {
            errors.push(("as_of", Invalid::new("as_of_future")));
        }
        if errors.is_empty() { Ok(Self { group_by, from, to, as_of, filters }) } else { Err(errors) }
    }

    /// The last day of the longest period from `from`: the day before its anniversary. None past the calendar.
    fn last_allowed(from: NaiveDate) -> Option<NaiveDate> {
        from.checked_add_months(Months::new(12 * Self::MAX_YEARS))?.pred_opt()
    }

    /// By what to group, in the order of the columns; empty for one total.
    pub fn group_by(&self) -> &[Dimension] {
        &self.group_by
    }

    /// First day of the events.
    pub fn from(&self) -> NaiveDate {
        self.from
    }

    /// Last day of the events, itself included.
    pub fn to(&self) -> NaiveDate {
        self.to
    }

    /// The register as it read then.
    pub fn as_of(&self) -> AsOf {
        self.as_of
    }

    /// The day of [`Self::as_of`].
    pub fn as_of_day(&self) -> NaiveDate {
        self.as_of.day()
    }

    /// The same count of the register as it read at the end of another day.
    pub(super) fn with_as_of(self, day: NaiveDate) -> Self {
        Self { as_of: AsOf::Day(day), ..self }
    }

    /// The attributes of facts that the answer follows from: the coarsest that suffice for the groups and the filters. Whether
    /// a fact counts at all (its status) is not among them.
    pub fn attributes(&self) -> BTreeSet<Attribute> {
        let grouped = self.group_by.iter().map(|dimension| dimension.attribute());
        let filtered = self.filters.iter().filter_map(|(dimension, _)| self.filters.attribute(dimension));
        let mut attributes: BTreeSet<Attribute> = grouped.chain(filtered).collect();
        // By forms a fact has a row for each of them: a filter of forms beside it must look at all of them.
        if self.group_by.contains(&Dimension::AnyForm) && self.filters.values(Dimension::AnyForm).is_some() {
            attributes.insert(Attribute::Forms);
        }
        for (fine, coarse) in [
            (Attribute::OccurredOn, Attribute::OccurredMonth),
            (Attribute::Kato, Attribute::District),
            (Attribute::OrganisationKato, Attribute::OrganisationDistrict),
        ] {
            if attributes.contains(&fine) {
                attributes.remove(&coarse);
            }
        }
        attributes
    }

    /// The same count of another period, which must not be reversed.
    pub(super) fn with_period(&self, from: NaiveDate, to: NaiveDate) -> Self {
        Self { from, to, ..self.clone() }
    }

    /// The same facts in one cell.
    #[must_use]
    pub fn in_one_cell(&self) -> Self {
        Self { group_by: Vec::new(), ..self.clone() }
    }

    /// Facts to narrow to.
    pub fn filters(&self) -> &Filters {
        &self.filters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn parameters(group_by: &[Dimension], from: &str, to: &str, as_of: Option<&str>) -> StatisticsParameters {
        StatisticsParameters {
            group_by: group_by.to_vec(),
            from: day(from),
            to: day(to),
            as_of: as_of.map(|text| text.parse().unwrap()),
            filters: Filters::default(),
        }
    }

    #[test]
    fn as_of_is_today_unless_given() {
        let today = day("2026-03-31");
        let query = |as_of| StatisticsQuery::new(parameters(&[], "2025-01-01", "2025-12-31", as_of), today).unwrap();
        assert_eq!(query(None).as_of(), AsOf::Day(today));
        assert_eq!(query(Some("2025-06-30")).as_of_day(), day("2025-06-30"));
        // A moment of the day in Kazakhstan.
        assert_eq!(query(Some("2025-06-30T20:00:00Z")).as_of_day(), day("2025-07-01"));
    }

    #[test]
    fn the_coarsest_attributes_that_suffice_are_named() {
        use Attribute::{District, Form, Forms, Kato, OccurredMonth, OccurredOn, Sex};
        type Given<'a> = (&'a [Dimension], &'a [(Dimension, &'a [&'a str])], &'a [Attribute]);
        let table: &[Given] = &[
            (&[Dimension::Quarter, Dimension::Region], &[], &[OccurredMonth, District]),
            (&[Dimension::Day, Dimension::Month], &[], &[OccurredOn]),
            (&[Dimension::Territory], &[(Dimension::Territory, &["351011100"])], &[Kato]),
            (&[Dimension::Sex], &[(Dimension::Territory, &["351000000"])], &[District, Sex]),
            (&[Dimension::AnyForm], &[], &[Form]),
            (&[], &[(Dimension::AnyForm, &["physical"])], &[Form]),
            (&[], &[(Dimension::AnyForm, &["physical", "neglect"])], &[Forms]),
            (&[Dimension::AnyForm], &[(Dimension::AnyForm, &["physical"])], &[Form, Forms]),
        ];
        for (group_by, filters, expected) in table {
            let mut parameters = parameters(group_by, "2025-01-01", "2025-12-31", None);
            for (dimension, values) in *filters {
                parameters.filters = parameters.filters.narrowed(*dimension, *values).unwrap();
            }
            let query = StatisticsQuery::new(parameters, day("2026-03-31")).unwrap();
            assert_eq!(query.attributes().into_iter().collect::<Vec<_>>(), *expected, "{group_by:?} {filters:?}");
        }
    }

    #[test]
    fn every_wrong_field_is_named() {
        use Dimension::{AgeGroup, Agency, Kind, Level, MainForm, Month, Setting, Sex, Territory};
        type Given<'a> = (&'a [Dimension], &'a str, &'a str, Option<&'a str>);
        let table: &[(Given, &[(&str, &str)])] = &[
            ((&[Month, Territory, Kind, Sex], "2025-01-01", "2025-01-01", Some("2026-03-31")), &[]),
            ((&[], "2006-01-01", "2025-12-31", None), &[]),
            ((&[], "2006-01-01", "2026-01-01", None), &[("to", "period_too_long")]),
            ((&[], "2025-01-02", "2025-01-01", None), &[("to", "period_reversed")]),
            ((&[], "2025-01-01", "2025-01-02", Some("2026-04-01")), &[("as_of", "as_of_future")]),
            ((&[Kind, Month, Kind], "2025-01-01", "2025-01-02", None), &[("group_by", "dimension_repeated")]),
            (
                (
                    &[Month, Territory, Kind, Sex, Level, MainForm, AgeGroup, Setting, Agency],
                    "2025-01-02",
                    "2025-01-01",
                    Some("2030-01-01"),
                ),
                &[("group_by", "too_many_dimensions"), ("to", "period_reversed"), ("as_of", "as_of_future")],
            ),
        ];
        for ((group_by, from, to, as_of), expected) in table {
            let result = StatisticsQuery::new(parameters(group_by, from, to, *as_of), day("2026-03-31"));
            let errors = result.err().unwrap_or_default();
            let errors: Vec<_> = errors.iter().map(|(field, invalid)| (*field, invalid.code())).collect();
            assert_eq!(errors, *expected, "{group_by:?} {from} {to} {as_of:?}");
        }
    }
}
