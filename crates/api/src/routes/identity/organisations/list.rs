//! `GET /organisations`.

use actix_web::{HttpResponse, get};
use qorgan_domain::identity::{AgencyCode, OrganisationKind};
use qorgan_domain::territory::Kato;
use qorgan_storage::identity::{OrganisationFilter, OrganisationKey};

use super::view::OrganisationView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which organisations to list.
    pub struct OrganisationQuery {
        /// Of this agency.
        pub agency: Option<AgencyCode>,
        /// In this territory or inside it.
        pub territory: Option<Kato>,
        /// Of this kind.
        pub kind: Option<OrganisationKind>,
        /// That work (`true`), or no longer do (`false`).
        pub active: Option<bool>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<OrganisationKey>>,
    }
}

/// List organisations, by name.
#[utoipa::path(
    tag = "identity",
    operation_id = "organisation_list",
    params(OrganisationQuery),
    responses((status = 200, body = Page<OrganisationView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("organisation_read"))),
)]
#[get("/organisations")]
pub async fn organisation_list(ctx: Ctx, query: Query<OrganisationQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    let filter = OrganisationFilter {
        agency: query.agency,
        territory: query.territory,
        kind: query.kind,
        active: query.active,
        after: query.cursor.map(|cursor| cursor.0),
        limit: query.limit.unwrap_or_default().get(),
    };
    ctx.answer(move |tx| {
        let page = tx.organisation_list(&filter)?;
        Answer::ok(&Page {
            items: page.items.iter().map(OrganisationView::from).collect(),
            next_cursor: next_cursor(page.next)?,
        })
    })
    .await
}
