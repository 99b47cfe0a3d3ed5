//! `GET /risk-map/alerts`.

use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::risk::Indicator;
use serde::Serialize;
use utoipa::ToSchema;

use super::frame::{AlertView, FrameView};
use super::survey::{Asked, Survey};
use crate::answer::Answer;
use crate::context::Ctx;
use crate::problem::Problem;
use crate::query;
use crate::request::Query;

query! {
    /// Of what period.
    pub struct RiskAlertsQuery {
        /// First day of the events; 1 January of the year when absent.
        #[param(example = "2026-07-01")]
        pub from: Option<NaiveDate>,
        /// Last day of the events, itself included; 31 December of the year when absent.
        #[param(example = "2026-09-30")]
        pub to: Option<NaiveDate>,
        /// The register as it read at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
    }
}

/// Counts that have left their expected range.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskAlerts)]
pub struct RiskAlertsView {
    /// The alerts, the farthest from what was expected first.
    items: Vec<AlertView>,
    /// Always `null`: there is one page.
    next_cursor: Option<String>,
    /// So many counts were held against an expected range.
    #[schema(example = 280)]
    compared: usize,
    /// So many of them leave it by chance alone, on average at most: read the list with it.
    #[schema(example = 2.8)]
    by_chance: f64,
    /// Period, day and method.
    #[serde(flatten)]
    frame: FrameView,
}

/// List the counts that have left the range expected by their own past: of every kind, form and level, in the region and in
/// each city and district.
///
/// The method and who sees what are those of `GET /risk-map`. Fewer facts than the rules ask for raise no alert; `below` can
/// mean that less is reported. With many counts some leave their range by chance: `by_chance` says how many to expect.
#[utoipa::path(
    tag = "statistics",
    operation_id = "risk_map_alerts",
    params(RiskAlertsQuery),
    responses((status = 200, body = RiskAlertsView)),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("statistics_protected"))),
)]
#[get("/risk-map/alerts")]
pub async fn risk_map_alerts(ctx: Ctx, query: Query<RiskAlertsQuery>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    ctx.answer(move |tx| {
        let RiskAlertsQuery { from, to, as_of, method } = query.0;
        let all: Vec<Indicator> = Indicator::countable().collect();
        let survey = Survey::take(tx, Asked { from, to, as_of, method }, &all, false)?;
        let (compared, found) = survey.surveyed().alerts(&all);
        let mut names: Vec<_> =
            survey.places.iter().map(|place| (place.kato.clone(), super::view::names(&place.row))).collect();
        let region = super::map::region_called(tx, &survey)?;
        names.push((region.kato, region.names));
        let items = found.into_iter().filter_map(|found| {
            let (kato, names) = match &found.place {
                Some(place) => names.iter().find(|(kato, _)| kato == place)?,
                None => names.last()?,
            };
            let name = names.in_language(language).to_owned();
            Some(AlertView::of(found, kato.clone(), name, language))
        });
        let chance = 2.0 * (1.0 - survey.rules.rules.alert_probability);
        Answer::ok(&RiskAlertsView {
            items: items.collect(),
            next_cursor: None,
            compared,
            by_chance: (compared as f64 * chance * 100.0).round() / 100.0,
            frame: FrameView::of(&survey, language),
        })
    })
    .await
}
