//! `GET /risk-map`.

use actix_web::http::header::{CONTENT_LANGUAGE, VARY};
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::risk::{Indicator, WeightedIndicator};
use qorgan_storage::Tx;
use serde::Serialize;
use utoipa::ToSchema;

use super::frame::FrameView;
use super::survey::{Asked, Survey};
use super::view::{Called, FeatureView, PropertiesView, names};
use super::words;
use crate::context::Ctx;
use crate::problem::{Problem, ProblemCode};
use crate::query;
use crate::request::{Language, Query};
use crate::routes::reference::view::NamesView;

/// The media type of GeoJSON.
const GEO_JSON: &str = "application/geo+json";

query! {
    /// What to map.
    pub struct RiskMapQuery {
        /// First day of the events; 1 January of the year when absent.
        #[param(example = "2026-01-01")]
        pub from: Option<NaiveDate>,
        /// Last day of the events, itself included; 31 December of the year when absent.
        #[param(example = "2026-12-31")]
        pub to: Option<NaiveDate>,
        /// What to show; all facts when absent.
        pub indicator: Option<Indicator>,
        /// The register as it read at the end of this day; today when absent.
        pub as_of: Option<NaiveDate>,
        /// How to count; exactly where you may and say nothing.
        pub method: Option<StatisticsMethod>,
    }
}

/// The map: a collection of features, with what holds for all of them.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskMap)]
pub struct RiskMapView {
    /// `FeatureCollection`.
    #[serde(rename = "type")]
    #[schema(example = "FeatureCollection")]
    kind: &'static str,
    /// The box around all places: west, south, east, north.
    #[schema(example = json!([71.55, 46.03, 75.47, 50.56]))]
    bbox: [f64; 4],
    /// Cities and districts, by code.
    features: Vec<FeatureView>,
    /// What is shown.
    indicator: Indicator,
    /// Its word.
    label: &'static str,
    /// The region as a whole.
    region: PropertiesView,
    /// Period, day and method.
    #[serde(flatten)]
    frame: FrameView,
    /// The weights of the composite index.
    #[schema(value_type = Vec<Object>, example = json!([{"indicator": "sexual", "weight": 4.0}]))]
    weights: Vec<WeightedIndicator>,
    /// Whose coordinates these are.
    attribution: &'static str,
}

/// Map the facts of the unified register by city and district: how often, which way, is it more than was to be expected.
///
/// GeoJSON (RFC 7946): a point at the seat of each city and district. Exact for the statistics office; **protected** for
/// everybody else, by the rules of `GET /statistics/register`: one whole month, quarter, year or school year (or what has
/// passed of it), the register at the end of the last month before `as_of`. All else is computed from these counts, so
/// the map tells nothing that the counts do not.
///
/// * `rate`: facts per 10 000 children in the period, with a score interval that holds the noise too.
/// * `trend`: against the same period a year before; rising or falling only where chance does not explain it.
/// * `expected`, `state`, `alert`: the range expected by the place's own past (Farrington and others 1996, with the limits of
///   Noufaily and others 2013).
/// * `against_region`: limits of a funnel plot (Spiegelhalter 2005).
/// * `sufficiency`: whether the rate says enough to be compared.
/// * `index`: the composite index with its parts; rates drawn towards the region's (Marshall 1991), weights dated data.
///
/// More facts can mean more harm or more attention. See `docs/risk-map.md`.
#[utoipa::path(
    tag = "statistics",
    operation_id = "risk_map",
    params(RiskMapQuery),
    responses((status = 200, description = "The map", body = RiskMapView, content_type = "application/geo+json")),
    security(("bearer" = [])),
    extensions(("x-permission" = json!("statistics_protected"))),
)]
#[get("/risk-map")]
pub async fn risk_map(ctx: Ctx, query: Query<RiskMapQuery>) -> Result<HttpResponse, Problem> {
    let language = ctx.language;
    let view = ctx.run(move |tx| draw(tx, &query.0, language)).await?;
    let body = serde_json::to_vec(&view).map_err(|error| Problem::internal(&error))?;
    let mut response = HttpResponse::Ok();
    response.content_type(GEO_JSON).insert_header((VARY, "accept-language"));
    Ok(response.insert_header((CONTENT_LANGUAGE, language.as_str())).body(body))
}

fn draw(tx: &mut Tx<'_>, asked: &RiskMapQuery, language: Language) -> Result<RiskMapView, Problem> {
    let shown = asked.indicator.unwrap_or(Indicator::Facts);
    let period = Asked { from: asked.from, to: asked.to, as_of: asked.as_of, method: asked.method };
    let survey = Survey::take(tx, period, &[shown], true)?;
    let (region, places) = survey.surveyed().map(shown);
    let features: Vec<FeatureView> =
        survey.places.iter().zip(places).map(|(place, said)| FeatureView::of(place, said, shown, language)).collect();
    Ok(RiskMapView {
        kind: "FeatureCollection",
        bbox: bbox(&features),
        features,
        indicator: shown,
        label: words::indicator(shown, language),
        region: PropertiesView::of(region_called(tx, &survey)?, region, shown, language),
        frame: FrameView::of(&survey, language),
        weights: survey.rules.rules.parts.clone(),
        attribution: words::ATTRIBUTION,
    })
}

/// What the region is called that all places lie in.
pub(super) fn region_called(tx: &mut Tx<'_>, survey: &Survey) -> Result<Called, Problem> {
    let kato = survey.codes.first().ok_or_else(|| Problem::new(ProblemCode::NotFound))?.region();
    let row = tx.territory_list()?.into_iter().find(|row| row.kato == kato.as_str());
    let (names, kind) = match &row {
        Some(row) => (names(row), row.kind.clone()),
        None => (NamesView { ru: kato.to_string(), kk: None, en: None }, String::new()),
    };
    Ok(Called { kato, names, kind })
}

fn bbox(features: &[FeatureView]) -> [f64; 4] {
    let start = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
    features.iter().fold(start, |[west, south, east, north], feature| {
        let [longitude, latitude] = feature.coordinates();
        [west.min(longitude), south.min(latitude), east.max(longitude), north.max(latitude)]
    })
}
