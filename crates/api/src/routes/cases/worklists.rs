//! `GET /worklists`, `GET /worklists/{name}`.

use actix_web::{HttpResponse, get};
use qorgan_domain::cases::worklists::Worklist;
use qorgan_storage::cases::{CaseKey, WorklistCount};
use serde::Serialize;
use utoipa::ToSchema;

use super::view::CaseItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which part of a worklist to show.
    pub struct WorklistQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<CaseKey>>,
    }
}

/// How many cases a worklist holds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WorklistCount)]
pub struct WorklistView {
    /// The worklist.
    pub name: Worklist,
    /// How many cases: 200 at most.
    pub count: i64,
    /// Whether there are more than `count`.
    pub more: bool,
}

/// The worklists.
#[derive(Debug, Serialize, ToSchema)]
pub struct Worklists {
    /// All of them, with what they hold now.
    pub items: Vec<WorklistView>,
}

impl From<WorklistCount> for WorklistView {
    fn from(WorklistCount { list, count, more }: WorklistCount) -> Self {
        Self { name: list, count, more }
    }
}

/// Your worklists and how many cases each holds.
#[utoipa::path(
    tag = "cases",
    operation_id = "worklist_list",
    responses((status = 200, body = Worklists)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/worklists")]
pub async fn worklist_list(ctx: Ctx) -> Result<HttpResponse, Problem> {
    ctx.answer(|tx| {
        let items = tx.worklist_counts()?.into_iter().map(WorklistView::from).collect();
        Answer::ok(&Worklists { items })
    })
    .await
}

/// The cases of a worklist: danger of life first, then by latest change.
#[utoipa::path(
    tag = "cases",
    operation_id = "worklist_get",
    params(("name" = Worklist, Path), WorklistQuery),
    responses((status = 200, body = Page<CaseItemView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/worklists/{name}")]
pub async fn worklist_get(
    ctx: Ctx,
    query: Query<WorklistQuery>,
    name: PathId<Worklist>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let after = query.cursor.map(|cursor| cursor.0);
        let page = tx.worklist(name.0, after, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(CaseItemView::from).collect(),
        })
    })
    .await
}
