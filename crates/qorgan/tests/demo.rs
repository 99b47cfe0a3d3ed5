//! The demonstration region, loaded into a real PostgreSQL.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::connection::{Connection, SimpleConnection};
use diesel::pg::PgConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use qorgan::demo;
use qorgan_storage::cluster::{SharedTestCluster, shared_for_tests};
use qorgan_storage::identity::PasswordHash;
use qorgan_storage::{Database, DatabaseSettings};

/// A database of its own in the PostgreSQL that the tests share; dropped at the end.
struct Scratch {
    cluster: SharedTestCluster,
    name: String,
}

impl Scratch {
    fn new(purpose: &str) -> Self {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("the target folder");
        let chosen = std::env::var_os("QORGAN_TEST_POSTGRES").map(PathBuf::from);
        let cluster = shared_for_tests(&chosen.unwrap_or_else(|| target.join("test-postgres"))).expect("PostgreSQL");
        let name = format!("demo_{purpose}_{}", std::process::id());
        let scratch = Self { cluster, name };
        scratch.maintain(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", scratch.name));
        scratch.maintain(&format!("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0", scratch.name));
        qorgan_storage::migrate::migrate(&scratch.cluster.owner_url_for(&scratch.name)).expect("migrated");
        scratch
    }

    fn maintain(&self, statement: &str) {
        let mut connection = PgConnection::establish(&self.cluster.owner_url_for("postgres")).expect("connection");
        connection.batch_execute(statement).expect("done");
    }

    fn owner(&self) -> PgConnection {
        PgConnection::establish(&self.cluster.owner_url_for(&self.name)).expect("connection")
    }

    fn server(&self) -> Database {
        let url = self.cluster.server_url_for(&self.name);
        Database::new(&DatabaseSettings { url, connections: 2, wait: Duration::from_secs(10) })
    }

    fn load(&self) -> Result<bool, demo::DemoError> {
        demo::load(&mut self.owner(), &self.server(), &|| Ok(PasswordHash::new("hash".to_owned())), now())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        let maintenance = PgConnection::establish(&self.cluster.owner_url_for("postgres"));
        // What stays behind harms nobody, and the test may be failing already.
        let _ = maintenance.map(|mut connection| connection.batch_execute(&drop));
    }
}

fn now() -> DateTime<Utc> {
    "2026-11-22T09:00:00Z".parse().expect("a time")
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What a query of names and counts answers.
fn counts(owner: &mut PgConnection, query: &str) -> BTreeMap<String, i64> {
    let rows: Vec<Counted> = sql_query(query).load(owner).expect("counted");
    rows.into_iter().map(|row| (row.name, row.count)).collect()
}

fn count(owner: &mut PgConnection, from: &str) -> i64 {
    counts(owner, &format!("SELECT 'count' AS name, count(*) AS count FROM {from}"))["count"]
}

/// By table: how many rows it has.
fn sizes(owner: &mut PgConnection) -> BTreeMap<String, i64> {
    let tables =
        counts(owner, "SELECT tablename::text AS name, 0::bigint AS count FROM pg_tables WHERE schemaname = 'public'");
    tables.into_keys().map(|table| (table.clone(), count(owner, &table))).collect()
}

/// One test, for a load takes its time: one region in one go, another that is interrupted, side by side.
#[test]
fn the_region_is_loaded_once_and_whole_and_the_same_after_an_interruption() {
    let interrupted = std::thread::spawn(load_with_an_interruption);
    let scratch = Scratch::new("whole");
    assert!(scratch.load().expect("loaded"));
    let owner = &mut scratch.owner();
    let first = sizes(owner);
    assert_eq!((first["children"], first["cases"]), (2_000, 300));
    // Each report of the demonstration tells of an event of its own.
    assert_eq!((first["register_facts"], first["register_reports"], first["signals"]), (500, 500, 120));
    assert!((55..=75).contains(&first["organisations"]), "{}", first["organisations"]);

    let begun = Instant::now();
    assert!(!scratch.load().expect("nothing to do"));
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(sizes(owner), first, "a second start changes nothing");

    everything_is_represented(owner);
    protocols_are_followed(owner);
    named_accounts_find_work(owner);
    nothing_is_left_behind(owner);
    let interrupted = interrupted.join().expect("the interrupted load ended well");
    both_are_the_same(owner, &mut interrupted.owner());
}

fn everything_is_represented(owner: &mut PgConnection) {
    let stages = counts(owner, "SELECT stage AS name, count(*) AS count FROM cases GROUP BY 1");
    let expected = [
        ("registered", 30),
        ("assessment", 36),
        ("planning", 36),
        ("implementation", 84),
        ("review", 36),
        ("closure_proposed", 24),
        ("closed", 54),
    ];
    assert_eq!(stages, expected.map(|(stage, count)| (stage.to_owned(), count)).into());
    let risks = counts(owner, "SELECT risk_level AS name, count(*) AS count FROM cases GROUP BY 1");
    assert!(risks.len() == 4 && risks.values().all(|count| *count >= 15), "{risks:?}");
    let outcomes =
        counts(owner, "SELECT closure_outcome AS name, count(*) AS count FROM cases WHERE stage = 'closed' GROUP BY 1");
    assert!(outcomes.len() >= 4, "{outcomes:?}");
    let signals = counts(owner, "SELECT status AS name, count(*) AS count FROM signals GROUP BY 1");
    let expected = [("accepted", 55), ("linked", 15), ("dismissed", 22), ("received", 28)];
    assert_eq!(signals, expected.map(|(status, count)| (status.to_owned(), count)).into());
    assert!(count(owner, "case_tasks WHERE status = 'open' AND due_on < '2026-11-22'") >= 20);
    let facts = "register_fact_versions";
    let forms = counts(
        owner,
        &format!("SELECT main_form AS name, count(*) AS count FROM {facts} WHERE main_form IS NOT NULL GROUP BY 1"),
    );
    let levels = counts(
        owner,
        &format!("SELECT level AS name, count(*) AS count FROM {facts} WHERE level IS NOT NULL GROUP BY 1"),
    );
    assert_eq!((forms.len(), levels.len(), levels["completed"]), (10, 7, 5), "{forms:?} {levels:?}");
    let places = counts(owner, &format!("SELECT kato AS name, count(*) AS count FROM {facts} GROUP BY 1"));
    assert!(places.len() == 13 && places.values().all(|count| *count >= 5), "{places:?}");
    let years = counts(
        owner,
        &format!("SELECT extract(year FROM occurred_on)::text AS name, count(*) AS count FROM {facts} GROUP BY 1"),
    );
    assert!(years.len() == 3 && years.values().all(|count| *count >= 80), "{years:?}");
    let agencies = counts(owner, &format!("SELECT agency_code AS name, count(*) AS count FROM {facts} GROUP BY 1"));
    assert!(["UO", "UZ", "DP", "UKZSP", "OPEKA"].iter().all(|agency| agencies[*agency] >= 5), "{agencies:?}");
    assert!(count(owner, "register_reports WHERE case_id IS NOT NULL") >= 100);
    // The group has facts before it, and others wait for it.
    let before = counts(owner, "SELECT status AS name, count(*) AS count FROM qualification_sessions GROUP BY 1");
    assert_eq!(before, [("planned".to_owned(), 1)].into());
    assert_eq!(count(owner, "qualification_items"), 3);
    let under = "register_fact_versions WHERE status = 'under_qualification' AND superseded_at IS NULL";
    assert_eq!(count(owner, under), 3);
    assert!(count(owner, "school_placements") >= 20 && count(owner, "case_family_members") >= 50);
}

fn protocols_are_followed(owner: &mut PgConnection) {
    let codes = counts(owner, "SELECT code AS name, count(*) AS count FROM protocol_applications GROUP BY 1");
    assert!(codes.len() == 6 && codes.values().all(|count| *count >= 1), "every protocol applies: {codes:?}");
    let steps = counts(
        owner,
        "SELECT status AS name, count(*) AS count FROM case_tasks WHERE origin = 'protocol' AND mandatory GROUP BY 1",
    );
    assert!(["open", "done", "waived"].iter().all(|status| steps[*status] >= 20), "{steps:?}");
    let dropped = "case_tasks t JOIN cases c ON c.id = t.case_id WHERE t.mandatory AND t.status = 'open' \
                   AND t.origin = 'protocol' AND c.stage IN ('closure_proposed', 'closed')";
    assert_eq!(count(owner, dropped), 0, "nothing mandatory is dropped");
    let left = "protocol_applications a JOIN cases c ON c.id = a.case_id WHERE (c.stage = 'closed') <> (a.ended_at IS NOT NULL) \
                AND NOT EXISTS (SELECT FROM case_events e WHERE e.case_id = c.id AND e.data->>'action' = 'reopen')";
    assert_eq!(count(owner, left), 0, "a protocol ends with its case");
}

fn named_accounts_find_work(owner: &mut PgConnection) {
    let stages = "SELECT u.username AS name, count(DISTINCT c.stage) AS count FROM cases c JOIN users u ON u.id = c.manager_id GROUP BY 1";
    let stages = counts(owner, stages);
    for username in ["pedagogue", "pedagogue2", "social.worker", "guardianship"] {
        assert_eq!(stages.get(username), Some(&7), "{username} leads cases of every stage");
    }
    let open = "SELECT u.username AS name, count(*) AS count FROM case_tasks t JOIN users u ON u.organisation_id = t.organisation_id \
                WHERE t.status = 'open' GROUP BY 1";
    let open = counts(owner, open);
    for username in ["pedagogue", "health", "police", "social.worker", "guardianship"] {
        assert!(open.get(username).is_some_and(|count| *count > 0), "{username} has something to do: {open:?}");
    }
    let signals = "SELECT s.status AS name, count(*) AS count FROM signals s JOIN users u ON u.organisation_id = s.organisation_id \
                   WHERE u.username = 'pedagogue' GROUP BY 1";
    assert_eq!(counts(owner, signals).len(), 4, "the first school has signals of every kind");
    let logins = counts(
        owner,
        "SELECT u.username AS name, 1::bigint AS count FROM user_credentials c JOIN users u ON u.id = c.user_id",
    );
    let expected = [
        "admin",
        "analyst",
        "auditor",
        "consilium",
        "education.supervisor",
        "guardianship",
        "health",
        "hotline-111",
        "pedagogue",
        "pedagogue2",
        "police",
        "psychologist",
        "qualification",
        "roadmap.coordinator",
        "roadmap.executor",
        "social.worker",
        "statistician",
        "statistician2",
    ];
    assert_eq!(logins.into_keys().collect::<Vec<_>>(), expected, "nobody else can log in");
}

fn nothing_is_left_behind(owner: &mut PgConnection) {
    assert_eq!(count(owner, "sessions WHERE revoked_at IS NULL"), 0);
    assert_eq!(count(owner, "audit_events WHERE outcome = 'refused'"), 0);
    let out_of_order =
        "(SELECT at < lag(at) OVER (PARTITION BY case_id ORDER BY seq) AS back FROM case_events) e WHERE back";
    assert_eq!(count(owner, out_of_order), 0, "a timeline goes forward in time");
    assert_eq!(count(owner, "case_events WHERE at > '2026-11-20'"), 0);
}

/// The 101st case is refused, as if the program had been killed there; then it is started again.
fn load_with_an_interruption() -> Scratch {
    let scratch = Scratch::new("interrupted");
    let owner = &mut scratch.owner();
    owner
        .batch_execute(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
                 IF (SELECT count(*) FROM cases) >= 100 THEN RAISE 'stopped'; END IF; RETURN NEW; END $$;
             CREATE TRIGGER stop BEFORE INSERT ON cases FOR EACH ROW EXECUTE FUNCTION stop()",
        )
        .expect("a trap");
    scratch.load().expect_err("stopped on the way");
    assert_eq!((count(owner, "cases"), count(owner, "installed_data")), (100, 0));
    owner.batch_execute("DROP TRIGGER stop ON cases; DROP FUNCTION stop()").expect("the trap is gone");
    assert!(scratch.load().expect("loaded"));
    scratch
}

fn both_are_the_same(one: &mut PgConnection, other: &mut PgConnection) {
    let (mut at_once, mut went_on) = (sizes(one), sizes(other));
    // Sessions are opened for each load anew, and so are their audit rows.
    for sizes in [&mut at_once, &mut went_on] {
        sizes.retain(|table, _| !matches!(table.as_str(), "sessions" | "audit_events"));
    }
    assert_eq!(at_once, went_on);
    for contents in [
        "organisations, id::text || agency_code || kato || name",
        "users, id::text || username || display_name || organisation_id",
        "children, id::text || last_name || first_name || birth_date || coalesce(iin, '')",
        "signals, id::text || status || description || coalesce(case_id::text, '')",
        "cases, id::text || stage || title || risk_level || version",
        "case_notes, case_id::text || section || created_at",
        "case_tasks, case_id::text || title || due_on || status",
        "protocol_applications, case_id::text || code || cause || applied_at || coalesce(ended_at::text, '')",
        "case_events, case_id::text || kind || at",
        "register_reports, id::text || description || occurred_on || coalesce(case_id::text, '')",
        "register_fact_versions, coalesce(main_form, level) || occurred_on || kato || setting || age_years",
    ] {
        let (table, columns) = contents.split_once(", ").expect("a table and its columns");
        let query = format!("SELECT {columns} AS name, count(*) AS count FROM {table} GROUP BY 1");
        assert!(counts(one, &query) == counts(other, &query), "{table} is the same every time");
    }
}
