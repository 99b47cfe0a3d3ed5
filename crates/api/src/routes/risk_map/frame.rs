//! What holds for a whole answer, and one alert.

use chrono::NaiveDate;
use qorgan_domain::statistics::StatisticsMethod;
use qorgan_domain::statistics::risk::{Assessment, Indicator, RangeState, Span};
use qorgan_domain::territory::Kato;
use serde::Serialize;
use utoipa::ToSchema;

use super::survey::Survey;
use super::view::{ExpectedView, IntervalView, TrendView, interval, rounded};
use super::words;
use crate::request::Language;

/// The days of the events.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskPeriod)]
pub struct PeriodView {
    /// The first day.
    from: NaiveDate,
    /// The last day.
    to: NaiveDate,
    /// Whether all of it had passed when the register was read.
    complete: bool,
}

/// How the counts were made, the same in both answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskFrame)]
pub struct FrameView {
    /// The days of the events.
    period: PeriodView,
    /// The register as it read at the end of this day.
    as_of: NaiveDate,
    /// How the counts were made.
    method: StatisticsMethod,
    /// What a reader must know, in the language of the answer.
    note: String,
    /// Where method and parameters come from, in the language of the answer where it was told in it.
    source: String,
    /// Whether nobody has confirmed the parameters yet.
    provisional: bool,
    /// Where the numbers of children come from, in the language of the answer where it was told in it.
    children_source: Option<String>,
    /// Whether these are estimates.
    children_provisional: bool,
}

impl FrameView {
    /// The frame of a survey.
    pub fn of(survey: &Survey, language: Language) -> Self {
        let Span { from, to } = survey.plan.current();
        let as_of = survey.plan.as_of();
        let numbers = survey.codes.first().and_then(|kato| survey.population.of(kato));
        Self {
            period: PeriodView { from, to, complete: to <= as_of },
            as_of,
            method: survey.method(),
            note: words::note(survey.disclosure.as_ref(), language),
            source: language.source(&survey.rules.source).to_owned(),
            provisional: survey.rules.provisional,
            children_source: numbers.map(|row| language.source(&row.source).to_owned()),
            children_provisional: numbers.is_none_or(|row| row.provisional),
        }
    }
}

/// A count that has left its expected range.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RiskAlert)]
pub struct AlertView {
    /// The place by KATO.
    kato: Kato,
    /// Its name in the language of the answer.
    name: String,
    /// What was counted.
    indicator: Indicator,
    /// Its word.
    label: &'static str,
    /// Facts.
    count: u64,
    /// Facts per 10 000 children.
    rate: Option<f64>,
    /// The interval of the rate.
    interval: Option<IntervalView>,
    /// What was to be expected.
    expected: Option<ExpectedView>,
    /// Above or below.
    state: RangeState,
    /// How far from what was expected, in widths of the range: beyond 1, or below -1, it has left it.
    score: Option<f64>,
    /// Against the same period a year before.
    trend: Option<TrendView>,
}

impl AlertView {
    /// The view of an alert of a place of this name.
    pub fn of(found: Assessment, kato: Kato, name: String, language: Language) -> Self {
        Self {
            kato,
            name,
            indicator: found.indicator,
            label: words::indicator(found.indicator, language),
            count: found.count,
            rate: found.rate.map(|rate| rounded(rate.per_10000)),
            interval: found.rate.as_ref().map(interval),
            score: found.score().map(rounded),
            expected: found.expected.map(ExpectedView::from),
            state: found.state,
            trend: found.trend.map(TrendView::from),
        }
    }
}
