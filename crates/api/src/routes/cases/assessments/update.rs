//! `PATCH /cases/{id}/assessments/{assessment_id}`.

use actix_web::{HttpResponse, patch};
use qorgan_domain::assessments::{Completeness, Instrument};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::{AssessmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_domain::policy::sections::writable;
use qorgan_storage::cases::{AssessmentDraft, Case};
use qorgan_storage::{Authorized, Tx};

use super::form::{DraftChange, by_question};
use super::judged::checked;
use super::view::AssessmentJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::{Body, IfMatch, PathId};
use crate::routes::stage::stage_problem;
use crate::routes::version::unchanged;

/// Put other answers in the place of a draft's. A completed assessment is never changed.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_update",
    params(("id" = CaseId, Path), ("assessment_id" = AssessmentId, Path), IfMatch),
    request_body = DraftChange,
    responses(
        (status = 200, body = AssessmentJson, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("assessment_write"))),
)]
#[patch("/cases/{id}/assessments/{assessment_id}")]
pub async fn assessment_update(
    ctx: Ctx,
    id: PathId<CaseId>,
    assessment: PathId<AssessmentId, 1>,
    if_match: IfMatch,
    body: Body<DraftChange>,
) -> Result<HttpResponse, Problem> {
    let change = body.value;
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::AssessmentWrite)?;
        let (draft, instrument) = open_draft(tx, &case, assessment.0)?;
        unchanged(draft.version, if_match)?;
        let (answers, places) = by_question(change.answers).map_err(Problem::validation)?;
        checked(&instrument, &answers, &places, Completeness::Draft)?;
        tx.assessment_draft_update(&case, &draft, &answers)?;
        let draft = tx.assessment_draft(&case, draft.id)?.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        let version = draft.version;
        Ok(Answer::ok(&AssessmentJson::draft(draft))?.etag(version))
    })
    .await
}

/// A draft that the caller may go on with, and its instrument.
///
/// # Errors
/// `not_found`; `domain_rule` where it is completed, the case's stage is another, or the section is not the caller's
/// to write in.
pub fn open_draft(
    tx: &mut Tx<'_>,
    case: &Authorized<Case>,
    id: AssessmentId,
) -> Result<(AssessmentDraft, Instrument), Problem> {
    let Some(draft) = tx.assessment_draft(case, id)? else {
        let completed = !tx.assessments_find(case, &[id])?.is_empty();
        return Err(if completed {
            Problem::new(ProblemCode::DomainRule).because("assessment_completed")
        } else {
            Problem::new(ProblemCode::NotFound)
        });
    };
    may_write(CasePart::Assessment, case.state.stage).map_err(stage_problem)?;
    if !writable(tx.actor()).contains(&draft.section) {
        return Err(Problem::new(ProblemCode::DomainRule).because("section_not_writable"));
    }
    let (code, version) = &draft.instrument;
    let today = tx.today();
    let instrument = tx.instrument_find(code, Some(*version), today)?;
    let instrument = instrument.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    Ok((draft, instrument))
}
