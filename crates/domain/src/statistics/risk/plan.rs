//! What must be counted to draw a map, and with which past it is compared.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::{Grouping, Indicator, Rhythm, RiskRules, Span};
use crate::statistics::{Dimension, PeriodUnit};

/// Months shown before a month, quarters before a quarter.
const SHOWN_MONTHS: u32 = 12;
const SHOWN_QUARTERS: u32 = 8;

/// One count to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The days of the events.
    pub span: Span,
    /// In what units of time each is counted by itself; none for all together.
    pub by: Option<PeriodUnit>,
    /// Whether each city and district is counted by itself.
    pub by_place: bool,
    /// By what else.
    pub grouping: Grouping,
}

impl Question {
    /// The dimension of time by which facts are grouped.
    #[must_use]
    pub const fn time(&self) -> Option<Dimension> {
        match self.by {
            Some(PeriodUnit::Month) => Some(Dimension::Month),
            Some(PeriodUnit::Quarter) => Some(Dimension::Quarter),
            _ => None,
        }
    }

    /// By what facts are grouped, in this order: place, time, the grouping's own.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let place = self.by_place.then_some(Dimension::Territory);
        place.into_iter().chain(self.time()).chain(self.grouping.dimensions().iter().copied()).collect()
    }

    /// The days that a cell counts, by the code of its unit of time (`2026-03`); none where that is no such code.
    #[must_use]
    pub fn span_of(&self, time: Option<&str>) -> Option<Span> {
        let Some(unit) = self.by else { return Some(self.span) };
        let first = unit.of_code(time?)?;
        Span::new(first, unit.last_day(first))
    }
}

/// The periods of a map: the one it shows, those that say what was to be expected, those of the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    current: Span,
    as_of: NaiveDate,
    year_before: Option<Span>,
    comparable: Vec<Span>,
    shown: Vec<Span>,
    historic: BTreeSet<Grouping>,
    present: BTreeSet<Grouping>,
}

impl Plan {
    /// The plan for a period of the register as it read at the end of `as_of`: `historic` are compared with their past,
    /// of the parts of the index (where `index` is wanted) only the period itself is counted.
    #[must_use]
    pub fn new(current: Span, as_of: NaiveDate, historic: &[Indicator], index: bool, rules: &RiskRules) -> Self {
        let historic: BTreeSet<Grouping> = historic.iter().map(|indicator| indicator.grouping()).collect();
        let parts = rules.parts.iter().filter(|_| index).map(|part| part.indicator.grouping());
        // What the facts of a place were is always shown beside the index.
        let nature = index.then_some(Grouping::Nature);
        let present = parts.chain(nature).chain(historic.iter().copied()).collect();
        let years = 1..=u32::from(rules.history_years);
        let comparable: BTreeSet<Span> = years.clone().flat_map(|years| comparable(current, years, rules)).collect();
        let shown: BTreeSet<Span> = match current.rhythm() {
            Rhythm::Month => (1..=SHOWN_MONTHS).filter_map(|steps| current.preceding(steps)).collect(),
            Rhythm::Months(3) => (1..=SHOWN_QUARTERS).filter_map(|steps| current.preceding(steps)).collect(),
            _ => years.filter_map(|years| current.years_before(years)).collect(),
        };
        Self {
            current,
            as_of,
            year_before: current.years_before(1),
            comparable: comparable.into_iter().collect(),
            shown: shown.into_iter().collect(),
            historic,
            present,
        }
    }

    /// The period of the map.
    #[must_use]
    pub const fn current(&self) -> Span {
        self.current
    }

    /// The register was read as of the end of this day.
    #[must_use]
    pub const fn as_of(&self) -> NaiveDate {
        self.as_of
    }

    /// The same period a year before.
    #[must_use]
    pub const fn year_before(&self) -> Option<Span> {
        self.year_before
    }

    /// Past periods that say what was to be expected, the oldest first.
    #[must_use]
    pub fn comparable(&self) -> &[Span] {
        &self.comparable
    }

    /// Past periods of the chart, the oldest first.
    #[must_use]
    pub fn shown(&self) -> &[Span] {
        &self.shown
    }

    /// All periods, the present one among them.
    #[must_use]
    pub fn spans(&self) -> BTreeSet<Span> {
        let past = self.comparable.iter().chain(&self.shown).copied();
        past.chain(self.year_before).chain([self.current]).collect()
    }

    /// What must be counted. Months and quarters are asked for by calendar years, which are few; every other period by
    /// itself.
    #[must_use]
    pub fn questions(&self) -> BTreeSet<Question> {
        let mut questions = BTreeSet::new();
        let both = |span, by, grouping| [false, true].map(|by_place| Question { span, by, by_place, grouping });
        for grouping in &self.present {
            questions.extend(both(self.current, None, *grouping));
        }
        for span in self.spans() {
            let (asked, by) = self.asked(span);
            for grouping in self.historic.iter().filter(|_| asked != self.current) {
                questions.extend(both(asked, by, *grouping));
            }
            // Whether the register knew anything of a period at all.
            questions.insert(Question { span: asked, by, by_place: false, grouping: Grouping::All });
        }
        questions
    }

    /// By what period a past one is asked for, and in what units.
    fn asked(&self, span: Span) -> (Span, Option<PeriodUnit>) {
        let unit = PeriodUnit::spanning(self.current.from, self.current.to);
        let unit = unit.filter(|unit| matches!(unit, PeriodUnit::Month | PeriodUnit::Quarter));
        match (unit, Span::year_of(span.from)) {
            (Some(unit), Some(year)) => (year, Some(unit)),
            _ => (span, None),
        }
    }

    /// The calendar years whose numbers of children are needed.
    #[must_use]
    pub fn years(&self) -> BTreeSet<i32> {
        self.spans().into_iter().map(super::Children::year_of).chain([self.current.from.year()]).collect()
    }
}

/// The periods so many years before that are like this one: for months the neighbours too.
fn comparable(current: Span, years: u32, rules: &RiskRules) -> Vec<Span> {
    let Some(same) = current.years_before(years) else { return Vec::new() };
    let mut like = vec![same];
    if current.rhythm() == Rhythm::Month {
        for steps in 1..=u32::from(rules.months_around) {
            like.extend(same.preceding(steps));
            like.extend(same.following(steps));
        }
    }
    like
}

#[cfg(test)]
mod tests {
    use super::super::rules::of_tests;
    use super::*;

    fn plan(from: &str, to: &str, historic: &[Indicator], index: bool) -> Plan {
        let span = Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        Plan::new(span, "2026-10-31".parse().unwrap(), historic, index, &of_tests())
    }

    #[test]
    fn a_year_is_held_against_the_years_before() {
        let plan = plan("2026-01-01", "2026-12-31", &[Indicator::Sexual], true);
        assert_eq!(plan.comparable().len(), 5);
        assert_eq!(plan.comparable(), plan.shown());
        assert_eq!(plan.comparable()[0].from, "2021-01-01".parse().unwrap());
        assert_eq!(plan.year_before(), plan.comparable().last().copied());
        // Six years by form in the region and by place, and all facts of the region.
        assert_eq!(plan.questions().len(), 6 * 2 + 6);
        assert!(plan.questions().iter().all(|question| question.by.is_none()));
        assert_eq!(plan.years(), (2021..=2026).collect());
    }

    #[test]
    fn a_month_is_held_against_the_same_months_and_asked_for_by_years() {
        let plan = plan("2026-01-01", "2026-01-31", &[Indicator::Facts], false);
        assert_eq!((plan.comparable().len(), plan.shown().len()), (15, 12));
        assert!(plan.comparable().iter().all(|span| [12, 1, 2].contains(&span.from.month())));
        let questions = plan.questions();
        assert!(questions.iter().filter(|question| question.by.is_some()).all(|question| question.span.days() >= 365));
        // Seven calendar years of months, and the month itself.
        assert_eq!(questions.len(), 7 * 2 + 2);
    }

    #[test]
    fn a_quarter_is_held_against_the_same_quarters_and_shown_after_the_last_ones() {
        let plan = plan("2026-04-01", "2026-06-30", &[Indicator::Facts], false);
        assert_eq!((plan.comparable().len(), plan.shown().len()), (5, 8));
        assert_eq!(plan.spans().len(), 1 + 8 + 3);
        // Six calendar years of quarters, and the quarter itself.
        assert_eq!(plan.questions().len(), 6 * 2 + 2);
        let half = Span::new("2026-01-01".parse().unwrap(), "2026-06-30".parse().unwrap()).unwrap();
        let half = Plan::new(half, "2026-10-31".parse().unwrap(), &[Indicator::Facts], false, &of_tests());
        assert_eq!(half.questions().len(), 6 * 2, "a half-year is asked for by itself");
    }

    #[test]
    fn a_cell_of_a_month_counts_that_month() {
        let span = Span::new("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap();
        let question = Question { span, by: Some(PeriodUnit::Month), by_place: true, grouping: Grouping::Nature };
        assert_eq!(
            question.dimensions(),
            [Dimension::Territory, Dimension::Month, Dimension::MainForm, Dimension::Level]
        );
        let cell = |question: &Question, code| {
            question.span_of(code).map(|span| [span.from, span.to].map(|day| day.to_string()))
        };
        assert_eq!(cell(&question, Some("2026-02")), Some(["2026-02-01".into(), "2026-02-28".into()]));
        assert_eq!((cell(&question, None), cell(&question, Some("2026"))), (None, None));
        let quarters = Question { by: Some(PeriodUnit::Quarter), ..question };
        assert_eq!(cell(&quarters, Some("2026-Q2")), Some(["2026-04-01".into(), "2026-06-30".into()]));
        assert_eq!(Question { by: None, ..question }.span_of(None), Some(span));
    }
}
