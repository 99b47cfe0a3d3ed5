//! The days of a placement.

use chrono::NaiveDate;

/// Days from one on, up to another that does not belong to them any more; open-ended where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The first day after them.
    pub until: Option<NaiveDate>,
}

impl Span {
    /// Whether a day belongs to them.
    #[must_use]
    pub fn covers(self, day: NaiveDate) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether some day belongs to both.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        let later = self.from.max(other.from);
        self.covers(later) && other.covers(later)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Days;
    use proptest::prelude::*;

    fn span(from: u64, length: Option<u64>) -> Span {
        let from = NaiveDate::default() + Days::new(from);
        Span { from, until: length.map(|length| from + Days::new(length)) }
    }

    #[test]
    fn ends_are_not_shared() {
        assert!(!span(0, Some(5)).overlaps(span(5, None)));
        assert!(span(0, Some(6)).overlaps(span(5, None)));
        assert!(!span(3, Some(0)).overlaps(span(0, None)), "placed and removed on one day: no day");
    }

    proptest! {
        #[test]
        fn overlap_is_a_day_of_both(a in 0u64..30, b in 0u64..30, la in prop::option::of(0u64..20), lb in prop::option::of(0u64..20)) {
            let (one, other) = (span(a, la), span(b, lb));
            let shared = (0..80).map(|day| NaiveDate::default() + Days::new(day)).any(|day| one.covers(day) && other.covers(day));
            prop_assert_eq!(one.overlaps(other), shared);
            prop_assert_eq!(other.overlaps(one), shared);
        }
    }
}
