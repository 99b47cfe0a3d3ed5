//! Decisions of family members on help. Each stays as it was recorded.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Uuid as SqlUuid};
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::family::{Consent, ConsentForm, ConsentStatus};
use qorgan_domain::ids::{ConsentId, FamilyMemberId, OrganisationId, ServiceId, UserId};
use qorgan_domain::policy::sections;
use serde_json::json;
use uuid::Uuid;

use crate::cases::Case;
use crate::schema::{case_family_consents as consents, organisations, users};
use crate::{Authorized, StorageError, Tx, rows};

/// A decision to be recorded.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Its id, perhaps chosen by the client.
    pub id: ConsentId,
    /// Who decided.
    pub member: FamilyMemberId,
    /// What.
    pub status: ConsentStatus,
    /// When.
    pub decided_on: NaiveDate,
    /// How it was told.
    pub form: ConsentForm,
    /// On which service; on help as a whole where absent.
    pub service: Option<ServiceId>,
}

/// A decision.
#[derive(Debug, Clone)]
pub struct ConsentView {
    /// Its id.
    pub id: ConsentId,
    /// What was decided.
    pub status: ConsentStatus,
    /// When.
    pub decided_on: NaiveDate,
    /// How it was told.
    pub form: ConsentForm,
    /// On which service; on help as a whole where absent.
    pub service: Option<ServiceId>,
    /// Who recorded it, with the name colleagues see.
    pub author: (UserId, String),
    /// For which organisation, with its name.
    pub organisation: (OrganisationId, String),
    /// When.
    pub recorded_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct DecisionRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = SqlUuid)]
    member_id: Uuid,
    #[diesel(sql_type = Text)]
    status: String,
    #[diesel(sql_type = Date)]
    decided_on: NaiveDate,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    service_id: Option<Uuid>,
}

type Row = ((Uuid, Uuid, String, NaiveDate, String, Option<Uuid>, DateTime<Utc>), (Uuid, String), (Uuid, String));

impl Tx<'_> {
    /// All decisions in a case, for the rules: whether a consent stands is asked at each appointment, also by who may
    /// not read consents.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn family_decisions(&mut self, case: &Authorized<Case>) -> Result<Vec<Consent>, StorageError> {
        let found: Vec<DecisionRow> =
            sql_query("SELECT id, seq, member_id, status, decided_on, service_id FROM family_consents($1)")
                .bind::<SqlUuid, _>(case.id.as_uuid())
                .load(self.connection)?;
        found
            .into_iter()
            .map(|row| {
                Ok(Consent {
                    id: row.id.into(),
                    seq: row.seq,
                    member: row.member_id.into(),
                    status: rows::parse(&row.status, "case_family_consents", "status", row.id)?,
                    decided_on: row.decided_on,
                    service: row.service_id.map(Into::into),
                })
            })
            .collect()
    }

    /// Records a decision.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn family_consent_insert(&mut self, case: &Authorized<Case>, new: &NewConsent) -> Result<(), StorageError> {
        diesel::insert_into(consents::table)
            .values((
                consents::id.eq(new.id.as_uuid()),
                consents::case_id.eq(case.id.as_uuid()),
                consents::member_id.eq(new.member.as_uuid()),
                consents::status.eq(new.status.as_str()),
                consents::decided_on.eq(new.decided_on),
                consents::form.eq(new.form.as_str()),
                consents::service_id.eq(new.service.map(|service| service.as_uuid())),
                consents::author_id.eq(self.actor.user.as_uuid()),
                consents::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                consents::recorded_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let id = new.id.as_uuid();
        self.part_written(case, CaseEventKind::ConsentRecorded, id, Section::Social, json!({}))
    }

    /// The decisions in a case that the actor may read, by member, the first first.
    pub(super) fn family_consents_open(
        &mut self,
        case: &Authorized<Case>,
    ) -> Result<HashMap<Uuid, Vec<ConsentView>>, StorageError> {
        let found: Vec<Row> = consents::table
            .inner_join(users::table.on(users::id.eq(consents::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(consents::organisation_id)))
            .filter(consents::case_id.eq(case.id.as_uuid()))
            .order((consents::decided_on, consents::seq))
            .select((
                (
                    consents::id,
                    consents::member_id,
                    consents::status,
                    consents::decided_on,
                    consents::form,
                    consents::service_id,
                    consents::recorded_at,
                ),
                (users::id, users::display_name),
                (organisations::id, organisations::name),
            ))
            .load(self.connection)?;
        let mut by_member: HashMap<Uuid, Vec<ConsentView>> = HashMap::new();
        for ((id, member, status, decided_on, form, service, recorded_at), author, organisation) in found {
            if !sections::may_read(&self.actor, Section::Social, organisation.0.into(), case.state.manager) {
                continue;
            }
            by_member.entry(member).or_default().push(ConsentView {
                id: id.into(),
                status: rows::parse(&status, "case_family_consents", "status", id)?,
                decided_on,
                form: rows::parse(&form, "case_family_consents", "form", id)?,
                service: service.map(Into::into),
                author: (author.0.into(), author.1),
                organisation: (organisation.0.into(), organisation.1),
                recorded_at,
            });
        }
        Ok(by_member)
    }
}
