//! Drafts of assessments: answers that are still being gathered, seen by the author's organisation alone.
//!
//! A draft that is completed moves into `case_contents`, in one transaction: nothing that is completed can be changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::assessments::{Answers, AssessmentCode};
use qorgan_domain::cases::Section;
use qorgan_domain::ids::{AssessmentId, OrganisationId, UserId};
use serde_json::Value;
use uuid::Uuid;

use super::change::guard;
use super::parts::Authored;
use super::{Case, NewAssessment, Screened};
use crate::assessments::as_json;
use crate::schema::{case_assessment_drafts as drafts, organisations, users};
use crate::{Authorized, StorageError, Tx, rows};

/// A draft to be kept.
#[derive(Debug, Clone)]
pub struct NewAssessmentDraft {
    /// Its id, perhaps chosen by the client; the assessment keeps it.
    pub id: AssessmentId,
    /// The instrument and its version.
    pub instrument: (AssessmentCode, i32),
    /// The section of the instrument.
    pub section: Section,
    /// The answers so far.
    pub answers: Answers,
}

/// A draft.
#[derive(Debug, Clone)]
pub struct AssessmentDraft {
    /// Its id.
    pub id: AssessmentId,
    /// The instrument and its version.
    pub instrument: (AssessmentCode, i32),
    /// The section of the instrument.
    pub section: Section,
    /// The answers so far.
    pub answers: Answers,
    /// Who began it, with the name colleagues see.
    pub author: (UserId, String),
    /// The author's organisation, with its name.
    pub organisation: (OrganisationId, String),
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Its version, for `ETag`.
    pub version: i64,
}

type Row = ((Uuid, String, String, i32, Value), (DateTime<Utc>, DateTime<Utc>, i64), Authored);

impl Tx<'_> {
    /// Keeps a draft.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn assessment_draft_insert(
        &mut self,
        case: &Authorized<Case>,
        new: &NewAssessmentDraft,
    ) -> Result<(), StorageError> {
        diesel::insert_into(drafts::table)
            .values((
                drafts::id.eq(new.id.as_uuid()),
                drafts::case_id.eq(case.id.as_uuid()),
                drafts::section.eq(new.section.as_str()),
                drafts::instrument_code.eq(new.instrument.0.as_str()),
                drafts::instrument_version.eq(new.instrument.1),
                drafts::answers.eq(as_json(&new.answers)?),
                drafts::author_id.eq(self.actor.user.as_uuid()),
                drafts::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                drafts::created_at.eq(self.now),
                drafts::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        // No event: the timeline is read by every participant, a draft by its organisation alone.
        self.audit(case.action(), new.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(())
    }

    /// The drafts of a case that the actor's organisation began, the last changed first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn assessment_drafts(&mut self, case: &Authorized<Case>) -> Result<Vec<AssessmentDraft>, StorageError> {
        self.drafts_of(case, None)
    }

    /// A draft of a case, if the actor's organisation began it.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn assessment_draft(
        &mut self,
        case: &Authorized<Case>,
        id: AssessmentId,
    ) -> Result<Option<AssessmentDraft>, StorageError> {
        Ok(self.drafts_of(case, Some(id))?.pop())
    }

    fn drafts_of(
        &mut self,
        case: &Authorized<Case>,
        id: Option<AssessmentId>,
    ) -> Result<Vec<AssessmentDraft>, StorageError> {
        let mut query = drafts::table
            .inner_join(users::table.on(users::id.eq(drafts::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(drafts::organisation_id)))
            .filter(drafts::case_id.eq(case.id.as_uuid()))
            .filter(drafts::organisation_id.eq(self.actor.organisation.id.as_uuid()))
            .select((
                (drafts::id, drafts::section, drafts::instrument_code, drafts::instrument_version, drafts::answers),
                (drafts::created_at, drafts::updated_at, drafts::version),
                ((users::id, users::display_name), (organisations::id, organisations::name)),
            ))
            .into_boxed();
        if let Some(id) = id {
            query = query.filter(drafts::id.eq(id.as_uuid()));
        }
        let found: Vec<Row> = query.order((drafts::updated_at.desc(), drafts::id.desc())).load(self.connection)?;
        if !found.is_empty() {
            self.audit(case.action(), case.id.as_uuid(), Some(case.id.as_uuid()));
        }
        found.into_iter().map(draft).collect()
    }

    /// Puts other answers in the place of a draft's.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the draft changed or was completed since it was read.
    pub fn assessment_draft_update(
        &mut self,
        case: &Authorized<Case>,
        draft: &AssessmentDraft,
        answers: &Answers,
    ) -> Result<(), StorageError> {
        let changed = diesel::update(drafts::table.find(draft.id.as_uuid()))
            .filter(drafts::version.eq(draft.version))
            .set((
                drafts::answers.eq(as_json(answers)?),
                drafts::updated_at.eq(self.now),
                drafts::version.eq(draft.version + 1),
            ))
            .execute(self.connection)?;
        guard(changed)?;
        self.audit(case.action(), draft.id.as_uuid(), Some(case.id.as_uuid()));
        Ok(())
    }

    /// Completes a draft: it becomes an assessment of the same id, and the draft is gone.
    ///
    /// # Errors
    /// [`StorageError::Stale`] where the draft changed or was completed since it was read.
    pub fn assessment_draft_complete(
        &mut self,
        case: &Authorized<Case>,
        draft: &AssessmentDraft,
        new: &NewAssessment,
        screened: &Screened,
    ) -> Result<(), StorageError> {
        let gone = diesel::delete(drafts::table.find(draft.id.as_uuid()))
            .filter(drafts::version.eq(draft.version))
            .execute(self.connection)?;
        guard(gone)?;
        self.screening_insert(case, new, screened)
    }
}

fn draft(
    ((id, section, code, number, answers), (created_at, updated_at, version), by): Row,
) -> Result<AssessmentDraft, StorageError> {
    let table = "case_assessment_drafts";
    let ((author, author_name), (organisation, organisation_name)) = by;
    let corrupt = |_| StorageError::Corrupt { table, column: "answers", row: id };
    Ok(AssessmentDraft {
        id: id.into(),
        instrument: (rows::parse(&code, table, "instrument_code", id)?, number),
        section: rows::parse(&section, table, "section", id)?,
        answers: serde_json::from_value(answers).map_err(corrupt)?,
        author: (author.into(), author_name),
        organisation: (organisation.into(), organisation_name),
        created_at,
        updated_at,
        version,
    })
}
