//! Comparing another body's list with the register: what both know, what only one knows, what they know differently.

mod compare;
mod resolution;
mod vocabulary;

pub use compare::{ChildLikeness, ComparedFact, ComparedRow, Comparison, NumberAgreement, Windows, compare};
pub use resolution::{ResolutionRefusal, resolve};
pub use vocabulary::{DifferingField, ItemOrigin, ReconciliationOutcome, ReconciliationStatus, Resolution};

#[cfg(test)]
mod tests;
