//! The numbers of a period, by the tables that a release has.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::policy::Action;
use qorgan_domain::statistics::protection::{DisclosureRule, guard};
use qorgan_domain::statistics::release::{FrozenCell, ReleasePeriod, ReleasePeriodKind, ReleaseTable};
use qorgan_domain::statistics::{Dimension, Filters, StatisticsParameters, StatisticsQuery};
use qorgan_domain::territory::Kato;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::Counts;
use crate::{AccessError, Permit, StorageError, Tx, rows};

/// Where the organisation stands that reported first.
const REPORTER_PLACE: Dimension = Dimension::ReporterTerritory;

/// A table as it stands in a release, or would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenTable {
    /// Its code.
    pub code: String,
    /// What it is called in Russian, Kazakh and English.
    pub names: [String; 3],
    /// By what facts are grouped in it.
    pub dimensions: Vec<Dimension>,
    /// Its cells.
    pub cells: Vec<FrozenCell>,
    /// All facts together: of a protected table a count of its own.
    pub total: i64,
}

/// The parts by agency and place, each with its tables.
pub(super) type CountedParts = BTreeMap<(AgencyCode, Kato), Vec<FrozenTable>>;

impl FrozenTable {
    fn empty(table: &ReleaseTable) -> Self {
        let ReleaseTable { code, dimensions, names, in_parts: _ } = table.clone();
        Self { code, names, dimensions, cells: Vec::new(), total: 0 }
    }
}

impl Tx<'_> {
    /// The rights to both ways of counting.
    pub(super) fn release_permits(&mut self) -> Result<(Permit, Permit), AccessError> {
        Ok((self.authorize(Action::StatisticsExact)?, self.authorize(Action::StatisticsProtected)?))
    }

    /// A table counted from the register as it read at the end of a day: exact where no rule protects it.
    pub(super) fn release_counted(
        &mut self,
        permit: &Permit,
        table: &ReleaseTable,
        (period, as_of): (ReleasePeriod, NaiveDate),
        rule: Option<&DisclosureRule>,
    ) -> Result<FrozenTable, StorageError> {
        let query = query(period, as_of, &table.dimensions, self.today())?;
        let counts = match rule {
            None => self.register_counts(permit, &query)?,
            Some(rule) => {
                within(period, as_of, &table.dimensions, rule, self.today())?;
                self.register_counts_protected(permit, &query, rule)?
            }
        };
        let total = counts.total;
        Ok(FrozenTable { cells: cells(&table.dimensions, counts), total, ..FrozenTable::empty(table) })
    }

    /// The same tables for every agency and place of its organisations.
    pub(super) fn release_parts_counted(
        &mut self,
        permit: &Permit,
        tables: &[ReleaseTable],
        (period, as_of): (ReleasePeriod, NaiveDate),
    ) -> Result<CountedParts, StorageError> {
        // Without one nobody would be asked.
        if !tables.iter().any(|table| table.in_parts) {
            return Err(StorageError::Statement("no table of a release is for agencies to confirm"));
        }
        let mut parts = CountedParts::new();
        for table in tables.iter().filter(|table| table.in_parts) {
            let dimensions: Vec<Dimension> =
                [Dimension::Agency, REPORTER_PLACE].into_iter().chain(table.dimensions.iter().copied()).collect();
            let query = query(period, as_of, &dimensions, self.today())?;
            let counts = self.register_counts(permit, &query)?;
            for (mut values, count) in cells(&dimensions, counts) {
                let own = values.split_off(2);
                let [agency, place] = [0, 1].map(|at| values[at].take().unwrap_or_default());
                let agency: AgencyCode = rows::parse(&agency, "register_fact_versions", "agency_code", Uuid::nil())?;
                let place: Kato = rows::parse(&place, "register_fact_versions", "organisation_kato", Uuid::nil())?;
                let part = parts.entry((agency, place)).or_default();
                if part.last().is_none_or(|last| last.code != table.code) {
                    part.push(FrozenTable::empty(table));
                }
                if let Some(last) = part.last_mut() {
                    last.cells.push((own, count));
                    last.total += count;
                }
            }
        }
        Ok(parts)
    }
}

fn query(
    period: ReleasePeriod,
    as_of: NaiveDate,
    dimensions: &[Dimension],
    today: NaiveDate,
) -> Result<StatisticsQuery, StorageError> {
    let parameters = StatisticsParameters {
        group_by: dimensions.to_vec(),
        from: period.from(),
        to: period.to(),
        as_of: Some(as_of.into()),
        filters: Filters::default(),
    };
    StatisticsQuery::new(parameters, today).map_err(|_| StorageError::Statement("a table of a release is no query"))
}

/// Refuses a table that nobody could ask for protected. Half a year is asked for by nobody else; its tables are held to
/// what may be asked for the year.
fn within(
    period: ReleasePeriod,
    as_of: NaiveDate,
    dimensions: &[Dimension],
    rule: &DisclosureRule,
    today: NaiveDate,
) -> Result<(), StorageError> {
    let wrong = || StorageError::Statement("a table of a release is finer than protected counts may be");
    let asked = match period.kind() {
        ReleasePeriodKind::HalfYear => {
            let year = chrono::Datelike::year(&period.from());
            let first = NaiveDate::from_ymd_opt(year, 1, 1).ok_or_else(wrong)?;
            ReleasePeriod::new(ReleasePeriodKind::Year, first).map_err(|_| wrong())?
        }
        _ => period,
    };
    guard(query(asked, as_of, dimensions, today)?, rule, today).map(drop).map_err(|_| wrong())
}

fn cells(dimensions: &[Dimension], counts: Counts) -> Vec<FrozenCell> {
    let value = |keys: &mut BTreeMap<Dimension, Option<String>>, of: &Dimension| keys.remove(of).flatten();
    let rows = counts.rows.into_iter();
    rows.map(|mut row| (dimensions.iter().map(|of| value(&mut row.keys, of)).collect(), row.count)).collect()
}
