//! `POST /tasks/{id}/complete`.

use actix_web::{HttpResponse, post};
use qorgan_domain::cases::CasePart;
use qorgan_domain::cases::rules::{TaskRefusal, may_complete, may_follow, may_write};
use qorgan_domain::ids::TaskId;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Narrative;
use qorgan_storage::cases::Task;

use super::view::TaskView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::request;
use crate::request::{Body, IdempotencyKey, IfMatch, PathId};
use crate::routes::cases::view::text_of;
use crate::routes::stage::stage_problem;
use crate::routes::stale::task_unchanged;

request! {
    /// What was done.
    #[schema(example = json!({"result": "Examined on 12 March; conclusion handed to the lead."}))]
    pub struct CompletionRequest {
        /// The result. The task's section protects it.
        pub result: Narrative,
    }
}

/// Report a task of your organisation as done.
///
/// A task that comes after others waits until these are done or waived: 409 `domain_rule` because of `task_blocked`,
/// with their ids in `tasks`. A step that a protocol gives to an agency in which nobody works on cases is reported by
/// the lead.
#[utoipa::path(
    tag = "tasks",
    operation_id = "task_complete",
    params(("id" = TaskId, Path), IfMatch, IdempotencyKey),
    request_body = CompletionRequest,
    responses(
        (status = 200, body = TaskView, headers(("ETag" = String))),
        (status = 409, description = "domain_rule"),
    ),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("task_complete"))),
)]
#[post("/tasks/{id}/complete")]
pub async fn task_complete(
    ctx: Ctx,
    id: PathId<TaskId>,
    if_match: IfMatch,
    body: Body<CompletionRequest>,
) -> Result<HttpResponse, Problem> {
    let request = body.value;
    ctx.post(body.sha256, move |tx| {
        let (case, task) = tx.task_for(id.0, Action::TaskComplete)?;
        task_unchanged(tx, &task, if_match)?;
        may_write(CasePart::of_task(task.origin), case.state.stage).map_err(stage_problem)?;
        active(&task)?;
        may_complete(task.status).map_err(refused)?;
        may_follow(tx.tasks_open_among(&task.after)?).map_err(refused)?;
        tx.task_complete(&case, &task, &text_of("result", request.result.as_str()))?;
        let (_, task) = tx.task_for(id.0, Action::CaseRead)?;
        let version = task.version;
        Ok(Answer::ok(&TaskView::from(task))?.etag(version))
    })
    .await
}

/// A task counts once its plan was approved.
///
/// # Errors
/// `domain_rule` because of `task_not_active`.
pub fn active(task: &Task) -> Result<(), Problem> {
    if task.active { Ok(()) } else { Err(Problem::new(ProblemCode::DomainRule).because("task_not_active")) }
}

/// The problem of a task that cannot be finished or waived.
pub fn refused(refusal: TaskRefusal) -> Problem {
    let problem = Problem::new(ProblemCode::DomainRule);
    match refusal {
        TaskRefusal::NotOpen(now) => problem.because("task_not_open").with("task_status", now),
        TaskRefusal::MandatoryNeedsSupervisor => problem.because("task_mandatory"),
        TaskRefusal::Blocked(tasks) => problem.because("task_blocked").with("tasks", tasks),
    }
}
