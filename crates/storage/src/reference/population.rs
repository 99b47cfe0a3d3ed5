//! How many children live where: dated numbers.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::query_dsl::methods::FilterDsl as _;
use diesel::upsert::excluded;
use qorgan_domain::statistics::{ChildPopulation, Source, TerritoryPopulation};
use serde::Deserialize;
use uuid::Uuid;

use super::load::file;
use crate::rows::parse;
use crate::schema::child_population as population;
use crate::{StorageError, Tx};

const POPULATION: &str = include_str!("../../reference/child_population.json");

#[derive(Deserialize)]
struct PopulationFile {
    valid_from: NaiveDate,
    region: RegionItem,
    estimated: Estimated,
}

#[derive(Deserialize)]
struct RegionItem {
    kato: String,
    children: i32,
    source: String,
    source_ru: String,
    source_kk: String,
    provisional: bool,
}

#[derive(Deserialize)]
struct Estimated {
    source: String,
    source_ru: String,
    source_kk: String,
    provisional: bool,
    units: Vec<UnitItem>,
}

#[derive(Deserialize)]
struct UnitItem {
    kato: String,
    children: i32,
}

pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let PopulationFile { valid_from, region, estimated } = file(POPULATION, "child_population.json")?;
    let source_of_region = [region.source, region.source_ru, region.source_kk];
    let region = (region.kato, region.children, &source_of_region, region.provisional);
    let source_of_units = [estimated.source, estimated.source_ru, estimated.source_kk];
    let units = estimated.units.into_iter();
    let units = units.map(|unit| (unit.kato, unit.children, &source_of_units, estimated.provisional));
    let rows: Vec<_> = std::iter::once(region)
        .chain(units)
        .map(|(kato, children, [source, source_ru, source_kk], provisional)| {
            (
                population::kato.eq(kato),
                population::valid_from.eq(valid_from),
                population::children.eq(children),
                population::source.eq(source),
                population::source_ru.eq(source_ru),
                population::source_kk.eq(source_kk),
                population::provisional.eq(provisional),
            )
        })
        .collect();
    // An administrator's later row stays: it has another date. Rows of an older version of this program learn the languages.
    diesel::insert_into(population::table)
        .values(&rows)
        .on_conflict((population::kato, population::valid_from))
        .do_update()
        .set((
            population::source_ru.eq(excluded(population::source_ru)),
            population::source_kk.eq(excluded(population::source_kk)),
        ))
        .filter(population::source.eq(excluded(population::source)))
        .execute(connection)?;
    Ok(())
}

impl Tx<'_> {
    /// All numbers of children, of whatever date: [`ChildPopulation::on`] picks those in force on a day.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_population_history(&mut self) -> Result<Vec<TerritoryPopulation>, StorageError> {
        type Row = (String, NaiveDate, i32, (String, Option<String>, Option<String>), bool);
        let rows: Vec<Row> = population::table
            .select((
                population::kato,
                population::valid_from,
                population::children,
                (population::source, population::source_ru, population::source_kk),
                population::provisional,
            ))
            .order((population::kato, population::valid_from))
            .load(self.connection)?;
        rows.into_iter()
            .map(|(kato, valid_from, children, (told, ru, kk), provisional)| {
                let territory = parse(&kato, "child_population", "kato", Uuid::nil())?;
                Ok(TerritoryPopulation {
                    territory,
                    // CHECK (children >= 0).
                    children: children.unsigned_abs(),
                    valid_from,
                    source: Source { told, ru, kk },
                    provisional,
                })
            })
            .collect()
    }

    /// The numbers of children in force on a day, of the region and of its cities and districts.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn child_population(&mut self, on: NaiveDate) -> Result<ChildPopulation, StorageError> {
        Ok(ChildPopulation::on(&self.child_population_history()?, on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_estimates_of_the_units_add_up_to_the_region() {
        let data: PopulationFile = serde_json::from_str(POPULATION).unwrap();
        assert_eq!(data.region.children, 317_681);
        assert_eq!(data.estimated.units.len(), 13);
        assert_eq!(data.estimated.units.iter().map(|unit| unit.children).sum::<i32>(), data.region.children);
        assert!(data.estimated.provisional && data.region.provisional);
    }
}
