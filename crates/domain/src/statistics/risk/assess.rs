//! What a map says of every place.

use super::composite::composite;
use super::{
    Children, CompositeIndex, Direction, ExpectedRange, Indicator, Observations, Observed, Plan, RangeState, Rate,
    RegionRange, RiskRules, Span, Spread, Sufficiency, Trend, direction, expected, funnel, rate, sufficiency,
};
use crate::territory::Kato;

/// Everything that a map is made of.
#[derive(Debug, Clone, Copy)]
pub struct Surveyed<'a> {
    /// The periods.
    pub plan: &'a Plan,
    /// The cities and districts.
    pub places: &'a [Kato],
    /// What was counted.
    pub seen: &'a Observations,
    /// How many children live there.
    pub children: &'a Children,
    /// The variance of the noise of protected counts; 0 for exact ones.
    pub noise_variance: f64,
    /// The parameters.
    pub rules: &'a RiskRules,
}

/// A past period of a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryPoint {
    /// Its days.
    pub span: Span,
    /// Its facts.
    pub count: u64,
    /// Their rate.
    pub rate: Option<Rate>,
}

/// A count of a place, or of the region, held against its past.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The place; none for the region.
    pub place: Option<Kato>,
    /// What was counted.
    pub indicator: Indicator,
    /// Facts.
    pub count: u64,
    /// The children who live there.
    pub children: u64,
    /// Facts per 10 000 children.
    pub rate: Option<Rate>,
    /// Against the same period a year before; none where there is none.
    pub trend: Option<Trend>,
    /// What was to be expected.
    pub expected: Option<ExpectedRange>,
    /// Where the count stands against that.
    pub state: RangeState,
}

impl Assessment {
    /// How far the count lies from what was expected, in widths of the range: beyond 1 it has left it.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.expected.map(|range| range.score(self.count))
    }
}

/// All that the map shows of a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The count and its past.
    pub assessment: Assessment,
    /// Whether the rate says enough.
    pub sufficiency: Sufficiency,
    /// Against the region; none for the region itself.
    pub region: Option<RegionRange>,
    /// The composite index; none for the region, which is 100.
    pub index: Option<CompositeIndex>,
    /// Against the region, of which 1 is the rate: of the composite index the index over 100.
    pub relative: Option<f64>,
    /// The periods before, the oldest first.
    pub history: Vec<HistoryPoint>,
    /// What the facts were: forms and levels with their counts, in the order of the vocabulary.
    pub breakdown: Vec<(Indicator, u64)>,
}

impl Surveyed<'_> {
    /// The region, and every place in the order given.
    #[must_use]
    pub fn map(&self, indicator: Indicator) -> (Place, Vec<Place>) {
        let basis = indicator.basis();
        let region = self.observed(self.plan.current(), basis, None);
        let observed: Vec<Observed> =
            self.places.iter().map(|place| self.observed(self.plan.current(), basis, Some(place))).collect();
        let ranges = funnel(&observed, region, self.noise_variance, self.rules);
        let spread = self.spread(basis);
        let whole = self.place(basis, None, spread, region.count as f64);
        let indices = self.indices();
        let places = self.places.iter().zip(ranges).zip(indices).map(|((place, range), index)| {
            let mut here = self.place(basis, Some(place), spread, range.map_or(0.0, |range| range.mean));
            here.relative = if indicator == Indicator::Composite {
                index.as_ref().map(|index| index.value / 100.0)
            } else {
                relative(&here.assessment, &whole.assessment)
            };
            Place { region: range, index, ..here }
        });
        let places = places.collect();
        (whole, places)
    }

    /// The region and every place, of every indicator, held against its past: how many could be, and those that left the
    /// expected range, the farthest first.
    #[must_use]
    pub fn alerts(&self, indicators: &[Indicator]) -> (usize, Vec<Assessment>) {
        let places = || std::iter::once(None).chain(self.places.iter().map(Some));
        let all = indicators.iter().flat_map(|indicator| {
            let spread = self.spread(*indicator);
            places().map(move |place| self.assess(*indicator, place, spread))
        });
        let mut found: Vec<Assessment> = all.filter(|found| found.expected.is_some()).collect();
        let compared = found.len();
        found.retain(|found| matches!(found.state, RangeState::Above | RangeState::Below));
        let distance = |found: &Assessment| found.score().unwrap_or_default().abs();
        found.sort_by(|one, other| distance(other).total_cmp(&distance(one)));
        (compared, found)
    }

    fn place(&self, indicator: Indicator, place: Option<&Kato>, spread: Spread, expected: f64) -> Place {
        let assessment = self.assess(indicator, place, spread);
        let bounds = [self.rules.sufficient_error, self.rules.limited_error];
        let sufficiency = match assessment.rate {
            Some(_) => sufficiency(assessment.count, expected, self.noise_variance, bounds),
            None => Sufficiency::Insufficient,
        };
        Place {
            sufficiency,
            region: None,
            index: None,
            relative: None,
            history: self.history(indicator, place),
            breakdown: self.breakdown(place),
            assessment,
        }
    }

    /// How far counts varied in all places together.
    fn spread(&self, indicator: Indicator) -> Spread {
        self.places.iter().map(|place| Spread::of(&self.past(indicator, Some(place)), self.noise_variance)).sum()
    }

    fn past(&self, indicator: Indicator, place: Option<&Kato>) -> Vec<Observed> {
        self.known_past().map(|span| self.observed(span, indicator, place)).collect()
    }

    fn assess(&self, indicator: Indicator, place: Option<&Kato>, spread: Spread) -> Assessment {
        let current = self.plan.current();
        let now = self.observed(current, indicator, place);
        let past = self.past(indicator, place);
        let expected = expected(&past, now.exposure, self.noise_variance, spread, self.rules);
        Assessment {
            place: place.cloned(),
            indicator,
            count: now.count,
            children: self.children.of(current, place),
            rate: self.rate(current, indicator, place),
            trend: self.trend(indicator, place, now),
            state: expected.map_or(RangeState::Unknown, |range| range.state(now.count, self.rules.least_facts)),
            expected,
        }
    }

    /// Comparable periods from the first on of which the region's register knows anything: before it there was none.
    fn known_past(&self) -> impl Iterator<Item = Span> {
        let unknown = |span: &&Span| self.seen.count(**span, Indicator::Facts, None) == 0;
        self.plan.comparable().iter().skip_while(unknown).copied()
    }

    fn trend(&self, indicator: Indicator, place: Option<&Kato>, now: Observed) -> Option<Trend> {
        let first = self.plan.comparable().iter().find(|span| self.seen.count(**span, Indicator::Facts, None) > 0)?;
        let span = self.plan.year_before().filter(|span| span >= first)?;
        let before = self.observed(span, indicator, place);
        let change = (now.count as f64 / now.exposure) / (before.count as f64 / before.exposure) - 1.0;
        let direction = direction(
            (now.count, now.exposure),
            (before.count, before.exposure),
            self.noise_variance,
            self.rules.interval_z,
        );
        // Of few facts a change in per cent says nothing.
        let known = direction != Direction::Unknown && before.count >= u64::from(self.rules.least_facts);
        Some(Trend { before: before.count, change_percent: known.then_some(change * 100.0), direction })
    }

    fn rate(&self, span: Span, indicator: Indicator, place: Option<&Kato>) -> Option<Rate> {
        let known = span.days_known(self.plan.as_of()) > 0;
        let count = self.seen.count(span, indicator, place);
        let rate = || rate(count, self.children.of(span, place), self.noise_variance, self.rules.interval_z);
        known.then(rate).flatten()
    }

    fn history(&self, indicator: Indicator, place: Option<&Kato>) -> Vec<HistoryPoint> {
        let point = |span: &Span| HistoryPoint {
            span: *span,
            count: self.seen.count(*span, indicator, place),
            rate: self.rate(*span, indicator, place),
        };
        let unknown = |span: &&Span| self.seen.count(**span, Indicator::Facts, None) == 0;
        self.plan.shown().iter().skip_while(unknown).map(point).collect()
    }

    fn breakdown(&self, place: Option<&Kato>) -> Vec<(Indicator, u64)> {
        Indicator::countable()
            .filter(|indicator| indicator.grouping() == super::Grouping::Nature)
            .map(|indicator| (indicator, self.seen.count(self.plan.current(), indicator, place)))
            .filter(|(_, count)| *count > 0)
            .collect()
    }

    fn indices(&self) -> Vec<Option<CompositeIndex>> {
        let current = self.plan.current();
        let parts: Vec<(Observed, Vec<Observed>)> = self
            .rules
            .parts
            .iter()
            .map(|part| {
                let of = |place| self.observed(current, part.indicator, place);
                (of(None), self.places.iter().map(|place| of(Some(place))).collect())
            })
            .collect();
        composite(&parts, self.noise_variance, self.rules)
    }

    fn observed(&self, span: Span, indicator: Indicator, place: Option<&Kato>) -> Observed {
        let days = span.days_known(self.plan.as_of());
        let exposure = self.children.of(span, place) as f64 * days as f64;
        Observed { count: self.seen.count(span, indicator, place), exposure }
    }
}

/// The rate of a place over that of the region; none where the region has no fact.
fn relative(place: &Assessment, region: &Assessment) -> Option<f64> {
    let (here, there) = (place.rate?.per_10000, region.rate?.per_10000);
    (there > 0.0).then(|| here / there)
}

#[cfg(test)]
mod tests {
    use super::super::rules::of_tests;
    use super::*;

    const PLACES: [&str; 3] = ["351000000", "352400000", "352100000"];

    /// Years from 2022 on, of three places: `counts` a year and place; the last year is the present.
    fn survey(counts: &[[u64; 3]], as_of: &str) -> (Place, Vec<Place>, Vec<Assessment>) {
        let rules = of_tests();
        let current = Span::new("2026-01-01".parse().unwrap(), "2026-12-31".parse().unwrap()).unwrap();
        let plan = Plan::new(current, as_of.parse().unwrap(), &[Indicator::Facts], true, &rules);
        let places: Vec<Kato> = PLACES.iter().map(|kato| kato.parse().unwrap()).collect();
        let (mut seen, mut children) = (Observations::default(), Children::default());
        for year in plan.years() {
            for (place, number) in places.iter().zip([100_000, 40_000, 3_000]) {
                children.note(year, Some(place.clone()), number);
            }
            children.note(year, None, 143_000);
        }
        for (back, counts) in counts.iter().rev().enumerate() {
            let span = current.years_before(u32::try_from(back).unwrap()).unwrap();
            for (place, count) in places.iter().zip(counts) {
                seen.note(span, Indicator::Facts, Some(place.clone()), *count);
                seen.note(span, Indicator::Physical, Some(place.clone()), *count);
            }
            seen.note(span, Indicator::Facts, None, counts.iter().sum());
            seen.note(span, Indicator::Physical, None, counts.iter().sum());
        }
        let survey = Surveyed {
            plan: &plan,
            places: &places,
            seen: &seen,
            children: &children,
            noise_variance: 0.0,
            rules: &rules,
        };
        let (region, found) = survey.map(Indicator::Facts);
        (region, found, survey.alerts(&[Indicator::Facts]).1)
    }

    #[test]
    fn a_place_that_leaves_its_range_is_told_and_no_other() {
        let (region, places, alerts) =
            survey(&[[50, 20, 1], [55, 22, 0], [48, 19, 2], [52, 21, 1], [51, 60, 1]], "2026-12-31");
        assert_eq!(places[0].assessment.state, RangeState::Within);
        assert_eq!(places[1].assessment.state, RangeState::Above);
        assert_eq!(places[2].assessment.state, RangeState::Within);
        let told: Vec<Option<&str>> = alerts.iter().map(|alert| alert.place.as_ref().map(Kato::as_str)).collect();
        assert_eq!(told[0], Some(PLACES[1]), "{alerts:?}");
        assert_eq!(places[1].assessment.trend.unwrap().direction, Direction::Rising);
        assert_eq!(places[0].assessment.trend.unwrap().direction, Direction::NoClearChange);
        assert_eq!(
            (places[0].sufficiency, places[2].sufficiency),
            (Sufficiency::Sufficient, Sufficiency::Insufficient)
        );
        assert_eq!(places[0].history.len(), 4);
        assert_eq!(region.assessment.count, 112);
        assert!(places[1].relative.unwrap() > 1.8 && places[0].relative.unwrap() < 1.0);
        assert_eq!(places[0].breakdown, [(Indicator::Physical, 51)]);
        assert!(places[1].index.as_ref().unwrap().value > places[0].index.as_ref().unwrap().value);
    }

    #[test]
    fn where_the_other_places_vary_more_a_place_is_given_more_room() {
        let range = |other: [u64; 4]| {
            let years: Vec<[u64; 3]> = other.iter().map(|count| [50, *count, 1]).chain([[50, 20, 1]]).collect();
            let (_, places, _) = survey(&years, "2026-12-31");
            places[0].assessment.expected.unwrap()
        };
        let (calm, wild) = (range([20, 21, 19, 20]), range([2, 40, 5, 33]));
        assert_eq!(calm.mean, wild.mean);
        assert!(wild.high > calm.high && wild.low < calm.low, "{calm:?} {wild:?}");
    }

    #[test]
    fn years_before_the_register_are_no_past() {
        // Two years with facts are too few for a range; the years without any do not count as quiet ones.
        let (_, places, alerts) = survey(&[[0, 0, 0], [0, 0, 0], [48, 19, 2], [52, 21, 1], [51, 60, 1]], "2026-12-31");
        assert!(places.iter().all(|place| place.assessment.state == RangeState::Unknown));
        assert!(alerts.is_empty());
        assert_eq!(places[0].history.len(), 2);
        // Nor is the year before, where the register began with this one.
        let (_, places, _) = survey(&[[51, 60, 1]], "2026-12-31");
        assert_eq!(places[0].assessment.trend, None);
    }

    #[test]
    fn what_has_not_passed_yet_is_allowed_for() {
        let years = [[50, 20, 1], [55, 22, 0], [48, 19, 2], [52, 21, 1], [25, 10, 0]];
        let (_, places, _) = survey(&years, "2026-06-30");
        assert_eq!(places[0].assessment.state, RangeState::Within, "half a year has half the facts");
        assert_eq!(places[0].assessment.trend.unwrap().direction, Direction::NoClearChange);
        let (_, places, _) = survey(&years, "2026-12-31");
        assert_eq!(places[0].assessment.state, RangeState::Below);
        let (_, places, alerts) = survey(&years, "2025-12-31");
        assert!(alerts.is_empty() && places[0].assessment.rate.is_none());
    }
}
