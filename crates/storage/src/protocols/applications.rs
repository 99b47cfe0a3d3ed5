//! Which protocols apply to a case.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::ids::{CaseId, FactId, ProtocolApplicationId, UserId};
use qorgan_domain::protocols::{ProtocolCause, ProtocolCode};
use uuid::Uuid;

use super::ProtocolVersion;
use super::versions::VersionRow;
use crate::cases::Case;
use crate::schema::{cases, protocol_applications as applications, protocol_versions};
use crate::{Authorized, StorageError, Tx, rows};

/// A version of a protocol as it applies to a case.
#[derive(Debug, Clone)]
pub struct Application {
    /// Its id.
    pub id: ProtocolApplicationId,
    /// The version; the case keeps it when another comes into force.
    pub protocol: ProtocolVersion,
    /// Why it applies.
    pub cause: ProtocolCause,
    /// The fact that called for it.
    pub fact_id: Option<FactId>,
    /// Who reported the fact, saw the risk or decided.
    pub applied_by: UserId,
    /// When it came to apply.
    pub applied_at: DateTime<Utc>,
    /// When it ended: with the case, or when the protocol began anew.
    pub ended_at: Option<DateTime<Utc>>,
    /// Its version, for `ETag`.
    pub version: i64,
}

type Row = ((Uuid, String, Option<Uuid>, Uuid, DateTime<Utc>, Option<DateTime<Utc>>, i64), VersionRow);

fn application(row: Row) -> Result<Application, StorageError> {
    let ((id, cause, fact, applied_by, applied_at, ended_at, version), protocol) = row;
    Ok(Application {
        id: id.into(),
        protocol: protocol.into_version()?,
        cause: rows::parse(&cause, "protocol_applications", "cause", id)?,
        fact_id: fact.map(FactId::from),
        applied_by: applied_by.into(),
        applied_at,
        ended_at,
        version,
    })
}

/// A new application.
pub(super) struct Begun {
    pub(super) id: ProtocolApplicationId,
    pub(super) code: ProtocolCode,
    pub(super) protocol_version: i32,
    pub(super) cause: ProtocolCause,
    pub(super) fact: Option<FactId>,
}

impl Tx<'_> {
    /// Keeps others from changing what applies to a case until this unit of work ends.
    pub(super) fn applications_lock(&mut self, case: CaseId) -> Result<(), StorageError> {
        cases::table.find(case.as_uuid()).select(cases::id).for_no_key_update().first::<Uuid>(self.connection)?;
        Ok(())
    }

    /// All that apply or applied to a case, the first one first.
    pub(super) fn applications_of(&mut self, case: CaseId) -> Result<Vec<Application>, StorageError> {
        let found: Vec<Row> = applications::table
            .inner_join(
                protocol_versions::table.on(protocol_versions::code
                    .eq(applications::code)
                    .and(protocol_versions::version.eq(applications::protocol_version))),
            )
            .filter(applications::case_id.eq(case.as_uuid()))
            .order((applications::applied_at, applications::id))
            .select((
                (
                    applications::id,
                    applications::cause,
                    applications::fact_id,
                    applications::applied_by,
                    applications::applied_at,
                    applications::ended_at,
                    applications::version,
                ),
                VersionRow::as_select(),
            ))
            .load(self.connection)?;
        found.into_iter().map(application).collect()
    }

    /// An application of a case that the caller may see.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn protocol_application(
        &mut self,
        case: &Authorized<Case>,
        id: ProtocolApplicationId,
    ) -> Result<Option<Application>, StorageError> {
        Ok(self.applications_of(case.id)?.into_iter().find(|application| application.id == id))
    }

    pub(super) fn applications_begin(&mut self, case: CaseId, begun: &[Begun]) -> Result<(), StorageError> {
        if begun.is_empty() {
            return Ok(());
        }
        let rows: Vec<_> = begun
            .iter()
            .map(|begun| {
                (
                    applications::id.eq(begun.id.as_uuid()),
                    applications::case_id.eq(case.as_uuid()),
                    applications::code.eq(begun.code.as_str()),
                    applications::protocol_version.eq(begun.protocol_version),
                    applications::cause.eq(begun.cause.as_str()),
                    applications::fact_id.eq(begun.fact.map(|fact| fact.as_uuid())),
                    applications::applied_by.eq(self.actor.user.as_uuid()),
                    applications::applied_at.eq(self.now),
                )
            })
            .collect();
        diesel::insert_into(applications::table).values(rows).execute(self.connection)?;
        Ok(())
    }

    /// Ends applications of a case: these, or all that run.
    pub(super) fn applications_end(
        &mut self,
        case: CaseId,
        which: Option<&[ProtocolApplicationId]>,
    ) -> Result<(), StorageError> {
        let of_case = applications::case_id.eq(case.as_uuid()).and(applications::ended_at.is_null());
        let end = (applications::ended_at.eq(self.now), applications::version.eq(applications::version + 1));
        match which {
            None => diesel::update(applications::table).filter(of_case).set(end).execute(self.connection)?,
            Some(ids) => {
                let ids: Vec<Uuid> = ids.iter().map(ProtocolApplicationId::as_uuid).collect();
                diesel::update(applications::table)
                    .filter(of_case.and(applications::id.eq_any(ids)))
                    .set(end)
                    .execute(self.connection)?
            }
        };
        Ok(())
    }

    /// Notes that a case goes by another version from now on.
    pub(super) fn application_move(&mut self, application: &Application, to: i32) -> Result<(), StorageError> {
        let changed = diesel::update(applications::table.find(application.id.as_uuid()))
            .filter(applications::version.eq(application.version).and(applications::ended_at.is_null()))
            .set((applications::protocol_version.eq(to), applications::version.eq(application.version + 1)))
            .execute(self.connection)?;
        if changed == 1 { Ok(()) } else { Err(StorageError::Stale) }
    }
}
