//! Changing many cases in one request: each fares by itself.

use crate::words::words;

words! {
    /// What came of one case of a request for many.
    pub enum ItemOutcome {
        /// It was changed.
        Done = "done",
        /// It has changed since it was read.
        Stale = "stale",
        /// There is no such case, or the caller may not know of it.
        NotFound = "not_found",
        /// The caller may see it, but not do this.
        Forbidden = "forbidden",
        /// A rule of the domain stands against it.
        DomainRule = "domain_rule",
    }
}

/// Most cases in one request.
pub const MOST_ITEMS: usize = 100;
