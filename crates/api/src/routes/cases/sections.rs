//! The right to write in a section.

use qorgan_domain::cases::Section;
use qorgan_domain::policy::sections::writable;
use qorgan_storage::Tx;

use crate::problem::{Issue, Problem};

/// Refuses a section that the caller does not write in.
///
/// # Errors
/// `validation_failed` with the sections that are `allowed`.
pub fn writes_in(tx: &Tx<'_>, section: Section) -> Result<(), Problem> {
    writes_in_at(tx, section, "/section")
}

/// The same where another field than `section` brings the section with it.
///
/// # Errors
/// As [`writes_in`], at that field.
pub fn writes_in_at(tx: &Tx<'_>, section: Section, pointer: &'static str) -> Result<(), Problem> {
    let allowed = writable(tx.actor());
    if allowed.contains(&section) {
        return Ok(());
    }
    let allowed: Vec<&str> = allowed.into_iter().map(Section::as_str).collect();
    Err(Problem::field(pointer, Issue::new("section_not_writable").with("allowed", allowed.join(", "))))
}
