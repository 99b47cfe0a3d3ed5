//! Reads reference data.

use chrono::NaiveDate;
use diesel::prelude::*;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::{Action, OrganisationRef};
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use crate::schema::{agencies, duty_organisations, organisations, territories};
use crate::{AccessError, StorageError, Tx, rows};

/// An agency.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = agencies)]
#[allow(missing_docs, reason = "named like the columns")]
pub struct AgencyRow {
    pub code: String,
    pub abbr_ru: String,
    pub name_ru: String,
    pub name_kk: Option<String>,
    pub name_en: Option<String>,
    pub kind: String,
    pub by_agreement: bool,
    pub executor: bool,
    pub provisional: bool,
}

/// A territory.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = territories)]
#[allow(missing_docs, reason = "named like the columns")]
pub struct TerritoryRow {
    pub kato: String,
    pub parent_kato: Option<String>,
    pub kind: String,
    pub name_ru: String,
    pub name_kk: Option<String>,
    pub name_en: Option<String>,
    pub seat_lat: Option<f64>,
    pub seat_lon: Option<f64>,
    pub population: Option<i32>,
    pub provisional: bool,
}

impl Tx<'_> {
    /// All agencies, by code.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn agency_list(&mut self) -> Result<Vec<AgencyRow>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(agencies::table
            .select(AgencyRow::as_select())
            .order(agencies::code)
            .load(self.connection)
            .map_err(StorageError::from)?)
    }

    /// All territories, by KATO.
    ///
    /// # Errors
    /// [`AccessError`].
    pub fn territory_list(&mut self) -> Result<Vec<TerritoryRow>, AccessError> {
        self.authorize(Action::ReferenceRead)?;
        Ok(territories::table
            .select(TerritoryRow::as_select())
            .order(territories::kato)
            .load(self.connection)
            .map_err(StorageError::from)?)
    }

    /// Whether a territory of this code is known.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn territory_exists(&mut self, kato: &Kato) -> Result<bool, StorageError> {
        Ok(diesel::select(diesel::dsl::exists(territories::table.find(kato.as_str()))).get_result(self.connection)?)
    }

    /// An active organisation as far as rights and routing need it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn organisation_ref(&mut self, id: OrganisationId) -> Result<Option<OrganisationRef>, StorageError> {
        let row: Option<(Uuid, String, String)> = organisations::table
            .filter(organisations::id.eq(id.as_uuid()).and(organisations::active))
            .select((organisations::id, organisations::agency_code, organisations::kato))
            .first(self.connection)
            .optional()?;
        row.map(|(id, agency, kato)| organisation_ref(id, &agency, &kato)).transpose()
    }

    /// The organisation on duty for an agency in a territory on a day: the territory's own, else its
    /// parent's, up to the region's (domain.md "Routing").
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn duty_organisation(
        &mut self,
        agency: &str,
        kato: &Kato,
        day: NaiveDate,
    ) -> Result<Option<OrganisationRef>, StorageError> {
        let mut place = Some(kato.as_str().to_owned());
        while let Some(at) = place {
            let row: Option<(Uuid, String, String)> = duty_organisations::table
                .inner_join(organisations::table)
                .filter(duty_organisations::agency_code.eq(agency).and(duty_organisations::kato.eq(&at)))
                .filter(duty_organisations::valid_from.le(day))
                .filter(duty_organisations::valid_to.is_null().or(duty_organisations::valid_to.gt(day)))
                .filter(organisations::active)
                .order(duty_organisations::valid_from.desc())
                .select((organisations::id, organisations::agency_code, organisations::kato))
                .first(self.connection)
                .optional()?;
            if let Some((id, agency, kato)) = row {
                return organisation_ref(id, &agency, &kato).map(Some);
            }
            place = territories::table
                .find(&at)
                .select(territories::parent_kato)
                .first::<Option<String>>(self.connection)
                .optional()?
                .flatten();
        }
        Ok(None)
    }
}

pub(crate) fn organisation_ref(id: Uuid, agency: &str, kato: &str) -> Result<OrganisationRef, StorageError> {
    Ok(OrganisationRef {
        id: id.into(),
        agency: rows::parse(agency, "organisations", "agency_code", id)?,
        kato: rows::parse(kato, "organisations", "kato", id)?,
    })
}

impl Tx<'_> {
    /// Active organisations as far as rights and routing need them; those that are not known are left out.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn organisation_refs(&mut self, mut ids: Vec<OrganisationId>) -> Result<Vec<OrganisationRef>, StorageError> {
        ids.sort();
        ids.dedup();
        let ids: Vec<Uuid> = ids.iter().map(OrganisationId::as_uuid).collect();
        let found: Vec<(Uuid, String, String)> = organisations::table
            .filter(organisations::id.eq_any(ids).and(organisations::active))
            .select((organisations::id, organisations::agency_code, organisations::kato))
            .load(self.connection)?;
        found.into_iter().map(|(id, agency, kato)| organisation_ref(id, &agency, &kato)).collect()
    }
}
