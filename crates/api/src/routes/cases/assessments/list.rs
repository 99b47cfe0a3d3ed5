//! `GET /cases/{id}/assessments`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::CaseId;
use qorgan_domain::policy::Action;

use super::view::AssessmentJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Page, PathId};

/// List the assessments of a case: the drafts of the caller's own organisation, then the completed ones, newest first.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_list",
    params(("id" = CaseId, Path)),
    responses((status = 200, body = Page<AssessmentJson>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases/{id}/assessments")]
pub async fn assessment_list(ctx: Ctx, id: PathId<CaseId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let case = tx.case_for(id.0, Action::CaseRead)?;
        let drafts = tx.assessment_drafts(&case)?.into_iter().map(AssessmentJson::draft);
        let risk = case.state.risk_level;
        let completed = tx.assessment_list(&case)?;
        let completed = completed.into_iter().map(|one| AssessmentJson::completed(one, risk));
        Answer::ok(&Page { items: drafts.chain(completed).collect(), next_cursor: None })
    })
    .await
}
