//! `GET /cases/{id}/assessments/{assessment_id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::{AssessmentId, CaseId};
use qorgan_domain::policy::Action;

use super::view::AssessmentJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request::PathId;

/// Read an assessment of a case. A draft is there for the author's organisation alone.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_get",
    params(("id" = CaseId, Path), ("assessment_id" = AssessmentId, Path)),
    responses((status = 200, body = AssessmentJson, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/assessments/{assessment_id}")]
pub async fn assessment_get(
    ctx: Ctx,
    id: PathId<CaseId>,
    assessment: PathId<AssessmentId, 1>,
) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        if let Some(known) = tx.assessments_find(&case, &[assessment.0])?.pop() {
            return Answer::ok(&AssessmentJson::completed(known, case.state.risk_level));
        }
        let draft = tx.assessment_draft(&case, assessment.0)?.ok_or_else(|| Problem::new(ProblemCode::NotFound))?;
        let version = draft.version;
        Ok(Answer::ok(&AssessmentJson::draft(draft))?.etag(version))
    })
    .await
}
