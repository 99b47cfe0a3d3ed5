//! `GET /cases`: the worklist.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::{RiskLevel, Stage};
use qorgan_domain::ids::{OrganisationId, UserId};
use qorgan_storage::cases::{CaseFilter, CaseKey};

use super::view::CaseItemView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which cases to list.
    pub struct CaseQuery {
        /// In this stage.
        pub stage: Option<Stage>,
        /// At this risk.
        pub risk_level: Option<RiskLevel>,
        /// With this organisation among the participants.
        pub organisation_id: Option<OrganisationId>,
        /// With a deadline that passed and still runs (`true`), or without (`false`).
        pub overdue: Option<bool>,
        /// With this user assigned.
        pub assigned_to: Option<UserId>,
        /// Changed at or after this time.
        pub updated_since: Option<DateTime<Utc>>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<CaseKey>>,
    }
}

/// List the cases you may see: danger of life first, then by latest change.
#[utoipa::path(
    tag = "cases",
    operation_id = "case_list",
    params(CaseQuery),
    responses((status = 200, body = Page<CaseItemView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("case_read"))),
)]
#[get("/cases")]
pub async fn case_list(ctx: Ctx, query: Query<CaseQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let filter = CaseFilter {
            stage: query.stage,
            risk_level: query.risk_level,
            organisation: query.organisation_id,
            overdue: query.overdue,
            assigned_to: query.assigned_to,
            updated_since: query.updated_since,
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.case_list(&filter)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(CaseItemView::from).collect(),
        })
    })
    .await
}
