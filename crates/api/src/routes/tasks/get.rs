//! `GET /tasks/{id}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::TaskId;
use qorgan_domain::policy::Action;

use super::view::TaskView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request::PathId;

/// Read a task.
#[utoipa::path(
    tag = "tasks",
    operation_id = "task_get",
    params(("id" = TaskId, Path)),
    responses((status = 200, body = TaskView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/tasks/{id}")]
pub async fn task_get(ctx: Ctx, id: PathId<TaskId>) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let (case, task) = tx.task_for(id.0, Action::CaseRead)?;
        tx.audit(Action::CaseRead, task.id.as_uuid(), Some(case.id.as_uuid()));
        let version = task.version;
        Ok(Answer::ok(&TaskView::from(task))?.etag(version))
    })
    .await
}
