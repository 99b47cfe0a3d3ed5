//! `GET /register/facts`.

use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use qorgan_domain::Invalid;
use qorgan_domain::ids::CaseId;
use qorgan_domain::register::{FactKind, FactStatus};
use qorgan_domain::text::Text;
use qorgan_storage::register::{ExternalReference, FactFilter, FactKey};
use uuid::Uuid;

use super::request::SystemCode;
use super::view::FactView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldErrors, Problem, ProblemCode};
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

/// Where a page of facts starts: when the last fact of the page before was entered, and its id.
type Position = (DateTime<Utc>, Uuid);

query! {
    /// Which facts to list.
    pub struct FactListQuery {
        /// Of this kind.
        pub kind: Option<FactKind>,
        /// Of this status.
        pub status: Option<FactStatus>,
        /// Events not earlier than this day.
        pub from: Option<NaiveDate>,
        /// Events not later than this day.
        pub to: Option<NaiveDate>,
        /// With a report that was filed for this case.
        pub case_id: Option<CaseId>,
        /// With a report, one that the caller may read, that names a number of this system; with `external_number`.
        #[param(value_type = Option<String>)]
        pub external_system: Option<SystemCode>,
        /// The number; case, spaces and signs do not matter.
        #[param(value_type = Option<String>, min_length = 1, max_length = 60)]
        pub external_number: Option<Text<1, 60>>,
        /// As the register read at this moment; now when absent.
        pub as_of: Option<DateTime<Utc>>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<Position>>,
    }
}

/// List the facts that the caller's organisations reported or that belong to the caller's cases, newest entry first.
#[utoipa::path(
    tag = "register",
    operation_id = "fact_list",
    params(FactListQuery),
    responses((status = 200, body = Page<FactView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("register_read"))),
)]
#[get("/register/facts")]
pub async fn fact_list(ctx: Ctx, query: Query<FactListQuery>) -> Result<HttpResponse, Problem> {
    let FactListQuery { kind, status, from, to, case_id: case, external_system, external_number, as_of, limit, cursor } =
        query.0;
    let external = match (external_system, external_number) {
        (Some(SystemCode(system)), Some(number)) => Some(ExternalReference { system, number }),
        (None, None) => None,
        (Some(_), None) => return Err(missing("external_number")),
        (None, Some(_)) => return Err(missing("external_system")),
    };
    let filter = FactFilter { kind, status, from, to, case, external, as_of };
    let after = cursor.map(|Cursor((created_at, id))| FactKey { created_at, id });
    ctx.answer(move |tx| {
        let page = tx.fact_list(&filter, after, limit.unwrap_or_default().get())?;
        Answer::ok(&Page {
            items: page.items.iter().map(FactView::from).collect(),
            next_cursor: next_cursor(page.next.map(|FactKey { created_at, id }| (created_at, id)))?,
        })
    })
    .await
}

/// A system is looked for with a number, and a number in a system.
fn missing(name: &'static str) -> Problem {
    let mut errors = FieldErrors::new();
    errors.push_named(name, Invalid::new("required"));
    Problem::new(ProblemCode::InvalidQuery).with_errors(errors)
}
