//! `GET /in-school-register`: who is on it as of a day.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::ids::OrganisationId;
use qorgan_domain::policy::Action;
use qorgan_storage::Tx;
use qorgan_storage::school_register::{StatementFilter, StatementKey};

use super::place::GroundCode;
use super::view::{Names, StatementView};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldError, Issue, Problem, ProblemCode};
use crate::query;
use crate::request::{Cursor, Limit, Page, Query};
use crate::routes::paging::next_cursor;

query! {
    /// Which part of the statement.
    pub struct StatementQuery {
        /// As of the end of this day, by what was known then; today where absent.
        pub as_of: Option<NaiveDate>,
        /// Of this school.
        pub organisation_id: Option<OrganisationId>,
        /// On this ground.
        #[param(value_type = Option<String>)]
        pub ground: Option<GroundCode>,
        /// At most so many.
        pub limit: Option<Limit>,
        /// Where the page starts.
        #[param(value_type = Option<String>)]
        pub cursor: Option<Cursor<StatementKey>>,
    }
}

/// List who is on the in-school register as of a day, of the schools in scope, by the day of placement.
///
/// A past day always reads as it read when it ended: what was recorded or corrected later shows from then on.
#[utoipa::path(
    tag = "in-school-register",
    operation_id = "school_register_list",
    params(StatementQuery),
    responses((status = 200, body = Page<StatementView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("school_register_read"))),
)]
#[get("/in-school-register")]
pub async fn school_register_list(ctx: Ctx, query: Query<StatementQuery>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let query = query.0;
    ctx.answer(move |tx| {
        tx.authorize(Action::SchoolRegisterRead)?;
        let as_of = day_of(tx, query.as_of)?;
        let filter = StatementFilter {
            as_of,
            organisation: query.organisation_id,
            ground: query.ground.map(GroundCode::into_string),
            after: query.cursor.map(|cursor| cursor.0),
            limit: query.limit.unwrap_or_default().get(),
        };
        let page = tx.school_register_statement(&filter)?;
        let names = Names::load(tx, language)?;
        Answer::ok(&Page {
            next_cursor: next_cursor(page.next)?,
            items: page.items.into_iter().map(|item| StatementView::of(item, as_of, &names)).collect(),
        })
    })
    .await
}

/// The day of a statement: today unless given, and none that is still to come.
pub(super) fn day_of(tx: &Tx<'_>, as_of: Option<NaiveDate>) -> Result<NaiveDate, Problem> {
    let today = tx.today();
    match as_of {
        Some(day) if day > today => {
            let error = FieldError::new("as_of", Issue::new("as_of_future"));
            Err(Problem::new(ProblemCode::InvalidQuery).with_error(error))
        }
        day => Ok(day.unwrap_or(today)),
    }
}
