//! Exact counts of the register as it read at the end of a day.

use std::collections::BTreeMap;

use diesel::dsl::{GroupBy, IntoBoxed, Select, count_star, sql};
use diesel::expression::SqlLiteral;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::{Array, Nullable, Text};
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::policy::Action;
use qorgan_domain::register::FactStatus;
use qorgan_domain::statistics::{Dimension, Filters, StatisticsQuery};

use super::dimensions::{ages_of, keys_expression, place};
use crate::schema::register_fact_versions as versions;
use crate::{Permit, StorageError, Tx};

/// Versions of these statuses stay in the register and are not counted unless they are asked for: one was a mistake, the
/// other is counted by the fact it was merged into.
pub(super) const NOT_COUNTED: [&str; 2] = [FactStatus::Annulled.as_str(), FactStatus::Merged.as_str()];

/// One cell: the value of every dimension asked for, and how many facts have these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// The values; none where a fact has no such value, as violence has no level.
    pub keys: BTreeMap<Dimension, Option<String>>,
    /// Facts.
    pub count: i64,
}

impl CountRow {
    /// A cell by the values of its dimensions.
    pub(super) fn of(dimensions: &[Dimension], values: Vec<Option<String>>, count: i64) -> Self {
        Self { keys: dimensions.iter().copied().zip(values).collect(), count }
    }
}

/// The cells of a table, and all facts together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// The cells that are not empty.
    pub rows: Vec<CountRow>,
    /// All facts counted: the sum of the cells where they are exact, a cell of its own where they are protected.
    pub total: i64,
}

/// A cell as it comes from the database.
type Cell = (Vec<Option<String>>, i64);

/// The values of a cell's dimensions, as SQL.
type Keys = SqlLiteral<Array<Nullable<Text>>>;

/// All conditions of a count can be added to this one after the other.
type Counted = IntoBoxed<'static, Select<GroupBy<versions::table, Keys>, (Keys, count_star)>, Pg>;

impl Tx<'_> {
    /// Counts facts of the register, in the order of the dimensions and of their vocabularies. Cells without facts are
    /// left out; without dimensions there is one cell, even if it counts nothing.
    ///
    /// # Errors
    /// [`StorageError`]; also where `permit` is for another action than [`Action::StatisticsExact`].
    pub fn register_counts(&mut self, permit: &Permit, query: &StatisticsQuery) -> Result<Counts, StorageError> {
        if permit.action() != Action::StatisticsExact {
            return Err(StorageError::Statement("exact counts were asked for with another permit"));
        }
        let mut cells: Vec<Cell> = counted(query).load(self.connection)?;
        if cells.is_empty() && query.group_by().is_empty() {
            cells.push((Vec::new(), 0));
        }
        sort(&mut cells, query.group_by());
        self.audit(Action::StatisticsExact, None, None);
        let total = cells.iter().map(|(_, count)| count).sum();
        let rows = cells.into_iter().map(|(values, count)| CountRow::of(query.group_by(), values, count)).collect();
        Ok(Counts { rows, total })
    }
}

/// The versions in force at the end of the day, narrowed and grouped: each fact has at most one of them.
fn counted(query: &StatisticsQuery) -> Counted {
    let keys = keys_expression(query.group_by());
    let moment = end_of_day(query.as_of());
    let all = versions::table
        .group_by(sql::<Array<Nullable<Text>>>(&keys))
        .select((sql::<Array<Nullable<Text>>>(&keys), count_star()))
        .into_boxed()
        .filter(versions::occurred_on.between(query.from(), query.to()))
        .filter(versions::recorded_at.lt(moment))
        .filter(versions::superseded_at.is_null().or(versions::superseded_at.ge(moment)));
    let all = if query.filters().status.is_none() { all.filter(versions::status.ne_all(NOT_COUNTED)) } else { all };
    narrow(all, query.filters())
}

fn narrow(mut query: Counted, filters: &Filters) -> Counted {
    macro_rules! equal {
        ($($field:ident),+) => {
            $( if let Some(word) = filters.$field { query = query.filter(versions::$field.eq(word.as_str())); } )+
        };
    }
    equal!(kind, main_form, level, sex, setting, relation, status);
    if let Some(territory) = &filters.territory {
        // A prefix is digits only: it cannot hold a wildcard.
        query = query.filter(versions::kato.like(format!("{}%", territory.prefix())));
    }
    if let Some(group) = filters.age_group {
        query = query.filter(versions::age_years.eq_any(ages_of(group)));
    }
    if let Some(agency) = &filters.agency {
        query = query.filter(versions::agency_code.eq(agency.as_str().to_owned()));
    }
    query
}

/// Facts without a value come after those with one.
pub(super) fn sort(cells: &mut [Cell], dimensions: &[Dimension]) {
    cells.sort_by_cached_key(|(values, _)| {
        dimensions
            .iter()
            .zip(values)
            .map(|(dimension, value)| {
                (value.as_ref().map_or(usize::MAX, |code| place(*dimension, code)), value.clone())
            })
            .collect::<Vec<_>>()
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use qorgan_domain::register::{AgeGroup, FactKind};
    use qorgan_domain::statistics::StatisticsParameters;

    fn query(group_by: &[Dimension], filters: Filters) -> StatisticsQuery {
        let day = |text: &str| text.parse().unwrap();
        let parameters = StatisticsParameters {
            group_by: group_by.to_vec(),
            from: day("2025-01-01"),
            to: day("2025-12-31"),
            as_of: Some(day("2026-03-31")),
            filters,
        };
        StatisticsQuery::new(parameters, day("2026-04-01")).unwrap()
    }

    #[test]
    fn what_a_caller_sends_is_bound_and_never_written_into_the_statement() {
        let filters = Filters {
            territory: Some("351000000".parse().unwrap()),
            kind: Some(FactKind::Violence),
            age_group: Some(AgeGroup::From14To15),
            agency: Some("UO".parse().unwrap()),
            ..Filters::default()
        };
        let statement = diesel::debug_query::<Pg, _>(&counted(&query(&[Dimension::Month], filters))).to_string();
        let (text, binds) = statement.split_once("-- binds:").unwrap();
        for sent in ["3510", "violence", "UO", "14", "2025", "2026"] {
            assert!(!text.contains(sent), "{sent} stands in {text}");
            assert!(binds.contains(sent), "{sent} is not bound in {binds}");
        }
        // The register as of 31 March ends with that day in Kazakhstan.
        assert!(binds.contains("2026-03-31T19:00:00Z"), "{binds}");
    }

    #[test]
    fn cells_sort_by_vocabulary_and_those_without_a_value_come_last() {
        let cell = |values: &[Option<&str>]| (values.iter().map(|value| value.map(str::to_owned)).collect(), 1);
        let mut cells: Vec<Cell> = vec![
            cell(&[Some("2025-02"), Some("age_11_13")]),
            cell(&[Some("2025-01"), None]),
            cell(&[Some("2025-02"), Some("age_7_10")]),
            cell(&[Some("2025-01"), Some("age_16_17")]),
        ];
        sort(&mut cells, &[Dimension::Month, Dimension::AgeGroup]);
        let order: Vec<_> = cells.iter().map(|(values, _)| values[1].as_deref()).collect();
        assert_eq!(order, [Some("age_16_17"), None, Some("age_7_10"), Some("age_11_13")]);
    }
}
