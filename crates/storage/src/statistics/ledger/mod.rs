//! The ledger of what the register counts (`register_ledger`): triggers post to it, rollups hold sums of it ready, counts are
//! read from both in one statement. Here: reading cells, verification and rebuilding. The worker folds.
//!
//! Why counts are right while others write: an entry is written by the transaction that writes the version, entries are only
//! added, and a rollup says up to which entry, in the order of transactions, it has folded them. Every count is the sum of a
//! rollup and of the entries that are beyond it, or that it holds though they were not asked for, in one snapshot.

mod cells;
mod verify;

pub(super) use cells::KeyedCell;
pub use verify::{Difference, Rebuilt, Verification, rebuild, verify};
