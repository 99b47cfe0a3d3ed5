//! The pool of the server's connections.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

use crate::StorageError;
use crate::worker::WorkerMonitor;

/// How to reach PostgreSQL.
#[derive(Clone)]
pub struct DatabaseSettings {
    /// libpq connection string of the server. Its role is, or may step down to, `qorgan_server`.
    pub url: String,
    /// Connections at most.
    pub connections: u32,
    /// How long a request waits for one before it is answered 503.
    pub wait: Duration,
}

impl std::fmt::Debug for DatabaseSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("DatabaseSettings")
            .field("connections", &self.connections)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}

/// The database, as the server reaches it: with the role `qorgan_server`, under row security.
#[derive(Clone)]
pub struct Database {
    pool: Arc<Pool<ServerConnections>>,
    connections: u32,
    worker: Arc<WorkerMonitor>,
}

/// A connection and whether it is known to be dead. r2d2 asks only on return, which costs no round trip.
pub(crate) struct ServerConnection {
    pub(crate) pg: PgConnection,
    pub(crate) broken: bool,
}

pub(crate) struct ServerConnections {
    url: String,
    /// Whether a commit is answered before it is on disk.
    eventual: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("the database cannot be reached")]
pub(crate) struct ConnectError;

/// A connection of the server's role.
pub(crate) fn connect(url: &str) -> Result<PgConnection, ConnectError> {
    let mut pg = PgConnection::establish(url).map_err(|_| ConnectError)?;
    pg.batch_execute(
        "SET ROLE qorgan_server; SET TIME ZONE 'UTC'; SET jit = off; SET statement_timeout = '30s'; SET lock_timeout = '10s'; \
         SET idle_in_transaction_session_timeout = '60s'",
    )
    .map_err(|_| ConnectError)?;
    Ok(pg)
}

impl ManageConnection for ServerConnections {
    type Connection = ServerConnection;
    type Error = ConnectError;

    fn connect(&self) -> Result<ServerConnection, ConnectError> {
        let mut pg = connect(&self.url)?;
        if self.eventual {
            pg.batch_execute("SET synchronous_commit = off").map_err(|_| ConnectError)?;
        }
        Ok(ServerConnection { pg, broken: false })
    }

    fn is_valid(&self, connection: &mut ServerConnection) -> Result<(), ConnectError> {
        connection.pg.batch_execute("SELECT 1").map_err(|_| ConnectError)
    }

    fn has_broken(&self, connection: &mut ServerConnection) -> bool {
        connection.broken || std::thread::panicking()
    }
}

pub(crate) type Pooled = PooledConnection<ServerConnections>;

impl Database {
    /// A pool that connects when first needed.
    pub fn new(settings: &DatabaseSettings) -> Self {
        Self::of(settings, false)
    }

    /// The same for data that can be loaded anew: a commit does not wait for the disk. Commits reach it in their order, so
    /// after a crash what is there is what was written first; and whatever commits durably later, such as that the load is
    /// complete, has all of them before it.
    pub fn for_loading(settings: &DatabaseSettings) -> Self {
        Self::of(settings, true)
    }

    fn of(settings: &DatabaseSettings, eventual: bool) -> Self {
        let pool = Pool::builder()
            .max_size(settings.connections.max(1))
            .min_idle(Some(1))
            .connection_timeout(settings.wait)
            // A dead connection is found by the BEGIN that is needed anyway; see `checkout`.
            .test_on_check_out(false)
            .error_handler(Box::new(QuietHandler))
            .build_unchecked(ServerConnections { url: settings.url.clone(), eventual });
        Self { pool: Arc::new(pool), connections: settings.connections.max(1), worker: Arc::default() }
    }

    /// A connection with a transaction begun. Dead connections (PostgreSQL was restarted) are thrown
    /// away: nothing was sent on them yet, so trying the next one repeats nothing.
    pub(crate) fn begin(&self) -> Result<Pooled, StorageError> {
        for _ in 0..=self.connections {
            let mut connection = self.pool.get().map_err(|_| StorageError::Unavailable)?;
            match connection.pg.batch_execute("BEGIN") {
                Ok(()) => return Ok(connection),
                Err(_) => connection.broken = true,
            }
        }
        Err(StorageError::Unavailable)
    }

    /// Runs a statement or two outside any session (authentication, health), in a transaction.
    pub(crate) fn without_session<T>(
        &self,
        work: impl FnOnce(&mut PgConnection) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut connection = self.begin()?;
        let result = work(&mut connection.pg);
        finish(&mut connection, result)
    }

    /// Where the worker of this process says how it is.
    #[must_use]
    pub const fn worker(&self) -> &Arc<WorkerMonitor> {
        &self.worker
    }

    /// Whether PostgreSQL answers, as the right role, with the schema this program needs.
    ///
    /// # Errors
    /// What is wrong, in words for an operator.
    pub fn ready(&self) -> Result<(), Unready> {
        self.without_session(|connection| {
            let state: RoleState = sql_query(ROLE_STATE).get_result(connection)?;
            Ok(if state.privileged {
                Err(Unready::PrivilegedRole)
            } else if state.latest.is_none_or(|latest| latest < crate::migrate::latest_version()) {
                Err(Unready::Migrations)
            } else {
                Ok(())
            })
        })
        .map_err(|_| Unready::Unreachable)?
    }
}

/// Ends a transaction: commits what succeeded, rolls back what did not, marks a broken connection.
pub(crate) fn finish<T, E: From<StorageError>>(
    connection: &mut ServerConnection,
    result: Result<T, E>,
) -> Result<T, E> {
    let ending = connection.pg.batch_execute(if result.is_ok() { "COMMIT" } else { "ROLLBACK" });
    match (result, ending) {
        (Ok(value), Ok(())) => Ok(value),
        (Ok(_), Err(error)) => {
            connection.broken = true;
            Err(StorageError::from(error).into())
        }
        (Err(error), ending) => {
            connection.broken |= ending.is_err();
            Err(error)
        }
    }
}

/// Why the database cannot serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unready {
    /// No answer.
    #[error("the database does not answer")]
    Unreachable,
    /// Migrations are missing.
    #[error("migrations are missing: run `qorgan migrate`")]
    Migrations,
    /// The role could pass row security by.
    #[error("the server's role owns tables or may bypass row security")]
    PrivilegedRole,
}

#[derive(diesel::QueryableByName)]
struct RoleState {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    privileged: bool,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    latest: Option<String>,
}

const ROLE_STATE: &str = "
    SELECT (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
           OR EXISTS (SELECT FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                      WHERE r.rolname = current_user AND c.relnamespace = 'public'::regnamespace) AS privileged,
           (SELECT max(version)::text FROM __diesel_schema_migrations) AS latest";

/// Connection failures are answered as 503 and show in `/readyz`; r2d2's own lines would repeat them.
#[derive(Debug)]
struct QuietHandler;

impl diesel::r2d2::HandleError<ConnectError> for QuietHandler {
    fn handle_error(&self, error: ConnectError) {
        tracing::warn!("{error}");
    }
}
