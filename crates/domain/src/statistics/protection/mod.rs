//! Counts that may leave the statistics office: the cell-key method.
//!
//! Every fact carries a random number, its record key. The keys of the facts in a cell, added up, pick from a table of
//! noise by what the count is changed. So equal cells always get equal answers, whoever asks, how often and by whatever
//! table, and two cells that differ by one fact get answers that tell nothing of one another.
//!
//! Sources: B. Fraser and J. Wooton, "A proposed method for confidentialising tabular output to protect against
//! differencing" (2005); G. Thompson, S. Broadfoot and D. Elazar, "Methodology for the automatic confidentialisation of
//! statistical outputs from remote servers at the Australian Bureau of Statistics" (2013); S. Giessing and R. Tent,
//! "Concepts for generalising tools implementing the cell key method to the case of continuous variables" (2019), whose
//! tables of maximum entropy these are.

#[cfg(test)]
mod attacks;
mod entropy;
mod guard;
mod key;
mod periods;
mod rule;
mod table;
#[cfg(test)]
mod table_tests;

pub use guard::{guard, guard_compared};
pub use key::CellKey;
pub use periods::end_of_month_before;
pub(super) use periods::units;
pub use rule::DisclosureRule;
pub use table::{NoiseTable, NoiseTableError};
