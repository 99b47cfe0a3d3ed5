//! `GET /consilium/cases`: what waits for a session.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use qorgan_domain::cases::RiskLevel;
use qorgan_domain::ids::{CaseId, ConsiliumSessionId};
use qorgan_storage::consilium::BroughtCase;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::cases::view::OrganisationNameView;
use crate::routes::paging::next_cursor;

query! {
    /// Which part of the list to show.
    pub struct BroughtQuery {
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<Uuid>>,
    }
}

/// A case that was brought before the consilium: what convening needs, nothing of its content.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BroughtCase)]
pub struct BroughtCaseView {
    /// The case.
    pub id: CaseId,
    /// The number people use.
    pub number: String,
    /// How dangerous the situation is.
    pub risk_level: RiskLevel,
    /// Who leads it.
    pub lead: OrganisationNameView,
    /// When it was brought.
    pub since: DateTime<Utc>,
    /// The planned or open session that has it on its agenda.
    pub session_id: Option<ConsiliumSessionId>,
    /// When the caller's consilium last decided on it; `null` where it did not.
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<BroughtCase> for BroughtCaseView {
    fn from(case: BroughtCase) -> Self {
        Self {
            id: case.id,
            number: case.number,
            risk_level: case.risk_level,
            lead: case.lead.into(),
            since: case.since,
            session_id: case.session,
            decided_at: case.decided_at,
        }
    }
}

/// List the open cases that were brought before the consilium (`escalate`) and in which an organisation in your scope
/// takes part, in the order in which they were opened.
#[utoipa::path(
    tag = "consilium",
    operation_id = "consilium_case_list",
    params(BroughtQuery),
    responses((status = 200, body = Page<BroughtCaseView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("consilium_manage"))),
)]
#[get("/consilium/cases")]
pub async fn consilium_case_list(ctx: Ctx, query: Query<BroughtQuery>) -> Result<HttpResponse, Problem> {
    let query = query.0;
    ctx.answer(move |tx| {
        let after = query.cursor.map(|cursor| cursor.0);
        let page = tx.consilium_brought(after, query.limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(BroughtCaseView::from).collect(),
        })
    })
    .await
}
