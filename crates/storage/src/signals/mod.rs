//! Signals: what was reported, to whom it is addressed, what was decided.

mod list;
mod load;
mod write;

pub use list::{SignalFilter, SignalKey};
pub use load::{ReportedChild, Signal};
pub use write::NewSignal;
