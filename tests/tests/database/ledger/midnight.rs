//! A day ends while requests are under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Bool, Timestamptz};
use qorgan_tests::TestDatabase;

use super::{STORM, number, run};

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
