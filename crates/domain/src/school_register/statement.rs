//! The register as of a day.

use chrono::{DateTime, NaiveDate, Utc};

use super::PlacementState;
use crate::calendar::end_of_day;

/// One version of a placement: what stood, and when that was known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlacementVersion {
    /// What stood.
    pub state: PlacementState,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When the next version was recorded.
    pub superseded_at: Option<DateTime<Utc>>,
}

impl PlacementVersion {
    /// Whether the pupil is on the register as of a day by this version: it was known when the day ended, and the day
    /// belongs to it. So a past day always reads as it read when it ended; what is recorded later shows from then on.
    #[must_use]
    pub fn stands_on(&self, day: NaiveDate) -> bool {
        let end = end_of_day(day);
        self.recorded_at < end
            && self.superseded_at.is_none_or(|at| at >= end)
            && !self.state.annulled
            && self.state.span.covers(day)
    }
}
