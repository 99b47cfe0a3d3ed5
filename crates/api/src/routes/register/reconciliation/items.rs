//! `GET /register/reconciliations/{id}/items`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::ReconciliationId;
use qorgan_domain::policy::Action;
use qorgan_domain::register::reconciliation::ReconciliationOutcome;
use qorgan_storage::register::reconciliation::ItemFilter;

use super::view::ItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, PathId, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which items to list.
    pub struct ItemListQuery {
        /// Of this outcome.
        pub outcome: Option<ReconciliationOutcome>,
        /// `true`: settled; `false`: still to be settled.
        pub resolved: Option<bool>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<i32>>,
    }
}

/// List the rows of a reconciliation and the facts that the list lacks, in the order of the list.
#[utoipa::path(
    tag = "register",
    operation_id = "reconciliation_items",
    params(("id" = ReconciliationId, Path), ItemListQuery),
    responses((status = 200, body = Page<ItemView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reconciliation_read"))),
)]
#[get("/register/reconciliations/{id}/items")]
pub async fn reconciliation_items(
    ctx: Ctx,
    id: PathId<ReconciliationId>,
    query: Query<ItemListQuery>,
) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let list = tx.reconciliation_for(id.0, Action::ReconciliationRead)?;
        let filter = ItemFilter {
            outcome: query.outcome,
            resolved: query.resolved,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.reconciliation_items(&list, &filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(ItemView::from).collect(),
        })
    })
    .await
}
