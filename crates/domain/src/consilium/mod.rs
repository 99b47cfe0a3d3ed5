//! The psychological and pedagogical consilium: a board of several agencies that reviews hard cases and decides what
//! the agencies do. Source: measure 14 of the roadmap, and domain.md "Words" and "People and rights".
//!
//! [`Session::decide`] answers a command with what happens or with everything that is missing; [`Seat`] says for how
//! long a member may read a case of the agenda.

mod gate;
pub mod quorum;
mod rules;
mod session;
mod vocabulary;

pub use gate::{Gate, GateCode};
pub use rules::{AccessWindow, BoardRules, Seat};
pub use session::{
    AgendaItem, BoardDecision, BoardMember, Command, Session, SessionAction, SessionEvent, SessionRefusal, possible_in,
};
pub use vocabulary::{BoardOutcome, BoardRole, ConflictGround, SessionStatus, Vote};
