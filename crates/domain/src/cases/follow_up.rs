//! The check after closure: some months later somebody looks whether the child is safe.

use chrono::NaiveDate;

use super::Stage;
use crate::Invalid;
use crate::words::words;

words! {
    /// Whether the child was found safe.
    pub enum FollowUpFinding {
        /// The child is safe.
        Yes = "yes",
        /// The child is not safe.
        No = "no",
        /// It could not be told.
        Unclear = "unclear",
    }

    /// Why no check can be recorded.
    pub enum FollowUpRefusal {
        /// The case is open: it has reviews.
        Open = "follow_up_of_open_case",
        /// The case was merged: the check belongs to the case in which the work went on.
        Merged = "case_merged",
    }
}

impl FollowUpFinding {
    /// Whether the duty is done. A check that found the child unsafe, or could not tell, leaves it: the case stays
    /// on the worklist until it is opened again or a later check finds the child safe.
    #[must_use]
    pub fn settles(self) -> bool {
        self == Self::Yes
    }

    /// Whether the case is expected to be opened again.
    #[must_use]
    pub fn expects_reopening(self, proposed: bool) -> bool {
        self == Self::No || proposed
    }
}

/// Whether a check may be recorded on a case.
///
/// # Errors
/// [`FollowUpRefusal`].
pub fn may_check(stage: Stage, merged: bool) -> Result<(), FollowUpRefusal> {
    match (stage, merged) {
        (_, true) => Err(FollowUpRefusal::Merged),
        (Stage::Closed, false) => Ok(()),
        _ => Err(FollowUpRefusal::Open),
    }
}

/// Whether a check can have been made on a day: since the closure, and not in the future.
///
/// # Errors
/// `date_future`; `date_before_closure`.
pub fn check_day_ok(day: NaiveDate, closed_on: NaiveDate, today: NaiveDate) -> Result<(), Invalid> {
    if day > today {
        Err(Invalid::new("date_future"))
    } else if day < closed_on {
        Err(Invalid::new("date_before_closure"))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_safe_child_settles_the_check() {
        let settling: Vec<_> = FollowUpFinding::ALL.iter().filter(|finding| finding.settles()).collect();
        assert_eq!(settling, [&FollowUpFinding::Yes]);
        let table = [
            (FollowUpFinding::Yes, false, false),
            (FollowUpFinding::Yes, true, true),
            (FollowUpFinding::Unclear, false, false),
            (FollowUpFinding::Unclear, true, true),
            (FollowUpFinding::No, false, true),
            (FollowUpFinding::No, true, true),
        ];
        for (finding, proposed, expected) in table {
            assert_eq!(finding.expects_reopening(proposed), expected, "{finding} {proposed}");
        }
    }

    #[test]
    fn only_closed_cases_are_checked() {
        for stage in Stage::ALL {
            let expected = if *stage == Stage::Closed { Ok(()) } else { Err(FollowUpRefusal::Open) };
            assert_eq!(may_check(*stage, false), expected, "{stage}");
            assert_eq!(may_check(*stage, true), Err(FollowUpRefusal::Merged), "{stage}");
        }
    }

    #[test]
    fn the_day_lies_between_closure_and_today() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 3, number).unwrap();
        let code = |number| check_day_ok(day(number), day(5), day(9)).map_err(|invalid| invalid.code());
        assert_eq!(code(4), Err("date_before_closure"));
        assert_eq!((code(5), code(9)), (Ok(()), Ok(())));
        assert_eq!(code(10), Err("date_future"));
    }
}
