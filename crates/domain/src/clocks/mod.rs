//! Time limits: how long something may take, on which days the clock runs, which clocks a case has.
//!
//! Source: domain.md "Clock": hours run always, days are working days by the calendar of Kazakhstan.

mod allowance;
mod deadlines;
pub mod turns;
mod working_calendar;

pub use allowance::{Allowance, TimeUnit};
pub use deadlines::{DeadlineKind, DeadlineRule, DeadlineState, EscalationLevel, EscalationStep, Schedule};
pub use working_calendar::{WorkingCalendar, days_off_in_lieu};
