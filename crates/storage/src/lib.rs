//! PostgreSQL, through diesel and r2d2: the only crate that knows SQL.
//! It never speaks HTTP, never decides a rule: it loads with the right ([`Tx::case_for`] and its like answer
//! with an [`Authorized`] record, or refuse), and writes what the domain decided, guarded by the version read.
//! Everything happens in one unit of work ([`Database::run`]): session, work, event, audit row, outbox, commit.
//! Start reading at [`unit_of_work`], then `cases/`; `migrations/2026112205_row_security` is the second line of defence.

mod access;
pub mod audit;
pub mod cases;
pub mod children;
pub mod cluster;
mod database;
pub mod error;
pub mod identity;
pub mod installed;
pub mod migrate;
mod outbox;
pub mod page;
pub mod policy_mirror;
pub mod reference;
pub mod register;
mod rows;
mod schema;
pub mod signals;
pub mod statistics;
mod unit_of_work;

pub use access::{AccessError, Authorized, Denial, Permit};
pub use database::{Database, DatabaseSettings};
pub use error::StorageError;
pub use unit_of_work::{Entry, EntryRefusal, Failure, Idempotency, StoredAnswer, Tx};
