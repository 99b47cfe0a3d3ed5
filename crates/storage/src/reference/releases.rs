//! Which tables a release has, and how it is confirmed: dated reference data.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::statistics::Dimension;
use qorgan_domain::statistics::release::{ReleaseRules, ReleaseTable};
use serde::Deserialize;
use uuid::Uuid;

use super::load::file;
use crate::schema::{release_rules as rules, release_tables as tables};
use crate::{StorageError, Tx, rows};

const FILE: &str = include_str!("../../reference/releases.json");

#[derive(Deserialize)]
struct ReleaseFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    rules: ReleaseRules,
    tables: Vec<TableItem>,
}

#[derive(Deserialize)]
struct TableItem {
    code: String,
    dimensions: Vec<Dimension>,
    in_parts: bool,
    ru: String,
    kk: String,
    en: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tables)]
struct TableRow {
    code: String,
    dimensions: Vec<String>,
    name_ru: String,
    name_kk: String,
    name_en: String,
    in_parts: bool,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: ReleaseFile = file(FILE, "releases.json")?;
    // An administrator's later rows stay: they have other dates.
    diesel::insert_into(rules::table)
        .values((
            rules::valid_from.eq(data.valid_from),
            rules::confirm_days.eq(i16::try_from(data.rules.confirm_days).unwrap_or(i16::MAX)),
            rules::other_than_proposer.eq(data.rules.other_than_proposer),
            rules::source.eq(&data.source),
            rules::provisional.eq(data.provisional),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    let rows: Vec<_> = (0_i16..)
        .zip(&data.tables)
        .map(|(place, item)| {
            let dimensions: Vec<&str> = item.dimensions.iter().map(|dimension| dimension.as_str()).collect();
            (
                tables::code.eq(&item.code),
                tables::valid_from.eq(data.valid_from),
                tables::place.eq(place),
                tables::dimensions.eq(dimensions),
                tables::name_ru.eq(&item.ru),
                tables::name_kk.eq(&item.kk),
                tables::name_en.eq(&item.en),
                tables::in_parts.eq(item.in_parts),
                tables::source.eq(&data.source),
                tables::provisional.eq(data.provisional),
            )
        })
        .collect();
    diesel::insert_into(tables::table).values(&rows).on_conflict_do_nothing().execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// How a release that is proposed today is confirmed. Where nothing is in force the strictest: somebody else publishes
    /// it, and silence holds it up for a year.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn release_rules(&mut self) -> Result<ReleaseRules, StorageError> {
        let today = self.today();
        let found: Option<(i16, bool)> = rules::table
            .filter(rules::valid_from.le(today))
            .filter(rules::valid_to.is_null().or(rules::valid_to.gt(today)))
            .order(rules::valid_from.desc())
            .select((rules::confirm_days, rules::other_than_proposer))
            .first(self.connection)
            .optional()?;
        Ok(found.map_or(ReleaseRules { confirm_days: 365, other_than_proposer: true }, |(days, other)| ReleaseRules {
            confirm_days: days.unsigned_abs(),
            other_than_proposer: other,
        }))
    }

    /// The tables of a release that is proposed today, in their order; of each code the one in force.
    ///
    /// # Errors
    /// [`StorageError`].
    pub(crate) fn release_tables_in_force(&mut self) -> Result<Vec<ReleaseTable>, StorageError> {
        let today = self.today();
        let mut found: Vec<(i16, TableRow)> = tables::table
            .filter(tables::valid_from.le(today))
            .filter(tables::valid_to.is_null().or(tables::valid_to.gt(today)))
            .distinct_on(tables::code)
            .order((tables::code, tables::valid_from.desc()))
            .select((tables::place, TableRow::as_select()))
            .load(self.connection)?;
        found.sort_by_key(|(place, _)| *place);
        found.into_iter().map(|(_, row)| row.into_table()).collect()
    }
}

impl TableRow {
    fn into_table(self) -> Result<ReleaseTable, StorageError> {
        let dimensions = dimensions(&self.dimensions, "release_tables", Uuid::nil())?;
        let names = [self.name_ru, self.name_kk, self.name_en];
        Ok(ReleaseTable { code: self.code, dimensions, names, in_parts: self.in_parts })
    }
}

/// Dimensions as a column holds them.
pub(crate) fn dimensions(codes: &[String], table: &'static str, row: Uuid) -> Result<Vec<Dimension>, StorageError> {
    codes.iter().map(|code| rows::parse(code, table, "dimensions", row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn what_is_shipped_is_provisional_few_attributes_wide_and_named_in_three_languages() {
        let data: ReleaseFile = serde_json::from_str(FILE).unwrap();
        assert!(data.provisional && !data.source.is_empty() && data.rules.other_than_proposer);
        let mut seen = HashSet::new();
        for table in &data.tables {
            assert!(seen.insert(&table.code), "{}", table.code);
            assert!(table.dimensions.len() <= 3, "{}", table.code);
            assert!(!table.ru.is_empty() && table.ru != table.kk && table.en.is_ascii(), "{}", table.code);
        }
        assert!(data.tables.iter().any(|table| table.in_parts));
    }
}
