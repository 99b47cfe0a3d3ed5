//! `GET /assessment-instruments`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;

use super::view::InstrumentView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::{Page, Query};

query! {
    /// On which day.
    pub struct InstrumentQuery {
        /// The day; today where absent.
        pub on: Option<NaiveDate>,
    }
}

/// List the instruments in force on a day, by code: one page.
#[utoipa::path(
    tag = "reference",
    operation_id = "instrument_list",
    params(InstrumentQuery),
    responses((status = 200, body = Page<InstrumentView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/assessment-instruments")]
pub async fn instrument_list(ctx: Ctx, query: Query<InstrumentQuery>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let today = tx.today();
        let found = tx.instrument_list(query.0.on.unwrap_or(today))?;
        let items = found.into_iter().map(|one| InstrumentView::of(one, today, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
