//! `GET /statistics/releases`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::statistics::release::{ReleasePeriodKind, ReleaseStatus};
use qorgan_storage::statistics::releases::{ReleaseFilter, ReleaseKey};

use super::view::ReleaseView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which releases to list.
    pub struct ReleaseListQuery {
        /// In this state.
        pub status: Option<ReleaseStatus>,
        /// Of periods of this length.
        pub period: Option<ReleasePeriodKind>,
        /// Of the period that begins with this day.
        pub from: Option<NaiveDate>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<ReleaseKey>>,
    }
}

/// List the releases, those of the latest periods first: published ones, and proposals that ask the caller's agency. The
/// statistics office sees all.
#[utoipa::path(
    tag = "statistics",
    operation_id = "release_list",
    params(ReleaseListQuery),
    responses((status = 200, body = Page<ReleaseView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("release_read"))),
)]
#[get("/statistics/releases")]
pub async fn release_list(ctx: Ctx, query: Query<ReleaseListQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = ReleaseFilter {
            status: query.status,
            kind: query.period,
            from: query.from,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.release_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.iter().map(|release| ReleaseView::of(release, tx.actor())).collect(),
        })
    })
    .await
}
