//! The private PostgreSQL of a data folder, used when no database address is given.
//!
//! What it is: a PostgreSQL server run as a child of this program, its files below the data folder, reachable only
//! through a Unix socket in a folder closed to other users. The SQL is the same as on a given server.
//!
//! What it never does: listen on a network, run as root, take over a folder another program uses, or put a new
//! empty database where an old one cannot be reached.
//!
//! Where to start: [`PrivateCluster::start`]. The order there is the order of the files: `place` (folders and the
//! lock), `account` (whom PostgreSQL runs as), `programs`, `initialise`, `config`, `postmaster`, `setup`, `supervisor`.
//!
//! ```text
//! DATA/qorgan.lock            held while a program uses the folder
//! DATA/postgres-start.log     what PostgreSQL says before its own log is open
//! DATA/pg/data                the database
//! DATA/pg/log                 PostgreSQL's log, a week of it, without personal data
//! DATA/pg/socket              the Unix socket
//! DATA/pg.location            only when DATA/pg cannot be used: names the folder used instead
//! ```

mod account;
mod config;
mod error;
mod initialise;
mod place;
mod postmaster;
mod programs;
mod setup;
mod shared;
mod supervisor;
mod urls;

use std::path::{Path, PathBuf};
use std::time::Duration;

pub use error::ClusterError;
pub use shared::{SharedTestCluster, shared_for_tests, stop_shared};

use place::Place;
use postmaster::Launcher;
use programs::Programs;
use supervisor::Supervisor;

/// The database of the program in a private cluster.
pub const DATABASE: &str = "qorgan";
/// The role that owns the schema and applies migrations; the superuser of a private cluster.
pub const OWNER_ROLE: &str = "qorgan_owner";
/// The role of the server's connections: owns nothing, cannot bypass row security.
pub const SERVER_ROLE: &str = "qorgan_server";

/// How to run a private cluster.
#[derive(Debug, Clone)]
pub struct ClusterSettings {
    /// The data folder; made if missing.
    pub data_dir: PathBuf,
    /// Folder of `postgres` and `initdb`; `None` searches the usual places.
    pub programs_dir: Option<PathBuf>,
    /// A folder for the socket when the data folder's path is too long for one (the caller's `XDG_RUNTIME_DIR`).
    pub runtime_dir: Option<PathBuf>,
    /// Where the database goes when PostgreSQL's unprivileged user cannot enter the data folder.
    pub fallback_root: PathBuf,
    /// PostgreSQL's `max_connections`.
    pub max_connections: u32,
    /// Whether an acknowledged commit survives a power cut. Only tests say no.
    pub durable: bool,
    /// How long a start may take, recovery after a crash included.
    pub start_timeout: Duration,
}

impl ClusterSettings {
    /// Durable settings for a server program on `data_dir`.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            programs_dir: None,
            runtime_dir: None,
            fallback_root: PathBuf::from("/var/lib/qorgan"),
            max_connections: 60,
            durable: true,
            start_timeout: Duration::from_secs(300),
        }
    }

    /// Settings for tests: nothing is flushed to disk, and many processes may connect.
    pub fn for_tests(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            fallback_root: std::env::temp_dir().join("qorgan-test-databases"),
            max_connections: 200,
            durable: false,
            ..Self::new(data_dir)
        }
    }
}

/// A running private PostgreSQL. It is started again when it dies, and stopped when this value is dropped.
#[derive(Debug)]
pub struct PrivateCluster {
    // Declared before `place`, so that the lock of the data folder is given up only after PostgreSQL has stopped.
    supervisor: Supervisor,
    place: Place,
}

impl PrivateCluster {
    /// Takes the data folder, makes the database if there is none, and starts PostgreSQL.
    ///
    /// On return the database [`DATABASE`] and the role [`SERVER_ROLE`] exist and connections are accepted.
    ///
    /// # Errors
    /// [`ClusterError::InUse`] when another program has the folder; otherwise what could not be found, reached or
    /// started. Nothing is left running.
    pub fn start(settings: ClusterSettings) -> Result<Self, ClusterError> {
        let place = Place::take(&settings)?;
        let launcher = prepare(&place, &settings)?;
        launcher.stop_orphan()?;
        let child = launcher.start(settings.start_timeout)?;
        let socket = place.socket_dir().to_owned();
        let supervisor = Supervisor::watch(launcher, child)?;
        setup::ensure_role_and_database(&socket)?;
        Ok(Self { supervisor, place })
    }

    /// Connection string of [`DATABASE`] as [`OWNER_ROLE`].
    pub fn owner_url(&self) -> String {
        urls::connection(self.place.socket_dir(), OWNER_ROLE, DATABASE)
    }

    /// Connection string of [`DATABASE`] as [`SERVER_ROLE`].
    pub fn server_url(&self) -> String {
        urls::connection(self.place.socket_dir(), SERVER_ROLE, DATABASE)
    }

    /// What the person who started the program should know: another place for the database or the socket.
    pub fn notices(&self) -> &[String] {
        self.place.notices()
    }

    /// The folder that holds the database, its log and usually its socket.
    pub fn database_dir(&self) -> &Path {
        self.place.base()
    }

    /// Process id of the running PostgreSQL; `None` while it is down.
    pub fn postmaster_pid(&self) -> Option<u32> {
        self.supervisor.pid()
    }

    /// Stops PostgreSQL: open transactions are rolled back, everything committed is on disk. A second call does nothing.
    ///
    /// # Errors
    /// [`ClusterError::StopFailed`] when PostgreSQL did not end within half a minute and had to be killed; its next
    /// start recovers.
    pub fn stop(&mut self) -> Result<(), ClusterError> {
        self.supervisor.stop()
    }
}

/// Connection strings of the private cluster that another program runs on `data_dir` right now.
///
/// For commands that are run beside a server, such as making an administrator. `None` when none runs there.
///
/// # Errors
/// [`ClusterError`] when the folder exists but cannot be read.
pub fn running_on(data_dir: &Path) -> Result<Option<RunningCluster>, ClusterError> {
    let Some(base) = place::existing_base(data_dir)? else { return Ok(None) };
    Ok(postmaster::running_socket_dir(&base.join("data")).map(|socket| RunningCluster {
        owner_url: urls::connection(&socket, OWNER_ROLE, DATABASE),
        server_url: urls::connection(&socket, SERVER_ROLE, DATABASE),
    }))
}

/// A private cluster that belongs to another program; see [`running_on`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunningCluster {
    /// Connection string as [`OWNER_ROLE`].
    pub owner_url: String,
    /// Connection string as [`SERVER_ROLE`].
    pub server_url: String,
}

/// Everything before the start: programs, database files, configuration.
fn prepare(place: &Place, settings: &ClusterSettings) -> Result<Launcher, ClusterError> {
    let made_by = initialise::version_of(place)?;
    let programs = Programs::find(settings.programs_dir.as_deref(), place.account(), made_by)?;
    initialise::ensure(place, &programs, settings.durable)?;
    let launcher = Launcher::new(place, &programs);
    launcher.refuse_foreign_files()?;
    config::write(place, settings)?;
    Ok(launcher)
}
