//! How the map looks in JSON: GeoJSON (RFC 7946) with members of our own beside.

use chrono::NaiveDate;
use qorgan_domain::statistics::risk;
use qorgan_domain::statistics::risk::{
    CompositeIndex, Direction, ExpectedRange, HistoryPoint, Indicator, RangeState, Rate, RegionRange, Span,
    Sufficiency, Trend,
};
use qorgan_domain::territory::Kato;
use serde::Serialize;
use utoipa::ToSchema;

use super::survey::Place;
use super::words;
use crate::request::Language;
use crate::routes::reference::view::NamesView;

/// Two decimals: what is beyond says nothing of counts like these.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A range of numbers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskInterval)]
pub struct IntervalView {
    /// Its lower end.
    #[schema(example = 4.1)]
    low: f64,
    /// Its upper end.
    #[schema(example = 9.7)]
    high: f64,
}

/// What was to be expected of a place by its own past.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskExpected)]
pub struct ExpectedView {
    /// Facts that were to be expected.
    #[schema(example = 21.4)]
    count: f64,
    /// The least count that is no surprise.
    #[schema(example = 9)]
    low: u64,
    /// The greatest.
    #[schema(example = 38)]
    high: u64,
    /// So many past periods say so.
    #[schema(example = 5)]
    periods: usize,
}

impl From<ExpectedRange> for ExpectedView {
    fn from(range: ExpectedRange) -> Self {
        Self { count: rounded(range.mean), low: range.low, high: range.high, periods: range.periods }
    }
}

/// A place against the region: the limits of a funnel plot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskAgainstRegion)]
pub struct AgainstRegionView {
    /// Facts at the region's rate.
    #[schema(example = 18.2)]
    count: f64,
    /// The least count that is no exception.
    #[schema(example = 6)]
    low: u64,
    /// The greatest.
    #[schema(example = 35)]
    high: u64,
    /// Where the count stands.
    state: RangeState,
}

impl From<RegionRange> for AgainstRegionView {
    fn from(range: RegionRange) -> Self {
        Self { count: rounded(range.mean), low: range.low, high: range.high, state: range.state }
    }
}

/// Against the same period a year before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskTrend)]
pub struct TrendView {
    /// Which way, if that is more than chance.
    direction: Direction,
    /// Facts of the year before.
    #[schema(example = 17)]
    before: u64,
    /// By how many per cent the rate changed, days that have passed allowed for; none where there were too few facts.
    #[schema(example = 23.5)]
    change_percent: Option<f64>,
}

impl From<Trend> for TrendView {
    fn from(trend: Trend) -> Self {
        Self { direction: trend.direction, before: trend.before, change_percent: trend.change_percent.map(rounded) }
    }
}

/// A part of the composite index.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskIndexPart)]
pub struct IndexPartView {
    /// Which indicator.
    indicator: Indicator,
    /// Its word.
    label: &'static str,
    /// Facts of the place.
    count: u64,
    /// Facts at the region's rate.
    expected: f64,
    /// The rate, drawn towards the region's as far as chance explains it, over the region's.
    ratio: f64,
    /// Its share of the index.
    weight: f64,
    /// What it gives to the index.
    points: f64,
}

/// The composite index: 100 is the region.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskIndex)]
pub struct IndexView {
    /// The index.
    #[schema(example = 112.4)]
    value: f64,
    /// The lower end of its interval.
    low: f64,
    /// The upper end.
    high: f64,
    /// What it is made of. Indicators without a fact in the region are left out.
    parts: Vec<IndexPartView>,
}

impl IndexView {
    fn of(index: CompositeIndex, language: Language) -> Self {
        let part = |part: risk::CompositePart| IndexPartView {
            indicator: part.indicator,
            label: words::indicator(part.indicator, language),
            count: part.count,
            expected: rounded(part.expected),
            ratio: rounded(part.ratio),
            weight: (part.weight * 10_000.0).round() / 10_000.0,
            points: rounded(part.points),
        };
        let CompositeIndex { value, low, high, parts } = index;
        let parts = parts.into_iter().map(part).collect();
        Self { value: rounded(value), low: rounded(low), high: rounded(high), parts }
    }
}

/// A past period.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskHistory)]
pub struct HistoryView {
    /// Its first day.
    from: NaiveDate,
    /// Its last day.
    to: NaiveDate,
    /// Its facts.
    count: u64,
    /// Facts per 10 000 children.
    rate: Option<f64>,
}

impl From<HistoryPoint> for HistoryView {
    fn from(point: HistoryPoint) -> Self {
        let HistoryPoint { span: Span { from, to }, count, rate } = point;
        Self { from, to, count, rate: rate.map(|rate| rounded(rate.per_10000)) }
    }
}

/// Facts of a form or a level.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskBreakdown)]
pub struct BreakdownView {
    /// Which.
    indicator: Indicator,
    /// Its word.
    label: &'static str,
    /// Facts.
    count: u64,
}

/// What the map says of a place, or of the region.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskProperties)]
pub struct PropertiesView {
    /// The code by KATO.
    kato: Kato,
    /// The name in the language of the answer.
    #[schema(example = "Temirtau")]
    name: String,
    /// The name in all languages.
    names: NamesView,
    /// What kind of unit it is.
    #[schema(example = "city_region_significance")]
    kind: String,
    /// Children under 18 who live there.
    #[schema(example = 49_800)]
    children: u64,
    /// Facts; of the composite index all facts.
    #[schema(example = 24)]
    count: u64,
    /// Facts per 10 000 children in the period.
    #[schema(example = 6.4)]
    rate: Option<f64>,
    /// The interval of the rate, the noise of protected counts in it.
    interval: Option<IntervalView>,
    /// What the map colours: the rate, or the composite index.
    #[schema(example = 6.4)]
    value: Option<f64>,
    /// The same over that of the region: 1 is the region.
    #[schema(example = 1.24)]
    relative: Option<f64>,
    /// Whether the rate says enough to be compared.
    sufficiency: Sufficiency,
    /// Against the same period a year before; `null` where the register knows nothing of it.
    trend: Option<TrendView>,
    /// What was to be expected by the place's own past; `null` where that is too short.
    expected: Option<ExpectedView>,
    /// Where the count stands against what was expected.
    state: RangeState,
    /// Whether that is an alert: the count has left the expected range.
    alert: bool,
    /// Against the region; `null` for the region itself.
    against_region: Option<AgainstRegionView>,
    /// The composite index; `null` for the region, which is 100.
    index: Option<IndexView>,
    /// The periods before, the oldest first.
    history: Vec<HistoryView>,
    /// What the facts of the period were, by main form and by level.
    breakdown: Vec<BreakdownView>,
}

/// The interval of a rate.
pub(super) fn interval(rate: &Rate) -> IntervalView {
    IntervalView { low: rounded(rate.low), high: rounded(rate.high) }
}

/// The name and the kind of a place.
pub struct Called {
    /// The code.
    pub kato: Kato,
    /// The names.
    pub names: NamesView,
    /// What kind of unit it is.
    pub kind: String,
}

impl PropertiesView {
    /// The properties of a place.
    pub fn of(called: Called, place: risk::Place, shown: Indicator, language: Language) -> Self {
        let risk::Place { assessment, sufficiency, region, index, relative, history, breakdown } = place;
        let rate = assessment.rate.map(|rate| rounded(rate.per_10000));
        let index = index.map(|index| IndexView::of(index, language));
        let value = if shown == Indicator::Composite { index.as_ref().map(|index| index.value) } else { rate };
        let breakdown = breakdown.into_iter().map(|(indicator, count)| BreakdownView {
            indicator,
            label: words::indicator(indicator, language),
            count,
        });
        Self {
            kato: called.kato,
            name: called.names.in_language(language).to_owned(),
            names: called.names,
            kind: called.kind,
            children: assessment.children,
            count: assessment.count,
            rate,
            interval: assessment.rate.as_ref().map(interval),
            value,
            relative: relative.map(rounded),
            sufficiency,
            trend: assessment.trend.map(TrendView::from),
            expected: assessment.expected.map(ExpectedView::from),
            state: assessment.state,
            alert: matches!(assessment.state, RangeState::Above | RangeState::Below),
            against_region: region.map(AgainstRegionView::from),
            index,
            history: history.into_iter().map(HistoryView::from).collect(),
            breakdown: breakdown.collect(),
        }
    }
}

/// A point on the map (RFC 7946, section 3.1.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GeoPoint)]
pub struct PointView {
    /// `Point`.
    #[serde(rename = "type")]
    #[schema(example = "Point")]
    kind: &'static str,
    /// Longitude east and latitude north, in degrees (WGS 84).
    #[schema(example = json!([72.95, 50.05]))]
    coordinates: [f64; 2],
}

/// A city or a district (RFC 7946, section 3.2).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskFeature)]
pub struct FeatureView {
    /// `Feature`.
    #[serde(rename = "type")]
    #[schema(example = "Feature")]
    kind: &'static str,
    /// The code by KATO.
    id: Kato,
    /// Its seat.
    geometry: PointView,
    /// What the map says of it.
    properties: PropertiesView,
}

impl FeatureView {
    /// A place at its seat.
    pub fn of(place: &Place, said: risk::Place, shown: Indicator, language: Language) -> Self {
        let row = &place.row;
        let coordinates = [row.seat_lon.unwrap_or_default(), row.seat_lat.unwrap_or_default()];
        let called = Called { kato: place.kato.clone(), names: names(row), kind: row.kind.clone() };
        Self {
            kind: "Feature",
            id: place.kato.clone(),
            geometry: PointView { kind: "Point", coordinates },
            properties: PropertiesView::of(called, said, shown, language),
        }
    }

    /// Where it stands.
    pub const fn coordinates(&self) -> [f64; 2] {
        self.geometry.coordinates
    }
}

/// The names of a territory.
pub fn names(row: &qorgan_storage::reference::TerritoryRow) -> NamesView {
    NamesView { ru: row.name_ru.clone(), kk: row.name_kk.clone(), en: row.name_en.clone() }
}
