//! What must be counted to draw a map, and with which past it is compared.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};

use super::{Grouping, Indicator, Rhythm, RiskRules, Span};
use crate::statistics::Dimension;

/// Months shown before a month, quarters before a quarter.
const SHOWN_MONTHS: u32 = 12;
const SHOWN_QUARTERS: u32 = 8;

/// One count to be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question {
    /// The days of the events.
    pub span: Span,
    /// Whether each month of them is counted by itself.
    pub by_month: bool,
    /// Whether each city and district is counted by itself.
    pub by_place: bool,
    /// By what else.
    pub grouping: Grouping,
}

impl Question {
    /// By what facts are grouped, in this order: place, month, the grouping's own.
    #[must_use]
    pub fn dimensions(&self) -> Vec<Dimension> {
        let place = self.by_place.then_some(Dimension::Territory);
        let month = self.by_month.then_some(Dimension::Month);
        place.into_iter().chain(month).chain(self.grouping.dimensions().iter().copied()).collect()
    }

    /// The days that a cell counts, by the value of its month (`2026-03`); none where that is no month.
    #[must_use]
    pub fn span_of(&self, month: Option<&str>) -> Option<Span> {
        match month {
            Some(month) if self.by_month => month_span(format!("{month}-01").parse().ok()?),
            _ if self.by_month => None,
            _ => Some(self.span),
        }
    }
}

fn month_span(first: NaiveDate) -> Option<Span> {
    Some(Span { from: first, to: first.checked_add_months(chrono::Months::new(1))?.pred_opt()? })
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

    /// What must be counted. Months are asked for by calendar years, which are few; every other period by itself.
    #[must_use]
    pub fn questions(&self) -> BTreeSet<Question> {
        let mut questions = BTreeSet::new();
        let both = |span, by_month, grouping| {
            [false, true].map(|by_place| Question { span, by_month, by_place, grouping })
        };
        for grouping in &self.present {
            questions.extend(both(self.current, false, *grouping));
        }
        let months = self.current.rhythm() == Rhythm::Month;
        for span in self.spans() {
            let asked = if months { Span::year_of(span.from).unwrap_or(span) } else { span };
            for grouping in self.historic.iter().filter(|_| months || span != self.current) {
                questions.extend(both(asked, months && asked != span, *grouping));
            }
            // Whether the register knew anything of a period at all.
            let all = Question { span: asked, by_month: months && asked != span, by_place: false, grouping: Grouping::All };
            questions.insert(all);
        }
        questions
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
        assert!(plan.questions().iter().all(|question| !question.by_month));
        assert_eq!(plan.years(), (2021..=2026).collect());
    }

    #[test]
    fn a_month_is_held_against_the_same_months_and_asked_for_by_years() {
        let plan = plan("2026-01-01", "2026-01-31", &[Indicator::Facts], false);
        assert_eq!((plan.comparable().len(), plan.shown().len()), (15, 12));
        assert!(plan.comparable().iter().all(|span| [12, 1, 2].contains(&span.from.month())));
        let questions = plan.questions();
        assert!(questions.iter().filter(|question| question.by_month).all(|question| question.span.days() >= 365));
        // Seven calendar years of months, and the month itself.
        assert_eq!(questions.len(), 7 * 2 + 2);
    }

    #[test]
    fn a_quarter_is_held_against_the_same_quarters_and_shown_after_the_last_ones() {
        let plan = plan("2026-04-01", "2026-06-30", &[Indicator::Facts], false);
        assert_eq!((plan.comparable().len(), plan.shown().len()), (5, 8));
        assert_eq!(plan.spans().len(), 1 + 8 + 3);
    }

    #[test]
    fn a_cell_of_a_month_counts_that_month() {
        let span = Span::new("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap();
        let question = Question { span, by_month: true, by_place: true, grouping: Grouping::Nature };
        assert_eq!(question.dimensions(), [Dimension::Territory, Dimension::Month, Dimension::MainForm, Dimension::Level]);
        let february = question.span_of(Some("2026-02")).unwrap();
        assert_eq!((february.from.to_string(), february.to.to_string()), ("2026-02-01".into(), "2026-02-28".into()));
        assert_eq!((question.span_of(None), question.span_of(Some("2026"))), (None, None));
        assert_eq!(Question { by_month: false, ..question }.span_of(None), Some(span));
    }
}
