//! `GET /calendar`.

use actix_web::{HttpResponse, get};
use chrono::{Datelike, NaiveDate};

use super::view::CalendarDayView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::{FieldError, Issue, Problem, ProblemCode};
use crate::query;
use crate::request::{Page, Query};

/// Longest period of one answer.
const MAX_YEARS: i32 = 5;

query! {
    /// Which part of the calendar to show.
    pub struct CalendarQuery {
        /// From this day on; the first day of this year where absent.
        pub from: Option<NaiveDate>,
        /// Until this day, included; the last day of the year of `from` where absent.
        pub to: Option<NaiveDate>,
    }
}

/// List the days that differ from the rule of the week (Saturday and Sunday are free): holidays, days off in their
/// place, working days that were moved. One page.
#[utoipa::path(
    tag = "clocks",
    operation_id = "calendar_list",
    params(CalendarQuery),
    responses((status = 200, body = Page<CalendarDayView>)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/calendar")]
pub async fn calendar_list(ctx: Ctx, query: Query<CalendarQuery>) -> Result<HttpResponse, Problem> {
    let (language, query) = (ctx.language, query.0);
    ctx.answer(move |tx| {
        let from =
            query.from.unwrap_or_else(|| NaiveDate::from_ymd_opt(tx.today().year(), 1, 1).unwrap_or(NaiveDate::MIN));
        let to = query.to.unwrap_or_else(|| NaiveDate::from_ymd_opt(from.year(), 12, 31).unwrap_or(from));
        let wrong = |issue| Problem::new(ProblemCode::InvalidQuery).with_error(FieldError::new("to", issue));
        if from > to {
            return Err(wrong(Issue::new("period_reversed")));
        }
        if to.year() - from.year() >= MAX_YEARS {
            return Err(wrong(Issue::new("period_too_long").with("max_years", MAX_YEARS)));
        }
        let days = tx.calendar_list(from, to)?;
        let items = days.into_iter().map(|day| CalendarDayView::of(day, language)).collect();
        Answer::ok(&Page { items, next_cursor: None })
    })
    .await
}
