//! The database of a command: a given one, or the private one of the data folder.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection};
use qorgan_storage::cluster::{self, ClusterError, ClusterSettings, PrivateCluster};

use crate::Failure;
use crate::settings::{DatabaseChoice, Settings};

/// Connections a private PostgreSQL keeps for migrations, administration and a second program, beside the pool.
const RESERVE: u32 = 30;

/// How long a command waits for a server that is starting on the same data folder.
const JOIN_PATIENCE: Duration = Duration::from_secs(30);

/// An opened database; a private PostgreSQL of ours runs as long as this value lives.
pub(crate) struct OpenDatabase {
    /// Connection string of the server's role.
    pub(crate) server_url: String,
    /// Connection string of the owner, if the program may act as it.
    pub(crate) owner_url: Option<String>,
    cluster: Option<PrivateCluster>,
}

impl OpenDatabase {
    /// For a server: the data folder becomes its own.
    pub(crate) fn for_server(settings: &Settings) -> Result<Self, Failure> {
        match &settings.database {
            DatabaseChoice::Given { url, owner_url } => Ok(Self::given(url, owner_url.as_ref())),
            DatabaseChoice::Private { programs } => {
                Self::private(settings, programs.clone()).map_err(Failure::of("starting the private database"))
            }
        }
    }

    /// For a command that may run beside a server on the same data folder: joins its PostgreSQL.
    pub(crate) fn for_command(settings: &Settings) -> Result<Self, Failure> {
        let DatabaseChoice::Private { programs } = &settings.database else { return Self::for_server(settings) };
        let deadline = Instant::now() + JOIN_PATIENCE;
        let opened = loop {
            match Self::private(settings, programs.clone()) {
                Err(ClusterError::InUse { .. }) if Instant::now() < deadline => {}
                other => break other,
            }
            if let Some(joined) = Self::joined(settings) {
                return Ok(joined);
            }
            // The other program is starting or stopping; then the folder is soon usable or free.
            std::thread::sleep(Duration::from_millis(100));
        };
        opened.map_err(Failure::of("opening the private database"))
    }

    /// The database that another program runs on the data folder, once it accepts connections.
    fn joined(settings: &Settings) -> Option<Self> {
        let running = cluster::running_on(&settings.data).ok().flatten()?;
        PgConnection::establish(&running.owner_url).ok()?;
        Some(Self { server_url: running.server_url, owner_url: Some(running.owner_url), cluster: None })
    }

    /// Where it is, for people.
    pub(crate) fn description(&self) -> String {
        match &self.cluster {
            Some(cluster) => format!("private PostgreSQL in {}", cluster.database_dir().display()),
            None => "the given PostgreSQL".to_owned(),
        }
    }

    /// What the person who started the program should know.
    pub(crate) fn notices(&self) -> &[String] {
        self.cluster.as_ref().map_or(&[], PrivateCluster::notices)
    }

    /// The owner's connection string, which migrations and account commands need.
    pub(crate) fn required_owner_url(&self) -> Result<&str, Failure> {
        self.owner_url.as_deref().ok_or_else(|| {
            Failure::usage("this command acts as the owner of the database: give --owner-database-url or QORGAN_OWNER_DATABASE_URL")
        })
    }

    /// Brings schema and reference data to this release; answers with the migrations that ran.
    pub(crate) fn migrate(&self) -> Result<Vec<String>, Failure> {
        let owner_url = self.required_owner_url()?;
        qorgan_storage::migrate::migrate(owner_url).map_err(Failure::of("migrating the database"))
    }

    /// A connection as the owner.
    pub(crate) fn owner(&self) -> Result<PgConnection, Failure> {
        let url = self.required_owner_url()?;
        // libpq's own text may quote the connection string.
        PgConnection::establish(url).map_err(|_| Failure::of("connecting to the database")("no answer as its owner"))
    }

    /// Stops a private PostgreSQL of ours.
    pub(crate) fn close(mut self) -> Result<(), Failure> {
        let stopped = self.cluster.as_mut().map_or(Ok(()), PrivateCluster::stop);
        stopped.map_err(Failure::of("stopping the private database"))
    }

    fn given(url: &str, owner_url: Option<&String>) -> Self {
        Self { server_url: url.to_owned(), owner_url: owner_url.cloned(), cluster: None }
    }

    fn private(settings: &Settings, programs: Option<PathBuf>) -> Result<Self, ClusterError> {
        let mut wanted = ClusterSettings::new(&settings.data);
        wanted.programs_dir = programs;
        wanted.runtime_dir = settings.runtime_dir.clone();
        wanted.max_connections = wanted.max_connections.max(settings.pool.size + RESERVE);
        let cluster = PrivateCluster::start(wanted)?;
        Ok(Self { server_url: cluster.server_url(), owner_url: Some(cluster.owner_url()), cluster: Some(cluster) })
    }
}
