//! Rates of small numbers, what they became, and whether they say anything.

use crate::words::words;

/// Children per whom a rate is given.
const PER: f64 = 10_000.0;

/// A rate per 10 000 children in the period, with its interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// The rate itself.
    pub per_10000: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// The rate of a count among so many children; none where there are none.
///
/// The interval is the score interval for the mean of a Poisson count, (x - m)² = z²(m + V): all means m that the count
/// does not contradict (the form for counts of E. B. Wilson's interval of 1927). V is the variance of the noise of a
/// protected count, 0 for an exact one: the interval is as wide as what is not known. A count of 0 has an interval too.
#[must_use]
pub fn rate(count: u64, children: u64, noise_variance: f64, z: f64) -> Option<Rate> {
    if children == 0 {
        return None;
    }
    let (count, unit) = (count as f64, PER / children as f64);
    let middle = count + z * z / 2.0;
    let reach = z * (count + noise_variance + z * z / 4.0).sqrt();
    Some(Rate { per_10000: count * unit, low: (middle - reach).max(0.0) * unit, high: (middle + reach) * unit })
}

words! {
    /// Which way a rate went against the same period a year before.
    pub enum Direction {
        /// It rose by more than chance explains.
        Rising = "rising",
        /// It fell by more than chance explains.
        Falling = "falling",
        /// It may have changed or not: chance alone explains the difference.
        NoClearChange = "no_clear_change",
        /// There is nothing to compare with.
        Unknown = "unknown",
    }

    /// Whether a rate says enough to be read at all.
    pub enum Sufficiency {
        /// Its relative standard error is small.
        Sufficient = "sufficient",
        /// Read it with its interval.
        Limited = "limited",
        /// It says next to nothing: do not compare it with other places.
        Insufficient = "insufficient",
    }
}

/// A period against the same one a year before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trend {
    /// The count a year before.
    pub before: u64,
    /// By how many per cent the count per child and day changed; none where there were too few facts to say it.
    pub change_percent: Option<f64>,
    /// Whether that is more than chance.
    pub direction: Direction,
}

/// Compares two counts, each with its exposure (children times days).
///
/// The difference of the rates is held against its standard error, the counts taken as Poisson with the noise of
/// protected ones added.
#[must_use]
pub fn direction(now: (u64, f64), before: (u64, f64), noise_variance: f64, z: f64) -> Direction {
    if now.1 <= 0.0 || before.1 <= 0.0 {
        return Direction::Unknown;
    }
    let variance = |(count, exposure): (u64, f64)| (count as f64 + noise_variance) / (exposure * exposure);
    let difference = now.0 as f64 / now.1 - before.0 as f64 / before.1;
    let error = (variance(now) + variance(before)).sqrt();
    if error <= 0.0 || difference.abs() < z * error {
        Direction::NoClearChange
    } else if difference > 0.0 {
        Direction::Rising
    } else {
        Direction::Falling
    }
}

/// How much a count says, where `expected` facts would have been counted at the region's rate: by the relative standard
/// error of the greater of the two, so that few facts in a great place say that there are few.
#[must_use]
pub fn sufficiency(count: u64, expected: f64, noise_variance: f64, bounds: [f64; 2]) -> Sufficiency {
    let level = expected.max(count as f64);
    let error = if level > 0.0 { (level + noise_variance).sqrt() / level } else { f64::INFINITY };
    match bounds {
        [sufficient, _] if error <= sufficient => Sufficiency::Sufficient,
        [_, limited] if error <= limited => Sufficiency::Limited,
        _ => Sufficiency::Insufficient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const Z: f64 = 1.96;

    #[test]
    fn rates_have_intervals_even_at_zero() {
        assert_eq!(rate(5, 0, 0.0, Z), None);
        let zero = rate(0, 10_000, 0.0, Z).unwrap();
        assert_eq!((zero.per_10000, zero.low), (0.0, 0.0));
        assert!((zero.high - 3.84).abs() < 0.01, "{zero:?}");
        // Garwood's exact interval of 10 is 4.80 to 18.39; the score interval lies near it.
        let ten = rate(10, 20_000, 0.0, Z).unwrap();
        assert!((ten.per_10000 - 5.0).abs() < 1e-9 && (ten.low - 2.72).abs() < 0.02 && (ten.high - 9.2).abs() < 0.02);
        let protected = rate(10, 20_000, 3.0, Z).unwrap();
        assert!(protected.low < ten.low && protected.high > ten.high);
    }

    #[test]
    fn a_direction_is_more_than_chance() {
        use Direction::{Falling, NoClearChange, Rising, Unknown};
        for (now, before, expected) in [
            ((30, 1.0), (10, 1.0), Rising),
            ((10, 1.0), (30, 1.0), Falling),
            ((12, 1.0), (10, 1.0), NoClearChange),
            ((3, 1.0), (0, 1.0), NoClearChange),
            // Twice as much in twice the time is the same.
            ((60, 2.0), (30, 1.0), NoClearChange),
            ((60, 1.0), (60, 2.0), Rising),
            ((5, 0.0), (5, 1.0), Unknown),
            ((0, 1.0), (0, 1.0), NoClearChange),
        ] {
            assert_eq!(direction(now, before, 0.0, Z), expected, "{now:?} {before:?}");
        }
        assert_eq!(direction((20, 1.0), (8, 1.0), 0.0, Z), Rising);
        assert_eq!(direction((20, 1.0), (8, 1.0), 10.0, Z), NoClearChange, "noise hides it");
    }

    #[test]
    fn few_facts_say_little_unless_many_were_to_be_expected() {
        let of = |count, expected| sufficiency(count, expected, 3.0, [0.25, 0.5]);
        assert_eq!(of(0, 0.0), Sufficiency::Insufficient);
        assert_eq!(of(3, 2.0), Sufficiency::Insufficient);
        assert_eq!(of(9, 3.0), Sufficiency::Limited);
        assert_eq!(of(30, 20.0), Sufficiency::Sufficient);
        assert_eq!(of(0, 30.0), Sufficiency::Sufficient);
    }

    proptest! {
        #[test]
        fn a_rate_lies_in_its_interval(count in 0u64..100_000, children in 1u64..1_000_000, noise in 0.0f64..20.0) {
            let rate = rate(count, children, noise, Z).unwrap();
            prop_assert!(rate.low <= rate.per_10000 + 1e-9 && rate.per_10000 <= rate.high);
        }

        #[test]
        fn comparing_the_other_way_round_turns_the_direction(a in 0u64..500, b in 0u64..500) {
            let turned = match direction((a, 1.0), (b, 1.0), 1.0, Z) {
                Direction::Rising => Direction::Falling,
                Direction::Falling => Direction::Rising,
                other => other,
            };
            prop_assert_eq!(direction((b, 1.0), (a, 1.0), 1.0, Z), turned);
        }
    }
}
