//! Exact counts of the register as it read at the end of a day.

use std::collections::BTreeMap;

use qorgan_domain::policy::Action;
use qorgan_domain::register::FactStatus;
use qorgan_domain::statistics::{Dimension, StatisticsQuery};

use super::dimensions::place;
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
    /// Whether the day of which the register was counted is over, so that its numbers stand for ever.
    pub is_final: bool,
}

/// A cell as it comes from the database.
type Cell = (Vec<Option<String>>, i64);

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
        let is_final = self.register_day_settled(query.as_of_day())?;
        let found = self.cells(query)?;
        let total = if query.group_by().iter().all(|dimension| dimension.is_single()) {
            found.iter().map(|cell| cell.facts).sum()
        } else {
            self.cells(&query.in_one_cell())?.first().map_or(0, |cell| cell.facts)
        };
        let mut cells: Vec<Cell> = found.into_iter().map(|cell| (cell.keys, cell.facts)).collect();
        if cells.is_empty() && query.group_by().is_empty() {
            cells.push((Vec::new(), 0));
        }
        sort(&mut cells, query.group_by());
        self.audit(Action::StatisticsExact, None, None);
        let rows = cells.into_iter().map(|(values, count)| CountRow::of(query.group_by(), values, count)).collect();
        Ok(Counts { rows, total, is_final })
    }
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
