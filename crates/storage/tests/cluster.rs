//! The private PostgreSQL: a real one, in folders of its own.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use qorgan_storage::cluster::{
    ClusterError, ClusterSettings, PrivateCluster, running_on, shared_for_tests, stop_shared,
};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tempfile::TempDir;

/// A folder that PostgreSQL's unprivileged user may pass through, as an ordinary data folder's parents are.
fn open_folder() -> TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    set_mode(folder.path(), 0o755);
    folder
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("permissions");
}

fn settings(folder: &TempDir) -> ClusterSettings {
    let mut settings = ClusterSettings::new(folder.path().join("data"));
    settings.fallback_root = folder.path().join("elsewhere");
    settings
}

fn connect(url: &str) -> PgConnection {
    PgConnection::establish(url).expect("connection")
}

/// The server may be on its way back.
fn connect_soon(url: &str) -> PgConnection {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        match PgConnection::establish(url) {
            Ok(connection) => return connection,
            Err(error) if Instant::now() > deadline => panic!("no connection: {error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn count(connection: &mut PgConnection, query: &str) -> i64 {
    sql_query(query).get_result::<Count>(connection).expect("count").count
}

fn write_row(url: &str) {
    connect(url).batch_execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (1)").expect("written");
}

fn rows(url: &str) -> i64 {
    count(&mut connect_soon(url), "SELECT count(*) AS count FROM kept")
}

fn as_pid(pid: u32) -> Pid {
    Pid::from_raw(i32::try_from(pid).expect("process id")).expect("process id")
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[test]
fn data_stays_over_a_restart_and_a_stop_is_clean() {
    let folder = open_folder();
    let mut cluster = PrivateCluster::start(settings(&folder)).expect("first start");
    write_row(&cluster.owner_url());
    let pid = cluster.postmaster_pid().expect("running");
    cluster.stop().expect("clean stop");
    assert!(test_kill_process(as_pid(pid)).is_err(), "the process has ended");
    assert!(!cluster.database_dir().join("data/postmaster.pid").exists());
    drop(cluster);

    let cluster = PrivateCluster::start(settings(&folder)).expect("second start");
    assert_eq!(rows(&cluster.owner_url()), 1);
    assert!(cluster.notices().is_empty(), "{:?}", cluster.notices());
}

#[test]
fn the_server_role_owns_nothing_and_only_the_own_user_connects() {
    let folder = open_folder();
    let cluster = PrivateCluster::start(settings(&folder)).expect("start");
    let mut server = connect(&cluster.server_url());
    let powers = "SELECT count(*) AS count FROM pg_roles WHERE rolname = current_user \
                  AND (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication)";
    assert_eq!(count(&mut server, powers), 0);
    assert!(server.batch_execute("CREATE TABLE mine (id int)").is_err());
    let other = cluster.owner_url().replace("user=qorgan_owner", "user=postgres");
    assert!(PgConnection::establish(&other).is_err(), "roles that are not mapped are refused");

    let mut owner = connect(&cluster.owner_url());
    for (name, value) in [("fsync", "on"), ("data_checksums", "on"), ("listen_addresses", ""), ("TimeZone", "UTC")] {
        let query = format!("SELECT count(*) AS count FROM pg_settings WHERE name = '{name}' AND setting = '{value}'");
        assert_eq!(count(&mut owner, &query), 1, "{name}");
    }
    let mode = std::fs::metadata(cluster.database_dir().join("socket")).expect("socket folder").permissions().mode();
    assert_eq!(mode & 0o077, 0);
}

#[test]
fn a_failing_statement_leaves_none_of_its_values_in_the_log() {
    let folder = open_folder();
    let mut cluster = PrivateCluster::start(settings(&folder)).expect("start");
    let mut owner = connect(&cluster.owner_url());
    owner.batch_execute("CREATE TABLE person (name text UNIQUE); INSERT INTO person VALUES ('Zarinova')").expect("row");
    assert!(owner.batch_execute("INSERT INTO person VALUES ('Zarinova')").is_err());
    assert!(owner.batch_execute("SELECT 'Zarinova'::int").is_err());
    let database = cluster.database_dir().to_owned();
    cluster.stop().expect("stop");

    let mut text = String::new();
    for entry in std::fs::read_dir(database.join("log")).expect("log folder") {
        text += &std::fs::read_to_string(entry.expect("entry").path()).expect("log");
    }
    assert!(text.contains("database system is ready"), "the log is written: {text}");
    assert!(!text.contains("Zarinova"), "{text}");
}

#[test]
fn a_second_program_on_the_folder_is_told_which_folder_is_in_use() {
    let folder = open_folder();
    let cluster = PrivateCluster::start(settings(&folder)).expect("first");
    let error = PrivateCluster::start(settings(&folder)).expect_err("second");
    let text = error.to_string();
    assert!(matches!(error, ClusterError::InUse { .. }), "{text}");
    let named = folder.path().join("data").canonicalize().expect("path");
    assert!(text.contains(&named.display().to_string()), "{text}");
    assert!(text.contains(&format!("process {}", std::process::id())), "{text}");

    let running = running_on(&folder.path().join("data")).expect("readable").expect("running");
    assert_eq!(running.server_url, cluster.server_url());
    drop(cluster);
    assert_eq!(running_on(&folder.path().join("data")).expect("readable"), None);
}

#[test]
fn a_killed_postgresql_comes_back_by_itself_with_what_was_committed() {
    let folder = open_folder();
    let cluster = PrivateCluster::start(settings(&folder)).expect("start");
    write_row(&cluster.owner_url());
    // A busy process of the old server would keep the new one from starting if it were left alone.
    let mut busy = connect(&cluster.owner_url());
    let worker = std::thread::spawn(move || busy.batch_execute("SELECT pg_sleep(60)"));
    for _ in 0..2 {
        let old = cluster.postmaster_pid().expect("running");
        kill_process(as_pid(old), Signal::KILL).expect("signal");
        let deadline = Instant::now() + Duration::from_secs(10);
        while cluster.postmaster_pid().is_none_or(|pid| pid == old) {
            assert!(Instant::now() < deadline, "no new process");
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(rows(&cluster.owner_url()), 1);
    }
    assert!(worker.join().expect("no panic").is_err(), "the old server's connection is gone");
}

#[test]
fn a_server_that_nobody_holds_is_stopped_and_replaced() {
    let folder = open_folder();
    let data = folder.path().join("data");
    // Left running without a holder of the lock, as a killed program leaves it.
    let left = shared_for_tests(&data).expect("left running");
    write_row(&left.owner_url_for("postgres"));
    let orphan = std::fs::read_to_string(data.join("pg/data/postmaster.pid")).expect("process id file");
    let orphan: u32 = orphan.lines().next().expect("first line").parse().expect("process id");

    let cluster = PrivateCluster::start(settings(&folder)).expect("start");
    assert_ne!(cluster.postmaster_pid(), Some(orphan));
    assert_eq!(rows(&left.owner_url_for("postgres")), 1, "the same data through the same socket");
    let mut owner = connect(&cluster.owner_url());
    let durable = "SELECT count(*) AS count FROM pg_settings WHERE name = 'fsync' AND setting = 'on'";
    assert_eq!(count(&mut owner, durable), 1, "the new server runs with its own settings");
}

#[test]
fn an_interrupted_initdb_is_not_mistaken_for_a_database() {
    let folder = open_folder();
    let mut cluster = PrivateCluster::start(settings(&folder)).expect("start");
    write_row(&cluster.owner_url());
    cluster.stop().expect("stop");
    let base = cluster.database_dir().to_owned();
    drop(cluster);
    // What an interruption just before the end leaves, less a file.
    std::fs::rename(base.join("data"), base.join("data.new")).expect("rename");
    std::fs::remove_file(base.join("data.new/global/pg_control")).expect("remove");

    let cluster = PrivateCluster::start(settings(&folder)).expect("start");
    assert!(!base.join("data.new").exists());
    let query = "SELECT count(*) AS count FROM pg_tables WHERE tablename = 'kept'";
    assert_eq!(count(&mut connect(&cluster.owner_url()), query), 0, "a new database");
}

#[test]
fn a_folder_with_something_else_is_left_alone() {
    let folder = open_folder();
    let database = folder.path().join("data/pg/data");
    std::fs::create_dir_all(&database).expect("folder");
    std::fs::write(database.join("diary.txt"), "mine").expect("file");
    let error = PrivateCluster::start(settings(&folder)).expect_err("not a database");
    assert!(matches!(error, ClusterError::NotADatabase { .. }), "{error}");
    assert!(database.join("diary.txt").exists());
}

#[test]
fn a_stale_process_id_does_not_keep_the_server_down() {
    let folder = open_folder();
    let mut cluster = PrivateCluster::start(settings(&folder)).expect("start");
    cluster.stop().expect("stop");
    let database = cluster.database_dir().join("data");
    drop(cluster);
    // This test's own process id: alive, and not PostgreSQL.
    let text = format!("{}\n{}\n1\n5432\n\n\n", std::process::id(), database.display());
    std::fs::write(database.join("postmaster.pid"), text).expect("stale file");
    PrivateCluster::start(settings(&folder)).expect("start over the stale file");
}

#[test]
fn a_release_that_is_not_installed_is_named() {
    let folder = open_folder();
    let mut cluster = PrivateCluster::start(settings(&folder)).expect("start");
    cluster.stop().expect("stop");
    std::fs::write(cluster.database_dir().join("data/PG_VERSION"), "11\n").expect("version");
    drop(cluster);
    let text = PrivateCluster::start(settings(&folder)).expect_err("no such release").to_string();
    assert!(text.contains("PostgreSQL 11") && text.contains("postgresql-11"), "{text}");
}

#[test]
fn a_data_folder_too_deep_for_a_socket_gets_a_short_one() {
    let folder = open_folder();
    let mut settings = settings(&folder);
    settings.data_dir = folder.path().join("long".repeat(20)).join("деректер-'х");
    settings.runtime_dir = Some(folder.path().to_owned());
    let cluster = PrivateCluster::start(settings).expect("start");
    assert!(cluster.notices().iter().any(|notice| notice.contains("too long")), "{:?}", cluster.notices());
    connect(&cluster.server_url());
}

/// Only root changes to another user, so only root meets a folder that user cannot enter.
#[test]
fn a_closed_parent_folder_sends_the_database_elsewhere_and_says_so() {
    if !is_root() {
        return;
    }
    let folder = open_folder();
    let closed = folder.path().join("closed");
    std::fs::create_dir(&closed).expect("folder");
    set_mode(&closed, 0o700);
    let mut settings = settings(&folder);
    settings.data_dir = closed.join("data");

    let cluster = PrivateCluster::start(settings.clone()).expect("start elsewhere");
    let base: PathBuf = cluster.database_dir().to_owned();
    assert!(base.starts_with(settings.fallback_root.canonicalize().expect("made")), "{}", base.display());
    assert!(cluster.notices().iter().any(|notice| notice.contains("cannot enter")), "{:?}", cluster.notices());
    write_row(&cluster.owner_url());
    drop(cluster);

    let cluster = PrivateCluster::start(settings.clone()).expect("start again");
    assert_eq!(cluster.database_dir(), base);
    assert_eq!(rows(&cluster.owner_url()), 1);
    drop(cluster);

    // A data folder deleted and made again begins empty, and the old database is not touched.
    std::fs::remove_dir_all(&settings.data_dir).expect("delete");
    let cluster = PrivateCluster::start(settings.clone()).expect("new folder");
    assert_ne!(cluster.database_dir(), base);
    assert!(base.join("data/PG_VERSION").exists());
    let lost = cluster.database_dir().to_owned();
    drop(cluster);

    // A database that is gone is an error, never an empty new one.
    std::fs::remove_dir_all(lost).expect("delete");
    let error = PrivateCluster::start(settings).expect_err("lost");
    assert!(matches!(error, ClusterError::LostLocation { .. }), "{error}");
}

#[test]
fn a_database_that_became_unreachable_is_not_replaced_by_an_empty_one() {
    if !is_root() {
        return;
    }
    let folder = open_folder();
    drop(PrivateCluster::start(settings(&folder)).expect("start"));
    set_mode(&folder.path().join("data"), 0o700);
    let error = PrivateCluster::start(settings(&folder)).expect_err("unreachable");
    assert!(matches!(error, ClusterError::Unreachable { .. }), "{error}");
}

#[test]
fn test_processes_share_a_cluster_that_outlives_them() {
    let folder = open_folder();
    let data = folder.path().join("shared");
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let data = data.clone();
            std::thread::spawn(move || shared_for_tests(&data).expect("shared"))
        })
        .collect();
    let clusters: Vec<_> = threads.into_iter().map(|thread| thread.join().expect("no panic")).collect();
    assert!(clusters.windows(2).all(|pair| pair[0] == pair[1]));
    connect(&clusters[0].server_url_for("postgres"));
    stop_shared(&data).expect("stopped");
    assert!(PgConnection::establish(&clusters[0].owner_url_for("postgres")).is_err());
    stop_shared(&data).expect("nothing to stop");
}
