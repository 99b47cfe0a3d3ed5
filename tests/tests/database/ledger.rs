//! The ledger of what the register counts: it is always what the versions say, whatever was done to them, and the numbers of a
//! day that is over stand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use qorgan_storage::statistics::ledger::{rebuild, verify};
use qorgan_tests::{Server, TestDatabase};
use serde_json::json;

const STORM: &str = include_str!("ledger/storm.sql");

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number(connection: &mut PgConnection, query: &str) -> i64 {
    sql_query(query.to_owned()).get_result::<Number>(connection).expect(query).number
}

fn run(connection: &mut PgConnection, statement: &str) {
    connection.batch_execute(statement).expect(statement);
}

/// A register in which so much was done by chance; the same each time.
fn stormy(steps: usize) -> (TestDatabase, PgConnection) {
    let database = TestDatabase::new();
    let mut owner = database.owner();
    run(&mut owner, STORM);
    run(&mut owner, &format!("SELECT setseed(0.351), storm({steps})"));
    (database, owner)
}

/// Brings some rollups up to date, by so many entries each.
fn fold(owner: &mut PgConnection, which: &str, entries: u32) {
    run(owner, &format!("SELECT register_cuboid_fold(id, {entries}) FROM register_cuboids WHERE {which}"));
}

#[test]
fn after_ten_thousand_changes_the_ledger_is_the_recount_of_any_past_moment() {
    let (_database, mut owner) = stormy(4000);
    assert!(number(&mut owner, "SELECT count(*) AS number FROM register_ledger WHERE sign < 0") > 1000);
    // Rollups that lag behind by different numbers of entries, and some that hold nothing.
    fold(&mut owner, "id % 7 IN (0, 1, 2)", 3000);
    run(&mut owner, "SELECT storm(6000)");
    fold(&mut owner, "id % 7 IN (1, 3)", 2500);
    let found = verify(&mut owner, 200, 1, Utc::now()).expect("verify");
    assert!(found.agrees(), "{found:?}");
    assert_eq!(found.counts, 200);
    assert!(found.cells > 5000, "{}", found.cells);
    // What the owner mends by hand is posted too.
    run(
        &mut owner,
        "UPDATE register_fact_versions SET recorded_at = recorded_at - interval '40 days' WHERE version = 1 AND random() < 0.1",
    );
    run(&mut owner, "UPDATE register_fact_versions SET sex = 'female' WHERE random() < 0.05");
    run(&mut owner, "DELETE FROM register_fact_versions WHERE random() < 0.05");
    fold(&mut owner, "id % 7 = 2", 100_000);
    let found = verify(&mut owner, 60, 2, Utc::now()).expect("verify");
    assert!(found.agrees(), "{found:?}");
}

#[test]
fn what_is_wrong_is_found_and_made_right() {
    let (_database, mut owner) = stormy(600);
    fold(&mut owner, "id % 3 = 0", 100_000);
    // A rollup that lies, then an entry that was changed, then one that is missing.
    for (at, (wrong, entries)) in [
        ("UPDATE register_rollup_months SET facts = facts + 1; UPDATE register_rollup_years SET facts = facts + 1", 0),
        ("UPDATE register_rollup_posted SET keys = keys # 1", 0),
        ("UPDATE register_ledger SET sex = 3 - sex WHERE seq = (SELECT min(seq) FROM register_ledger)", 2),
        ("DELETE FROM register_ledger WHERE seq = (SELECT max(seq) FROM register_ledger)", 1),
    ]
    .into_iter()
    .enumerate()
    {
        run(&mut owner, wrong);
        let found = verify(&mut owner, 40, 3, Utc::now()).expect("verify");
        assert_eq!(found.wrong_entries, entries, "{wrong}");
        // Rollups made before hold what an entry said then: only the entries show it.
        assert!(entries > 0 || (found.wrong_cells > 0 && !found.differences.is_empty()), "{wrong}");
        // The rollups of the first rounds are made anew by the last: each takes a while.
        if at % 2 == 1 {
            let done = rebuild(&mut owner, |_, _| {}).expect("rebuild");
            assert_eq!((done.corrections, done.rollups), (entries, 165), "{wrong}");
            let found = verify(&mut owner, 40, 3, Utc::now()).expect("verify");
            assert!(found.agrees(), "{wrong}: {found:?}");
        } else if entries > 0 {
            run(&mut owner, "SELECT register_ledger_correct()");
        } else {
            run(&mut owner, "SELECT register_cuboid_rebuild(id) FROM register_cuboids WHERE id % 3 = 0");
        }
    }
}

#[test]
fn a_database_restored_elsewhere_loses_no_count_though_its_transactions_begin_anew() {
    let (_database, mut owner) = stormy(300);
    fold(&mut owner, "id % 5 = 0", 100_000);
    // As after a restore: what was posted and folded claims transactions that are yet to come.
    run(
        &mut owner,
        "UPDATE register_ledger SET xid = xid + 1000000; UPDATE register_cuboids SET folded_xid = folded_xid + 1000000 WHERE folded_seq > 0",
    );
    run(&mut owner, "SELECT storm(300)");
    let found = verify(&mut owner, 40, 4, Utc::now()).expect("verify");
    assert!(found.agrees(), "before: {found:?}");
    assert_eq!(number(&mut owner, "SELECT register_ledger_rebase()::integer::bigint AS number"), 1);
    assert_eq!(number(&mut owner, "SELECT register_ledger_rebase()::integer::bigint AS number"), 0);
    fold(&mut owner, "id % 5 = 0", 100_000);
    let found = verify(&mut owner, 40, 4, Utc::now()).expect("verify");
    assert!(found.agrees(), "after: {found:?}");
    assert!(number(&mut owner, "SELECT count(*) AS number FROM register_cuboids WHERE folded_seq > 0") > 20);
}

#[test]
fn entries_of_who_has_not_committed_are_folded_later() {
    let (database, mut owner) = stormy(200);
    let mut slow = database.owner();
    run(
        &mut slow,
        "BEGIN;
         INSERT INTO register_facts (id, number, child_id, created_at)
         VALUES ('00000000-0000-7000-8000-000000000001', 'slow', gen_random_uuid(), now());
         INSERT INTO register_fact_versions (fact_id, version, kind, main_form, forms, level, occurred_on, kato, setting, relation,
             sex, age_years, agency_code, status, actor_id, recorded_at, channel, organisation_kato)
         SELECT '00000000-0000-7000-8000-000000000001', 1, kind, main_form, forms, level, occurred_on, kato, setting, relation,
                sex, age_years, agency_code, 'registered', actor_id, recorded_at, channel, organisation_kato
         FROM register_fact_versions WHERE version = 1 LIMIT 1",
    );
    run(&mut owner, "SELECT storm(50)");
    fold(&mut owner, "id = 7", 100_000);
    // What the slow one began before stands before what the other has committed since.
    let waiting = "SELECT count(*) AS number FROM register_ledger e, register_cuboids c
                   WHERE c.id = 7 AND (e.xid, e.seq) > (c.folded_xid, c.folded_seq)";
    assert!(number(&mut owner, waiting) >= 50);
    run(&mut slow, "COMMIT");
    fold(&mut owner, "id = 7", 100_000);
    assert_eq!(number(&mut owner, waiting), 0);
    let found = verify(&mut owner, 40, 5, Utc::now()).expect("verify");
    assert!(found.agrees(), "{found:?}");
}

/// Facts at the end of a day, and whether its numbers may be taken for final.
struct Midnight {
    database: TestDatabase,
    at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Seen {
    #[diesel(sql_type = Bool)]
    settled: bool,
}

impl Midnight {
    /// The day in which everything happens ends in a moment, and late comers are refused 0.4 seconds after that.
    fn soon() -> Self {
        let database = TestDatabase::new();
        let mut owner = database.owner();
        run(&mut owner, STORM);
        run(&mut owner, "DELETE FROM register_open_past");
        let at = Utc::now() + Duration::from_millis(1200);
        run(
            &mut owner,
            &format!(
                "CREATE OR REPLACE FUNCTION register_day(p_moment timestamptz) RETURNS date LANGUAGE sql IMMUTABLE
                     RETURN CASE WHEN p_moment < timestamptz '{at}' THEN date '2026-01-10' ELSE date '2026-01-11' END;
                 CREATE OR REPLACE FUNCTION register_day_begins(p_day date) RETURNS timestamptz LANGUAGE sql IMMUTABLE
                     RETURN timestamptz '{at}' + (p_day - date '2026-01-11') * interval '1 day';
                 CREATE OR REPLACE FUNCTION register_day_grace() RETURNS interval LANGUAGE sql IMMUTABLE
                     RETURN interval '0.4 seconds'",
                at = at.to_rfc3339()
            ),
        );
        Self { database, at }
    }

    /// Enters facts as slow requests do: each counts from the moment at which it began. Answers how many were refused.
    fn write(&self, writer: u64) -> u32 {
        let mut connection = self.database.owner();
        let mut refused = 0;
        let mut turn = writer;
        while Utc::now() < self.at + Duration::from_millis(1500) {
            turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let began = Utc::now();
            std::thread::sleep(Duration::from_millis((turn >> 33) % 500));
            run(&mut connection, "BEGIN");
            let written = sql_query(
                "WITH fact AS (INSERT INTO register_facts (id, number, child_id, created_at)
                               SELECT id, id::text, id, now() FROM (SELECT gen_random_uuid() AS id) new RETURNING id)
                 SELECT id FROM fact",
            )
            .execute(&mut connection)
            .and_then(|_| {
                sql_query(
                    "INSERT INTO register_fact_versions (fact_id, version, kind, main_form, forms, occurred_on, kato, setting, sex,
                         age_years, agency_code, status, actor_id, recorded_at, channel, organisation_kato)
                     SELECT f.id, 1, 'violence', 'physical', '{physical}', '2026-01-05', '351000000', 'home', 'female', 10, 'UO',
                            'registered', (SELECT id FROM users ORDER BY id LIMIT 1), $1, 'police', '351000000'
                     FROM register_facts f WHERE NOT EXISTS (SELECT FROM register_fact_versions v WHERE v.fact_id = f.id)
                       AND f.xmin::text::bigint = pg_current_xact_id()::xid::text::bigint",
                )
                .bind::<Timestamptz, _>(began)
                .execute(&mut connection)
            });
            if let Err(error) = written {
                assert!(error.to_string().contains("the day in which this would count is over"), "{error}");
                assert!(began < self.at && Utc::now() > self.at, "refused though its day was not over");
                refused += 1;
                run(&mut connection, "ROLLBACK");
                continue;
            }
            std::thread::sleep(Duration::from_millis((turn >> 40) % 300));
            run(&mut connection, "COMMIT");
        }
        refused
    }

    /// What the day counts, as soon as that is final and ever after.
    fn read(&self, wrote: &AtomicBool) -> Vec<i64> {
        let mut connection = self.database.owner();
        let mut counts = Vec::new();
        let begin = Instant::now();
        while begin.elapsed() < Duration::from_secs(60) {
            let done = wrote.load(Ordering::SeqCst);
            let seen: Seen = sql_query("SELECT register_day_settled('2026-01-10') AS settled")
                .get_result(&mut connection)
                .expect("whether it is settled");
            if seen.settled {
                let count = format!(
                    "SELECT coalesce(sum(facts), 0)::bigint AS number
                     FROM register_ledger_cells('{{}}', '2026-01-01', '2026-01-31', '{}', true)",
                    self.at.to_rfc3339()
                );
                counts.push(number(&mut connection, &count));
            }
            if done {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        counts
    }
}

#[test]
fn the_numbers_of_a_day_that_is_over_never_change_whoever_still_writes() {
    let midnight = Midnight::soon();
    let wrote = AtomicBool::new(false);
    let (counts, refused) = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..3).map(|_| scope.spawn(|| midnight.read(&wrote))).collect();
        let writers: Vec<_> = (0..6)
            .map(|writer| {
                scope.spawn({
                    let midnight = &midnight;
                    move || midnight.write(writer)
                })
            })
            .collect();
        let refused: u32 = writers.into_iter().map(|writer| writer.join().expect("a writer")).sum();
        wrote.store(true, Ordering::SeqCst);
        let counts: Vec<i64> = readers.into_iter().flat_map(|reader| reader.join().expect("a reader")).collect();
        (counts, refused)
    });
    let mut owner = midnight.database.owner();
    let ever = number(
        &mut owner,
        "SELECT count(*) AS number FROM register_fact_versions WHERE register_day(recorded_at) = '2026-01-10'",
    );
    assert!(ever > 0 && counts.len() > 3, "{ever} facts, read {} times", counts.len());
    assert!(counts.iter().all(|count| *count == ever), "{ever}, but read as {counts:?}; {refused} refused");
    let after = number(
        &mut owner,
        "SELECT count(*) AS number FROM register_fact_versions WHERE register_day(recorded_at) = '2026-01-11'",
    );
    assert!(after > 0, "the next day goes on");
}

#[test]
fn the_server_neither_writes_the_ledger_nor_reads_it() {
    let server = Server::start();
    let mut connection = server.database.server();
    for statement in [
        "SELECT count(*) FROM register_ledger",
        "INSERT INTO register_ledger SELECT * FROM register_ledger",
        "UPDATE register_ledger SET sign = -sign",
        "DELETE FROM register_ledger",
        "SELECT count(*) FROM register_rollup_months",
        "UPDATE register_rollup_years SET facts = 0",
        "UPDATE register_cuboids SET folded_seq = 0",
        "INSERT INTO register_open_past DEFAULT VALUES",
        "SELECT register_ledger_correct()",
        "SELECT register_ledger_cells('{}', '2026-01-01', '2026-12-31', now(), true)",
        "SELECT register_cuboid_rebuild(7::smallint)",
        "SELECT * FROM register_ledger_missing",
    ] {
        let refused = sql_query(statement).execute(&mut connection).expect_err(statement).to_string();
        assert!(refused.contains("permission denied"), "{statement}: {refused}");
    }
    let counted = "SELECT * FROM register_counted('{}', '2026-01-01', '2026-12-31', now())";
    let refused = sql_query(counted).execute(&mut connection).expect_err(counted).to_string();
    assert!(refused.contains("not open to this session"), "without a session: {refused}");
}

#[derive(QueryableByName, PartialEq, Debug)]
struct Detected {
    #[diesel(sql_type = Text)]
    channel: String,
    #[diesel(sql_type = Text)]
    organisation_kato: String,
}

#[test]
fn a_version_says_how_the_fact_was_detected_and_where_its_reporter_is() {
    let server = Server::start();
    let pedagogue = server.client("social_pedagogue.home");
    let child = json!({"last_name": "Белгі", "first_name": "Бала", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000", "confirm_new": true});
    let child = pedagogue.post("/children", &child).expect(201).id();
    let signal = json!({"channel": "parent", "description": "A mother told it.", "territory": "351000000", "child_id": child,
        "urgency": "routine"});
    let signal = pedagogue.post("/signals", &signal).expect(201);
    let accept = json!({"decision": "accept", "risk_level": "medium"});
    let case = pedagogue.change(&format!("/signals/{}/triage", signal.id()), signal.version(), &accept).expect(200);
    let case = case.body["case"]["id"].as_str().expect("a case").to_owned();
    let report = |day: &str, case: Option<&str>| {
        json!({"kind": "violence", "main_form": "physical", "occurred_on": day, "child_id": child, "role": "victim",
            "place": {"territory": "352400000", "setting": "home"}, "description": "D", "case_id": case})
    };
    let mut owner = server.database.owner();
    let mut detected = |fact: &str| -> Vec<Detected> {
        sql_query(
            "SELECT channel, organisation_kato FROM register_fact_versions WHERE fact_id::text = $1 ORDER BY version",
        )
        .bind::<Text, _>(fact.to_owned())
        .load(&mut owner)
        .expect("versions")
    };
    let told = |channel: &str| Detected { channel: channel.to_owned(), organisation_kato: "351000000".to_owned() };
    let alone = pedagogue.post("/register/reports", &report("2026-01-10", None)).expect(201);
    let alone = alone.body["fact"]["id"].as_str().expect("a fact").to_owned();
    assert_eq!(detected(&alone), [told("school_staff")]);
    let of_case = pedagogue.post("/register/reports", &report("2026-02-20", Some(&case))).expect(201);
    let fact = of_case.body["fact"]["id"].as_str().expect("a fact").to_owned();
    let amended = json!({"place": {"territory": "352400000", "setting": "school"}, "reason": "It was there."});
    pedagogue.change(&format!("/register/facts/{fact}/amend"), 1, &amended).expect(200);
    assert_eq!(detected(&fact), [told("parent"), told("parent")]);
}
