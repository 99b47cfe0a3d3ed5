//! The tables are counted from narrow rows and by numbers; what they say is what plain statements say.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use qorgan_tests::{Server, TestDatabase};

use super::made_up::{make, milestones};
use super::{act, lives, open};

const PLAIN: &str = include_str!("../../../../migrations/2026112328_operations_statistics/up.sql");

#[derive(QueryableByName)]
struct Difference {
    #[diesel(sql_type = Text)]
    row: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn differences(connection: &mut PgConnection, one: &str, other: &str) -> Vec<String> {
    let both = format!("(({one}) EXCEPT ALL ({other})) UNION ALL (({other}) EXCEPT ALL ({one}))");
    let found = sql_query(format!("SELECT q::text AS row FROM ({both}) AS q LIMIT 5"));
    found.load::<Difference>(connection).expect(&both).into_iter().map(|difference| difference.row).collect()
}

/// The functions as the statements that they were first, before anything was done for speed.
fn plain(owner: &mut PgConnection) {
    let from = PLAIN.split("-- What a case may be narrowed by").nth(1).expect("the functions");
    let mut text =
        from.split("-- ---------------------------------------------------------------------------------- parameters");
    let mut text = format!("-- {}", text.next().expect("their end"));
    for name in [
        "operations_case_filters",
        "operations_case_dimensions",
        "operations_states",
        "operations_not_merged",
        "case_cells",
        "deadline_cells",
        "recurrence_cells",
        "signal_cells",
        "workload_cells",
    ] {
        text = text.replace(&format!("{name}("), &format!("plain_{name}("));
    }
    owner.batch_execute(&text).expect("the plain functions");
}

/// Calls of the functions: dimensions, filters, period and moment, so that every dimension and filter comes once.
fn calls() -> Vec<String> {
    let mut calls = Vec::new();
    let times = [
        ("2020-01-01", "2021-01-01", "2026-10-31 19:00"),
        ("2023-03-01", "2024-02-15", "2023-12-07 12:00"),
        ("2026-01-01", "2027-01-01", "2026-11-24"),
    ];
    for protected in [true, false] {
        for (at, (from, to, moment)) in times.into_iter().enumerate() {
            let when = format!("'{from}Z', '{to}Z', '{moment}Z'");
            for (dimensions, filters) in [
                ("{}", "{}"),
                ("{stage}", r#"{"territory": "3511"}"#),
                ("{outcome,agency,month}", r#"{"risk_level": "high"}"#),
                ("{risk_level,channel,territory}", r#"{"agency": "UO"}"#),
                ("{organisation,month}", r#"{"channel": "parent"}"#),
            ] {
                for counted in ["open", "opened", "closed", "reopened"] {
                    calls.push(format!("case_cells({protected}, '{counted}', '{dimensions}', {when}, '{filters}')"));
                }
                calls.push(format!(
                    "recurrence_cells({protected}, '{dimensions}', {when}, '{filters}', {}, '{{annulled}}')",
                    [12, 3, 1][at]
                ));
            }
            for (dimensions, filters) in [
                ("{}", "{}"),
                ("{channel}", r#"{"territory": "3512"}"#),
                ("{urgency,agency,month}", "{}"),
                ("{territory,organisation}", r#"{"urgency": "urgent"}"#),
            ] {
                calls.push(format!("signal_cells({protected}, '{dimensions}', {when}, '{filters}')"));
            }
            for level in ["organisation", "territory"] {
                calls.push(format!("workload_cells({protected}, '{level}', '{moment}Z', '{{\"agency\": \"UO\"}}')"));
            }
        }
    }
    calls
}

#[test]
fn the_tables_say_what_the_plain_statements_say() {
    let database = TestDatabase::new();
    let mut owner = database.owner();
    make(&mut owner, 800);
    plain(&mut owner);
    // All together stands in a row of its own also where nothing is grouped by: once is enough.
    let rows = |call: &str| {
        format!(
            "SELECT keys, result, records, others, cell_key, round(median::numeric, 6) AS median, round(p90::numeric, 6) AS p90
             FROM {call} WHERE keys IS DISTINCT FROM '{{}}'"
        )
    };
    let mut counted = 0;
    for call in calls() {
        let found = differences(&mut owner, &rows(&call), &rows(&format!("plain_{call}")));
        assert!(found.is_empty(), "{call}: {found:#?}");
        let number = sql_query(format!("SELECT count(*) AS number FROM {call}")).get_result::<Number>(&mut owner);
        counted += number.expect(&call).number;
    }
    assert!(counted > 3_000, "only {counted} cells were compared");
}

#[test]
fn deadlines_are_counted_as_the_plain_statement_counts_them() {
    let database = TestDatabase::new();
    let mut owner = database.owner();
    make(&mut owner, 800);
    plain(&mut owner);
    for protected in [true, false] {
        for (dimensions, filters) in [
            ("{}", "{}"),
            ("{deadline}", r#"{"agency": "UO"}"#),
            ("{risk_level,month}", r#"{"deadline": "plan"}"#),
            ("{}", r#"{"deadline": "task_due", "territory": "3511"}"#),
            ("{deadline,agency,territory}", r#"{"risk_level": "high"}"#),
            ("{month,organisation}", r#"{"territory": "351100000"}"#),
            ("{territory,agency,deadline,month}", "{}"),
        ] {
            for when in [
                "'2020-01-01Z', '2021-01-01Z', '2026-10-31 19:00Z'",
                "'2023-03-01Z', '2024-02-15Z', '2023-12-07 12:00Z'",
                "'2026-09-01Z', '2027-09-01Z', '2026-11-25Z'",
            ] {
                let call = format!("deadline_cells({protected}, '{dimensions}', {when}, '{filters}')");
                // Protected deadlines are their cases; exact ones need none. Times are told of one kind at a time.
                let one_kind = format!(
                    "('{filters}'::jsonb ? 'deadline' OR 'deadline' = ANY ('{dimensions}') AND keys IS NOT NULL)"
                );
                let rows = |call: &str| {
                    format!(
                        "SELECT keys, result, CASE WHEN {protected} THEN others ELSE records END AS records, cell_key,
                                CASE WHEN {one_kind} THEN round(median::numeric, 6) END AS median,
                                CASE WHEN {one_kind} THEN round(p90::numeric, 6) END AS p90
                         FROM {call} WHERE keys IS DISTINCT FROM '{{}}'"
                    )
                };
                let found = differences(&mut owner, &rows(&call), &rows(&format!("plain_{call}")));
                assert!(found.is_empty(), "{call}: {found:#?}");
            }
        }
    }
}

/// What the triggers keep is what would be made anew of cases, tasks and deadlines.
fn as_made_anew(owner: &mut PgConnection) {
    let columns =
        "deadline_id, case_id, organisation_id, record_key, started_at, due_at, settled_at, paused_at, hours, case_no,
                   kato, due_month, kind_no, cancelled";
    owner
        .batch_execute("CREATE TEMPORARY TABLE kept AS SELECT * FROM case_milestones; DELETE FROM case_milestones")
        .expect("kept");
    let anew = milestones().replacen("ORDER BY 1, 2;", "ORDER BY 1, 2 ON CONFLICT DO NOTHING;", 1);
    owner.batch_execute(&anew).expect("made anew");
    let (kept, anew) = (format!("SELECT {columns} FROM kept"), format!("SELECT {columns} FROM case_milestones"));
    let found = differences(owner, &kept, &anew);
    assert!(found.is_empty(), "{found:#?}");
    let (kept, anew) = (
        "SELECT case_id, child_id, kato, channel, opened_at FROM case_record_keys",
        "SELECT c.id, c.child_id, c.kato, s.channel, c.opened_at FROM cases c LEFT JOIN signals s ON s.id = c.signal_id",
    );
    let found = differences(owner, kept, anew);
    assert!(found.is_empty(), "{found:#?}");
    owner.batch_execute("DROP TABLE kept").expect("drop");
}

#[test]
fn what_is_counted_follows_cases_tasks_and_deadlines() {
    let server = Server::start();
    let cases = lives(&server);
    let pedagogue = server.client("social_pedagogue.home");
    // A case that a signal opened, and one whose risk changes the rule of its clocks.
    open(&pedagogue, "Төрт", "critical");
    act(&pedagogue, &cases[2], "start_assessment");
    let mut owner = server.database.owner();
    let number = sql_query("SELECT count(*) AS number FROM case_milestones WHERE hours IS NOT NULL")
        .get_result::<Number>(&mut owner);
    assert!(number.expect("milestones").number > 0, "some deadlines were met");
    as_made_anew(&mut owner);
    for statement in [
        "UPDATE cases SET kato = '352400000' WHERE number = (SELECT min(number) FROM cases)",
        "UPDATE cases SET lead_organisation_id = (SELECT id FROM organisations WHERE name = 'school abroad')
         WHERE number = (SELECT max(number) FROM cases)",
        "UPDATE case_tasks t SET organisation_id = o.id, organisation_agency = o.agency_code, organisation_kato = o.kato
         FROM organisations o WHERE o.name = 'school abroad' AND t.organisation_id <> o.id AND t.id IN (SELECT task_id FROM case_deadlines)",
        "UPDATE cases SET opened_at = opened_at - interval '3 days'",
        "UPDATE case_deadlines SET state = 'paused', paused_at = now() WHERE state = 'running' AND kind = 'assessment'",
        "UPDATE case_deadlines SET state = 'running', paused_at = NULL, paused_seconds = 60, due_at = due_at + interval '40 days'
         WHERE state = 'paused'",
        "UPDATE case_deadlines SET state = 'met', settled_at = started_at + interval '2 days' WHERE state = 'running' AND kind = 'assessment'",
        "UPDATE case_deadlines SET rule_id = (SELECT id FROM clock_rules WHERE code = 'plan' AND risk_level = 'low' LIMIT 1)
         WHERE kind = 'plan'",
        "UPDATE case_deadlines SET state = 'cancelled', settled_at = now() WHERE state = 'running'",
        "DELETE FROM case_deadlines WHERE id = (SELECT max(id::text)::uuid FROM case_deadlines)",
    ] {
        let changed = sql_query(statement).execute(&mut owner).expect(statement);
        assert!(changed > 0, "{statement}");
        as_made_anew(&mut owner);
    }
}
