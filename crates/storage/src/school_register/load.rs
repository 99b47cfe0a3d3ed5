//! Loading placements with the right to them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Date, Nullable, Uuid as SqlUuid};
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{CaseId, ChildId, PlacementId, UserId};
use qorgan_domain::policy::sections::readable;
use qorgan_domain::policy::{Action, OrganisationRef, Subject, Verdict, decide};
use qorgan_domain::school_register::{PlacementChange, PlacementState, Span, Submitter};
use uuid::Uuid;

use crate::reference::organisation_ref;
use crate::schema::{organisations, school_placement_versions as versions, school_placements as placements, users};
use crate::{AccessError, Authorized, Denial, StorageError, Tx, rows};

/// A placement on the in-school register.
#[derive(Debug, Clone)]
pub struct Placement {
    /// Its id.
    pub id: PlacementId,
    /// The pupil.
    pub child_id: ChildId,
    /// The case in which it was recorded.
    pub case_id: Option<CaseId>,
    /// The school, with its name.
    pub school: (OrganisationRef, String),
    /// Its days, and whether it was annulled.
    pub state: PlacementState,
    /// What the section `education` protects; none where that is closed to the actor.
    pub record: Option<PlacementRecord>,
    /// Who recorded it first.
    pub created_by: UserId,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Its version, for `ETag`.
    pub version: i64,
}

/// What a version of a placement says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementRecord {
    /// The code of the ground.
    pub ground: String,
    /// Its days, and whether it was annulled.
    pub state: PlacementState,
    /// When the school's council decided.
    pub decided_on: NaiveDate,
    /// The number of the council's protocol.
    pub protocol_number: String,
    /// Who brought the matter before it.
    pub submitted_by: Submitter,
    /// When the parents were informed.
    pub parents_informed_on: Option<NaiveDate>,
    /// When the council looks at it again.
    pub review_on: Option<NaiveDate>,
    /// What was decided.
    pub decision: Option<String>,
    /// The individual plan.
    pub plan: Option<String>,
    /// The decision by which the pupil was removed.
    pub removal: Option<Removal>,
}

/// The decision of the school's council by which a pupil was removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// The code of the ground.
    pub ground: String,
    /// When the council decided.
    pub decided_on: NaiveDate,
    /// The number of its protocol.
    pub protocol_number: String,
}

/// One version of a placement.
#[derive(Debug, Clone)]
pub struct VersionView {
    /// Its number, from 1.
    pub version: i64,
    /// What it records.
    pub change: PlacementChange,
    /// What it says.
    pub record: PlacementRecord,
    /// Why it was recorded; the first needs no reason.
    pub reason: Option<String>,
    /// Who recorded it, with the name colleagues see.
    pub author: (UserId, String),
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// When the next was recorded.
    pub superseded_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = placements)]
struct PlacementRow {
    id: Uuid,
    child_id: Uuid,
    case_id: Option<Uuid>,
    organisation_id: Uuid,
    organisation_agency: String,
    organisation_kato: String,
    placed_on: NaiveDate,
    removed_on: Option<NaiveDate>,
    annulled: bool,
    version: i64,
    created_by: Uuid,
    created_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = versions)]
pub(super) struct VersionRow {
    pub(super) placement_id: Uuid,
    pub(super) version: i64,
    pub(super) child_id: Uuid,
    pub(super) organisation_id: Uuid,
    pub(super) organisation_agency: String,
    pub(super) organisation_kato: String,
    change: String,
    ground: String,
    pub(super) placed_on: NaiveDate,
    decided_on: NaiveDate,
    protocol_number: String,
    submitted_by: String,
    parents_informed_on: Option<NaiveDate>,
    review_on: Option<NaiveDate>,
    decision: Option<String>,
    plan: Option<String>,
    removed_on: Option<NaiveDate>,
    removal_ground: Option<String>,
    removal_decided_on: Option<NaiveDate>,
    removal_protocol_number: Option<String>,
    annulled: bool,
    reason: Option<String>,
    author_id: Uuid,
    recorded_at: DateTime<Utc>,
    superseded_at: Option<DateTime<Utc>>,
}

impl VersionRow {
    pub(super) fn record(&self) -> Result<PlacementRecord, StorageError> {
        let removal = match (&self.removal_ground, self.removal_decided_on, &self.removal_protocol_number) {
            (Some(ground), Some(decided_on), Some(number)) => {
                Some(Removal { ground: ground.clone(), decided_on, protocol_number: number.clone() })
            }
            _ => None,
        };
        Ok(PlacementRecord {
            ground: self.ground.clone(),
            state: state(self.placed_on, self.removed_on, self.annulled),
            decided_on: self.decided_on,
            protocol_number: self.protocol_number.clone(),
            submitted_by: rows::parse(
                &self.submitted_by,
                "school_placement_versions",
                "submitted_by",
                self.placement_id,
            )?,
            parents_informed_on: self.parents_informed_on,
            review_on: self.review_on,
            decision: self.decision.clone(),
            plan: self.plan.clone(),
            removal,
        })
    }

    fn into_view(self, author: String) -> Result<VersionView, StorageError> {
        Ok(VersionView {
            version: self.version,
            change: rows::parse(&self.change, "school_placement_versions", "change", self.placement_id)?,
            record: self.record()?,
            reason: self.reason,
            author: (self.author_id.into(), author),
            recorded_at: self.recorded_at,
            superseded_at: self.superseded_at,
        })
    }
}

const fn state(placed_on: NaiveDate, removed_on: Option<NaiveDate>, annulled: bool) -> PlacementState {
    PlacementState { span: Span { from: placed_on, until: removed_on }, annulled }
}

#[derive(QueryableByName)]
struct DaysRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Date)]
    placed_on: NaiveDate,
    #[diesel(sql_type = Nullable<Date>)]
    removed_on: Option<NaiveDate>,
    #[diesel(sql_type = Bool)]
    annulled: bool,
}

impl Tx<'_> {
    /// Loads a placement with the right to do `action` to it.
    ///
    /// # Errors
    /// [`Denial::NotFound`] where the caller may not know of it, [`Denial::Forbidden`].
    pub fn placement_for(&mut self, id: PlacementId, action: Action) -> Result<Authorized<Placement>, AccessError> {
        self.attempt(action, id.as_uuid(), None)?;
        let found: Option<(PlacementRow, String)> = placements::table
            .inner_join(organisations::table.on(organisations::id.eq(placements::organisation_id)))
            .filter(placements::id.eq(id.as_uuid()))
            .select((PlacementRow::as_select(), organisations::name))
            .first(self.connection)
            .optional()
            .map_err(StorageError::from)?;
        let Some(found) = found else { return Err(AccessError::Denied(Denial::NotFound)) };
        let mut loaded = self.placements_with_records(vec![found], false)?;
        let Some(placement) = loaded.pop() else { return Err(AccessError::Denied(Denial::NotFound)) };
        let actor = &self.actor;
        let placement = self
            .decide(action, placement, |placement| decide(actor, action, &Subject::Placement(&placement.school.0)))?;
        if action == Action::SchoolRegisterRead {
            self.audit(action, id.as_uuid(), None);
        }
        Ok(placement)
    }

    /// The placements of a child that the actor may know of, the latest first. `in_case`: the actor came by a case of
    /// the child, where the section `education` is open to roles of education.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn placements_of_child(&mut self, child: ChildId, in_case: bool) -> Result<Vec<Placement>, StorageError> {
        let records: Vec<Uuid> = self.child_record_list(child)?.iter().map(ChildId::as_uuid).collect();
        let found: Vec<(PlacementRow, String)> = placements::table
            .inner_join(organisations::table.on(organisations::id.eq(placements::organisation_id)))
            .filter(placements::child_id.eq_any(records))
            .order((placements::placed_on.desc(), placements::id.desc()))
            .select((PlacementRow::as_select(), organisations::name))
            .load(self.connection)?;
        let found = self.placements_with_records(found, in_case)?;
        self.audit_many(Action::SchoolRegisterRead, found.iter().map(|placement| placement.id.as_uuid()).collect());
        Ok(found)
    }

    /// Joins what is protected where both lines of defence open it.
    fn placements_with_records(
        &mut self,
        found: Vec<(PlacementRow, String)>,
        in_case: bool,
    ) -> Result<Vec<Placement>, StorageError> {
        let ids: Vec<Uuid> = found.iter().map(|(row, _)| row.id).collect();
        let current: Vec<VersionRow> = versions::table
            .filter(versions::placement_id.eq_any(ids).and(versions::superseded_at.is_null()))
            .select(VersionRow::as_select())
            .load(self.connection)?;
        let mut current: HashMap<Uuid, VersionRow> = current.into_iter().map(|row| (row.placement_id, row)).collect();
        found
            .into_iter()
            .map(|(row, name)| {
                let school = organisation_ref(row.organisation_id, &row.organisation_agency, &row.organisation_kato)?;
                let open = self.placement_open(&school, in_case);
                let record = current.remove(&row.id).filter(|_| open).map(|version| version.record()).transpose()?;
                Ok(Placement {
                    id: row.id.into(),
                    child_id: row.child_id.into(),
                    case_id: row.case_id.map(Into::into),
                    school: (school, name),
                    state: state(row.placed_on, row.removed_on, row.annulled),
                    record,
                    created_by: row.created_by.into(),
                    created_at: row.created_at,
                    version: row.version,
                })
            })
            .collect()
    }

    fn placement_open(&self, school: &OrganisationRef, in_case: bool) -> bool {
        (in_case && readable(&self.actor).contains(&Section::Education))
            || decide(&self.actor, Action::SchoolRegisterRead, &Subject::Placement(school)) == Verdict::Allowed
    }

    /// All versions of a placement, the first first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn placement_versions(&mut self, placement: &Authorized<Placement>) -> Result<Vec<VersionView>, StorageError> {
        let found: Vec<(VersionRow, String)> = versions::table
            .inner_join(users::table.on(users::id.eq(versions::author_id)))
            .filter(versions::placement_id.eq(placement.id.as_uuid()))
            .order(versions::version)
            .select((VersionRow::as_select(), users::display_name))
            .load(self.connection)?;
        found.into_iter().map(|(row, author)| row.into_view(author)).collect()
    }

    /// The days of all other placements of a child, in whatever school, for the rule that none overlap.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn placement_days(
        &mut self,
        child: ChildId,
        besides: Option<PlacementId>,
    ) -> Result<Vec<PlacementState>, StorageError> {
        let found: Vec<DaysRow> =
            sql_query("SELECT id, placed_on, removed_on, annulled FROM school_placement_days($1)")
                .bind::<SqlUuid, _>(child.as_uuid())
                .load(self.connection)?;
        Ok(found
            .into_iter()
            .filter(|row| besides.is_none_or(|besides| besides.as_uuid() != row.id))
            .map(|row| state(row.placed_on, row.removed_on, row.annulled))
            .collect())
    }
}
