//! PostgreSQL, through diesel and r2d2: the only crate that knows SQL.
//! It never speaks HTTP, never decides a rule: it loads with the right ([`Tx::case_for`] and its like answer
//! with an [`Authorized`] record, or refuse), and writes what the domain decided, guarded by the version read.
//! Everything happens in one unit of work ([`Database::run`]): session, work, event, audit row, outbox, commit.
//! Start reading at [`unit_of_work`], then `cases/`; `migrations/2026112205_row_security` is the second line of defence.

#![warn(clippy::unwrap_used, clippy::expect_used)]

mod access;
pub mod assessments;
pub mod attachment_store;
pub mod audit;
pub mod cases;
pub mod children;
pub mod clocks;
pub mod cluster;
pub mod consilium;
mod database;
pub mod error;
pub mod family;
pub mod identity;
pub mod installed;
mod lists;
pub mod migrate;
pub mod notifications;
mod outbox;
pub mod page;
pub mod policy_mirror;
pub mod protocols;
pub mod reference;
pub mod register;
mod rows;
mod schema;
pub mod school_register;
pub mod services;
pub mod signals;
pub mod statistics;
pub mod sync;
mod unit_of_work;
pub mod worker;

pub use access::{AccessError, Authorized, Denial, Permit};
pub use database::{Database, DatabaseSettings};
pub use error::StorageError;
pub use unit_of_work::{Entry, EntryRefusal, Failure, Idempotency, StoredAnswer, Tx};
