//! Optimistic concurrency: a change is made on the version that the client read.

use crate::problem::{Problem, ProblemCode};
use crate::request::IfMatch;

/// Refuses a change made on another version than the present one.
///
/// # Errors
/// `stale_version` (412) with `current_version`.
pub fn unchanged(current: i64, if_match: IfMatch) -> Result<(), Problem> {
    if if_match.0 == current {
        Ok(())
    } else {
        Err(Problem::new(ProblemCode::StaleVersion).with("current_version", current))
    }
}
