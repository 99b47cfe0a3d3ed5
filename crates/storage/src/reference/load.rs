//! Loads the reference data that comes with the program. A row that exists is brought up to date;
//! none is ever removed, because records refer to them.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::Deserialize;
use std::collections::BTreeMap;

use crate::StorageError;
use crate::schema::{agencies, deadline_rules, territories};

const AGENCIES: &str = include_str!("../../reference/agencies.json");
const TERRITORIES: &str = include_str!("../../reference/territories.json");
const DEADLINES: &str = include_str!("../../reference/deadline_rules.json");

#[derive(Deserialize)]
struct AgencyFile {
    agencies: Vec<AgencyItem>,
    other_abbreviations: Vec<AgencyItem>,
}

#[derive(Deserialize)]
struct AgencyItem {
    code: String,
    abbr_ru: String,
    name_ru: String,
    name_kk: Option<String>,
    name_en: Option<String>,
    kind: String,
    by_agreement: bool,
    executor: bool,
    name_kk_confidence: Option<String>,
}

#[derive(Deserialize)]
struct TerritoryFile {
    territories: Vec<TerritoryItem>,
}

#[derive(Deserialize)]
struct TerritoryItem {
    kato: String,
    kato_confidence: String,
    kind: String,
    parent_kato: Option<String>,
    name_ru: String,
    name_kk: Option<String>,
    name_en: Option<String>,
    seat_lat: Option<f64>,
    seat_lon: Option<f64>,
    population_approx: Option<i32>,
}

#[derive(Deserialize)]
struct DeadlineFile {
    source: String,
    provisional: bool,
    valid_from: NaiveDate,
    review_interval: BTreeMap<String, i16>,
}

/// Writes all of it. Runs as the owner.
///
/// # Errors
/// [`StorageError`]; a file that does not parse is a mistake of the build.
pub fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    connection.transaction(|connection| {
        load_agencies(connection)?;
        load_territories(connection)?;
        load_deadlines(connection)?;
        super::clocks::load(connection)?;
        super::approval::load(connection)?;
        super::protocols::load(connection)?;
        super::instruments::load(connection)?;
        super::school_register::load(connection)?;
        super::register_lists::load(connection)?;
        super::services::load(connection)?;
        super::qualification::load(connection)?;
        super::register_match::load(connection)?;
        super::disclosure::load(connection)?;
        super::releases::load(connection)?;
        super::risk_map::load(connection)?;
        super::population::load(connection)?;
        super::operations::load(connection)?;
        super::consilium::load(connection)
    })
}

pub(super) fn file<'a, T: Deserialize<'a>>(text: &'a str, name: &'static str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|error| {
        tracing::error!(%error, name, "a reference file does not parse");
        StorageError::Statement("reference data")
    })
}

fn load_agencies(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: AgencyFile = file(AGENCIES, "agencies.json")?;
    // Of the other abbreviations only the contact centre has staff: a service account files its signals.
    let contact_centre = data.other_abbreviations.into_iter().filter(|item| item.kind == "hotline");
    let rows: Vec<_> = data
        .agencies
        .into_iter()
        .chain(contact_centre)
        .map(|item| {
            (
                agencies::provisional.eq(item.name_kk_confidence.as_deref() == Some("unverified")),
                agencies::code.eq(item.code),
                agencies::abbr_ru.eq(item.abbr_ru),
                agencies::name_ru.eq(item.name_ru),
                agencies::name_kk.eq(item.name_kk),
                agencies::name_en.eq(item.name_en),
                agencies::kind.eq(item.kind),
                agencies::by_agreement.eq(item.by_agreement),
                agencies::executor.eq(item.executor),
            )
        })
        .collect();
    diesel::insert_into(agencies::table)
        .values(&rows)
        .on_conflict(agencies::code)
        .do_update()
        .set((
            agencies::abbr_ru.eq(excluded(agencies::abbr_ru)),
            agencies::name_ru.eq(excluded(agencies::name_ru)),
            agencies::name_kk.eq(excluded(agencies::name_kk)),
            agencies::name_en.eq(excluded(agencies::name_en)),
            agencies::provisional.eq(excluded(agencies::provisional)),
        ))
        .execute(connection)?;
    Ok(())
}

fn load_territories(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: TerritoryFile = file(TERRITORIES, "territories.json")?;
    // Parents stand before their parts in the file; one statement checks the key at its end anyway.
    let rows: Vec<_> = data
        .territories
        .into_iter()
        .map(|item| {
            (
                territories::provisional.eq(item.kato_confidence != "sourced"),
                territories::kato.eq(item.kato),
                territories::parent_kato.eq(item.parent_kato),
                territories::kind.eq(item.kind),
                territories::name_ru.eq(item.name_ru),
                territories::name_kk.eq(item.name_kk),
                territories::name_en.eq(item.name_en),
                territories::seat_lat.eq(item.seat_lat),
                territories::seat_lon.eq(item.seat_lon),
                territories::population.eq(item.population_approx),
            )
        })
        .collect();
    diesel::insert_into(territories::table)
        .values(&rows)
        .on_conflict(territories::kato)
        .do_update()
        .set((
            territories::name_ru.eq(excluded(territories::name_ru)),
            territories::name_kk.eq(excluded(territories::name_kk)),
            territories::name_en.eq(excluded(territories::name_en)),
            territories::population.eq(excluded(territories::population)),
        ))
        .execute(connection)?;
    Ok(())
}

fn load_deadlines(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: DeadlineFile = file(DEADLINES, "deadline_rules.json")?;
    let rows: Vec<_> = data
        .review_interval
        .iter()
        .map(|(risk, days)| {
            (
                deadline_rules::code.eq("review_interval"),
                deadline_rules::risk_level.eq(risk),
                deadline_rules::days.eq(days),
                deadline_rules::valid_from.eq(data.valid_from),
                deadline_rules::source.eq(&data.source),
                deadline_rules::provisional.eq(data.provisional),
            )
        })
        .collect();
    // An administrator's later row stays: it has another date.
    diesel::insert_into(deadline_rules::table).values(&rows).on_conflict_do_nothing().execute(connection)?;
    Ok(())
}
