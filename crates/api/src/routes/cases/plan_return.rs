//! `POST /cases/{id}/plan/return`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::revision::{ReturnRefusal, may_return};
use qorgan_domain::cases::rules::may_write;
use qorgan_domain::ids::{CaseId, PlanId};
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;

use super::plan::PlanJson;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, PathId};
use crate::routes::stage::stage_problem;

request! {
    /// Why a plan goes back to its author.
    #[schema(as = PlanReturnRequest, example = json!({
        "plan_id": "0190a6f8-5b1c-7c3e-9f00-1234567890ab", "reason": "Nobody talks with the father; add a task for the police."
    }))]
    pub struct ReturnRequest {
        /// The draft that was read: another one that took its place is not returned.
        pub plan_id: PlanId,
        /// What is to be done better.
        pub reason: Reason,
    }
}

/// Return the draft of a plan to its author, with a reason. The author then writes another revision.
///
/// Whoever may approve plans may return them, except for one's own.
#[utoipa::path(
    tag = "cases",
    operation_id = "plan_return",
    params(("id" = CaseId, Path), IdempotencyKey),
    request_body = ReturnRequest,
    responses((status = 200, body = PlanJson), (status = 409, description = "domain_rule")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("plan_approve"))),
)]
#[post("/cases/{id}/plan/return")]
pub async fn plan_return(ctx: Ctx, id: PathId<CaseId>, body: Body<ReturnRequest>) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let case = tx.case_for(id.0, Action::PlanApprove)?;
        may_write(CasePart::Plan, case.state.stage).map_err(stage_problem)?;
        let plan = tx.plan_list(&case)?.into_iter().find(|plan| plan.id == request.plan_id);
        let rule = |code| Problem::new(ProblemCode::DomainRule).because(code);
        let plan = plan.ok_or_else(|| rule("plan_not_draft"))?;
        may_return(plan.status, plan.author, tx.actor().user).map_err(|refusal| match refusal {
            ReturnRefusal::NotTheDraft => rule("plan_not_draft"),
            ReturnRefusal::OwnPlan => rule("plan_own"),
        })?;
        tx.plan_return(&case, plan.id, &request.reason)?;
        let returned = tx.plan_list(&case)?.into_iter().find(|returned| returned.id == plan.id);
        let view = returned.map(PlanJson::from).ok_or_else(|| Problem::new(ProblemCode::Internal))?;
        Answer::ok(&view)
    })
    .await
}
