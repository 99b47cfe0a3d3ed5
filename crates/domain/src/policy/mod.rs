//! Who may do what to which record: one table, default deny.
//!
//! [`table::TABLE`] says for each [`Action`] by which [`Relation`] to the record each role may do it;
//! [`sections`] says which confidentiality sections a role reads and writes. [`decide`] answers for
//! one actor and one record. `docs/permissions.md` is [`document::markdown`]; PostgreSQL's row
//! security works from [`mirror`], the coarse copy of the same table.

mod action;
mod actor;
mod decide;
pub mod document;
mod mirror;
pub mod sections;
pub mod table;
#[cfg(test)]
mod tests;

pub use action::{Action, ResourceKind};
pub use actor::{Actor, OrganisationRef, RoleGrant};
pub use decide::{CaseSubject, Decision, SeatInGroup, Subject, Verdict, decide, may_ever, roles_that_may_ever, scopes};
pub use mirror::{GrantKind, MirrorRow, mirror};
pub use table::{Relation, Rule};
