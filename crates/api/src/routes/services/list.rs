//! `GET /services`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::services::ServiceKind;
use qorgan_domain::territory::Kato;
use qorgan_storage::services::{ServiceFilter, ServiceKey};

use super::view::ServiceView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which services to list.
    pub struct ServiceQuery {
        /// Of this kind.
        pub kind: Option<ServiceKind>,
        /// For people of this territory (KATO), and those that are inside it.
        pub territory: Option<Kato>,
        /// For people of this age in full years.
        pub for_age: Option<i32>,
        /// Given on this day; today where absent.
        pub on: Option<NaiveDate>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<ServiceKey>>,
    }
}

/// List the services of the directory that are given on a day, by name.
#[utoipa::path(
    tag = "services",
    operation_id = "service_list",
    params(ServiceQuery),
    responses((status = 200, body = Page<ServiceView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("service_read"))),
)]
#[get("/services")]
pub async fn service_list(ctx: Ctx, query: Query<ServiceQuery>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = ServiceFilter {
            kind: query.kind,
            territory: query.territory,
            for_age: query.for_age,
            on: query.on.unwrap_or_else(|| tx.today()),
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.service_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.iter().map(|service| ServiceView::of(service, language)).collect(),
        })
    })
    .await
}
