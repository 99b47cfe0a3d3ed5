//! Optimistic concurrency: a change is made on the version that the client read.

use super::stale::stale;
use crate::problem::Problem;
use crate::request::IfMatch;

/// Refuses a change made on another version than the present one. Where it can be said what differs, the functions of
/// [`super::stale`] say it.
///
/// # Errors
/// `stale_version` (412) with `current_version` and `current`.
pub fn unchanged(current: i64, if_match: IfMatch) -> Result<(), Problem> {
    if if_match.0 == current { Ok(()) } else { Err(stale(current, &[])) }
}
