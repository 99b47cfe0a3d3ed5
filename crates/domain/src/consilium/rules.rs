//! Rules that an order can change (dated reference data), and the time for which a board sees its cases.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::SessionStatus;

/// When a board can decide, and for how long it sees its cases. Dated reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardRules {
    /// How many of the voting members must be present, in percent.
    pub present_percent: u8,
    /// From how many agencies the voting members who are present must come.
    pub agencies_present: u8,
    /// How many days before the session its members may read the cases.
    pub preparation_days: u8,
    /// For how many days at most the cases stay open to the board: after the time it was convened for if it never
    /// opens, after its opening if it is never closed.
    pub longest_days: u8,
}

/// The time in which the members may read the cases of the agenda.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessWindow {
    /// From when.
    pub from: DateTime<Utc>,
    /// The first moment at which it is over.
    pub until: DateTime<Utc>,
}

impl BoardRules {
    /// The window of a session that is convened for a time.
    #[must_use]
    pub fn window_when_planned(self, scheduled_at: DateTime<Utc>) -> AccessWindow {
        AccessWindow {
            from: scheduled_at - TimeDelta::days(i64::from(self.preparation_days)),
            until: scheduled_at + TimeDelta::days(i64::from(self.longest_days)),
        }
    }

    /// The window of a session that opens now.
    #[must_use]
    pub fn window_when_opened(self, opened_at: DateTime<Utc>) -> AccessWindow {
        AccessWindow { from: opened_at, until: opened_at + TimeDelta::days(i64::from(self.longest_days)) }
    }
}

/// A seat on a board that has a certain case on its agenda, as far as reading that case needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Where the session stands.
    pub status: SessionStatus,
    /// Its window.
    pub window: AccessWindow,
    /// Whether the member declared an interest in the case.
    pub conflict_declared: bool,
}

impl Seat {
    /// Whether the seat opens the case now: before the session for preparation, while it is open, never after.
    #[must_use]
    pub fn opens_the_case(&self, now: DateTime<Utc>) -> bool {
        let in_time = self.status.is_live() && self.window.from <= now && now < self.window.until;
        in_time && !self.conflict_declared
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: BoardRules =
        BoardRules { present_percent: 50, agencies_present: 2, preparation_days: 3, longest_days: 7 };

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_seat_opens_a_case_before_and_during_and_never_after() {
        let planned = RULES.window_when_planned(at("2026-12-10T09:00:00Z"));
        let opened = RULES.window_when_opened(at("2026-12-10T09:30:00Z"));
        let table = [
            (SessionStatus::Planned, planned, "2026-12-07T08:59:59Z", false),
            (SessionStatus::Planned, planned, "2026-12-07T09:00:00Z", true),
            (SessionStatus::Planned, planned, "2026-12-17T08:59:59Z", true),
            (SessionStatus::Planned, planned, "2026-12-17T09:00:00Z", false),
            (SessionStatus::Open, opened, "2026-12-10T09:29:59Z", false),
            (SessionStatus::Open, opened, "2026-12-10T09:30:00Z", true),
            (SessionStatus::Open, opened, "2026-12-17T09:30:00Z", false),
            (SessionStatus::Closed, opened, "2026-12-10T10:00:00Z", false),
            (SessionStatus::Cancelled, planned, "2026-12-10T09:00:00Z", false),
        ];
        for (status, window, moment, expected) in table {
            let seat = Seat { status, window, conflict_declared: false };
            assert_eq!(seat.opens_the_case(at(moment)), expected, "{status} at {moment}");
            assert!(!Seat { conflict_declared: true, ..seat }.opens_the_case(at(moment)), "{status} with an interest");
        }
    }
}
