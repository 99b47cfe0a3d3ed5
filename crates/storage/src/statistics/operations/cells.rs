//! Cells as the database answers with them. They are exact, and go no further than this folder.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Double, Nullable, Text};
use qorgan_domain::statistics::operations::{Tally, TallyKind};
use qorgan_domain::statistics::protection::CellKey;
use uuid::Uuid;

use crate::{StorageError, rows};

/// A row of type `operations_cell`.
#[derive(QueryableByName)]
pub(super) struct CellRow {
    #[diesel(sql_type = Nullable<Array<Nullable<Text>>>)]
    keys: Option<Vec<Option<String>>>,
    #[diesel(sql_type = Text)]
    result: String,
    #[diesel(sql_type = BigInt)]
    records: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    others: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    cell_key: Option<i64>,
    #[diesel(sql_type = Nullable<Double>)]
    median: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    p90: Option<f64>,
}

type Tallies = HashMap<TallyKind, Tally>;

/// All cells of a table, and all records together.
#[derive(Debug, Default)]
pub(super) struct Cells {
    of: BTreeMap<Vec<Option<String>>, Tallies>,
    total: Tallies,
}

impl Cells {
    pub(super) fn of(found: Vec<CellRow>) -> Result<Self, StorageError> {
        let mut cells = Self::default();
        for row in found {
            let kind: TallyKind = rows::parse(&row.result, "operations_cell", "result", Uuid::nil())?;
            let tally = Tally {
                records: row.records.unsigned_abs(),
                others: row.others.map(i64::unsigned_abs),
                key: CellKey::of_sum(row.cell_key.unwrap_or_default().unsigned_abs()),
                hours: row.median.zip(row.p90),
            };
            let place = match row.keys {
                Some(keys) => cells.of.entry(keys).or_default(),
                None => &mut cells.total,
            };
            place.insert(kind, tally);
        }
        Ok(cells)
    }

    /// The cells that hold records.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Vec<Option<String>>> {
        self.of.keys()
    }

    /// What was counted in a cell, or of all records; nothing where there is nothing.
    pub(super) fn tally(&self, keys: Option<&Vec<Option<String>>>, kind: TallyKind) -> Tally {
        let tallies = keys.map_or(Some(&self.total), |keys| self.of.get(keys));
        tallies.and_then(|tallies| tallies.get(&kind)).copied().unwrap_or_default()
    }
}
