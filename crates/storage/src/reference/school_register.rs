//! Loads the legal regimes and grounds of the in-school register.

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::Deserialize;

use super::load::file;
use crate::StorageError;
use crate::schema::{legal_regimes, school_register_grounds as grounds};

const FILE: &str = include_str!("../../reference/in_school_register.json");

/// What the rows of the in-school register stand under in `legal_regimes`.
pub(crate) const SUBJECT: &str = "in_school_register";

#[derive(Deserialize)]
struct RegisterFile {
    source_grounds: String,
    provisional: bool,
    valid_from: NaiveDate,
    regimes: Vec<RegimeItem>,
    grounds: GroundLists,
}

#[derive(Deserialize)]
struct GroundLists {
    placement: Vec<GroundItem>,
    removal: Vec<GroundItem>,
}

#[derive(Deserialize)]
struct RegimeItem {
    code: String,
    name_ru: String,
    name_kk: String,
    name_en: Option<String>,
    basis: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    source: String,
    provisional: bool,
}

#[derive(Deserialize)]
struct GroundItem {
    code: String,
    title_ru: String,
    title_kk: String,
    title_en: Option<String>,
    regimes: Vec<String>,
}

/// Writes both. Runs as the owner.
pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: RegisterFile = file(FILE, "in_school_register.json")?;
    let regimes: Vec<_> = data.regimes.iter().map(regime_row).collect();
    diesel::insert_into(legal_regimes::table)
        .values(regimes)
        .on_conflict((legal_regimes::subject, legal_regimes::code))
        .do_update()
        .set((
            legal_regimes::name_ru.eq(excluded(legal_regimes::name_ru)),
            legal_regimes::name_kk.eq(excluded(legal_regimes::name_kk)),
            legal_regimes::name_en.eq(excluded(legal_regimes::name_en)),
            legal_regimes::basis.eq(excluded(legal_regimes::basis)),
            legal_regimes::source.eq(excluded(legal_regimes::source)),
        ))
        .execute(connection)?;
    let lists = [("placement", &data.grounds.placement), ("removal", &data.grounds.removal)];
    let rows: Vec<_> = lists
        .into_iter()
        .flat_map(|(usage, items)| items.iter().map(move |item| (usage, item)))
        .map(|(usage, item)| {
            (
                grounds::usage.eq(usage),
                grounds::code.eq(&item.code),
                grounds::title_ru.eq(&item.title_ru),
                grounds::title_kk.eq(&item.title_kk),
                grounds::title_en.eq(&item.title_en),
                grounds::regimes.eq(&item.regimes),
                grounds::valid_from.eq(data.valid_from),
                grounds::source.eq(&data.source_grounds),
                grounds::provisional.eq(data.provisional),
            )
        })
        .collect();
    diesel::insert_into(grounds::table)
        .values(rows)
        .on_conflict((grounds::usage, grounds::code, grounds::valid_from))
        .do_update()
        .set((
            grounds::title_ru.eq(excluded(grounds::title_ru)),
            grounds::title_kk.eq(excluded(grounds::title_kk)),
            grounds::title_en.eq(excluded(grounds::title_en)),
        ))
        .execute(connection)?;
    Ok(())
}

type RegimeRow<'a> = (
    diesel::dsl::Eq<legal_regimes::subject, &'a str>,
    diesel::dsl::Eq<legal_regimes::code, &'a str>,
    diesel::dsl::Eq<legal_regimes::name_ru, &'a str>,
    diesel::dsl::Eq<legal_regimes::name_kk, &'a str>,
    diesel::dsl::Eq<legal_regimes::name_en, Option<&'a str>>,
    diesel::dsl::Eq<legal_regimes::basis, &'a str>,
    diesel::dsl::Eq<legal_regimes::valid_from, NaiveDate>,
    diesel::dsl::Eq<legal_regimes::valid_to, Option<NaiveDate>>,
    diesel::dsl::Eq<legal_regimes::source, &'a str>,
    diesel::dsl::Eq<legal_regimes::provisional, bool>,
);

fn regime_row(item: &RegimeItem) -> RegimeRow<'_> {
    (
        legal_regimes::subject.eq(SUBJECT),
        legal_regimes::code.eq(item.code.as_str()),
        legal_regimes::name_ru.eq(item.name_ru.as_str()),
        legal_regimes::name_kk.eq(item.name_kk.as_str()),
        legal_regimes::name_en.eq(item.name_en.as_deref()),
        legal_regimes::basis.eq(item.basis.as_str()),
        legal_regimes::valid_from.eq(item.valid_from),
        legal_regimes::valid_to.eq(item.valid_to),
        legal_regimes::source.eq(item.source.as_str()),
        legal_regimes::provisional.eq(item.provisional),
    )
}
