//! Releases of the register's counts: frozen when they are proposed, confirmed part by part, signed when they are published.
//!
//! Numbers are written once: row security lets tables and parts in only with the transaction that proposes, documents only
//! with the one that publishes, and nothing of them can be updated.

mod counted;
mod list;
mod load;
mod numbers;
mod parts;
mod propose;
mod settle;

pub use counted::FrozenTable;
pub use list::{ReleaseFilter, ReleaseKey};
pub use load::Release;
pub use numbers::{SignedRelease, StoredDocument};
pub use parts::{GivenAnswer, ReleasePart};
pub use propose::{LastEdition, NewRelease};
