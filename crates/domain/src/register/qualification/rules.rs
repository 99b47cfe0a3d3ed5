//! Rules that an order can change (dated reference data), and the time for which the group sees a file.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::consilium::{BoardRules, Seat};

/// When the group can decide, how long it sees a file, how long organisations have to answer it. Dated reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRules {
    /// Quorum and access, as for every board; its agencies are the bodies of the group that must be present.
    pub board: BoardRules,
    /// How many days an organisation has to answer, unless the request says another day.
    pub material_days: u8,
}

impl GroupRules {
    /// The last day for material that is asked for today.
    #[must_use]
    pub fn material_due(self, today: NaiveDate) -> NaiveDate {
        today + TimeDelta::days(i64::from(self.material_days))
    }
}

/// A seat in the group at a session that has a certain fact on its agenda, as far as reading its file needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupSeat {
    /// The seat, as on every board.
    pub seat: Seat,
    /// Whether the member was found absent.
    pub absent: bool,
}

impl GroupSeat {
    /// Whether the seat opens the file now: as a seat on any board, and not to whoever is absent from an open session.
    #[must_use]
    pub fn opens_the_file(&self, now: DateTime<Utc>) -> bool {
        let away = self.absent && self.seat.status == crate::consilium::SessionStatus::Open;
        self.seat.opens_the_case(now) && !away
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consilium::{AccessWindow, SessionStatus};

    #[test]
    fn a_seat_opens_a_file_in_its_time_to_whoever_is_there() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let window = AccessWindow { from: at("2026-12-01T00:00:00Z"), until: at("2026-12-11T00:00:00Z") };
        let in_time = at("2026-12-05T00:00:00Z");
        // (status, interest, absent, opens)
        let table = [
            (SessionStatus::Planned, false, false, true),
            (SessionStatus::Planned, false, true, true),
            (SessionStatus::Planned, true, false, false),
            (SessionStatus::Open, false, false, true),
            (SessionStatus::Open, false, true, false),
            (SessionStatus::Open, true, false, false),
            (SessionStatus::Closed, false, false, false),
            (SessionStatus::Cancelled, false, false, false),
        ];
        for (status, conflict_declared, absent, expected) in table {
            let seat = GroupSeat { seat: Seat { status, window, conflict_declared }, absent };
            assert_eq!(seat.opens_the_file(in_time), expected, "{seat:?}");
            assert!(!seat.opens_the_file(window.until) && !seat.opens_the_file(at("2026-11-30T00:00:00Z")));
        }
    }
}
