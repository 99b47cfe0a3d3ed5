//! Making the database files.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use super::OWNER_ROLE;
use super::account::checked;
use super::error::ClusterError;
use super::place::Place;
use super::programs::{Made, Programs};

/// Locales tried in turn: the first is not on every system. Neither depends on a language, so that an upgrade of the
/// system's collations cannot corrupt an index.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// The release that made the database in this place; `None` when there is no database yet.
pub(super) fn version_of(place: &Place) -> Result<Option<Made>, ClusterError> {
    let file = place.database().join("PG_VERSION");
    let text = match std::fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(ClusterError::io("read", &file)(error)),
    };
    match text.trim().parse() {
        Ok(major) => Ok(Some(Made { path: place.database(), major })),
        Err(_) => Err(ClusterError::NotADatabase { path: place.database() }),
    }
}

/// Runs `initdb` if there is no database.
///
/// It writes into `data.new`, renamed to `data` when complete: a start that was interrupted here leaves nothing that
/// could be mistaken for a database. ([`Place::take`] removes the leftover.)
pub(super) fn ensure(place: &Place, programs: &Programs, durable: bool) -> Result<(), ClusterError> {
    let database = place.database();
    if version_of(place)?.is_some() {
        return Ok(());
    }
    match std::fs::remove_dir(&database) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(_) => return Err(ClusterError::NotADatabase { path: database }),
    }
    tracing::info!(folder = %database.display(), "making a new private database");
    let new = place.base().join("data.new");
    let mut last = Ok(());
    for locale in LOCALES {
        place.account().script(r#"rm -rf "$1""#, &[new.as_os_str()])?;
        last = initdb(place, programs, &new, locale, durable);
        if last.is_ok() {
            break;
        }
    }
    last?;
    std::fs::rename(&new, &database).map_err(ClusterError::io("rename", &new))?;
    // Makes the rename itself durable.
    File::open(place.base()).and_then(|folder| folder.sync_all()).map_err(ClusterError::io("flush", place.base()))
}

fn initdb(place: &Place, programs: &Programs, target: &Path, locale: &str, durable: bool) -> Result<(), ClusterError> {
    let mut command = place.account().command(programs.path("initdb"));
    command.arg("--pgdata").arg(target).args(["--username", OWNER_ROLE, "--encoding", "UTF8", "--locale", locale]);
    command.args(["--data-checksums", "--auth-local=peer", "--auth-host=reject"]);
    if !durable {
        command.arg("--no-sync");
    }
    checked("initdb", command.output()).map(drop)
}
