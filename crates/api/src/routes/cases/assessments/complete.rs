//! `POST /cases/{id}/assessments/{assessment_id}/complete`.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, post};
use qorgan_domain::assessments::Completeness;
use qorgan_domain::ids::{AssessmentId, CaseId};
use qorgan_domain::policy::Action;

use super::create::completed;
use super::form::CompletionRequest;
use super::judged::{checked, judged};
use super::update::open_draft;
use super::view::AssessmentJson;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::version::unchanged;

/// Complete a draft: it is scored, signed by who completes it, and never changed again.
///
/// Every answer that is wrong or missing is named. What the result means for the case is as for completing at once.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_complete",
    params(("id" = CaseId, Path), ("assessment_id" = AssessmentId, Path), IfMatch, IdempotencyKey),
    request_body = CompletionRequest,
    responses((status = 200, body = AssessmentJson), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("assessment_write"))),
)]
#[post("/cases/{id}/assessments/{assessment_id}/complete")]
pub async fn assessment_complete(
    ctx: Ctx,
    id: PathId<CaseId>,
    assessment: PathId<AssessmentId, 1>,
    if_match: IfMatch,
    body: Body<CompletionRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::AssessmentWrite)?;
        let (draft, instrument) = open_draft(tx, &case, assessment.0)?;
        unchanged(draft.version, if_match)?;
        checked(&instrument, &draft.answers, &BTreeMap::new(), Completeness::Complete)?;
        let reason = request.risk_reason.as_ref();
        let (new, screened) = judged(draft.id, &instrument, &draft.answers, request.risk_level, reason)?;
        tx.assessment_draft_complete(&case, &draft, &new, &screened)?;
        completed(tx, &case, draft.id, false)
    })
    .await
}
