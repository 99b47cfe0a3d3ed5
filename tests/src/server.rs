//! A server of its own for a test, on a free port, with the database of [`TestDatabase`].

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use chrono::{TimeDelta, Utc};
use qorgan_api::ApiSettings;
use qorgan_api::auth::{PasswordSettings, SigningKeys, TokenSettings, Tokens, generate_pem};
use qorgan_api::middleware::RateQuota;
use qorgan_api::server::AttachmentSettings;
use qorgan_storage::attachment_store::AttachmentStore;
use qorgan_storage::{Database, DatabaseSettings};

use crate::client::Client;
use crate::database::TestDatabase;
use crate::world::World;

/// A running server. It stops with this value.
pub struct Server {
    /// Its database.
    pub database: TestDatabase,
    /// Who and what is in it.
    pub world: World,
    /// Where it listens.
    pub address: SocketAddr,
    tokens: Tokens,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

/// A quota that no test reaches.
fn unlimited() -> RateQuota {
    RateQuota::new(1_000_000, 1)
}

/// Settings of the tests' server: cheap hashes, no limits.
#[must_use]
pub fn settings() -> ApiSettings {
    ApiSettings {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        workers: 2,
        tokens: TokenSettings::default(),
        refresh_lifetime: TimeDelta::days(1),
        passwords: PasswordSettings {
            memory_kib: 64,
            iterations: 1,
            parallelism: 1,
            concurrent: 2,
            queue: 64,
            max_wait: Duration::from_secs(5),
        },
        body_limit: 256 * 1024,
        import_limit: 4 * 1024 * 1024,
        attachments: AttachmentSettings { limit: 4 * 1024 * 1024, store: AttachmentStore::Database },
        session_quota: unlimited(),
        address_quota: unlimited(),
        login_quota: unlimited(),
    }
}

impl Server {
    /// Starts a server with the settings of the tests, but one worker: the statements run in threads of their own
    /// anyway, and every worker registers all routes anew.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&ApiSettings { workers: 1, ..settings() })
    }

    /// Starts a server.
    #[must_use]
    pub fn with(settings: &ApiSettings) -> Self {
        let database = TestDatabase::new();
        let world = World::read(&mut database.owner());
        let pem = generate_pem().expect("make a signing key");
        let keys = || SigningKeys::from_pems([("test", pem.as_str())]).expect("read the signing key");
        let tokens = Tokens::new(keys(), settings.tokens.clone());
        let pool = Database::new(&DatabaseSettings {
            url: database.server_url(),
            connections: 10,
            wait: Duration::from_secs(5),
        });
        let (settings, server_keys) = (settings.clone(), keys());
        let (report, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let (server, address) = qorgan_api::serve(&settings, pool, server_keys).expect("start the server");
                report.send((server.handle(), address)).expect("report the address");
                server.await.expect("serve");
            });
        });
        let (handle, address) = started.recv().expect("the server starts");
        Self { database, world, address, tokens, handle, thread: Some(thread) }
    }

    /// A client with no token.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(self.address, None)
    }

    /// A client with a token of a user of the world, such as `social_pedagogue.home`.
    #[must_use]
    pub fn client(&self, username: &str) -> Client {
        Client::new(self.address, Some(self.token(username)))
    }

    /// An access token of a user of the world.
    #[must_use]
    pub fn token(&self, username: &str) -> String {
        let person = self.world.person(username);
        self.tokens.issue(person.user, person.session, Utc::now()).expect("issue a token").token
    }

    /// What issues and verifies this server's tokens.
    #[must_use]
    pub fn tokens(&self) -> &Tokens {
        &self.tokens
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // A panic of the server has failed the test by its answers already.
            let _ = thread.join();
        }
    }
}
