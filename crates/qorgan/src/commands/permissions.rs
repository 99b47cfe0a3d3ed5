//! `qorgan permissions`.

use crate::{Failure, output};

/// Prints the permission table as Markdown. It depends on the code alone, so nothing is configured.
pub(crate) fn run() -> Result<(), Failure> {
    output::print(&qorgan_domain::policy::document::markdown())
}
