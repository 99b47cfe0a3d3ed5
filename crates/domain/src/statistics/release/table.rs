//! The tables of a release.

use crate::statistics::Dimension;
use crate::text::Text;

/// The code of a table: a word of the reference data.
pub type ReleaseTableCode = Text<1, 40>;

/// The values of a cell's dimensions, none where a fact has no such value, and its count.
pub type FrozenCell = (Vec<Option<String>>, i64);

/// A table that every release has: dated reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseTable {
    /// Its code.
    pub code: String,
    /// By what facts are grouped in it; nothing for the total alone.
    pub dimensions: Vec<Dimension>,
    /// What it is called in Russian, Kazakh and English.
    pub names: [String; 3],
    /// Whether the parts of agencies have it too.
    pub in_parts: bool,
}
