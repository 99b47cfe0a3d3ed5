//! `GET /register/reconciliations`.

use actix_web::{HttpResponse, get};
use qorgan_domain::register::reconciliation::ReconciliationStatus;
use qorgan_storage::register::reconciliation::{ReconciliationFilter, ReconciliationKey};

use super::view::ReconciliationView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which reconciliations to list.
    pub struct ReconciliationListQuery {
        /// In this state.
        pub status: Option<ReconciliationStatus>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<ReconciliationKey>>,
    }
}

/// List the reconciliations of the organisations in the caller's scope, the latest first.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_list",
    params(ReconciliationListQuery),
    responses((status = 200, body = Page<ReconciliationView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_read"))),
)]
#[get("/register/reconciliations")]
pub async fn reconciliation_list(ctx: Ctx, query: Query<ReconciliationListQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = ReconciliationFilter {
            status: query.status,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.reconciliation_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.iter().map(ReconciliationView::from).collect(),
        })
    })
    .await
}
