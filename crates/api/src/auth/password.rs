//! Passwords: hashed with argon2id off the async threads, and only so many at a time.
//!
//! One hash costs tens of milliseconds and megabytes. Without a bound, a storm of log-ins would take every
//! thread and all memory; here it waits in a short queue, and past that is told to come back later.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use actix_web::web;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::problem::{Issue, Problem, ProblemCode};
use crate::request::FromText;

/// Longest secret that is hashed, in bytes: argon2 takes more, an attacker would send it.
const MAX_SECRET_BYTES: usize = 1024;

/// Seconds after which a client that found the queue full may try again.
const RETRY_SECONDS: u64 = 2;

/// A secret that a person typed. `Debug` does not show it, and there is no `Display`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The text, to be hashed and for nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl FromText for Secret {
    fn from_text(text: &str) -> Result<Self, Issue> {
        if text.len() > MAX_SECRET_BYTES {
            return Err(Issue::new("text_too_long").with("max", MAX_SECRET_BYTES));
        }
        Ok(Self(text.to_owned()))
    }
}

crate::json_from_text!(Secret);

impl PartialSchema for Secret {
    fn schema() -> RefOr<Schema> {
        let format = SchemaFormat::KnownFormat(KnownFormat::Password);
        ObjectBuilder::new().schema_type(Type::String).format(Some(format)).into()
    }
}

impl ToSchema for Secret {}

/// Cost of a hash, and how many may run and wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordSettings {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub iterations: u32,
    /// Lanes; one, since the hashes of several users already fill the cores.
    pub parallelism: u32,
    /// Most hashes that run at the same time.
    pub concurrent: usize,
    /// Most log-ins that wait for one of them.
    pub queue: usize,
    /// Longest wait.
    pub max_wait: Duration,
}

impl Default for PasswordSettings {
    /// 19 MiB, 2 passes, 1 lane: the recommendation of the OWASP password storage cheat sheet for argon2id.
    /// Half of the cores hash, so that the other half keeps answering.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            memory_kib: 19 * 1024,
            iterations: 2,
            parallelism: 1,
            concurrent: (cores / 2).max(1),
            queue: 64,
            max_wait: Duration::from_secs(5),
        }
    }
}

/// Hashes and verifies passwords. Cheap to clone; all clones share the bounds.
#[derive(Clone)]
pub struct Passwords(Arc<Shared>);

struct Shared {
    settings: PasswordSettings,
    argon2: Argon2<'static>,
    /// Hash of nobody's password: an unknown username costs as much time as a known one.
    dummy: String,
    running: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// Counts one waiting log-in for as long as it lives, also when the client goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Passwords {
    /// A hasher of this cost. It makes one hash, so it takes as long as one log-in.
    ///
    /// # Errors
    /// When argon2 does not allow the parameters, or the system gives no randomness.
    pub fn new(settings: PasswordSettings) -> Result<Self, argon2::password_hash::Error> {
        let params = Params::new(settings.memory_kib, settings.iterations, settings.parallelism, None)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = argon2.hash_password(b"")?.to_string();
        let running = Arc::new(Semaphore::new(settings.concurrent.max(1)));
        Ok(Self(Arc::new(Shared { settings, argon2, dummy, running, waiting: AtomicUsize::new(0) })))
    }

    /// Hashes a password, as a PHC string.
    ///
    /// # Errors
    /// `unavailable` (503) when too many hashes wait already, `internal` (500) when hashing fails.
    pub async fn hash(&self, password: &Secret) -> Result<String, Problem> {
        let (shared, password) = (Arc::clone(&self.0), password.clone());
        let hash =
            self.bounded(move || shared.argon2.hash_password(password.0.as_bytes()).map(|hash| hash.to_string()));
        hash.await?.map_err(|error| Problem::internal(&error))
    }

    /// Hashes a password on the calling thread, for the command line.
    ///
    /// # Errors
    /// When hashing fails.
    pub fn hash_blocking(&self, password: &Secret) -> Result<String, argon2::password_hash::Error> {
        Ok(self.0.argon2.hash_password(password.0.as_bytes())?.to_string())
    }

    /// Tells whether a password is the one of this hash. Pass `None` for a user that does not exist: the
    /// answer is then false, after the same time.
    ///
    /// # Errors
    /// `unavailable` (503) when too many hashes wait already.
    pub async fn verify(&self, password: &Secret, hash: Option<String>) -> Result<bool, Problem> {
        let (shared, password) = (Arc::clone(&self.0), password.clone());
        self.bounded(move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&shared.dummy);
            let equal = match PasswordHash::new(hash) {
                Ok(hash) => shared.argon2.verify_password(password.0.as_bytes(), &hash).is_ok(),
                Err(_) => {
                    tracing::error!("a stored password hash is not a PHC string");
                    false
                }
            };
            equal && known
        })
        .await
    }

    /// Whether a hash was made with other parameters than today's; make it anew at the next log-in.
    pub fn needs_rehash(&self, hash: &str) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else { return true };
        let settings = &self.0.settings;
        let wanted = [("m", settings.memory_kib), ("t", settings.iterations), ("p", settings.parallelism)];
        let current = wanted.iter().all(|(name, value)| hash.params.get_decimal(*name) == Some(*value));
        !(current && hash.algorithm == Algorithm::Argon2id.ident())
    }

    /// Runs work on a blocking thread within the bounds.
    async fn bounded<R: Send + 'static>(&self, work: impl FnOnce() -> R + Send + 'static) -> Result<R, Problem> {
        let permit = self.admit().await?;
        let done = web::block(move || {
            // The permit goes with the work: it is given back when the hash is done, not when the client left.
            let _permit = permit;
            work()
        });
        done.await.map_err(|error| Problem::internal(&error))
    }

    async fn admit(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let busy = || Problem::new(ProblemCode::Unavailable).retry_after(RETRY_SECONDS);
        let running = Arc::clone(&self.0.running);
        if let Ok(permit) = Arc::clone(&running).try_acquire_owned() {
            return Ok(permit);
        }
        let waiting = self.0.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.0.waiting);
        if waiting >= self.0.settings.queue {
            return Err(busy());
        }
        let permit = actix_web::rt::time::timeout(self.0.settings.max_wait, running.acquire_owned()).await;
        permit.map_err(|_| busy())?.map_err(|_| busy())
    }
}
