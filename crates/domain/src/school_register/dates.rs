//! The days that belong to a placement, and in which order they can lie.

use chrono::NaiveDate;

use crate::Invalid;

/// The days of a placement, and of the removal if there is one.
#[derive(Debug, Clone, Copy)]
pub struct PlacementDates {
    /// From which day on the pupil is on the register.
    pub placed_on: NaiveDate,
    /// When the school's council decided.
    pub decided_on: NaiveDate,
    /// When the parents were informed.
    pub parents_informed_on: Option<NaiveDate>,
    /// When the council looks at it again.
    pub review_on: Option<NaiveDate>,
    /// The first day off the register, and when the council decided on that.
    pub removal: Option<(NaiveDate, NaiveDate)>,
}

/// Everything that is wrong with the days, by the name of the field: nothing is recorded before it happened, a
/// decision does not reach back, and a review follows the placement.
#[must_use]
pub fn check_dates(dates: &PlacementDates, today: NaiveDate) -> Vec<(&'static str, Invalid)> {
    let mut wrong = Vec::new();
    let mut past = |name: &'static str, day: NaiveDate| {
        if day > today {
            wrong.push((name, Invalid::new("date_future")));
        }
        day <= today
    };
    let (removed_on, removal_decided_on) = dates.removal.unzip();
    let placed = past("placed_on", dates.placed_on);
    let decided = past("decided_on", dates.decided_on);
    dates.parents_informed_on.map(|day| past("parents_informed_on", day));
    let removed = removed_on.is_some_and(|day| past("removed_on", day));
    let removal_decided = removal_decided_on.is_some_and(|day| past("removal_decided_on", day));
    if placed && decided && dates.decided_on > dates.placed_on {
        wrong.push(("decided_on", Invalid::new("decision_after_effect")));
    }
    if removed && removal_decided && removal_decided_on > removed_on {
        wrong.push(("removal_decided_on", Invalid::new("decision_after_effect")));
    }
    if placed && dates.review_on.is_some_and(|review| review < dates.placed_on) {
        wrong.push(("review_on", Invalid::new("review_before_placement")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_lie_in_their_order() {
        let day = |text: &str| -> NaiveDate { text.parse().unwrap() };
        let good = PlacementDates {
            placed_on: day("2026-09-10"),
            decided_on: day("2026-09-10"),
            parents_informed_on: Some(day("2026-09-08")),
            review_on: Some(day("2026-12-10")),
            removal: Some((day("2026-11-20"), day("2026-11-19"))),
        };
        let future = day("2026-11-23");
        let removal = |on, decided| PlacementDates { removal: Some((on, decided)), ..good };
        let table: [(PlacementDates, &[(&str, &str)]); 8] = [
            (good, &[]),
            (PlacementDates { removal: None, parents_informed_on: None, review_on: None, ..good }, &[]),
            (PlacementDates { placed_on: future, ..good }, &[("placed_on", "date_future")]),
            (PlacementDates { decided_on: day("2026-09-11"), ..good }, &[("decided_on", "decision_after_effect")]),
            (PlacementDates { parents_informed_on: Some(future), ..good }, &[("parents_informed_on", "date_future")]),
            (
                PlacementDates { review_on: Some(day("2026-09-09")), ..good },
                &[("review_on", "review_before_placement")],
            ),
            (removal(future, future), &[("removed_on", "date_future"), ("removal_decided_on", "date_future")]),
            (removal(day("2026-11-18"), day("2026-11-19")), &[("removal_decided_on", "decision_after_effect")]),
        ];
        for (dates, expected) in table {
            let wrong: Vec<_> = check_dates(&dates, day("2026-11-22"))
                .into_iter()
                .map(|(name, invalid)| (name, invalid.code()))
                .collect();
            assert_eq!(wrong, expected, "{dates:?}");
        }
    }
}
