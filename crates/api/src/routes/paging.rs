//! The end of a page.

use serde::Serialize;

use crate::problem::{Problem, ProblemCode};
use crate::request::Cursor;

/// The cursor of the next page, if there is one.
///
/// # Errors
/// `internal` where the key is not JSON.
pub fn next_cursor<K: Serialize>(next: Option<K>) -> Result<Option<String>, Problem> {
    next.map(|key| Cursor(key).encode()).transpose().map_err(|_| Problem::new(ProblemCode::Internal))
}
