//! What can go wrong with a private cluster, each with what to do about it.

use std::path::{Path, PathBuf};

/// Why a private PostgreSQL could not be run.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// Another program holds the lock of the data folder.
    #[error("the data folder {} is in use by another qorgan program{holder}; stop it or choose another folder", folder.display())]
    InUse {
        /// The data folder.
        folder: PathBuf,
        /// `" (process 123)"`, or empty when unknown.
        holder: String,
    },
    /// No usable PostgreSQL server programs.
    #[error(
        "PostgreSQL server programs (initdb, postgres; version 14 or newer) were not found in {searched}; \
         run `make setup` or `apt-get install postgresql`, or give the address of a database server"
    )]
    ProgramsMissing {
        /// The folders looked into, separated by commas.
        searched: String,
    },
    /// The database was made by a release that is not installed.
    #[error(
        "the database in {} was made by PostgreSQL {made_by}, whose programs were not found in {searched}; \
         run `apt-get install postgresql-{made_by}`, or move the data with pg_upgrade", path.display()
    )]
    VersionMismatch {
        /// The database folder.
        path: PathBuf,
        /// Major version in its `PG_VERSION`.
        made_by: u32,
        /// The folders looked into, separated by commas.
        searched: String,
    },
    /// The system knows no user PostgreSQL could run as.
    #[error("no user for PostgreSQL: {0}")]
    NoAccount(String),
    /// The unprivileged user cannot enter a folder that already holds a database.
    #[error(
        "the database in {} cannot be reached by the user {user}, as whom PostgreSQL runs; \
         let that user pass through its parent folders (chmod o+x)", path.display()
    )]
    Unreachable {
        /// The folder with the database.
        path: PathBuf,
        /// Name of the unprivileged user.
        user: String,
    },
    /// The database belongs to a user this program cannot act as.
    #[error(
        "the database in {} belongs to the user with id {owner}; run the program as that user or as root, \
         or choose another data folder", path.display()
    )]
    ForeignOwner {
        /// The folder with the database.
        path: PathBuf,
        /// Numeric id of its owner.
        owner: u32,
    },
    /// A folder that should hold a database holds something else.
    #[error("{} is not empty and holds no PostgreSQL database; move it away or choose another data folder", path.display())]
    NotADatabase {
        /// The folder.
        path: PathBuf,
    },
    /// The pointer file names a folder that is gone.
    #[error(
        "{} says that the database stands in {}, which does not exist; restore that folder, \
         or delete the pointer file to begin with an empty database", pointer.display(), target.display()
    )]
    LostLocation {
        /// The pointer file.
        pointer: PathBuf,
        /// What it names.
        target: PathBuf,
    },
    /// A path that PostgreSQL or libpq cannot take.
    #[error("the path {} cannot be used: {reason}", path.display())]
    PathUnusable {
        /// The path.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A program that was run failed.
    #[error("{program} failed: {output}")]
    CommandFailed {
        /// Name of the program.
        program: String,
        /// What it wrote to standard error.
        output: String,
    },
    /// PostgreSQL ended during its start.
    #[error("PostgreSQL did not start: {output}")]
    StartFailed {
        /// The end of what it wrote.
        output: String,
    },
    /// PostgreSQL accepted no connection in time.
    #[error("PostgreSQL accepted no connection within {seconds} seconds: {reason}")]
    StartTimeout {
        /// The limit.
        seconds: u64,
        /// The last answer.
        reason: String,
    },
    /// The role or database could not be made.
    #[error("the private database could not be set up")]
    Setup(#[source] diesel::result::Error),
    /// No connection for setting up.
    #[error("no connection to the private database")]
    Connection(#[source] diesel::result::ConnectionError),
    /// PostgreSQL did not end when asked.
    #[error("PostgreSQL (process {pid}) did not stop when asked and was killed; its next start recovers")]
    StopFailed {
        /// Its process id.
        pid: i32,
    },
    /// A file operation failed.
    #[error("could not {action} {}", path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// On which path.
        path: PathBuf,
        /// The system's answer.
        #[source]
        source: std::io::Error,
    },
}

impl ClusterError {
    /// For `map_err`: names the action and the path of a failed file operation.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { action, path, source }
    }
}
