//! The ledger of what the register counts: it is always what the versions say, whatever was done to them, and the numbers of a
//! day that is over stand.

use std::collections::BTreeSet;

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use qorgan_domain::children::Sex;
use qorgan_domain::identity::AgencyCode;
use qorgan_domain::register::detection::channel_of;
use qorgan_domain::register::{FactStatus, Relation, Setting, SuicidalLevel, ViolenceForm};
use qorgan_domain::signals::SignalChannel;
use qorgan_storage::statistics::ledger::{rebuild, verify};
use qorgan_tests::{Server, TestDatabase};
use serde_json::json;

mod midnight;

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
    run(owner, &format!("SELECT register_cuboid_fold(id, {entries}) FROM register_cuboids c WHERE {which}"));
}

/// Brings some rollups up to date, whatever it takes: other tests use this PostgreSQL, and nothing is folded that came after
/// one of their transactions began.
fn fold_whole(owner: &mut PgConnection, which: &str) {
    let waiting = format!(
        "SELECT count(*) AS number FROM register_ledger e, register_cuboids c
         WHERE {which} AND (e.xid, e.seq) > (c.folded_xid, c.folded_seq)"
    );
    for _ in 0..600 {
        fold(owner, which, 100_000);
        if number(owner, &waiting) == 0 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("{which} is not folded");
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
    fold_whole(&mut owner, "c.id % 7 = 2");
    let found = verify(&mut owner, 60, 2, Utc::now()).expect("verify");
    assert!(found.agrees(), "{found:?}");
}

#[test]
fn what_is_wrong_is_found_and_made_right() {
    let (_database, mut owner) = stormy(600);
    fold_whole(&mut owner, "c.id % 3 = 0");
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
            assert_eq!((done.corrections, done.rollups), (entries, 220), "{wrong}");
            let found = verify(&mut owner, 40, 3, Utc::now()).expect("verify");
            assert!(found.agrees(), "{wrong}: {found:?}");
        } else if entries > 0 {
            run(&mut owner, "SELECT register_ledger_correct()");
        } else {
            run(&mut owner, "SELECT register_cuboid_rebuild(id) FROM register_cuboids WHERE id % 3 = 0");
            fold_whole(&mut owner, "c.id % 3 = 0");
        }
    }
}

#[test]
fn a_database_restored_elsewhere_loses_no_count_though_its_transactions_begin_anew() {
    let (_database, mut owner) = stormy(300);
    fold_whole(&mut owner, "c.id % 5 = 0");
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
    fold_whole(&mut owner, "c.id % 5 = 0");
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
    fold_whole(&mut owner, "c.id = 7");
    assert_eq!(number(&mut owner, waiting), 0);
    let found = verify(&mut owner, 40, 5, Utc::now()).expect("verify");
    assert!(found.agrees(), "{found:?}");
}

#[test]
fn the_server_neither_writes_the_ledger_nor_reads_it() {
    let server = Server::start();
    let mut connection = server.database.server();
    for statement in [
        "SELECT count(*) FROM register_ledger",
        "INSERT INTO register_ledger (posted_at) VALUES (now())",
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

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    attribute: String,
    #[diesel(sql_type = Text)]
    word: String,
}

#[test]
fn the_database_has_the_words_and_rules_of_the_domain() {
    let database = TestDatabase::new();
    let mut owner = database.owner();
    let words = |owner: &mut PgConnection, query: &str| -> BTreeSet<(String, String)> {
        let words: Vec<Word> = sql_query(query.to_owned()).load(owner).expect(query);
        words.into_iter().map(|row| (row.attribute, row.word)).collect()
    };
    macro_rules! of {
        ($attribute:literal, $vocabulary:ty, $prefix:literal) => {
            <$vocabulary>::ALL.iter().map(|word| ($attribute.to_owned(), format!("{}{word}", $prefix)))
        };
    }
    let expected: BTreeSet<_> = of!("form", ViolenceForm, "")
        .chain(of!("nature", ViolenceForm, "violence:"))
        .chain(of!("nature", SuicidalLevel, "suicidal_behaviour:"))
        .chain(of!("sex", Sex, ""))
        .chain(of!("setting", Setting, ""))
        .chain(of!("relation", Relation, ""))
        .chain(of!("status", FactStatus, ""))
        .chain(of!("channel", SignalChannel, ""))
        .collect();
    let known = "SELECT attribute, word FROM register_ledger_words WHERE attribute <> 'agency'";
    assert_eq!(words(&mut owner, known), expected);
    let not_counted = "SELECT attribute, word FROM register_ledger_words WHERE NOT counted";
    let expected = [FactStatus::Annulled, FactStatus::Merged].map(|status| ("status".to_owned(), status.to_string()));
    assert_eq!(words(&mut owner, not_counted), BTreeSet::from(expected));
    // Agencies, and by which way what they report was detected.
    let agencies = words(&mut owner, "SELECT code AS attribute, register_channel(NULL, code) AS word FROM agencies");
    assert!(agencies.len() > 20, "{agencies:?}");
    for (agency, channel) in agencies {
        let code: AgencyCode = agency.parse().expect("a code");
        assert_eq!(channel, channel_of(None, &code).to_string(), "{agency}");
        assert_eq!(
            number(
                &mut owner,
                &format!(
                    "SELECT count(*) AS number FROM register_ledger_words WHERE attribute = 'agency' AND word = '{agency}'"
                )
            ),
            1
        );
    }
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
