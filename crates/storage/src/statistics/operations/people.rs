//! Who manages cases, and how many each does.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::identity::Role;
use qorgan_domain::policy::OrganisationRef;
use qorgan_domain::statistics::operations::Norms;
use uuid::Uuid;

use super::WorkloadAsked;
use crate::reference::organisation_ref;
use crate::{StorageError, Tx, rows};

/// Users are read by whoever has a session (their names stand on every case); which of them are counted is bounded to the
/// reach in cases where $1 says so.
const PEOPLE: &str = "
    SELECT u.id, u.display_name, o.id AS organisation, o.agency_code, o.kato, array_agg(r.role ORDER BY r.role) AS roles
    FROM users u JOIN organisations o ON o.id = u.organisation_id JOIN user_roles r ON r.user_id = u.id
    WHERE u.kind = 'person' AND u.disabled_at IS NULL AND o.active AND r.role = ANY ($2)
      AND ($3 IS NULL OR o.agency_code = $3) AND ($4 IS NULL OR starts_with(o.kato, $4))
      AND (NOT $1 OR u.id = context_user() OR o.id = (SELECT context_org('case'))
           OR (o.agency_code = (SELECT context_agency('case')) AND starts_with(o.kato, (SELECT context_prefix('case')))))
    GROUP BY u.id, o.id";

/// Under row security: what a colleague manages that the actor may not see is not counted.
const MANAGED: &str = "
    SELECT c.manager_id AS id, count(*) AS open, count(*) FILTER (WHERE c.risk_level IN ('high', 'critical')) AS high,
           count(DISTINCT child_survivor(c.child_id)) AS children
    FROM cases c WHERE c.manager_id = ANY ($1) AND c.stage <> 'closed' GROUP BY c.manager_id";

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    display_name: String,
    #[diesel(sql_type = SqlUuid)]
    organisation: Uuid,
    #[diesel(sql_type = Text)]
    agency_code: String,
    #[diesel(sql_type = Text)]
    kato: String,
    #[diesel(sql_type = Array<Text>)]
    roles: Vec<String>,
}

/// Somebody who may manage cases.
pub(super) struct Specialist {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) organisation: OrganisationRef,
    pub(super) roles: Vec<Role>,
}

/// What somebody manages.
#[derive(QueryableByName, Debug, Clone, Copy, Default)]
pub(super) struct Managed {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub(super) open: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) high: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) children: i64,
}

impl Tx<'_> {
    /// Everybody who may manage cases by a norm: within reach, or in the whole region.
    pub(super) fn specialists(
        &mut self,
        asked: &WorkloadAsked,
        norms: &Norms,
        in_reach: bool,
    ) -> Result<Vec<Specialist>, StorageError> {
        let roles: Vec<&str> = norms
            .0
            .keys()
            .filter(|role| asked.role.is_none_or(|only| only == **role))
            .map(|role| role.as_str())
            .collect();
        let found: Vec<PersonRow> = sql_query(PEOPLE)
            .bind::<Bool, _>(in_reach)
            .bind::<Array<Text>, _>(roles)
            .bind::<Nullable<Text>, _>(asked.agency.as_ref().map(|agency| agency.as_str().to_owned()))
            .bind::<Nullable<Text>, _>(asked.territory.as_ref().map(|territory| territory.prefix().to_owned()))
            .load(self.connection)?;
        found
            .into_iter()
            .map(|row| {
                let roles = row.roles.iter().map(|role| rows::parse(role, "user_roles", "role", row.id));
                Ok(Specialist {
                    id: row.id,
                    name: row.display_name,
                    organisation: organisation_ref(row.organisation, &row.agency_code, &row.kato)?,
                    roles: roles.collect::<Result<_, _>>()?,
                })
            })
            .collect()
    }

    /// The open cases that each of them manages, as far as the actor sees them.
    pub(super) fn managed_by(&mut self, people: &[Specialist]) -> Result<HashMap<Uuid, Managed>, StorageError> {
        let ids: Vec<Uuid> = people.iter().map(|person| person.id).collect();
        let found: Vec<Managed> = sql_query(MANAGED).bind::<Array<SqlUuid>, _>(ids).load(self.connection)?;
        Ok(found.into_iter().map(|managed| (managed.id, managed)).collect())
    }
}
