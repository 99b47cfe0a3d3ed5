//! `GET /tasks`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::ids::CaseId;
use qorgan_domain::tasks::TaskStatus;
use qorgan_storage::cases::{TaskFilter, TaskKey};

use super::view::TaskView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which tasks to list.
    pub struct TaskQuery {
        /// Due before this day.
        pub due_before: Option<NaiveDate>,
        /// Of your organisation only.
        pub mine: Option<bool>,
        /// In this status; `open` where absent.
        pub status: Option<TaskStatus>,
        /// Of this case only.
        pub case_id: Option<CaseId>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<TaskKey>>,
    }
}

/// List tasks of approved plans by due date. Results are not in the list: read the task.
#[utoipa::path(
    tag = "tasks",
    operation_id = "task_list",
    params(TaskQuery),
    responses((status = 200, body = Page<TaskView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/tasks")]
pub async fn task_list(ctx: Ctx, query: Query<TaskQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = TaskFilter {
            due_before: query.due_before,
            mine: query.mine.unwrap_or(false),
            status: query.status,
            case: query.case_id,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.task_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(TaskView::from).collect(),
        })
    })
    .await
}
