//! Protected counts: cells with their keys from the database, noise from the domain.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Date, Jsonb, Nullable, Text, Timestamptz};
use qorgan_domain::calendar::end_of_day;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::protection::{CellKey, DisclosureRule, NoiseTable};
use qorgan_domain::statistics::{Dimension, Filters, StatisticsQuery};
use serde_json::json;

use super::count::{CountRow, Counts, NOT_COUNTED, sort};
use super::dimensions::age_groups;
use crate::{Permit, StorageError, Tx};

/// A cell as it comes from the database. It is exact, and goes no further than this file.
#[derive(QueryableByName)]
struct KeyedCell {
    #[diesel(sql_type = Array<Nullable<Text>>)]
    keys: Vec<Option<String>>,
    #[diesel(sql_type = BigInt)]
    facts: i64,
    #[diesel(sql_type = BigInt)]
    cell_key: i64,
}

const CELLS: &str = "SELECT keys, facts, cell_key FROM register_cells($1, $2, $3, $4, $5, $6, $7, $8)";

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
        let cells = self.keyed_cells(query)?;
        let mut total = (0, CellKey::default());
        let mut shown = Vec::new();
        for KeyedCell { keys, facts, cell_key } in cells {
            let (facts, key) = (facts.unsigned_abs(), CellKey::of_sum(cell_key.unsigned_abs()));
            // No fact stands in two cells: the total is a cell of its own, with the sum of the keys.
            total = (total.0 + facts, total.1 + key);
            shown.push((keys, noise.protect(facts, key)));
        }
        let total = noise.protect(total.0, total.1);
        if query.group_by().is_empty() {
            shown = vec![(Vec::new(), total)];
        } else {
            shown.retain(|(_, count)| *count > 0);
        }
        let mut shown: Vec<_> = shown.into_iter().map(|(keys, count)| (keys, count.cast_signed())).collect();
        sort(&mut shown, query.group_by());
        self.audit(Action::StatisticsProtected, None, None);
        let rows = shown.into_iter().map(|(keys, count)| CountRow::of(query.group_by(), keys, count)).collect();
        Ok(Counts { rows, total: total.cast_signed() })
    }

    fn keyed_cells(&mut self, query: &StatisticsQuery) -> Result<Vec<KeyedCell>, StorageError> {
        let dimensions: Vec<&str> = query.group_by().iter().map(|dimension| dimension.as_str()).collect();
        let prefix = query.filters().prefixes(Dimension::Territory).and_then(|prefixes| prefixes.into_iter().next());
        Ok(sql_query(CELLS)
            .bind::<Array<Text>, _>(dimensions)
            .bind::<Date, _>(query.from())
            .bind::<Date, _>(query.to())
            .bind::<Timestamptz, _>(end_of_day(query.as_of()))
            .bind::<Array<Text>, _>(NOT_COUNTED.to_vec())
            .bind::<Array<Text>, _>(age_groups())
            .bind::<Nullable<Text>, _>(prefix)
            .bind::<Jsonb, _>(filters(query.filters()))
            .load(self.connection)?)
    }
}

/// The values that narrow, by dimension; the territory goes by its prefix. Of protected counts a filter has one value.
fn filters(filters: &Filters) -> serde_json::Value {
    let first = |(dimension, values): (Dimension, &BTreeSet<String>)| {
        (dimension != Dimension::Territory).then(|| (dimension.to_string(), json!(values.first())))
    };
    serde_json::Value::Object(filters.iter().filter_map(first).collect())
}
