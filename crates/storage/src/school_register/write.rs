//! Recording placements: each change is another version.

use diesel::prelude::*;
use qorgan_domain::cases::{CaseEventKind, Section, Stage};
use qorgan_domain::ids::{CaseId, ChildId, PlacementId};
use qorgan_domain::policy::{Action, OrganisationRef, ResourceKind, Subject, Verdict, decide};
use qorgan_domain::school_register::PlacementChange;
use qorgan_domain::text::Reason;
use serde_json::json;

use super::{Placement, PlacementRecord};
use crate::cases::CaseEvent;
use crate::schema::{school_placement_versions as versions, school_placements as placements};
use crate::{AccessError, Authorized, Denial, Permit, StorageError, Tx};

/// A placement to be recorded.
#[derive(Debug, Clone)]
pub struct NewPlacement {
    /// Its id, perhaps chosen by the client.
    pub id: PlacementId,
    /// The pupil.
    pub child_id: ChildId,
    /// The case in which it is recorded.
    pub case_id: Option<CaseId>,
    /// The school whose register it is.
    pub school: OrganisationRef,
    /// What is recorded.
    pub record: PlacementRecord,
}

/// One version to be written.
struct Writing<'a> {
    id: PlacementId,
    version: i64,
    child: ChildId,
    school: &'a OrganisationRef,
    change: PlacementChange,
    reason: Option<&'a str>,
}

impl Tx<'_> {
    /// Records a placement.
    ///
    /// # Errors
    /// [`Denial::Forbidden`] where the school is out of the actor's reach; [`StorageError::Duplicate`] of
    /// `school_placements_pkey`, or of `school_placements_apart` where the child was placed elsewhere meanwhile.
    pub fn placement_insert(&mut self, permit: &Permit, new: &NewPlacement) -> Result<(), AccessError> {
        let allowed = decide(&self.actor, Action::SchoolRegisterWrite, &Subject::Placement(&new.school));
        if permit.action() != Action::SchoolRegisterWrite || allowed != Verdict::Allowed {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let span = new.record.state.span;
        diesel::insert_into(placements::table)
            .values((
                placements::id.eq(new.id.as_uuid()),
                placements::child_id.eq(new.child_id.as_uuid()),
                placements::case_id.eq(new.case_id.map(|case| case.as_uuid())),
                placements::organisation_id.eq(new.school.id.as_uuid()),
                placements::organisation_agency.eq(new.school.agency.as_str()),
                placements::organisation_kato.eq(new.school.kato.as_str()),
                placements::placed_on.eq(span.from),
                placements::created_by.eq(self.actor.user.as_uuid()),
                placements::created_at.eq(self.now),
                placements::updated_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        let writing = Writing {
            id: new.id,
            version: 1,
            child: new.child_id,
            school: &new.school,
            change: PlacementChange::Placed,
            reason: None,
        };
        self.placement_version_insert(&writing, &new.record)?;
        Ok(self.placement_told(new.id, new.case_id, PlacementChange::Placed)?)
    }

    /// Records another version of a placement: a correction, a removal, an annulment.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the placement changed since it was read; [`StorageError::Duplicate`] of
    /// `school_placements_apart` where the child was placed elsewhere meanwhile.
    pub fn placement_record(
        &mut self,
        placement: &Authorized<Placement>,
        change: PlacementChange,
        record: &PlacementRecord,
        reason: &Reason,
    ) -> Result<(), AccessError> {
        if placement.action() != Action::SchoolRegisterWrite {
            return Err(AccessError::Denied(Denial::Forbidden));
        }
        let next = placement.version + 1;
        let changed = diesel::update(placements::table.find(placement.id.as_uuid()))
            .filter(placements::version.eq(placement.version))
            .set((
                placements::placed_on.eq(record.state.span.from),
                placements::removed_on.eq(record.state.span.until),
                placements::annulled.eq(record.state.annulled),
                placements::version.eq(next),
                placements::updated_at.eq(self.now),
            ))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        if changed == 0 {
            return Err(StorageError::Stale.into());
        }
        diesel::update(versions::table.find((placement.id.as_uuid(), placement.version)))
            .set(versions::superseded_at.eq(self.now))
            .execute(self.connection)
            .map_err(StorageError::from)?;
        let writing = Writing {
            id: placement.id,
            version: next,
            child: placement.child_id,
            school: &placement.school.0,
            change,
            reason: Some(reason.as_str()),
        };
        self.placement_version_insert(&writing, record)?;
        Ok(self.placement_told(placement.id, placement.case_id, change)?)
    }

    fn placement_version_insert(
        &mut self,
        writing: &Writing<'_>,
        record: &PlacementRecord,
    ) -> Result<(), StorageError> {
        let removal = record.removal.as_ref();
        let span = record.state.span;
        diesel::insert_into(versions::table)
            .values((
                (
                    versions::placement_id.eq(writing.id.as_uuid()),
                    versions::version.eq(writing.version),
                    versions::change.eq(writing.change.as_str()),
                    versions::child_id.eq(writing.child.as_uuid()),
                    versions::organisation_id.eq(writing.school.id.as_uuid()),
                    versions::organisation_agency.eq(writing.school.agency.as_str()),
                    versions::organisation_kato.eq(writing.school.kato.as_str()),
                    versions::author_id.eq(self.actor.user.as_uuid()),
                    versions::recorded_at.eq(self.now),
                    versions::reason.eq(writing.reason),
                ),
                (
                    versions::ground.eq(&record.ground),
                    versions::placed_on.eq(span.from),
                    versions::decided_on.eq(record.decided_on),
                    versions::protocol_number.eq(&record.protocol_number),
                    versions::submitted_by.eq(record.submitted_by.as_str()),
                    versions::parents_informed_on.eq(record.parents_informed_on),
                    versions::review_on.eq(record.review_on),
                    versions::decision.eq(&record.decision),
                    versions::plan.eq(&record.plan),
                ),
                (
                    versions::removed_on.eq(span.until),
                    versions::removal_ground.eq(removal.map(|removal| &removal.ground)),
                    versions::removal_decided_on.eq(removal.map(|removal| removal.decided_on)),
                    versions::removal_protocol_number.eq(removal.map(|removal| &removal.protocol_number)),
                    versions::annulled.eq(record.state.annulled),
                ),
            ))
            .execute(self.connection)?;
        Ok(())
    }

    /// Audits, tells followers, and tells the case that it was recorded in, if that is open and the actor sees it:
    /// a school removes a pupil also where the case has left its hands.
    fn placement_told(
        &mut self,
        id: PlacementId,
        case: Option<CaseId>,
        change: PlacementChange,
    ) -> Result<(), StorageError> {
        let case_uuid = case.map(|case| case.as_uuid());
        self.audit(Action::SchoolRegisterWrite, id.as_uuid(), case_uuid);
        self.publish(&format!("school_register.{change}"), ResourceKind::SchoolRegister, id.as_uuid())?;
        let Some(case) = case else { return Ok(()) };
        match self.case_load(case)? {
            Some(case) if case.state.stage != Stage::Closed => {
                let kind = match change {
                    PlacementChange::Placed => CaseEventKind::SchoolPlacementMade,
                    PlacementChange::Amended | PlacementChange::Annulled => CaseEventKind::SchoolPlacementAmended,
                    PlacementChange::Removed => CaseEventKind::SchoolPlacementEnded,
                };
                self.event(case.id, CaseEvent::about(kind, id.as_uuid(), Section::Education, json!({})));
                self.case_touch(case.id)
            }
            _ => Ok(()),
        }
    }
}
