//! How quickly the register is counted: `make bench-statistics`. What it says is in `docs/statistics.md`.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, SmallInt, Text};
use qorgan_tests::TestDatabase;

const FACTS: &str = include_str!("ledger/facts.sql");
/// How often each count is asked for.
const TURNS: usize = 5;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Cuboid {
    #[diesel(sql_type = SmallInt)]
    id: i16,
    #[diesel(sql_type = Text)]
    names: String,
}

fn wanted(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn number(connection: &mut PgConnection, query: &str) -> i64 {
    sql_query(query.to_owned()).get_result::<Number>(connection).expect(query).number
}

/// Runs a step and says how long it took.
fn step(connection: &mut PgConnection, what: &str, statement: &str) {
    let begin = Instant::now();
    connection.batch_execute(statement).expect(what);
    println!("{what}: {:.1} s", begin.elapsed().as_secs_f64());
}

/// The middle and the worst of some turns, in milliseconds.
fn timed(mut turn: impl FnMut()) -> (f64, f64) {
    let mut times: Vec<Duration> = (0..TURNS)
        .map(|_| {
            let begin = Instant::now();
            turn();
            begin.elapsed()
        })
        .collect();
    times.sort();
    (times[TURNS / 2].as_secs_f64() * 1000.0, times[TURNS - 1].as_secs_f64() * 1000.0)
}

/// Periods and moments: what is asked for most, and what is hardest.
const ASKED: [(&str, &str, &str, &str); 6] = [
    ("a year, now", "2024-01-01", "2024-12-31", "2100-01-01 00:00Z"),
    ("ten years, now", "2016-01-01", "2025-12-31", "2100-01-01 00:00Z"),
    ("a school year at the end of its month", "2023-09-01", "2024-08-31", "2024-08-31 19:00Z"),
    ("ten years as of a month two years ago", "2016-01-01", "2025-12-31", "2023-10-31 19:00Z"),
    ("any days as of any day", "2023-03-08", "2024-10-20", "2024-11-12 19:00Z"),
    ("ten years less some days as of a moment years ago", "2016-01-13", "2025-12-18", "2021-05-16 09:12Z"),
];

#[test]
#[ignore = "a benchmark of half an hour: make bench-statistics"]
fn ten_million_facts() {
    let facts = wanted("QORGAN_BENCH_FACTS", 10_000_000);
    let rollups = wanted("QORGAN_BENCH_ROLLUPS", 12);
    let database = TestDatabase::new();
    let mut owner = database.owner();
    postings(&mut owner);
    // A superuser's: neither triggers nor references to facts and people that there are not.
    let prepare = "SET session_replication_role = replica";
    owner.batch_execute(prepare).expect("let made-up facts in");
    owner
        .batch_execute(&format!("CREATE TABLE test_facts AS SELECT {facts}::bigint AS wanted; SELECT setseed(0.351)"))
        .expect("how many");
    step(&mut owner, &format!("{facts} facts made up"), FACTS);
    owner.batch_execute("RESET session_replication_role").expect("let nothing more in");
    step(&mut owner, "analyze", "ANALYZE register_fact_versions, register_record_keys");
    step(&mut owner, "ledger made from the versions", "SELECT register_ledger_correct()");
    step(&mut owner, "vacuum", "VACUUM ANALYZE register_fact_versions, register_ledger, register_record_keys");
    let chosen: Vec<Cuboid> = sql_query(format!(
        "SELECT c.id, (SELECT string_agg(CASE x.name WHEN 'nature' THEN 'main_form' WHEN 'none' THEN 'occurred_month' ELSE x.name END,
                                         ',' ORDER BY axis)
                       FROM register_axes x WHERE x.axis IN (c.a, c.b, c.c)) AS names
         FROM register_cuboids c ORDER BY md5(c.id::text) LIMIT {rollups}"
    ))
    .load(&mut owner)
    .expect("rollups");
    let begin = Instant::now();
    for cuboid in &chosen {
        owner
            .batch_execute(&format!("SELECT register_cuboid_rebuild({}::smallint)", cuboid.id))
            .expect("make a rollup");
    }
    println!("{} rollups made: {:.1} s", chosen.len(), begin.elapsed().as_secs_f64());
    step(&mut owner, "vacuum", "VACUUM ANALYZE register_rollup_months, register_rollup_years, register_rollup_posted");
    sizes(&mut owner);
    for (what, from, to, moment) in ASKED {
        let mut all: Vec<(f64, f64, &str)> = Vec::new();
        for cuboid in &chosen {
            let query = format!(
                "SELECT count(*) AS number FROM register_ledger_cells('{{{}}}', '{from}', '{to}', '{moment}', true)",
                cuboid.names
            );
            let (middle, worst) = timed(|| assert!(number(&mut owner, &query) > 0, "{query}"));
            all.push((middle, worst, &cuboid.names));
        }
        all.sort_by(|one, other| one.0.total_cmp(&other.0));
        let (middle, last) = (all[all.len() / 2], all[all.len() - 1]);
        println!(
            "{what}: {:.0} ms in the middle of the tables, {:.0} ms for the slowest ({})",
            middle.0, last.0, last.2
        );
    }
    let plain = "SELECT count(*) AS number FROM (
        SELECT left(kato, 4), main_form, level, age_years, count(*) FROM register_fact_versions
        WHERE occurred_on BETWEEN '2024-01-01' AND '2024-12-31' AND recorded_at < now()
          AND (superseded_at IS NULL OR superseded_at >= now()) AND status NOT IN ('annulled', 'merged')
        GROUP BY 1, 2, 3, 4) AS cells";
    println!(
        "plain GROUP BY over the versions of a year: {:.0} ms",
        timed(|| assert!(number(&mut owner, plain) > 0)).0
    );
}

/// What the ledger adds to writing a version.
fn postings(owner: &mut PgConnection) {
    owner.batch_execute(include_str!("ledger/storm.sql")).expect("the storm");
    owner.batch_execute("SELECT setseed(0.351), storm(500)").expect("warm");
    let mut a_thousand = |what: &str| {
        let begin = Instant::now();
        owner.batch_execute("SELECT storm(1000)").expect(what);
        println!("a version of a fact written {what}: {:.2} ms", begin.elapsed().as_secs_f64());
        owner.batch_execute(if what == "with its posting" {
            "ALTER TABLE register_fact_versions DISABLE TRIGGER USER"
        } else {
            "ALTER TABLE register_fact_versions ENABLE TRIGGER USER"
        })
    };
    for _ in 0..3 {
        a_thousand("with its posting").expect("triggers");
        a_thousand("without").expect("triggers");
    }
    owner
        .batch_execute(
            "TRUNCATE register_ledger; TRUNCATE register_facts, register_fact_versions, register_record_keys CASCADE",
        )
        .expect("an empty register");
}

fn sizes(owner: &mut PgConnection) {
    for table in [
        "register_fact_versions",
        "register_ledger",
        "register_rollup_months",
        "register_rollup_years",
        "register_rollup_posted",
    ] {
        let size = number(owner, &format!("SELECT pg_total_relation_size('{table}') / 1000000 AS number"));
        let rows = number(owner, &format!("SELECT count(*) AS number FROM {table}"));
        println!("{table}: {rows} rows, {size} MB with indexes");
    }
}
