//! To whom goes what is addressed to agencies.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Date, Text, Uuid as SqlUuid};
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::territory::Kato;
use uuid::Uuid;

use super::organisation_ref;
use crate::{StorageError, Tx, rows};

#[derive(QueryableByName)]
struct DutyRow {
    #[diesel(sql_type = Text)]
    duty: String,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    agency_code: String,
    #[diesel(sql_type = Text)]
    kato: String,
}

/// The same rule as `duty_organisation`, for several agencies at once: the nearest territory first, then the latest.
const ON_DUTY: &str = "
    WITH RECURSIVE places (kato, distance) AS (
        SELECT $1::text, 0
        UNION ALL
        SELECT t.parent_kato, p.distance + 1 FROM places p JOIN territories t ON t.kato = p.kato
        WHERE t.parent_kato IS NOT NULL)
    SELECT DISTINCT ON (d.agency_code) d.agency_code AS duty, o.id, o.agency_code, o.kato
    FROM places p
    JOIN duty_organisations d ON d.kato = p.kato
    JOIN organisations o ON o.id = d.organisation_id
    WHERE d.agency_code = ANY($2) AND d.valid_from <= $3 AND (d.valid_to IS NULL OR d.valid_to > $3) AND o.active
    ORDER BY d.agency_code, p.distance, d.valid_from DESC";

impl Tx<'_> {
    /// By agency: the organisation on duty in a territory on a day, the territory's own or else its parent's, up to the
    /// region's. An agency that has nobody on duty is left out.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn duty_organisations(
        &mut self,
        agencies: impl IntoIterator<Item = AgencyCode>,
        kato: &Kato,
        day: NaiveDate,
    ) -> Result<BTreeMap<AgencyCode, OrganisationRef>, StorageError> {
        let agencies: Vec<String> = agencies.into_iter().map(|agency| agency.as_str().to_owned()).collect();
        let found: Vec<DutyRow> = sql_query(ON_DUTY)
            .bind::<Text, _>(kato.as_str())
            .bind::<Array<Text>, _>(agencies)
            .bind::<Date, _>(day)
            .load(self.connection)?;
        found
            .into_iter()
            .map(|row| {
                let agency = rows::parse(&row.duty, "duty_organisations", "agency_code", row.id)?;
                Ok((agency, organisation_ref(row.id, &row.agency_code, &row.kato)?))
            })
            .collect()
    }
}
