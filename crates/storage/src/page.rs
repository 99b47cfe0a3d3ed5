//! Pages of a list, by keyset: never by offset.

/// A page of a list and where the next one begins.
#[derive(Debug, Clone)]
pub struct Page<T, K> {
    /// The records, in the list's order.
    pub items: Vec<T>,
    /// The key of the last record, if more follow.
    pub next: Option<K>,
}

impl<T, K> Page<T, K> {
    /// Makes a page of what a query for `limit + 1` rows answered.
    pub(crate) fn of(mut rows: Vec<T>, limit: i64, key: impl Fn(&T) -> K) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, next }
    }

    /// The same page of other records.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
