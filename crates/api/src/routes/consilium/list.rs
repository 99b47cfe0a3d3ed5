//! `GET /consilium/sessions`.

use actix_web::{HttpResponse, get};
use qorgan_domain::consilium::SessionStatus;
use qorgan_storage::consilium::{SessionFilter, SessionKey};

use super::view::SessionItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which sessions to list.
    pub struct SessionQuery {
        /// In this state.
        pub status: Option<SessionStatus>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<SessionKey>>,
    }
}

/// List the sessions of the consilium that you keep or sit in, the latest first.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_session_list",
    params(SessionQuery),
    responses((status = 200, body = Page<SessionItemView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_read"))),
)]
#[get("/consilium/sessions")]
pub async fn consilium_session_list(ctx: Ctx, query: Query<SessionQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = SessionFilter {
            status: query.status,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.consilium_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(SessionItemView::from).collect(),
        })
    })
    .await
}
