//! Completed assessments: immutable, each with its text or answers under a section.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use qorgan_domain::assessments::{AssessmentCode, RiskFound, RiskOverride, risk};
use qorgan_domain::cases::{CaseEventKind, RiskLevel};
use qorgan_domain::ids::AssessmentId;
use serde_json::json;
use uuid::Uuid;

use super::parts::{Authored, Part};
use super::{Case, CaseChange, CaseEvent, Content, NewContent};
use crate::schema::{case_assessments, cases, organisations, users};
use crate::{Authorized, StorageError, Tx, rows};

/// A completed assessment to be recorded.
#[derive(Debug, Clone)]
pub struct NewAssessment {
    /// Its id, perhaps chosen by the client.
    pub id: AssessmentId,
    /// The risk it found.
    pub risk_level: RiskLevel,
    /// Needs, the child's own view; answers and scores of an instrument.
    pub content: NewContent,
}

/// By what instrument an assessment was made, and what it found.
#[derive(Debug, Clone)]
pub struct Screened {
    /// The instrument and its version.
    pub instrument: (AssessmentCode, i32),
    /// The risk by the scores and by the assessor.
    pub risk: RiskFound,
    /// Whether it tells what is needed: a screen alone does not end the assessment.
    pub states_needs: bool,
}

/// A completed assessment.
#[derive(Debug, Clone)]
pub struct AssessmentView {
    /// Its id.
    pub id: AssessmentId,
    /// The risk it found.
    pub risk_level: RiskLevel,
    /// The instrument and its version; none for an assessment in free form.
    pub instrument: Option<(AssessmentCode, i32)>,
    /// The risk by the instrument's scores.
    pub scored_risk: Option<RiskLevel>,
    /// How the assessor's judgement differs from it.
    pub risk_override: Option<RiskOverride>,
    /// Author, section, text.
    pub content: Content,
}

type Row = (
    (Uuid, String, Uuid, DateTime<Utc>),
    (String, Option<String>, Option<i32>, Option<String>, Option<String>),
    Authored,
);

impl Tx<'_> {
    /// Records a completed assessment in free form. What it finds follows as for [`Tx::screening_insert`].
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn assessment_insert(&mut self, case: &Authorized<Case>, new: &NewAssessment) -> Result<(), StorageError> {
        self.assessment_write(case, new, None)
    }

    /// Records a completed assessment by an instrument. Danger to life raises the case's risk in the same
    /// transaction; crisis management follows from that.
    ///
    /// # Errors
    /// [`StorageError::Duplicate`] where the id is taken.
    pub fn screening_insert(
        &mut self,
        case: &Authorized<Case>,
        new: &NewAssessment,
        screened: &Screened,
    ) -> Result<(), StorageError> {
        self.assessment_write(case, new, Some(screened))
    }

    fn assessment_write(
        &mut self,
        case: &Authorized<Case>,
        new: &NewAssessment,
        screened: Option<&Screened>,
    ) -> Result<(), StorageError> {
        let content_id = self.content_insert(case, &new.content)?;
        let scored = screened.map(|screened| screened.risk.scored);
        let overridden = screened.and_then(|screened| screened.risk.overridden);
        diesel::insert_into(case_assessments::table)
            .values((
                case_assessments::id.eq(new.id.as_uuid()),
                case_assessments::case_id.eq(case.id.as_uuid()),
                case_assessments::section.eq(new.content.section.as_str()),
                case_assessments::risk_level.eq(new.risk_level.as_str()),
                case_assessments::content_id.eq(content_id.as_uuid()),
                case_assessments::author_id.eq(self.actor.user.as_uuid()),
                case_assessments::organisation_id.eq(self.actor.organisation.id.as_uuid()),
                case_assessments::completed_at.eq(self.now),
                case_assessments::instrument_code.eq(screened.map(|screened| screened.instrument.0.as_str())),
                case_assessments::instrument_version.eq(screened.map(|screened| screened.instrument.1)),
                case_assessments::scored_risk.eq(scored.map(RiskLevel::as_str)),
                case_assessments::risk_override.eq(overridden.map(RiskOverride::as_str)),
                case_assessments::states_needs.eq(screened.is_none_or(|screened| screened.states_needs)),
            ))
            .execute(self.connection)?;
        let data = json!({
            "risk_level": new.risk_level, "instrument": screened.map(|screened| &screened.instrument.0),
            "scored_risk": scored, "risk_override": overridden,
        });
        self.part_written(case, CaseEventKind::AssessmentRecorded, new.id.as_uuid(), new.content.section, data)?;
        match risk::raised_at_once(case.state.risk_level, new.risk_level) {
            Some(risk) => self.risk_raise(case, risk),
            None => Ok(()),
        }
    }

    /// Raises a case's risk as an amendment does. It is not guarded by the version that was read: whoever changes the
    /// case at this moment does not know of the danger.
    fn risk_raise(&mut self, case: &Authorized<Case>, to: RiskLevel) -> Result<(), StorageError> {
        let raised = diesel::update(cases::table.find(case.id.as_uuid()))
            .filter(cases::risk_level.ne(to.as_str()).and(cases::stage.ne("closed")))
            .set((
                cases::risk_level.eq(to.as_str()),
                cases::updated_at.eq(self.now),
                cases::version.eq(cases::version + 1),
            ))
            .execute(self.connection)?;
        if raised == 0 {
            // Somebody else raised it at this moment.
            return Ok(());
        }
        let data = json!({"fields": ["risk_level"], "risk_level": to});
        self.event(case.id, CaseEvent::of(CaseEventKind::Amended, data));
        self.audit(case.action(), case.id.as_uuid(), Some(case.id.as_uuid()));
        let mut state = case.state.clone();
        state.risk_level = to;
        let change = CaseChange::RiskChanged { from: case.state.risk_level, to };
        self.case_follow(case, &state, &change)
    }

    /// The completed assessments of a case, newest first.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn assessment_list(&mut self, case: &Authorized<Case>) -> Result<Vec<AssessmentView>, StorageError> {
        self.assessments_of(case, None)
    }

    /// Some completed assessments of a case; those that are not there are left out.
    ///
    /// # Errors
    /// [`StorageError`].
    pub fn assessments_find(
        &mut self,
        case: &Authorized<Case>,
        ids: &[AssessmentId],
    ) -> Result<Vec<AssessmentView>, StorageError> {
        self.assessments_of(case, Some(ids))
    }

    fn assessments_of(
        &mut self,
        case: &Authorized<Case>,
        ids: Option<&[AssessmentId]>,
    ) -> Result<Vec<AssessmentView>, StorageError> {
        let mut query = case_assessments::table
            .inner_join(users::table.on(users::id.eq(case_assessments::author_id)))
            .inner_join(organisations::table.on(organisations::id.eq(case_assessments::organisation_id)))
            .filter(case_assessments::case_id.eq(case.id.as_uuid()))
            .select((
                (
                    case_assessments::id,
                    case_assessments::section,
                    case_assessments::content_id,
                    case_assessments::completed_at,
                ),
                (
                    case_assessments::risk_level,
                    case_assessments::instrument_code,
                    case_assessments::instrument_version,
                    case_assessments::scored_risk,
                    case_assessments::risk_override,
                ),
                ((users::id, users::display_name), (organisations::id, organisations::name)),
            ))
            .into_boxed();
        if let Some(ids) = ids {
            let ids: Vec<Uuid> = ids.iter().map(AssessmentId::as_uuid).collect();
            query = query.filter(case_assessments::id.eq_any(ids));
        }
        let found: Vec<Row> =
            query.order((case_assessments::completed_at.desc(), case_assessments::id.desc())).load(self.connection)?;
        let parts = found
            .into_iter()
            .map(|((id, section, content, at), extra, by)| Part { id, section, content, at, by, extra })
            .collect();
        self.with_contents(case, "case_assessments", parts)?.into_iter().map(view).collect()
    }
}

type Extra = (String, Option<String>, Option<i32>, Option<String>, Option<String>);

fn view((id, extra, content): (Uuid, Extra, Content)) -> Result<AssessmentView, StorageError> {
    let (risk, instrument, version, scored, overridden) = extra;
    let table = "case_assessments";
    let instrument: Option<AssessmentCode> = rows::parse_optional(instrument.as_deref(), table, "instrument_code", id)?;
    Ok(AssessmentView {
        id: id.into(),
        risk_level: rows::parse(&risk, table, "risk_level", id)?,
        instrument: instrument.zip(version),
        scored_risk: rows::parse_optional(scored.as_deref(), table, "scored_risk", id)?,
        risk_override: rows::parse_optional(overridden.as_deref(), table, "risk_override", id)?,
        content,
    })
}
