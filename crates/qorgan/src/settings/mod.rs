//! The program's configuration: flags, then `QORGAN_*` variables, then a TOML file, then presets.
//!
//! The only place that reads variables and configuration files. Start at [`table::SETTINGS`].

pub mod explain;
pub mod layers;
mod read;
pub mod table;

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use layers::Layers;
use read::Reader;

/// A source or value that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Key of the setting, or path of the file.
    pub key: String,
    /// What is wrong, and where it came from. Never a secret.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.key, self.message)
    }
}

/// Everything the program can be told, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Data folder.
    pub data: PathBuf,
    /// The user's own folder for sockets, if the system gives one.
    pub runtime_dir: Option<PathBuf>,
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Threads that handle requests.
    pub workers: usize,
    /// Whether to load the demonstration region.
    pub demo: bool,
    /// Form and filter of the log.
    pub log: LogSettings,
    /// Which database.
    pub database: DatabaseChoice,
    /// Connection pool.
    pub pool: PoolSettings,
    /// Chasing deadlines.
    pub worker: WorkerSettings,
    /// Access and refresh tokens.
    pub token: TokenSettings,
    /// Password hashing.
    pub argon2: Argon2Settings,
    /// What one client may ask for.
    pub limits: LimitSettings,
    /// Folder for attached documents; without one they go into the database.
    pub attachments_folder: Option<PathBuf>,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// A JSON object a line.
    Json,
}

/// The log on standard error.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// Its form.
    pub format: LogFormat,
    /// Directives of `tracing_subscriber::EnvFilter`.
    pub filter: String,
}

/// A private PostgreSQL or a given one.
#[derive(Clone)]
pub enum DatabaseChoice {
    /// Run one in the data folder, with the server programs of this folder or the usual places.
    Private {
        /// Folder of `postgres` and `initdb`.
        programs: Option<PathBuf>,
    },
    /// Use a server.
    Given {
        /// Connection string of the server's role.
        url: String,
        /// Connection string of the owner; without it the program applies no migrations.
        owner_url: Option<String>,
    },
}

/// Connection strings hold passwords and are not shown.
impl fmt::Debug for DatabaseChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Private { programs } => formatter.debug_struct("Private").field("programs", programs).finish(),
            Self::Given { owner_url, .. } => {
                formatter.debug_struct("Given").field("has_owner", &owner_url.is_some()).finish_non_exhaustive()
            }
        }
    }
}

/// The connection pool.
#[derive(Debug, Clone)]
pub struct PoolSettings {
    /// Connections.
    pub size: u32,
    /// Longest wait for one.
    pub timeout: Duration,
}

/// Chasing deadlines.
#[derive(Debug, Clone)]
pub struct WorkerSettings {
    /// Whether this process takes part.
    pub run: bool,
    /// How often to look for what is due.
    pub poll: Duration,
    /// Deadlines of one transaction.
    pub batch: i32,
}

/// Access and refresh tokens.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// Folder of the signing keys.
    pub keys: PathBuf,
    /// `iss`.
    pub issuer: String,
    /// `aud`.
    pub audience: String,
    /// Lifetime of an access token.
    pub access: Duration,
    /// Lifetime of an unused refresh token.
    pub refresh: Duration,
}

/// Password hashing with Argon2id (RFC 9106).
#[derive(Debug, Clone)]
pub struct Argon2Settings {
    /// Memory of one hash, KiB.
    pub memory_kib: u32,
    /// Passes.
    pub iterations: u32,
    /// Lanes.
    pub parallelism: u32,
    /// Hashes computed at once.
    pub concurrent: usize,
    /// Logins that may wait for one.
    pub queue: usize,
}

/// What one client may ask for.
#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Largest request body, bytes.
    pub body_bytes: usize,
    /// Largest file of signals, bytes.
    pub import_bytes: usize,
    /// Largest attached document, bytes.
    pub attachment_bytes: usize,
    /// Requests of one session, per second.
    pub requests_per_second: u32,
    /// Requests of one session at once.
    pub burst: u32,
    /// Requests without a session of one address, per second.
    pub address_requests_per_second: u32,
    /// Logins of one account from one address, per minute.
    pub login_attempts_per_minute: u32,
}

const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

impl Settings {
    /// Checks raw values.
    ///
    /// # Errors
    /// Every problem of the sources and the values, not the first alone.
    pub fn from_layers(layers: &Layers) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(layers);
        let data = PathBuf::from(reader.text("data"));
        let token = token(&mut reader, &data);
        let settings = Self {
            data,
            runtime_dir: layers.runtime_dir.clone(),
            listen: reader.address("listen"),
            workers: reader.number("workers", 1..=1024),
            demo: reader.truth("demo"),
            log: log(&mut reader),
            database: database(&mut reader),
            pool: PoolSettings {
                size: reader.number("pool.size", 1..=1000),
                timeout: Duration::from_millis(reader.number("pool.timeout_ms", 1..=600_000)),
            },
            worker: WorkerSettings {
                run: reader.truth("worker.run"),
                poll: Duration::from_millis(reader.number("worker.poll_ms", 10..=600_000)),
                batch: reader.number("worker.batch", 1..=10_000),
            },
            token,
            argon2: argon2(&mut reader),
            attachments_folder: reader.optional("attachments.folder").map(PathBuf::from),
            limits: LimitSettings {
                body_bytes: reader.number("limits.body_bytes", 1024..=1 << 30),
                import_bytes: reader.number("limits.import_bytes", 1024..=1 << 30),
                attachment_bytes: reader.number("limits.attachment_bytes", 1024..=1 << 30),
                requests_per_second: reader.number("limits.requests_per_second", 1..=1_000_000),
                burst: reader.number("limits.burst", 1..=1_000_000),
                address_requests_per_second: reader.number("limits.address_requests_per_second", 1..=1_000_000),
                login_attempts_per_minute: reader.number("limits.login_attempts_per_minute", 1..=100_000),
            },
        };
        if reader.problems.is_empty() { Ok(settings) } else { Err(reader.problems) }
    }
}

fn log(reader: &mut Reader<'_>) -> LogSettings {
    let format = reader.parsed("log.format", |text| match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("is neither text nor json".to_owned()),
    });
    let filter = reader.parsed("log.filter", |text| {
        let parsed = tracing_subscriber::EnvFilter::try_new(text);
        parsed.map(|_| text.to_owned()).map_err(|error| format!("is not a log filter: {error}"))
    });
    LogSettings { format: format.unwrap_or(LogFormat::Text), filter: filter.unwrap_or_default() }
}

fn database(reader: &mut Reader<'_>) -> DatabaseChoice {
    let owner_url = reader.optional("owner_database.url");
    match reader.optional("database.url") {
        Some(url) => DatabaseChoice::Given { url, owner_url },
        None => {
            if owner_url.is_some() {
                let message = "is set, but database.url is not; set both or neither".to_owned();
                reader.problems.push(Problem { key: "owner_database.url".to_owned(), message });
            }
            DatabaseChoice::Private { programs: reader.optional("pg.bin").map(PathBuf::from) }
        }
    }
}

fn token(reader: &mut Reader<'_>, data: &std::path::Path) -> TokenSettings {
    let minutes: u64 = reader.number("token.access_minutes", 1..=24 * 60);
    let days: u64 = reader.number("token.refresh_days", 1..=365);
    TokenSettings {
        keys: reader.optional("token.keys").map_or_else(|| data.join("keys"), PathBuf::from),
        issuer: reader.text("token.issuer"),
        audience: reader.text("token.audience"),
        access: Duration::from_secs(minutes * MINUTE),
        refresh: Duration::from_secs(days * DAY),
    }
}

fn argon2(reader: &mut Reader<'_>) -> Argon2Settings {
    let settings = Argon2Settings {
        memory_kib: reader.number("argon2.memory_kib", 8..=4 * 1024 * 1024),
        iterations: reader.number("argon2.iterations", 1..=100),
        parallelism: reader.number("argon2.parallelism", 1..=64),
        concurrent: reader.number("argon2.concurrent", 1..=256),
        queue: reader.number("argon2.queue", 0..=100_000),
    };
    // RFC 9106, section 3.1: at least eight blocks of 1 KiB for each lane.
    if settings.memory_kib < 8 * settings.parallelism {
        let message = format!("must be at least 8 x argon2.parallelism = {}", 8 * settings.parallelism);
        reader.problems.push(Problem { key: "argon2.memory_kib".to_owned(), message });
    }
    settings
}
