//! `GET /register/qualification-facts`: what waits for a session.

use actix_web::{HttpResponse, get};
use uuid::Uuid;

use super::view::WaitingFactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which part of the list to show.
    pub struct WaitingQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<Uuid>>,
    }
}

/// List the facts of suicidal behaviour that wait for a session: registered, in your region, city or district, and before
/// no session. In the order in which they were entered; nothing of the child.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_fact_list",
    params(WaitingQuery),
    responses((status = 200, body = Page<WaitingFactView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_manage"))),
)]
#[get("/register/qualification-facts")]
pub async fn qualification_fact_list(ctx: Ctx, query: Query<WaitingQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let page = tx.facts_waiting(query.cursor.map(|cursor| cursor.0), query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(WaitingFactView::from).collect(),
        })
    })
    .await
}
