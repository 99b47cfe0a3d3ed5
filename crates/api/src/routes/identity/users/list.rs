//! `GET /users`.

use actix_web::{HttpResponse, get};
use qorgan_domain::ids::OrganisationId;
use qorgan_storage::identity::UserFilter;

use super::view::UserView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which accounts to list.
    pub struct UserQuery {
        /// Of this organisation.
        pub organisation_id: Option<OrganisationId>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<String>>,
    }
}

/// List accounts, by user name: an administrator all of them, who manages cases the colleagues in its scope.
#[utoipa::path(
    tag = "identity",
    operation_id = "user_list",
    params(UserQuery),
    responses((status = 200, body = Page<UserView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("user_read"))),
)]
#[get("/users")]
pub async fn user_list(ctx: Ctx, query: Query<UserQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let filter = UserFilter {
        organisation: query.organisation_id,
        after: query.cursor.map(|cursor| cursor.0),
        limit: query.limit.unwrap_or_default().get(),
    };
    ctx.answer(move |tx| {
        let page = tx.user_list(&filter)?;
        Answer::ok(&Page {
            items: page.items.iter().map(UserView::from).collect(),
            next_cursor: next_cursor(page.next)?,
        })
    })
    .await
}
