//! Where a number or a rule comes from.

/// Who says so, in the languages that it was told in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// In English, or in whatever language an administrator wrote: for every reader for whom there is nothing better.
    pub told: String,
    /// In Russian.
    pub ru: Option<String>,
    /// In Kazakh.
    pub kk: Option<String>,
}
