//! The consilium: its sessions, its agenda of cases, its decisions.

mod agenda;
mod brought;
mod list;
mod load;
mod of_case;
mod record;
mod seats;
mod write;

pub use brought::BroughtCase;
pub use list::{SessionFilter, SessionKey, SessionListItem};
pub use load::{ConsiliumSession, DecisionView, ItemView, SeatView};
pub(crate) use load::{SeatRow, seats_of};
pub use of_case::CaseDecisionView;
pub use record::NewDecision;
pub use write::{NewItem, NewSession, SessionAmendment};
