//! Appointments of a child or its family with a service. Whoever sees the case sees that there is one; the purpose is a
//! text of a section. A provider sees it as a participant of the case, and not otherwise.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Timestamptz, Uuid as SqlUuid};
use qorgan_domain::cases::{CaseEventKind, Section};
use qorgan_domain::ids::{AppointmentId, ConsentId, FamilyMemberId, OrganisationId, ServiceId, UserId};
use qorgan_domain::policy::Action;
use qorgan_domain::services::AppointmentStatus;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Service;
use crate::cases::{Case, NewContent};
use crate::page::Page;
use crate::schema::{case_appointments as appointments, organisations, services, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

diesel::define_sql_function! {
    /// Places left in a period; holds the service until the transaction ends.
    fn service_places_left(service: SqlUuid, from: Timestamptz, until: Timestamptz) -> Nullable<BigInt>;
}

/// An appointment.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Its id.
    pub id: AppointmentId,
    /// The service, with its name in Russian and Kazakh.
    pub service: (ServiceId, String, Option<String>),
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// Who comes; the child where absent.
    pub member: Option<FamilyMemberId>,
    /// The section of purpose and outcome.
    pub section: Section,
    /// What for, where the section is open to the actor.
    pub purpose: Option<String>,
    /// The consent it rests on.
    pub consent: Option<ConsentId>,
    /// Where it stands.
    pub status: AppointmentStatus,
    /// Why it was cancelled, or what was noted of it, where that is open to the actor.
    pub reason: Option<String>,
    /// Who made it, with the name colleagues see.
    pub author: (UserId, String),
    /// For which organisation, with its name.
    pub organisation: (OrganisationId, String),
    /// When.
    pub created_at: DateTime<Utc>,
    /// Its version, for `ETag`.
    pub version: i64,
}

/// An appointment to be made; consent was checked.
#[derive(Debug, Clone)]
pub struct NewAppointment {
    /// Its id, perhaps chosen by the client.
    pub id: AppointmentId,
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// Who comes; the child where absent.
    pub member: Option<FamilyMemberId>,
    /// The section of the purpose.
    pub section: Section,
    /// What for.
    pub purpose: String,
    /// The consent it rests on.
    pub consent: Option<ConsentId>,
}

/// What became of an appointment.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// Kept, missed or cancelled.
    pub status: AppointmentStatus,
    /// Why, or what was noted.
    pub reason: Option<String>,
}

type Row = (
    (Uuid, Uuid, DateTime<Utc>, Option<Uuid>, String, Uuid, Option<Uuid>, String, Option<Uuid>),
    (i64, DateTime<Utc>),
    (String, Option<String>),
    (Uuid, String),
    (Uuid, String),
);

macro_rules! appointment_columns {
    () => {
        (
            (
                appointments::id,
                appointments::service_id,
                appointments::starts_at,
                appointments::member_id,
                appointments::section,
                appointments::content_id,
                appointments::consent_id,
                appointments::status,
                appointments::outcome_id,
            ),
            (appointments::version, appointments::created_at),
            (services::name_ru, services::name_kk),
            (users::id, users::display_name),
            (organisations::id, organisations::name),
        )
    };
}

macro_rules! appointment_source {
    ($case:expr) => {
        appointments::table
            .inner_join(services::table.on(services::id.eq(appointments::service_id)))
            .inner_join(users::table.on(users::id.eq(appointments::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(appointments::organisation_id)))
            .filter(appointments::case_id.eq($case.id.as_uuid()))
    };
}

impl Tx<'_> {
    /// The appointments of a case, the latest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn appointment_list(
        &mut self,
        case: &Authorized<Case>,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: i64,
    ) -> Result<Page<Appointment, (DateTime<Utc>, Uuid)>, StorageError> {
        let mut query = appointment_source!(case).select(appointment_columns!()).into_boxed();
        if let Some((at, id)) = before {
            let earlier = appointments::starts_at.lt(at);
            query = query.filter(earlier.or(appointments::starts_at.eq(at).and(appointments::id.lt(id))));
        }
        let found: Vec<Row> = query
            .order((appointments::starts_at.desc(), appointments::id.desc()))
            .limit(limit + 1)
            .load(self.connection)?;
        let page = Page::of(found, limit, |row: &Row| (row.0.2, row.0.0));
        self.audit(Action::CaseRead, case.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(Page { items: self.appointments_with_texts(case, page.items)?, next: page.next })
    }

    /// One appointment of a case.
    ///
    /// # Errors
    /// [`Denial::NotFound`].
    pub fn appointment_of(&mut self, case: &Authorized<Case>, id: AppointmentId) -> Result<Appointment, AccessError> {
        let found: Vec<Row> = appointment_source!(case)
            .filter(appointments::id.eq(id.as_uuid()))
            .select(appointment_columns!())
            .load(self.connection)
            .map_err(StorageError::from)?;
        self.appointments_with_texts(case, found)?.pop().ok_or(AccessError::Denied(Denial::NotFound))
    }

    fn appointments_with_texts(&mut self, case: &Case, found: Vec<Row>) -> Result<Vec<Appointment>, StorageError> {
        let ids: Vec<Uuid> = found.iter().flat_map(|row| [Some(row.0.5), row.0.8]).flatten().collect();
        let texts = self.contents_open(case, &ids)?;
        found.into_iter().map(|row| appointment_of(row, &texts)).collect()
    }

    /// Makes an appointment, if there is a place left; answers whether there was. Of two who want the last one at once
    /// one waits, and then finds it taken.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn appointment_insert(
        &mut self,
        case: &Authorized<Case>,
        service: &Service,
        new: &NewAppointment,
    ) -> Result<bool, StorageError> {
        if let Some(capacity) = service.record.capacity {
            let (from, until) = capacity.period.around(new.starts_at);
            let left: Option<i64> =
                diesel::select(service_places_left(service.id.as_uuid(), from, until)).get_result(self.connection)?;
            if left.is_some_and(|left| left <= 0) {
                return Ok(false);
            }
        }
        let content = NewContent { section: new.section, body: json!({"text": new.purpose}) };
        let content_id = self.content_insert(case, &content)?;
        diesel::insert_into(appointments::table)
            .values((
                appointments::id.eq(new.id.as_uuid()),
                appointments::case_id.eq(case.id.as_uuid()),
                appointments::service_id.eq(service.id.as_uuid()),
                appointments::starts_at.eq(new.starts_at),
                appointments::member_id.eq(new.member.map(|member| member.as_uuid())),
                appointments::section.eq(new.section.as_str()),
                appointments::content_id.eq(content_id.as_uuid()),
                appointments::consent_id.eq(new.consent.map(|consent| consent.as_uuid())),
                appointments::status.eq(AppointmentStatus::Planned.as_str()),
                appointments::author_id.eq(self.actor.user.as_uuid()),
                appointments::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                appointments::created_at.eq(self.now),
                appointments::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        let data = json!({"starts_at": new.starts_at});
        self.part_written(case, CaseEventKind::AppointmentMade, new.id.as_uuid(), new.section, data)?;
        Ok(true)
    }

    /// Records what became of an appointment.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where it changed since it was read.
    pub fn appointment_settle(
        &mut self,
        case: &Authorized<Case>,
        appointment: &Appointment,
        settlement: &Settlement,
    ) -> Result<(), StorageError> {
        let outcome = match &settlement.reason {
            Some(reason) => {
                let content = NewContent { section: appointment.section, body: json!({"text": reason}) };
                Some(self.content_insert(case, &content)?.as_uuid())
            }
            None => None,
        };
        let changed = diesel::update(appointments::table.find(appointment.id.as_uuid()))
            .filter(appointments::version.eq(appointment.version))
            .filter(appointments::status.eq(AppointmentStatus::Planned.as_str()))
            .set((
                appointments::status.eq(settlement.status.as_str()),
                appointments::outcome_id.eq(outcome),
                appointments::version.eq(appointment.version + 1),
                appointments::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        if changed == 0 {
            return Err(StorageError::Stale);
        }
        let data = json!({"status": settlement.status});
        let id = appointment.id.as_uuid();
        self.part_written(case, CaseEventKind::AppointmentSettled, id, appointment.section, data)
    }
}

fn appointment_of(row: Row, texts: &HashMap<Uuid, Value>) -> Result<Appointment, StorageError> {
    let (
        (id, service, starts_at, member, section, content, consent, status, outcome),
        (version, created_at),
        (name, name_kk),
        author,
        organisation,
    ) = row;
    let text = |id: &Uuid| texts.get(id).and_then(|body| body["text"].as_str()).map(str::to_owned);
    Ok(Appointment {
        id: id.into(),
        service: (service.into(), name, name_kk),
        starts_at,
        member: member.map(Into::into),
        section: rows::parse(&section, "case_appointments", "section", id)?,
        purpose: text(&content),
        consent: consent.map(Into::into),
        status: rows::parse(&status, "case_appointments", "status", id)?,
        reason: outcome.as_ref().and_then(text),
        author: (author.0.into(), author.1),
        organisation: (organisation.0.into(), organisation.1),
        created_at,
        version,
    })
}
