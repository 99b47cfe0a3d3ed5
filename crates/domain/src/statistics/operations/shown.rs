//! From what the database counted to what is shown: noise, shares, times.

use super::{OperationsMeasure, OperationsReport, TallyKind};
use crate::statistics::protection::{CellKey, NoiseTable};

/// What is dated about these statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationsRule {
    /// Times are shown of protected cells from this count on: a median of few is the time of one.
    pub smallest_for_time: u16,
    /// In how many months after closure recurrence counts.
    pub recurrence_months: u16,
}

/// One count of a cell, as it comes from the database. It is exact, and goes no further than this module.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tally {
    /// How many records: cases, deadlines, signals.
    pub records: u64,
    /// How many cases the deadlines are of, or children the cases.
    pub others: Option<u64>,
    /// The key of the cell, where it is to be protected.
    pub key: CellKey,
    /// Half of what was done took at most so many hours, and nine of ten.
    pub hours: Option<(f64, f64)>,
}

/// How counts are shown.
#[derive(Debug, Clone)]
pub enum Shown {
    /// As they are.
    Exact,
    /// Each changed by noise; times from a smallest count on.
    Protected {
        /// The noise.
        noise: Box<NoiseTable>,
        /// Times are shown of cells from this (protected) count on.
        smallest_for_time: u16,
    },
}

impl Shown {
    /// A count as it is shown.
    #[must_use]
    pub fn count(&self, count: u64, key: CellKey) -> u64 {
        match self {
            Self::Exact => count,
            Self::Protected { noise, .. } => noise.protect(count, key),
        }
    }

    /// Whether counts are changed.
    #[must_use]
    pub const fn is_protected(&self) -> bool {
        matches!(self, Self::Protected { .. })
    }
}

/// The numbers of a row, in the order of its measures; none where a number makes no sense or is not told.
pub type Figures = Vec<Option<f64>>;

/// The numbers of one row of a table. Shares are made of the counts that are shown, never of those behind them.
///
/// `mixed` is whether the row holds deadlines of different kinds, whose times say nothing together.
pub fn figures(report: OperationsReport, tally: impl Fn(TallyKind) -> Tally, shown: &Shown, mixed: bool) -> Figures {
    let row = Row { report, tally, shown };
    report.measures().iter().map(|measure| row.figure(*measure, mixed)).collect()
}

struct Row<'a, F> {
    report: OperationsReport,
    tally: F,
    shown: &'a Shown,
}

impl<F: Fn(TallyKind) -> Tally> Row<'_, F> {
    fn figure(&self, measure: OperationsMeasure, mixed: bool) -> Option<f64> {
        use OperationsMeasure as M;
        let kind = match measure {
            M::Children => return self.children(),
            M::InTimeShare => {
                return self.share(TallyKind::InTime, &[TallyKind::InTime, TallyKind::Late, TallyKind::Overdue]);
            }
            M::RecurrenceShare => return self.share(TallyKind::Recurred, &[TallyKind::Observed]),
            M::MedianHours => return self.hours(mixed).map(|(median, _)| median),
            M::P90Hours => return self.hours(mixed).map(|(_, p90)| p90),
            M::Cases => TallyKind::Cases,
            M::InTime => TallyKind::InTime,
            M::Late => TallyKind::Late,
            M::Overdue => TallyKind::Overdue,
            M::Running => TallyKind::Running,
            M::Closed => TallyKind::Closed,
            M::Observed => TallyKind::Observed,
            M::Reopened => TallyKind::Reopened,
            M::NewCase => TallyKind::NewCase,
            M::NewFact => TallyKind::NewFact,
            M::Recurred => TallyKind::Recurred,
            M::Signals => TallyKind::Signals,
            M::Undecided => TallyKind::Undecided,
            M::Accepted => TallyKind::Accepted,
            M::Linked => TallyKind::Linked,
            M::Dismissed => TallyKind::Dismissed,
            _ => return None,
        };
        Some(self.count(kind) as f64)
    }

    /// Deadlines are protected as the cases they are of: one case may have many.
    fn count(&self, kind: TallyKind) -> u64 {
        let tally = (self.tally)(kind);
        let of_cases = self.shown.is_protected() && self.report == OperationsReport::Timeliness;
        let count = if of_cases { tally.others.unwrap_or_default() } else { tally.records };
        self.shown.count(count, tally.key)
    }

    fn children(&self) -> Option<f64> {
        let exact = !self.shown.is_protected();
        (self.tally)(TallyKind::Cases).others.filter(|_| exact).map(|children| children as f64)
    }

    fn share(&self, part: TallyKind, whole: &[TallyKind]) -> Option<f64> {
        let part = self.count(part);
        let whole: u64 = whole.iter().map(|kind| self.count(*kind)).sum();
        percent(part, whole)
    }

    fn hours(&self, mixed: bool) -> Option<(f64, f64)> {
        let kind = if self.report == OperationsReport::Detection { TallyKind::Decided } else { TallyKind::Met };
        let (median, p90) = (self.tally)(kind).hours.filter(|_| !mixed)?;
        match self.shown {
            Shown::Exact => Some((tenth(median), tenth(p90))),
            // Whole hours: the time of no single case is told to the minute.
            Shown::Protected { smallest_for_time, .. } => {
                (self.count(kind) >= u64::from(*smallest_for_time)).then(|| (median.round(), p90.round()))
            }
        }
    }
}

/// Per cent with one decimal, at most 100: of protected counts the part may be shown greater than the whole.
pub(super) fn percent(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| tenth((part as f64 * 100.0 / whole as f64).min(100.0)))
}

/// Rounded to one decimal.
pub(super) fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statistics::protection::DisclosureRule;
    use proptest::prelude::*;

    fn protected() -> Shown {
        let rule = DisclosureRule { max_noise: 5, variance: 3.0, threshold: 3, hidden_below: 3, max_attributes: 4 };
        Shown::Protected { noise: Box::new(NoiseTable::of(&rule).unwrap()), smallest_for_time: 20 }
    }

    fn of(records: u64, others: u64, key: u64) -> Tally {
        Tally { records, others: Some(others), key: CellKey::of_sum(key), hours: Some((5.25, 30.49)) }
    }

    #[test]
    fn exact_rows_tell_everything() {
        let tally = |kind| match kind {
            TallyKind::InTime => of(6, 4, 0),
            TallyKind::Late => of(1, 1, 0),
            TallyKind::Overdue => of(2, 2, 0),
            TallyKind::Met => of(7, 5, 0),
            _ => Tally::default(),
        };
        let row = figures(OperationsReport::Timeliness, tally, &Shown::Exact, false);
        let expected = [6.0, 1.0, 2.0, 0.0, 66.7, 5.3, 30.5].map(Some);
        assert_eq!(row, expected);
        let mixed = figures(OperationsReport::Timeliness, tally, &Shown::Exact, true);
        assert_eq!(mixed[5..], [None, None], "times of different kinds say nothing together");
        let cases = figures(OperationsReport::Cases, |_| of(9, 8, 0), &Shown::Exact, false);
        assert_eq!(cases, [Some(9.0), Some(8.0)]);
        let nothing = figures(OperationsReport::Recurrence, |_| Tally::default(), &Shown::Exact, false);
        assert_eq!(nothing.last(), Some(&None), "no share of nothing");
    }

    #[test]
    fn a_protected_row_tells_no_children_and_no_time_of_few() {
        let shown = protected();
        let cases = figures(OperationsReport::Cases, |_| of(40, 38, 7), &shown, false);
        assert_eq!(cases[1], None);
        let few = figures(OperationsReport::Detection, |_| of(9, 0, 1 << 30), &shown, false);
        assert_eq!(few[5..], [None, None]);
        let many = figures(OperationsReport::Detection, |_| of(400, 0, 1 << 30), &shown, false);
        assert_eq!(many[5..], [Some(5.0), Some(30.0)]);
        // Many deadlines of one case are one case.
        let one = figures(OperationsReport::Timeliness, |_| of(50, 1, 1 << 31), &shown, false);
        assert!(one[0].is_some_and(|shown| shown <= 6.0), "{one:?}");
    }

    proptest! {
        #[test]
        fn no_small_count_and_nothing_further_off_than_the_noise(records in 0_u64..60, key in any::<u32>()) {
            let shown = protected();
            for report in OperationsReport::ALL {
                let row = figures(*report, |_| of(records, records, u64::from(key)), &shown, false);
                for (measure, figure) in report.measures().iter().zip(row) {
                    if measure.unit() == super::super::MeasureUnit::Count && let Some(figure) = figure {
                        prop_assert!(figure == 0.0 || figure >= 3.0, "{measure} {figure}");
                        prop_assert!((figure - records as f64).abs() <= 5.0);
                        prop_assert!(records > 0 || figure == 0.0);
                    } else if let Some(figure) = figure {
                        prop_assert!(figure >= 0.0);
                    }
                }
            }
        }
    }
}
