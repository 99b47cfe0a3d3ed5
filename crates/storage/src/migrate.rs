//! Migrations, and what must stand in the database before the server may serve: row security's copy
//! of the permission table and the reference data. All of it runs as the owner.

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;

use crate::{StorageError, policy_mirror, reference};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Any number that no other program uses as an advisory lock of this database.
const LOCK: i64 = 0x51_6f72_6761_6e00;

/// Why the schema could not be brought up to date.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// The owner's connection could not be made. The message is libpq's, without the password.
    #[error("the database cannot be reached as its owner")]
    Unreachable,
    /// A migration failed; it was rolled back.
    #[error("a migration failed: {0}")]
    Failed(String),
    /// Reference data or the permission copy could not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Brings schema, permission copy and reference data up to date; answers with the migrations that ran.
/// Several programs may do so at once: they wait for one another.
///
/// # Errors
/// [`MigrationError`].
pub fn migrate(owner_url: &str) -> Result<Vec<String>, MigrationError> {
    let mut connection = PgConnection::establish(owner_url).map_err(|_| MigrationError::Unreachable)?;
    let failed = |error: diesel::result::Error| MigrationError::Storage(error.into());
    connection.batch_execute(&format!("SELECT pg_advisory_lock({LOCK})")).map_err(failed)?;
    let ran = connection
        .run_pending_migrations(MIGRATIONS)
        .map(|versions| versions.iter().map(ToString::to_string).collect())
        .map_err(|error| MigrationError::Failed(error.to_string()))?;
    connection.batch_execute("GRANT SELECT ON __diesel_schema_migrations TO qorgan_server").map_err(failed)?;
    policy_mirror::write(&mut connection)?;
    reference::load(&mut connection)?;
    crate::signals::fill_match_keys(&mut connection)?;
    crate::children::fill_lookups(&mut connection)?;
    connection.batch_execute("SELECT register_ledger_rebase()").map_err(failed)?;
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})")).map_err(failed)?;
    Ok(ran)
}

/// Takes every migration back, newest first. For tests of the down files.
///
/// # Errors
/// [`MigrationError`].
pub fn revert_all(owner_url: &str) -> Result<(), MigrationError> {
    let mut connection = PgConnection::establish(owner_url).map_err(|_| MigrationError::Unreachable)?;
    connection.revert_all_migrations(MIGRATIONS).map(|_| ()).map_err(|error| MigrationError::Failed(error.to_string()))
}

/// The version that this program needs.
#[must_use]
pub fn latest_version() -> String {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).max().unwrap_or_default()
}
