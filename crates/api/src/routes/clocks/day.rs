//! `/calendar/{day}`: one day, as it is, as an administrator says, or back to the rule of the week.

use actix_web::{HttpResponse, delete, get, put};
use chrono::NaiveDate;
use qorgan_domain::policy::Action;
use qorgan_domain::text::Title;
use qorgan_storage::clocks::CalendarEdit;

use super::view::CalendarDayView;
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::request;
use crate::request::{Body, IfMatch, PathId};
use crate::routes::version::unchanged;

request! {
    /// How a day differs from the rule of the week.
    #[schema(example = json!({
        "working": true, "title_ru": "Рабочий день вместо 8 мая", "title_kk": "8 мамырдың орнына жұмыс күні",
        "source": "Decree of the Government", "provisional": false,
    }))]
    pub struct CalendarDayRequest {
        /// Whether people work on it.
        pub working: bool,
        /// Why it differs, in Russian.
        pub title_ru: Title,
        /// In Kazakh.
        pub title_kk: Option<Title>,
        /// In English.
        pub title_en: Option<Title>,
        /// The act or announcement it comes from.
        pub source: Title,
        /// Whether that is not verified yet; `false` where absent.
        pub provisional: Option<bool>,
    }
}

/// Read one day of the working calendar. A day that follows the rule of the week has version 0 until somebody says
/// otherwise.
#[utoipa::path(
    tag = "clocks",
    operation_id = "calendar_day_get",
    params(("day" = NaiveDate, Path, example = "2026-03-24")),
    responses((status = 200, body = CalendarDayView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("reference_read"))),
)]
#[get("/calendar/{day}")]
pub async fn calendar_day_get(ctx: Ctx, day: PathId<NaiveDate>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let day = tx.calendar_day(day.0)?;
        let version = day.version;
        Ok(Answer::ok(&CalendarDayView::of(day, language))?.etag(version))
    })
    .await
}

/// Say how a day differs from the rule of the week. Deadlines that run already keep their due times.
#[utoipa::path(
    tag = "clocks",
    operation_id = "calendar_day_set",
    params(("day" = NaiveDate, Path, example = "2026-03-24"), IfMatch),
    request_body = CalendarDayRequest,
    responses((status = 200, body = CalendarDayView, headers(("ETag" = String)))),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("clock_manage"))),
)]
#[put("/calendar/{day}")]
pub async fn calendar_day_set(
    ctx: Ctx,
    day: PathId<NaiveDate>,
    if_match: IfMatch,
    body: Body<CalendarDayRequest>,
) -> Result<HttpResponse, Problem> {
    let (language, request) = (ctx.language, body.value);
    ctx.answer(move |tx| {
        let permit = tx.authorize(Action::ClockManage)?;
        let known = tx.calendar_day(day.0)?;
        unchanged(known.version, if_match)?;
        let edit = CalendarEdit {
            working: request.working,
            title_ru: request.title_ru,
            title_kk: request.title_kk,
            title_en: request.title_en,
            source: request.source,
            provisional: request.provisional.unwrap_or(false),
        };
        tx.calendar_set(&permit, &known, &edit)?;
        let day = tx.calendar_day(day.0)?;
        let version = day.version;
        Ok(Answer::ok(&CalendarDayView::of(day, language))?.etag(version))
    })
    .await
}

/// Let a day follow the rule of the week again.
#[utoipa::path(
    tag = "clocks",
    operation_id = "calendar_day_withdraw",
    params(("day" = NaiveDate, Path, example = "2026-03-24"), IfMatch),
    responses((status = 204)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("clock_manage"))),
)]
#[delete("/calendar/{day}")]
pub async fn calendar_day_withdraw(
    ctx: Ctx,
    day: PathId<NaiveDate>,
    if_match: IfMatch,
) -> Result<HttpResponse, Problem> {
    ctx.answer(move |tx| {
        let permit = tx.authorize(Action::ClockManage)?;
        let known = tx.calendar_day(day.0)?;
        unchanged(known.version, if_match)?;
        if !known.withdrawn {
            tx.calendar_withdraw(&permit, &known)?;
        }
        Ok(Answer::no_content())
    })
    .await
}
