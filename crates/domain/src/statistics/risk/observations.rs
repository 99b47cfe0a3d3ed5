//! Counts of places in periods.

use std::collections::BTreeMap;

use chrono::Datelike;

use super::{Indicator, Span};
use crate::territory::Kato;

/// What was counted: for a place or the whole region, in a period, of an indicator.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Observations(BTreeMap<(Span, Indicator), BTreeMap<Option<Kato>, u64>>);

impl Observations {
    /// Notes a count; of the whole region where there is no place.
    pub fn note(&mut self, span: Span, indicator: Indicator, place: Option<Kato>, count: u64) {
        self.0.entry((span, indicator)).or_default().insert(place, count);
    }

    /// A count; 0 where none was noted, as cells without facts are left out of answers.
    #[must_use]
    pub fn count(&self, span: Span, indicator: Indicator, place: Option<&Kato>) -> u64 {
        let of = self.0.get(&(span, indicator));
        of.and_then(|places| places.get(&place.cloned())).copied().unwrap_or_default()
    }
}

/// How many children live in a place, by calendar year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Children(BTreeMap<i32, BTreeMap<Option<Kato>, u64>>);

impl Children {
    /// The year whose children stand for those of a period: that of its middle day.
    #[must_use]
    pub fn year_of(span: Span) -> i32 {
        let half = chrono::Days::new(span.days() / 2);
        span.from.checked_add_days(half).unwrap_or(span.to).year()
    }

    /// Notes the children of a place in a year; of the whole region where there is no place.
    pub fn note(&mut self, year: i32, place: Option<Kato>, children: u64) {
        self.0.entry(year).or_default().insert(place, children);
    }

    /// The children of a place in a period; 0 where nothing was noted.
    #[must_use]
    pub fn of(&self, span: Span, place: Option<&Kato>) -> u64 {
        let places = self.0.get(&Self::year_of(span));
        places.and_then(|places| places.get(&place.cloned())).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_noted_is_none() {
        let day = |text: &str| text.parse().unwrap();
        let span = Span::new(day("2026-01-01"), day("2026-01-31")).unwrap();
        let place: Kato = "351000000".parse().unwrap();
        let mut seen = Observations::default();
        seen.note(span, Indicator::Facts, Some(place.clone()), 7);
        seen.note(span, Indicator::Facts, None, 9);
        assert_eq!(seen.count(span, Indicator::Facts, Some(&place)), 7);
        assert_eq!(seen.count(span, Indicator::Facts, None), 9);
        assert_eq!(seen.count(span, Indicator::Violence, None), 0);
        assert_eq!(seen.count(span.preceding(1).unwrap(), Indicator::Facts, None), 0);
    }

    #[test]
    fn the_children_of_a_period_are_those_of_its_middle() {
        let span = |from: &str, to: &str| Span::new(from.parse().unwrap(), to.parse().unwrap()).unwrap();
        assert_eq!(Children::year_of(span("2026-01-01", "2026-12-31")), 2026);
        assert_eq!(Children::year_of(span("2025-09-01", "2026-08-31")), 2026);
        let mut children = Children::default();
        children.note(2026, None, 300_000);
        assert_eq!(children.of(span("2026-02-01", "2026-02-28"), None), 300_000);
        assert_eq!(children.of(span("2025-02-01", "2025-02-28"), None), 0);
    }
}
