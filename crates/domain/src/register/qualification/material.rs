//! Material that the group asks organisations for.

use chrono::{DateTime, NaiveDate, Utc};

use super::MaterialStatus;
use crate::calendar::local_date;

/// Where a request stands today. It is in time until the end of its day in the region.
#[must_use]
pub fn material_status(due_on: NaiveDate, answered_at: Option<DateTime<Utc>>, today: NaiveDate) -> MaterialStatus {
    match answered_at {
        Some(at) if local_date(at) <= due_on => MaterialStatus::Answered,
        Some(_) => MaterialStatus::AnsweredLate,
        None if today <= due_on => MaterialStatus::Requested,
        None => MaterialStatus::Overdue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_in_time_until_the_end_of_its_day() {
        let day = |number| NaiveDate::from_ymd_opt(2026, 12, number).unwrap();
        // Midnight in the region is 19:00 UTC.
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
        let table = [
            (None, day(9), MaterialStatus::Requested),
            (None, day(10), MaterialStatus::Requested),
            (None, day(11), MaterialStatus::Overdue),
            (at("2026-12-10T18:59:59Z"), day(20), MaterialStatus::Answered),
            (at("2026-12-10T19:00:00Z"), day(20), MaterialStatus::AnsweredLate),
        ];
        for (answered_at, today, expected) in table {
            assert_eq!(material_status(day(10), answered_at, today), expected, "{answered_at:?} {today}");
        }
    }
}
