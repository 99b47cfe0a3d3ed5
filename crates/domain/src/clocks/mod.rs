//! Time limits: how long something may take, and on which days the clock runs.
//!
//! Source: domain.md "Clock": hours run always, days are working days by the calendar of Kazakhstan.

mod allowance;
mod working_calendar;

pub use allowance::{Allowance, TimeUnit};
pub use working_calendar::WorkingCalendar;
