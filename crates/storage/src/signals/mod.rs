//! Signals: what was reported, to whom it is addressed, what was decided; files of them; what is known already.

mod duplicates;
mod import;
mod insert;
mod list;
mod load;
mod match_keys;
mod routing;
mod write;

pub use duplicates::{DuplicateCase, DuplicateSignal, Duplicates};
pub use import::{ImportCounts, ImportRun};
pub use insert::{External, KnownSignal, content_hash};
pub use list::{SignalFilter, SignalKey};
pub use load::Signal;
pub(crate) use match_keys::fill_match_keys;
pub use qorgan_domain::signals::ReportedChild;
pub use routing::takes_signals;
pub use write::NewSignal;
