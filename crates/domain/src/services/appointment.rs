//! What becomes of an appointment.

use chrono::{DateTime, Utc};

use crate::words::words;

words! {
    /// Where an appointment stands.
    pub enum AppointmentStatus {
        /// Agreed.
        Planned = "planned",
        /// They came.
        Kept = "kept",
        /// They did not come.
        Missed = "missed",
        /// It will not take place; its place is free again.
        Cancelled = "cancelled",
    }

    /// Why an appointment is not made, or does not change.
    pub enum AppointmentRefusal {
        /// It was kept, missed or cancelled already.
        Settled = "appointment_settled",
        /// It has not begun: nobody can have kept or missed it.
        NotBegun = "appointment_not_begun",
    }
}

/// Whether a planned appointment may become this now.
///
/// # Errors
/// [`AppointmentRefusal`]. That it cannot become planned again follows from its being settled or planned.
pub fn may_settle(
    from: AppointmentStatus,
    to: AppointmentStatus,
    starts_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), AppointmentRefusal> {
    match (from, to) {
        (AppointmentStatus::Planned, AppointmentStatus::Cancelled) => Ok(()),
        (AppointmentStatus::Planned, AppointmentStatus::Kept | AppointmentStatus::Missed) if starts_at <= now => Ok(()),
        (AppointmentStatus::Planned, AppointmentStatus::Kept | AppointmentStatus::Missed) => {
            Err(AppointmentRefusal::NotBegun)
        }
        _ => Err(AppointmentRefusal::Settled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use AppointmentStatus::{Cancelled, Kept, Missed, Planned};

    #[test]
    fn only_what_is_planned_changes_and_only_what_has_begun_was_kept() {
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
        let later = now + chrono::TimeDelta::hours(1);
        for from in AppointmentStatus::ALL {
            for to in AppointmentStatus::ALL {
                for (at, begun) in [(now, true), (later, false)] {
                    let expected = match (from, to) {
                        (Planned, Cancelled) => Ok(()),
                        (Planned, Kept | Missed) if begun => Ok(()),
                        (Planned, Kept | Missed) => Err(AppointmentRefusal::NotBegun),
                        _ => Err(AppointmentRefusal::Settled),
                    };
                    assert_eq!(may_settle(*from, *to, at, now), expected, "{from} to {to}");
                }
            }
        }
    }
}
