//! Protected counts: cells with their keys from the database, noise from the domain.

use qorgan_domain::policy::Action;
use qorgan_domain::statistics::StatisticsQuery;
use qorgan_domain::statistics::protection::{CellKey, DisclosureRule, NoiseTable};

use super::count::{CountRow, Counts, sort};
use super::ledger::KeyedCell;
use crate::{Permit, StorageError, Tx};

impl Tx<'_> {
    /// Counts facts of the register as [`Tx::register_counts`] does, each cell and the total changed by noise. Cells whose
    /// count is shown as 0 are left out, whether there are facts in them or not.
    ///
    /// `query` must have passed the domain's `guard`.
    ///
    /// # Errors
    /// [`StorageError`]; also where `permit` is for another action than [`Action::StatisticsProtected`], or the rule makes
    /// no table of noise.
    pub fn register_counts_protected(
        &mut self,
        permit: &Permit,
        query: &StatisticsQuery,
        rule: &DisclosureRule,
    ) -> Result<Counts, StorageError> {
        if permit.action() != Action::StatisticsProtected {
            return Err(StorageError::Statement("protected counts were asked for with another permit"));
        }
        let noise =
            NoiseTable::of(rule).map_err(|_| StorageError::Statement("the rule of disclosure makes no table"))?;
        let is_final = self.register_day_settled(query.as_of_day())?;
        let cells = self.cells(query)?;
        let total = if query.group_by().iter().all(|dimension| dimension.is_single()) {
            protected(&noise, &cells)
        } else {
            protected(&noise, &self.cells(&query.in_one_cell())?)
        };
        let shown = cells.into_iter().map(|cell| {
            let count = protected(&noise, std::slice::from_ref(&cell));
            (cell.keys, count)
        });
        let mut shown: Vec<_> = shown.collect();
        if query.group_by().is_empty() {
            shown = vec![(Vec::new(), total)];
        } else {
            shown.retain(|(_, count)| *count > 0);
        }
        sort(&mut shown, query.group_by());
        self.audit(Action::StatisticsProtected, None, None);
        let rows = shown.into_iter().map(|(keys, count)| CountRow::of(query.group_by(), keys, count)).collect();
        Ok(Counts { rows, total, is_final })
    }
}

/// The number shown for all of these cells as one, which no fact stands in twice: a cell of its own, with the sum of the keys.
fn protected(noise: &NoiseTable, cells: &[KeyedCell]) -> i64 {
    let whole = cells.iter().fold((0, CellKey::default()), |(facts, key), cell| {
        (facts + cell.facts.unsigned_abs(), key + CellKey::of_sum(cell.cell_key.unsigned_abs()))
    });
    noise.protect(whole.0, whole.1).cast_signed()
}
