//! Where the settings of the program become those of storage and API. No other file names the API's server.

use std::cell::OnceCell;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use actix_web::dev::Server;
use chrono::TimeDelta;
use qorgan_api::ApiSettings;
use qorgan_api::auth::{PasswordSettings, Passwords, Secret, SigningKeys, TokenSettings};
use qorgan_api::middleware::RateQuota;
use qorgan_api::server::AttachmentSettings;
use qorgan_storage::attachment_store::AttachmentStore;
use qorgan_storage::identity::PasswordHash;
use qorgan_storage::{Database, DatabaseSettings};

use crate::database::OpenDatabase;
use crate::settings::Settings;
use crate::{Failure, demo};

/// How long a login waits for its turn to be hashed.
const LOGIN_WAIT: Duration = Duration::from_secs(5);
const MINUTE_SECONDS: u64 = 60;

/// Password of all demonstration accounts: published, so it protects nothing. It exists only with `--demo`.
const DEMO_PASSWORD: &str = "Qorgan-demo-2026";

/// How to log in to the demonstration.
pub(crate) const DEMO_ACCOUNTS: &str = "as pedagogue, pedagogue2, psychologist, education.supervisor, health, police, \
    social.worker, guardianship,\n                 statistician, auditor, admin and others (see README), password Qorgan-demo-2026";

/// The pool of the server's role.
pub(crate) fn database(settings: &Settings, url: &str) -> Database {
    let (connections, wait) = (settings.pool.size, settings.pool.timeout);
    Database::new(&DatabaseSettings { url: url.to_owned(), connections, wait })
}

/// The same for what can be loaded anew: nobody waits for the disk.
fn loading_database(settings: &Settings, url: &str) -> Database {
    let (connections, wait) = (settings.pool.size, settings.pool.timeout);
    Database::for_loading(&DatabaseSettings { url: url.to_owned(), connections, wait })
}

/// The HTTP server, started, and the address it listens on. Needs an actix system to run in.
pub(crate) fn http_server(
    settings: &Settings,
    database: Database,
    keys: SigningKeys,
) -> Result<(Server, SocketAddr), Failure> {
    let limits = &settings.limits;
    let api = ApiSettings {
        listen: settings.listen,
        workers: settings.workers,
        body_limit: limits.body_bytes,
        import_limit: limits.import_bytes,
        attachments: AttachmentSettings { limit: limits.attachment_bytes, store: attachment_store(settings) },
        passwords: passwords(settings),
        tokens: TokenSettings {
            issuer: settings.token.issuer.clone(),
            audience: settings.token.audience.clone(),
            lifetime: delta(settings.token.access),
        },
        refresh_lifetime: delta(settings.token.refresh),
        session_quota: quota(limits.requests_per_second, limits.burst),
        address_quota: quota(limits.address_requests_per_second, limits.address_requests_per_second),
        login_quota: RateQuota::new(limits.login_attempts_per_minute, MINUTE_SECONDS),
    };
    let action = format!("listening on {}", settings.listen);
    qorgan_api::serve(&api, database, keys).map_err(Failure::of(action))
}

/// Where new attached documents go.
pub(crate) fn attachment_store(settings: &Settings) -> AttachmentStore {
    settings.attachments_folder.clone().map_or(AttachmentStore::Database, AttachmentStore::Folder)
}

/// Removes, beside the server's start, what interrupted uploads left in the folder of attachments.
pub(crate) fn sweep_attachments(settings: &Settings, database: &Database) {
    let (store, database) = (attachment_store(settings), database.clone());
    if store == AttachmentStore::Database {
        return;
    }
    std::thread::spawn(move || match store.sweep(&database) {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "removed files of attachments that no document names"),
        Err(error) => tracing::warn!(%error, "the folder of attachments could not be swept"),
    });
}

/// Loads the made-up region and its accounts, unless they are there.
pub(crate) fn load_demo(settings: &Settings, opened: &OpenDatabase) -> Result<(), Failure> {
    let action = "loading the demonstration region";
    let password = Secret::from(DEMO_PASSWORD.to_owned());
    // Made with the first account: where the region is there already, nothing is hashed.
    let hasher = OnceCell::new();
    let hash = || {
        if hasher.get().is_none() {
            let _ = hasher.set(Passwords::new(passwords(settings))?);
        }
        let hasher: &Passwords = hasher.get().ok_or("no hasher")?;
        Ok(PasswordHash::new(hasher.hash_blocking(&password)?))
    };
    let server = loading_database(settings, &opened.server_url);
    let loaded = demo::load(&mut opened.owner()?, &server, &hash, chrono::Utc::now()).map_err(Failure::of(action))?;
    if loaded {
        tracing::info!("loaded the demonstration region");
    }
    Ok(())
}

/// The OpenAPI document of the API, as it is committed and served.
pub(crate) fn openapi() -> Result<String, Failure> {
    qorgan_api::openapi::to_text(&qorgan_api::server::document()).map_err(Failure::of("writing the OpenAPI document"))
}

/// Cost and bounds of password hashing.
pub(crate) fn passwords(settings: &Settings) -> PasswordSettings {
    let argon2 = &settings.argon2;
    PasswordSettings {
        memory_kib: argon2.memory_kib,
        iterations: argon2.iterations,
        parallelism: argon2.parallelism,
        concurrent: argon2.concurrent,
        queue: argon2.queue,
        max_wait: LOGIN_WAIT,
    }
}

/// `burst` at once, `per_second` in the long run.
fn quota(per_second: u32, burst: u32) -> RateQuota {
    let window = Duration::from_secs_f64(f64::from(burst) / f64::from(per_second));
    RateQuota { requests: NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN), window }
}

/// Settings are bounded well below what a `TimeDelta` holds.
fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
