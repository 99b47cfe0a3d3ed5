//! `POST /tasks/{id}/waive`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::{may_waive, may_write};
use qorgan_domain::ids::TaskId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Reason;

use super::complete::{active, refused};
use super::view::TaskView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::stage::stage_problem;
use crate::routes::stale::task_unchanged;

request! {
    /// Why the task is not needed.
    #[schema(example = json!({"reason": "The family moved; the receiving clinic has taken over."}))]
    pub struct WaiverRequest {
        /// Why.
        pub reason: Reason,
    }
}

/// Waive a task of a case that your organisation leads. A mandatory task: supervisors only.
#[utoipa::path(
    tag = "tasks",
    operation_id = "task_waive",
    params(("id" = TaskId, Path), IfMatch, IdempotencyKey),
    request_body = WaiverRequest,
    responses(
        (status = 200, body = TaskView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("task_waive"))),
)]
#[post("/tasks/{id}/waive")]
pub async fn task_waive(
    ctx: Ctx,
    id: PathId<TaskId>,
    if_match: IfMatch,
    body: Body<WaiverRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let (case, task) = tx.task_for(id.0, Action::TaskWaive)?;
        task_unchanged(tx, &task, if_match)?;
        may_write(CasePart::of_task(task.origin), case.state.stage).map_err(stage_problem)?;
        active(&task)?;
        may_waive(case.decider(tx.actor()), task.status, task.mandatory).map_err(refused)?;
        tx.task_waive(&case, &task, &request.reason)?;
        let (_, task) = tx.task_for(id.0, Action::CaseRead)?;
        let version = task.version;
        Ok(Answer::ok(&TaskView::from(task))?.etag(version))
    })
    .await
}
