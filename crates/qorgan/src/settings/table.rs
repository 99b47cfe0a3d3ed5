//! Every setting of the program, once: the file, the environment, the flags and `config check` are all read off here.

/// What one setting is.
#[derive(Debug)]
pub struct Setting {
    /// Its name in the file, `section.name`, and behind `--set`.
    pub key: &'static str,
    /// The value without any source.
    pub default: Preset,
    /// Whether the value must never be shown. A secret may also come from a file; see [`Setting::environment_file`].
    pub secret: bool,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

/// The value a setting has when nobody sets it.
#[derive(Debug)]
pub enum Preset {
    /// Always the same.
    Fixed(&'static str),
    /// From the number of processor cores.
    Cores(fn(usize) -> usize),
    /// Unset.
    Absent,
}

impl Setting {
    /// Its variable: `pool.size` → `QORGAN_POOL_SIZE`.
    pub fn environment(&self) -> String {
        format!("QORGAN_{}", self.key.replace('.', "_").to_uppercase())
    }

    /// For a secret: the variable that names a file holding the value, as container secrets are handed over.
    pub fn environment_file(&self) -> Option<String> {
        self.secret.then(|| format!("{}_FILE", self.environment()))
    }

    /// The setting of a key.
    pub fn find(key: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.key == key)
    }
}

const fn fixed(key: &'static str, value: &'static str, meaning: &'static str) -> Setting {
    Setting { key, default: Preset::Fixed(value), secret: false, meaning }
}

const fn by_cores(key: &'static str, value: fn(usize) -> usize, meaning: &'static str) -> Setting {
    Setting { key, default: Preset::Cores(value), secret: false, meaning }
}

const fn optional(key: &'static str, secret: bool, meaning: &'static str) -> Setting {
    Setting { key, default: Preset::Absent, secret, meaning }
}

/// All settings, in the order they are explained.
pub const SETTINGS: &[Setting] = &[
    fixed("data", "./qorgan-data", "data folder: private database, signing keys"),
    fixed("listen", "127.0.0.1:8080", "address and port the server listens on"),
    by_cores("workers", |cores| cores, "threads that handle requests"),
    fixed("demo", "false", "load the made-up demonstration region and its accounts"),
    fixed("log.format", "text", "form of the log on standard error: text or json"),
    fixed("log.filter", "info", "what is logged, as levels by module"),
    optional(
        "database.url",
        true,
        "PostgreSQL of the server's role; without it a private one is run in the data folder",
    ),
    optional("owner_database.url", true, "the same database as its owner, who applies migrations"),
    optional("pg.bin", false, "folder of PostgreSQL's server programs, for the private one"),
    // Requests hold a connection only while the database works; a queue here is shorter than one in PostgreSQL.
    by_cores("pool.size", |cores| (2 * cores + 2).max(8), "database connections"),
    fixed("pool.timeout_ms", "3000", "longest wait for a free connection, milliseconds"),
    fixed(
        "worker.run",
        "true",
        "whether this server takes part in chasing deadlines; one of all servers works, the others stand by",
    ),
    fixed("worker.poll_ms", "5000", "how often the worker looks for what is due, milliseconds"),
    fixed("worker.batch", "200", "deadlines that the worker handles in one transaction"),
    optional("token.keys", false, "folder of the signing keys; by default `keys` in the data folder"),
    fixed("token.issuer", "qorgan", "`iss` of access tokens"),
    fixed("token.audience", "qorgan-api", "`aud` of access tokens"),
    fixed("token.access_minutes", "10", "lifetime of an access token, minutes"),
    fixed("token.refresh_days", "30", "lifetime of an unused refresh token, days"),
    // RFC 9106 asks for as much memory as one can afford; these are the least OWASP's cheat sheet accepts.
    fixed("argon2.memory_kib", "19456", "memory of one password hash, KiB"),
    fixed("argon2.iterations", "2", "passes of one password hash"),
    fixed("argon2.parallelism", "1", "lanes of one password hash"),
    by_cores("argon2.concurrent", |cores| (cores / 2).max(1), "password hashes computed at once; more logins wait"),
    fixed("argon2.queue", "64", "logins that may wait for a hash; further ones are answered 503"),
    optional(
        "attachments.folder",
        false,
        "folder for attached documents, shared by all servers; by default the database",
    ),
    fixed("limits.body_bytes", "1048576", "largest request body, bytes"),
    fixed("limits.import_bytes", "16777216", "largest file of signals, bytes"),
    fixed("limits.attachment_bytes", "20971520", "largest document attached to a case, bytes"),
    fixed("limits.requests_per_second", "200", "requests of one session, per second"),
    fixed("limits.burst", "400", "requests of one session at once before the rate counts"),
    fixed("limits.address_requests_per_second", "100", "requests without a session of one address, per second"),
    fixed("limits.login_attempts_per_minute", "10", "logins of one account from one address, per minute"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_variables_are_unique() {
        let mut names: Vec<String> = SETTINGS.iter().map(Setting::environment).collect();
        names.extend(SETTINGS.iter().filter_map(Setting::environment_file));
        let all = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
