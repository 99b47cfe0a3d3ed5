//! `/cases/{id}/assessments`: what was found out about the child's situation.

use actix_web::{HttpResponse, get, post};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::cases::{CasePart, RiskLevel, Section};
use qorgan_domain::ids::{AssessmentId, CaseId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::{NewAssessment, NewContent};
use serde_json::json;
use uuid::Uuid;

use super::sections::writes_in;
use super::view::{AssessmentJson, location};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, Page, PathId};
use crate::routes::stage::stage_problem;

request! {
    /// A completed assessment. It is never changed; a later one replaces it.
    #[schema(example = json!({
        "risk_level": "high", "needs": "Safety at home; talks with the psychologist; medical examination.",
        "child_view": "Wants to stay with the grandmother for now."
    }))]
    pub struct AssessmentRequest {
        /// The section that protects its text; `general` where absent.
        pub section: Option<Section>,
        /// The risk it found. It becomes the case's risk when the assessment stage is completed.
        pub risk_level: RiskLevel,
        /// What the child and the family need.
        pub needs: Narrative,
        /// The child's own view, in the child's words where possible.
        pub child_view: Narrative,
    }
}

/// Record a completed assessment.
#[utoipa::path(
    tag = "cases",
    operation_id = "assessment_create",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = AssessmentRequest,
    responses((status = 201, body = AssessmentJson), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("assessment_write"))),
)]
#[post("/cases/{id}/assessments")]
pub async fn assessment_create(
    ctx: Ctx,
    id: PathId<CaseId>,
    body: Body<AssessmentRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::AssessmentWrite)?;
        may_write(CasePart::Assessment, case.state.stage).map_err(stage_problem)?;
        let section = request.section.unwrap_or(Section::General);
        writes_in(tx, section)?;
        let text = json!({"needs": request.needs.as_str(), "child_view": request.child_view.as_str()});
        let new = NewAssessment {
            id: AssessmentId::from_uuid(Uuid::now_v7()),
            risk_level: request.risk_level,
            content: NewContent { section, body: text },
        };
        tx.assessment_insert(&case, &new)?;
        let written = tx.assessment_list(&case)?.into_iter().find(|assessment| assessment.id == new.id);
        let view = written.map(AssessmentJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::created(format!("{}/assessments", location(case.id)), &view)
    })
    .await
}

/// List the assessments of a case, newest first.
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
        let items = tx.assessment_list(&case)?.into_iter().map(AssessmentJson::from).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
