//! A database for each test, copied from a template that is made once for a state of the migrations.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use qorgan_storage::cluster::{SharedTestCluster, shared_for_tests};
use uuid::Uuid;

use crate::world;

/// A database that is dropped with this value.
pub struct TestDatabase {
    cluster: SharedTestCluster,
    name: String,
}

impl TestDatabase {
    /// A copy of the template: migrated, with the world of [`world`] in it.
    #[must_use]
    pub fn new() -> Self {
        let cluster = cluster();
        let template = ensure_template(&cluster);
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin(&cluster)
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .expect("copy the template database");
        Self { cluster, name }
    }

    /// An empty database, without migrations.
    #[must_use]
    pub fn empty() -> Self {
        let cluster = cluster();
        let name = format!("test_{}", Uuid::now_v7().simple());
        admin(&cluster).batch_execute(&format!("CREATE DATABASE {name}")).expect("create a database");
        Self { cluster, name }
    }

    /// Connection string of the owner.
    #[must_use]
    pub fn owner_url(&self) -> String {
        self.cluster.owner_url_for(&self.name)
    }

    /// Connection string of the server's role.
    #[must_use]
    pub fn server_url(&self) -> String {
        self.cluster.server_url_for(&self.name)
    }

    /// A connection as the owner, whom row security does not bind.
    #[must_use]
    pub fn owner(&self) -> PgConnection {
        PgConnection::establish(&self.owner_url()).expect("connect as the owner")
    }

    /// A connection as the server's role.
    #[must_use]
    pub fn server(&self) -> PgConnection {
        PgConnection::establish(&self.server_url()).expect("connect as the server")
    }
}

impl Default for TestDatabase {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // A test that failed may leave connections; the name is never used again, so failing here harms nothing.
        let _ = admin(&self.cluster).batch_execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

fn cluster() -> SharedTestCluster {
    shared_for_tests(&cluster_dir()).expect("start the PostgreSQL of the tests")
}

/// The folder that `make test` chose and stops at its end; else `test-postgres` in cargo's target folder.
fn cluster_dir() -> PathBuf {
    if let Some(chosen) = std::env::var_os("QORGAN_TEST_POSTGRES") {
        return chosen.into();
    }
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"), PathBuf::from);
    std::fs::create_dir_all(&target).expect("make the target folder");
    target.canonicalize().expect("find the target folder").join("test-postgres")
}

fn admin(cluster: &SharedTestCluster) -> PgConnection {
    PgConnection::establish(&cluster.owner_url_for("postgres")).expect("connect to the PostgreSQL of the tests")
}

/// The template for the present migrations, reference data and world; made by the first test that needs it.
fn ensure_template(cluster: &SharedTestCluster) -> String {
    let name = format!("template_{:016x}", fingerprint());
    let mut connection = admin(cluster);
    connection.batch_execute("SELECT pg_advisory_lock(4210)").expect("lock the template");
    let exists: bool = diesel::select(diesel::dsl::sql::<Bool>(&format!(
        "EXISTS (SELECT FROM pg_database WHERE datname = '{name}' AND datistemplate)"
    )))
    .get_result(&mut connection)
    .expect("look for the template");
    if !exists {
        connection
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .and_then(|()| connection.batch_execute(&format!("CREATE DATABASE {name}")))
            .expect("create the template");
        let url = cluster.owner_url_for(&name);
        qorgan_storage::migrate::migrate(&url).expect("migrate the template");
        world::build(&mut PgConnection::establish(&url).expect("connect to the template"));
        connection
            .batch_execute(&format!("ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false"))
            .expect("seal the template");
    }
    connection.batch_execute("SELECT pg_advisory_unlock(4210)").expect("unlock the template");
    name
}

/// Changes with everything that the template holds.
fn fingerprint() -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    for folder in ["migrations", "crates/storage/reference", "crates/domain/src/policy", "tests/src"] {
        gather(&root.join(folder), &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.to_string_lossy().hash(&mut hasher);
        std::fs::read(&file).expect("read a source file").hash(&mut hasher);
    }
    hasher.finish()
}

fn gather(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("read a source folder") {
        let path = entry.expect("read a source folder").path();
        if path.is_dir() {
            gather(&path, files);
        } else {
            files.push(path);
        }
    }
}
