//! `qorgan openapi`.

use crate::{Failure, output, wiring};

/// Prints the OpenAPI document. It depends on the code alone, so nothing is configured.
pub(crate) fn run() -> Result<(), Failure> {
    output::print(&wiring::openapi()?)
}
