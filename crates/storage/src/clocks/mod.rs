//! Clocks: the working calendar, the rules of time, and the deadlines of cases that follow from them.
//!
//! [`turn`] starts and ends the clocks of a case with what happens to it (the table is `domain::clocks::turns`), `tasks`
//! keeps those of tasks equal to the tasks themselves, [`crisis`] follows danger to life. What happens when a deadline
//! comes near or passes is the worker's ([`crate::worker`]).

mod calendar;
mod crisis;
mod duty_contacts;
mod open;
mod rules;
mod tasks;
mod turn;
mod view;

pub use calendar::{CalendarDay, CalendarEdit};
pub use duty_contacts::DutyContact;
pub use rules::{NewDeadlineRule, PublishedRule};
pub use view::{DeadlineView, StepView};
