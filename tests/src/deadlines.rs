//! Two hundred deadlines that pass, and whether each was reminded of and told of exactly once.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text, Timestamptz};
use serde_json::json;

use crate::Server;

/// When the first of the deadlines is due, and what happens around each.
#[derive(Debug, Clone, Copy)]
pub struct Course {
    /// The due time of the first.
    pub due: DateTime<Utc>,
    /// From one to the next.
    pub apart: TimeDelta,
    /// The reminder, before the due time.
    pub remind_before: TimeDelta,
    /// The supervisors' turn after the manager's, and the region's after that.
    pub next_level: TimeDelta,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// What a query of names and counts answers.
///
/// # Panics
/// Where the query is wrong.
#[must_use]
pub fn counts(server: &Server, query: &str) -> Vec<(String, i64)> {
    let rows: Vec<Counted> = sql_query(query).load(&mut server.database.owner()).expect("counted");
    rows.into_iter().map(|row| (row.name, row.count)).collect()
}

/// Twenty cases of the school at home with ten tasks of the clinic each; no clock runs but theirs.
///
/// # Panics
/// Where it cannot be made.
pub fn two_hundred(server: &Server, course: Course) {
    two_hundred_tasks(server);
    start_clocks(server, course);
}

/// Twenty cases of the school at home with ten tasks of the clinic each; no clock runs.
///
/// # Panics
/// Where it cannot be made.
pub fn two_hundred_tasks(server: &Server) {
    let pedagogue = server.client("social_pedagogue.home");
    let child = json!({"last_name": "Срокова", "first_name": "Алия", "birth_date": "2014-05-17", "sex": "female",
        "territory": "351000000"});
    let child = pedagogue.post("/children", &child).expect(201).id();
    for _ in 0..20 {
        let case = json!({"child_id": child, "title": "T", "description": "D", "risk_level": "low"});
        let _ = pedagogue.post("/cases", &case).expect(201);
    }
    let owner = &mut server.database.owner();
    for statement in [
        "UPDATE case_deadlines SET state = 'cancelled', settled_at = now()",
        "INSERT INTO case_tasks (id, case_id, origin, source_id, title, section, organisation_id, organisation_agency,
             organisation_kato, due_on, due_at, mandatory, status, created_at, updated_at)
         SELECT gen_random_uuid(), c.id, 'crisis', c.id, 'T', 'general', o.id, o.agency_code, o.kato, '2026-01-01', now(),
             true, 'open', now(), now()
         FROM cases c, organisations o, generate_series(1, 10) WHERE o.name = 'UZ home'",
    ] {
        sql_query(statement).execute(owner).expect("a statement of the owner");
    }
}

/// Starts the clocks of the tasks.
///
/// # Panics
/// Where it cannot be done.
pub fn start_clocks(server: &Server, course: Course) {
    let owner = &mut server.database.owner();
    let made = sql_query(
        "INSERT INTO case_deadlines (id, case_id, kind, task_id, rule_id, state, started_at, base_due_at, due_at, remind_at,
             manager_at, supervisor_at, region_at)
         SELECT gen_random_uuid(), t.case_id, 'task_due', t.id, r.id, 'running', now(), s.due, s.due,
             s.due - $3 * interval '1 millisecond', s.due, s.due + $4 * interval '1 millisecond',
             s.due + 2 * $4 * interval '1 millisecond'
         FROM (SELECT id, case_id, row_number() OVER (ORDER BY id) - 1 AS place FROM case_tasks) t
         JOIN clock_rules r ON r.code = 'task_due' AND r.risk_level = 'low',
         LATERAL (SELECT $1 + t.place * $2 * interval '1 millisecond' AS due) AS s",
    )
    .bind::<Timestamptz, _>(course.due)
    .bind::<BigInt, _>(course.apart.num_milliseconds())
    .bind::<BigInt, _>(course.remind_before.num_milliseconds())
    .bind::<BigInt, _>(course.next_level.num_milliseconds())
    .execute(owner)
    .expect("deadlines");
    assert_eq!(made, 200);
}

/// How many steps were taken so far: 800 in the end.
///
/// # Panics
/// Where the database does not answer.
#[must_use]
pub fn steps_taken(server: &Server) -> i64 {
    counts(server, "SELECT 'steps' AS name, count(*) AS count FROM case_deadline_steps")[0].1
}

/// Each of the two hundred was reminded of and told of once on every level, and everybody was told once by each.
///
/// # Panics
/// Where that is not so.
#[track_caller]
pub fn assert_each_once(server: &Server) {
    let named = |pairs: &[(&str, i64)]| -> Vec<(String, i64)> {
        pairs.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
    };
    let steps = "SELECT step AS name, count(*) AS count FROM case_deadline_steps GROUP BY 1 ORDER BY 1";
    let levels = [("manager", 200), ("region", 200), ("reminder", 200), ("supervisor", 200)];
    assert_eq!(counts(server, steps), named(&levels));
    // The reminder goes to the manager and to who has to do the task; there are two supervisors, and nobody is on the
    // level of the region.
    let told = "SELECT kind || ' ' || coalesce(data->>'level', '') AS name, count(*) AS count FROM notifications
                GROUP BY 1 ORDER BY 1";
    let expected = [("deadline_missed manager", 200), ("deadline_missed supervisor", 400), ("deadline_near ", 400)];
    assert_eq!(counts(server, told), named(&expected));
    let twice = "SELECT 'twice' AS name, count(*) AS count FROM (SELECT FROM notifications
                 GROUP BY recipient_id, subject_id, kind, data->>'level' HAVING count(*) > 1) AS t";
    assert_eq!(counts(server, twice), named(&[("twice", 0)]));
    let events = "SELECT data->>'step' AS name, count(*) AS count FROM case_events WHERE kind = 'deadline_missed'
                  GROUP BY 1 ORDER BY 1";
    assert_eq!(counts(server, events), named(&[("manager", 200), ("region", 200), ("supervisor", 200)]));
}
