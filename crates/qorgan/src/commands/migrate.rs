//! `qorgan migrate`.

use std::fmt::Write;

use crate::database::OpenDatabase;
use crate::settings::Settings;
use crate::{Failure, output};

/// Brings schema and reference data to this release, and says what was done.
pub(crate) fn run(settings: &Settings) -> Result<(), Failure> {
    let database = OpenDatabase::for_command(settings)?;
    let applied = database.migrate()?;
    let mut text = String::new();
    for version in &applied {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "applied {version}");
    }
    let _ = writeln!(text, "the database is up to date ({} migrations applied)", applied.len());
    database.close()?;
    output::print(&text)
}
