//! `GET /register/qualification-sessions`.

use actix_web::{HttpResponse, get};
use qorgan_domain::consilium::SessionStatus;
use qorgan_storage::register::qualification::{QualificationFilter, QualificationKey};

use super::view::SessionItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which sessions to list.
    pub struct QualificationQuery {
        /// In this state.
        pub status: Option<SessionStatus>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<QualificationKey>>,
    }
}

/// List the sessions of the group in which you sit, the latest first.
#[utoipa::path(
    tag = "qualification",
    operation_id = "qualification_session_list",
    params(QualificationQuery),
    responses((status = 200, body = Page<SessionItemView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("qualification_read"))),
)]
#[get("/register/qualification-sessions")]
pub async fn qualification_session_list(ctx: Ctx, query: Query<QualificationQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = QualificationFilter {
            status: query.status,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.qualification_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(SessionItemView::from).collect(),
        })
    })
    .await
}
