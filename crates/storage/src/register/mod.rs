//! The unified register: reports of agencies and the facts they tell of.
//!
//! A fact's versions are never changed, only superseded; a report is never changed at all.

mod combine;
mod detection;
mod external;
mod file;
mod history;
pub mod import;
mod list;
mod load;
mod matching;
mod of_case;
pub mod qualification;
pub mod reconciliation;
mod reports;
mod review_decisions;
mod reviews;
mod school_signal;
mod versions;

pub use external::{ExternalReference, ExternalSystem};
pub use file::{FiledReport, FilingError, NewReport, ReportedChild};
pub use list::{FactFilter, FactKey};
pub use load::{Fact, FactVersion};
pub use matching::{MatchCandidate, Matching};
pub use reports::Report;
pub use review_decisions::ReviewError;
pub use reviews::{MatchReview, ReviewFact, ReviewFilter, ReviewKey};
pub use versions::{ChangeError, FactChange};
