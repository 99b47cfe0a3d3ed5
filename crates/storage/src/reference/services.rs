//! Loads the services that everybody knows. The directory is kept by administrators and providers: what they changed stays.

use chrono::{NaiveDate, Utc};
use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::load::file;
use crate::StorageError;
use crate::schema::services;

const FILE: &str = include_str!("../../reference/services.json");

#[derive(Deserialize)]
struct ServiceFile {
    territory: String,
    valid_from: NaiveDate,
    provisional: bool,
    services: Vec<ServiceItem>,
}

#[derive(Deserialize)]
struct ServiceItem {
    id: Uuid,
    kind: String,
    name_ru: String,
    name_kk: String,
    name_en: String,
    phones: Vec<String>,
    languages: Vec<String>,
    age_from: Option<i16>,
    age_to: Option<i16>,
    #[serde(default)]
    consent_required: bool,
    source: String,
}

/// Writes those that are not there yet. Runs as the owner, after the territories.
pub(super) fn load(connection: &mut PgConnection) -> Result<(), StorageError> {
    let data: ServiceFile = file(FILE, "services.json")?;
    let now = Utc::now();
    let rows: Vec<_> = data
        .services
        .iter()
        .map(|item| {
            (
                (
                    services::id.eq(item.id),
                    services::kind.eq(&item.kind),
                    services::name_ru.eq(&item.name_ru),
                    services::name_kk.eq(&item.name_kk),
                    services::name_en.eq(&item.name_en),
                    services::kato.eq(&data.territory),
                    services::served.eq(vec![data.territory.as_str()]),
                    services::phones.eq(&item.phones),
                    services::languages.eq(&item.languages),
                ),
                (
                    services::age_from.eq(item.age_from),
                    services::age_to.eq(item.age_to),
                    services::consent_required.eq(item.consent_required),
                    services::valid_from.eq(data.valid_from),
                    services::source.eq(&item.source),
                    services::provisional.eq(data.provisional),
                    services::created_at.eq(now),
                    services::updated_at.eq(now),
                ),
            )
        })
        .collect();
    diesel::insert_into(services::table).values(rows).on_conflict_do_nothing().execute(connection)?;
    Ok(())
}
